//! The recording that is shown: its timeline, and its lines.

use scope::model::{EventId, Time};
use scope::timeline::{Entry, EntryKind, Processes, Sockets, Timeline};

use crate::views::trace::{Lines, Row, Style};
use crate::words::Words;

/// How many entries are shown; when there are more, the first ones are left out.
pub(super) const ENTRIES_MAX: usize = 200_000;

/// The recording that is shown.
pub(super) struct Record<'w> {
    words: &'w Words,
    /// Whether everything is shown.
    pub(super) all: bool,
    width: usize,
    /// What happened.
    pub(super) timeline: Timeline,
    lines: Lines<'w>,
    /// The lines about the whole recording, which stay on the screen.
    pub(super) head: Vec<Row>,
    /// The other lines.
    pub(super) rows: Vec<Row>,
    /// The places of entries that tell a socket's state.
    pub(super) states: Vec<usize>,
    /// How many entries are not shown any more.
    pub(super) left_out: usize,
    /// Whether nothing more comes.
    pub(super) is_whole: bool,
}

impl<'w> Record<'w> {
    /// A recording, whole or only begun.
    pub(super) fn new(timeline: Timeline, is_whole: bool, all: bool, width: usize, words: &'w Words) -> Self {
        let lines = Lines::new(&timeline.header, Style { width: Some(width), color: true, all }, words);
        let mut record = Self {
            words,
            all,
            width,
            timeline,
            lines,
            head: Vec::new(),
            rows: Vec::new(),
            states: Vec::new(),
            left_out: 0,
            is_whole,
        };
        record.forget(ENTRIES_MAX);
        record.lay_out();
        record
    }

    /// Adds what has happened since. Tells whether the first entries had to go, and all lines with them.
    pub(super) fn add(&mut self, entries: Vec<Entry>, processes: &Processes, sockets: &Sockets) -> bool {
        self.lines.add(&entries, processes, sockets);
        let from = self.timeline.entries.len();
        self.timeline.extend(entries, processes, sockets);
        self.learn_states(from);
        self.rows.extend(self.lines.take_rows());
        let is_full = self.timeline.entries.len() > ENTRIES_MAX;
        if is_full {
            self.forget(ENTRIES_MAX / 2);
            self.lay_out();
        }
        is_full
    }

    /// Nothing has happened until now.
    pub(super) fn idle(&mut self, now: Time) {
        self.lines.idle(now, &self.timeline.processes, &self.timeline.sockets);
        self.rows.extend(self.lines.take_rows());
    }

    /// Makes it whole: with the timeline that was made when the recording ended.
    pub(super) fn end(&mut self, timeline: Timeline) {
        self.timeline = timeline;
        self.is_whole = true;
        self.left_out = 0;
        self.forget(ENTRIES_MAX);
        self.lay_out();
    }

    /// Lays the lines out for another width. Tells whether it is another one.
    pub(super) fn resize(&mut self, width: usize) -> bool {
        if self.width == width {
            return false;
        }
        self.width = width;
        self.lay_out();
        true
    }

    /// The moment from which times are counted.
    pub(super) fn base(&self) -> Time {
        self.lines.base()
    }

    /// What a line is about.
    pub(super) fn entry(&self, id: EventId) -> Option<&Entry> {
        self.timeline.entry(id)
    }

    /// Keeps only so many entries, the last ones.
    fn forget(&mut self, kept: usize) {
        let count = self.timeline.entries.len().saturating_sub(kept);
        if count > 0 {
            self.timeline.forget(count);
            self.left_out += count;
        }
    }

    fn lay_out(&mut self) {
        let style = Style { width: Some(self.width), color: true, all: self.all };
        self.lines = Lines::new(&self.timeline.header, style, self.words);
        self.head = self.lines.take_rows();
        let Timeline { entries, processes, sockets, .. } = &self.timeline;
        self.lines.add(entries, processes, sockets);
        if self.is_whole {
            self.lines.finish(&[], &self.timeline);
        }
        self.rows = self.lines.take_rows();
        self.states.clear();
        self.learn_states(0);
    }

    fn learn_states(&mut self, from: usize) {
        let new = self.timeline.entries.iter().enumerate().skip(from);
        let states = new.filter(|(_, entry)| matches!(entry.kind, EntryKind::Socket(_)));
        self.states.extend(states.map(|(place, _)| place));
    }
}
