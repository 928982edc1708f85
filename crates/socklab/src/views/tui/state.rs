//! What the screen shows, and what keys do to it.

use ratatui::layout::Rect;
use scope::model::{EventId, SocketId, Time};
use scope::timeline::{Entry, EntryKind, Processes, Sockets, Timeline};

use super::contents;
use super::cursor::Cursor;
use super::filter::{FILTER_CHARACTERS_MAX, Filter};
use super::keys::{Effect, Key};
use super::layout::{self, Areas, GUTTER};
use super::output::Output;
use super::pane::{Findings, Pane};
use super::record::Record;
use super::rows::Rows;
use crate::views::finding::Said;
use crate::views::trace::{Row, Text};
use crate::words::Words;

/// The columns of a screen whose size is not known yet.
const COLUMNS: usize = 80;

/// What the screen shows.
pub(crate) struct State<'w> {
    pub(super) words: &'w Words,
    pub(super) record: Record<'w>,
    pub(super) rows: Rows,
    pub(super) findings: Findings,
    pub(super) output: Output,
    /// Where keys go.
    pub(super) focus: Pane,
    /// The pane that was used last.
    pub(super) below: Pane,
    /// How far a pane is scrolled whose lines cannot be chosen.
    pub(super) scroll: Cursor,
    /// What is typed as a filter, and the one that it would replace.
    pub(super) typing: Option<(String, Filter)>,
    /// Whether what happens is not shown for now.
    pub(super) is_paused: bool,
    pub(super) helps: bool,
    /// What the pane of details shows, and of which line.
    pub(super) details: (Option<EventId>, Time, Vec<Text>),
    pub(super) screen: Rect,
    /// Whether something is not as it was drawn.
    has_changed: bool,
}

impl<'w> State<'w> {
    /// A recording that is read: it is whole, and shown from its beginning.
    pub(crate) fn of(timeline: Timeline, findings: Vec<Said>, all: bool, words: &'w Words) -> Self {
        let mut state = Self::new(timeline, true, all, words);
        state.findings.all = findings;
        state
    }

    /// A recording that begins: its last line is followed.
    pub(crate) fn live(timeline: Timeline, all: bool, words: &'w Words) -> Self {
        let mut state = Self::new(timeline, false, all, words);
        state.rows.follows = true;
        state
    }

    fn new(timeline: Timeline, is_whole: bool, all: bool, words: &'w Words) -> Self {
        let mut state = Self {
            words,
            record: Record::new(timeline, is_whole, all, COLUMNS, words),
            rows: Rows::default(),
            findings: Findings::default(),
            output: Output::default(),
            focus: Pane::Lines,
            below: Pane::Details,
            scroll: Cursor::default(),
            typing: None,
            is_paused: false,
            helps: false,
            details: Default::default(),
            screen: Rect::new(0, 0, 80, 24),
            has_changed: true,
        };
        state.show_new();
        state
    }

    /// Adds what has happened until now.
    pub(crate) fn add(&mut self, entries: Vec<Entry>, processes: &Processes, sockets: &Sockets, now: Time) {
        let was = self.moment();
        let before = self.record.rows.len();
        self.has_changed |= !entries.is_empty();
        let is_anew = !entries.is_empty() && self.record.add(entries, processes, sockets);
        self.record.idle(now);
        if self.record.rows.len() == before {
            return;
        }
        self.has_changed = true;
        if is_anew {
            self.rows.replace(&self.record.rows, &self.record.timeline, self.words, was);
        }
        self.show_new();
    }

    /// Adds what the programs have written.
    pub(crate) fn write(&mut self, bytes: &[u8]) {
        self.has_changed |= !bytes.is_empty();
        self.output.write(bytes);
    }

    /// The recording has ended: shows it as it is now known to have been.
    pub(crate) fn end(&mut self, timeline: Timeline, findings: Vec<Said>) {
        let was = self.moment();
        self.has_changed = true;
        self.record.end(timeline);
        self.findings.all = findings;
        self.is_paused = false;
        self.rows.replace(&self.record.rows, &self.record.timeline, self.words, was);
        self.details.0 = None;
        self.settle();
    }

    /// Whether something is not as it was when this was asked last.
    pub(crate) fn take_changed(&mut self) -> bool {
        std::mem::take(&mut self.has_changed)
    }

    /// The screen has this size.
    pub(crate) fn resize(&mut self, screen: Rect) {
        if self.screen == screen {
            return;
        }
        self.has_changed = true;
        self.screen = screen;
        let was = self.moment();
        if self.record.resize(usize::from(screen.width.saturating_sub(GUTTER))) {
            self.rows.replace(&self.record.rows, &self.record.timeline, self.words, was);
        }
        self.settle();
    }

    /// Does what a key says.
    pub(crate) fn press(&mut self, key: Key) -> Effect {
        self.has_changed = true;
        let effect = self.obey(key);
        self.settle();
        effect
    }

    fn obey(&mut self, key: Key) -> Effect {
        if std::mem::take(&mut self.helps) {
            return Effect::None;
        }
        if self.typing.is_some() {
            self.type_filter(key);
            return Effect::None;
        }
        match key {
            Key::Ctrl('c') => return Effect::Quit,
            Key::Tab => self.go(self.focus.next(1)),
            Key::BackTab => self.go(self.focus.next(super::pane::PANES.len() - 1)),
            _ if self.focus == Pane::Output && !self.record.is_whole => return self.type_to_programs(key),
            Key::Char('q') => return Effect::Quit,
            Key::Char('?') => self.helps = true,
            Key::Char('/') => {
                self.typing = Some((self.rows.filter.typed.clone(), self.rows.filter.clone()));
            }
            Key::Char(' ') if !self.record.is_whole => self.pause(),
            Key::Escape if self.focus == Pane::Lines => self.filter_by(Filter::default()),
            Key::Escape => self.go(Pane::Lines),
            _ => self.move_in_pane(key),
        }
        Effect::None
    }

    fn go(&mut self, pane: Pane) {
        self.focus = pane;
        if pane != Pane::Lines {
            self.below = pane;
            self.scroll = Cursor::default();
        }
    }

    fn pause(&mut self) {
        self.is_paused = !self.is_paused;
        self.rows.follows = !self.is_paused;
        self.show_new();
    }

    /// What is typed at the programs' output is for them, but for what leads away from there.
    fn type_to_programs(&mut self, key: Key) -> Effect {
        let typed = match key {
            Key::Char(c) => c.to_string().into_bytes(),
            Key::Ctrl('d') => vec![4],
            Key::Enter => vec![b'\n'],
            Key::Backspace => vec![127],
            Key::Escape => {
                self.go(Pane::Lines);
                return Effect::None;
            }
            _ => {
                self.move_in_pane(key);
                return Effect::None;
            }
        };
        self.scroll = Cursor::default();
        Effect::Type(typed)
    }

    fn type_filter(&mut self, key: Key) {
        let Some((mut typed, before)) = self.typing.take() else { return };
        match key {
            Key::Enter => return,
            Key::Escape | Key::Ctrl('c') => return self.filter_by(before),
            Key::Backspace => {
                typed.pop();
            }
            Key::Ctrl('u') => typed.clear(),
            Key::Char(c) if typed.chars().count() < FILTER_CHARACTERS_MAX => typed.push(c),
            _ => {}
        }
        self.filter_by(Filter::new(&typed));
        self.typing = Some((typed, before));
    }

    fn filter_by(&mut self, filter: Filter) {
        if filter != self.rows.filter {
            self.rows.filter(filter, &self.record.rows, &self.record.timeline, self.words);
        }
    }

    fn move_in_pane(&mut self, key: Key) {
        let page = isize::try_from(self.height_of(self.focus)).unwrap_or(1).max(1);
        let by = match key {
            Key::Up | Key::Char('k') => -1,
            Key::Down | Key::Char('j') => 1,
            Key::PageUp => -page,
            Key::PageDown => page,
            Key::Home | Key::Char('g') => isize::MIN,
            Key::End | Key::Char('G') => isize::MAX,
            Key::Enter => return self.enter(),
            _ => return,
        };
        match self.focus {
            Pane::Lines => self.choose(by),
            Pane::Findings => self.findings.step(by),
            Pane::Output => self.scroll.step(by.saturating_neg(), self.output.lines().len()),
            Pane::Details | Pane::Sockets => {
                let length = contents::of(self, self.focus).len();
                let hidden = length.saturating_sub(self.height_of(self.focus));
                self.scroll.step(by, hidden + 1);
            }
        }
    }

    /// Goes to another line. Whoever leaves the last one looks at something; whoever comes back to it follows again.
    fn choose(&mut self, by: isize) {
        let length = self.rows.shown.len();
        self.rows.cursor.step(by, length);
        self.rows.follows = !self.record.is_whole && !self.is_paused && self.rows.cursor.at + 1 >= length;
    }

    /// From a finding to its evidence, piece by piece; from a line to its details.
    fn enter(&mut self) {
        match self.focus {
            Pane::Findings => {
                if let Some(id) = self.findings.evidence() {
                    self.show(id);
                }
            }
            Pane::Lines => self.go(Pane::Details),
            _ => {}
        }
    }

    /// Chooses the line about an observation, also if the filter left it out.
    fn show(&mut self, id: EventId) {
        let Some(entry) = self.record.entry(id) else { return };
        let (id, at) = (entry.id, entry.time);
        let is_hidden = !self.rows.filter.is_empty() && !self.rows.go_to(&self.record.rows, id, at);
        if is_hidden {
            self.filter_by(Filter::default());
        }
        self.rows.go_to(&self.record.rows, id, at);
        self.rows.follows = false;
    }

    /// Looks at the lines that are new, unless it is paused.
    fn show_new(&mut self) {
        if !self.is_paused {
            self.rows.extend(&self.record.rows, &self.record.timeline, self.words);
        }
        self.settle();
    }

    /// Has the screen show what is chosen.
    fn settle(&mut self) {
        let height = usize::from(self.areas().lines.height);
        self.rows.cursor.fit(height, self.rows.shown.len());
        let (id, at) = self.moment().map_or((None, Time::default()), |(id, at)| (Some(id), at));
        if (self.details.0, self.details.1) != (id, at) || id.is_none() {
            let text = contents::details(self, id, at);
            if self.focus == Pane::Details && self.details.0 != id {
                self.scroll = Cursor::default();
            }
            self.details = (id, at, text);
        }
    }

    /// The chosen line.
    pub(super) fn chosen(&self) -> Option<&Row> {
        self.record.rows.get(self.rows.chosen()?)
    }

    /// What the chosen line is about, or the nearest one above that is about something, and when that was.
    pub(super) fn moment(&self) -> Option<(EventId, Time)> {
        let chosen = self.chosen()?;
        let mut above = self.rows.shown.iter().take(self.rows.cursor.at + 1).rev();
        let id = above.find_map(|place| self.record.rows.get(*place)?.about)?;
        Some((id, chosen.at))
    }

    /// The parts of the screen.
    pub(super) fn areas(&self) -> Areas {
        layout::areas(self.screen, self.record.head.len(), self.below)
    }

    /// How many lines a pane shows.
    pub(super) fn height_of(&self, pane: Pane) -> usize {
        let areas = self.areas();
        let below = areas.panes.iter().find(|(open, _)| *open == pane);
        let height = below.map_or(areas.lines.height, |(_, area)| area.height.saturating_sub(1));
        height.into()
    }

    /// Whether a line is a piece of the chosen finding's evidence.
    pub(super) fn is_evidence(&self, row: &Row) -> bool {
        let chosen = self.findings.chosen().filter(|_| self.below == Pane::Findings);
        chosen.zip(row.about).is_some_and(|(found, id)| found.evidence.contains(&id))
    }

    /// The sockets that an entry is about.
    pub(super) fn sockets_of(entry: &Entry) -> Vec<SocketId> {
        let sockets = match &entry.kind {
            EntryKind::Call(call) => [call.call.on.and_then(|on| on.socket), None],
            EntryKind::Packet(crossing) => [crossing.from.socket, crossing.to.socket],
            _ => [None, None],
        };
        sockets.into_iter().flatten().collect()
    }
}
