//! From entries of a timeline to lines.

use std::collections::HashSet;
use std::time::Duration;

use scope::model::{EventId, Header, LinesFrom, Pid, Place, Process, ProcessChange, Protocol, Time};
use scope::timeline::{Blocked, CallEntry, Class, Crossing, Entry, EntryKind, Processes, Sockets, Timeline};
use unicode_width::UnicodeWidthStr;

use super::call::{self, Moment};
use super::lanes::Lanes;
use super::open::{Open, Opens};
use super::packet::{self, Windows};
use super::socket::{self, States};
use super::span::{moment, span};
use super::summary::Tally;
use super::text::{NAME, PLAIN, QUIET, Text, WAIT, cut, cut_front};
use super::{findings, header, other};
use crate::views::finding::Said;
use crate::words::Words;

/// The shortest time without a line that is told.
const IDLE_MIN: Duration = Duration::from_millis(20);

/// How long a call may wait before a line says that it has begun, though nothing else has happened.
const PATIENCE_NS: u64 = 200_000_000;

/// How long nothing must have happened before those who wait are named, each time; then again after as long as the last.
const STILL: [Duration; 4] =
    [Duration::from_secs(2), Duration::from_secs(10), Duration::from_secs(60), Duration::from_secs(600)];

/// How many of those who wait are named.
const STILL_SHOWN_MAX: usize = 4;

/// The columns of a time: those of a quarter of an hour.
const TIME_WIDTH: usize = 10;
/// The narrowest column of places in sources: `client.py:10`.
const PLACE_WIDTH_MIN: usize = 12;
/// The widest column of places in sources.
const PLACE_WIDTH_MAX: usize = 16;
/// What stands between two columns.
const GAP: &str = "  ";

/// The signal that tells of the end of a child (`signal(7)`).
const SIGCHLD: u32 = 17;

/// How lines look.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Style {
    /// How many columns there are; without a limit, every line is whole.
    pub(crate) width: Option<usize>,
    /// Whether there are colours.
    pub(crate) color: bool,
    /// Whether everything is shown: look-ups of names, what the language does for itself, processes without sockets, and
    /// states that have not changed.
    pub(crate) all: bool,
}

/// A recording that becomes lines.
pub(crate) struct Lines<'w> {
    style: Style,
    words: &'w Words,
    lanes: Lanes,
    places_width: usize,
    /// The time of the first call.
    base: Option<Time>,
    /// The time up to which something was shown.
    shown_until: Time,
    /// How often those who wait were named since.
    reminders: usize,
    opens: Opens,
    states: States,
    windows: Windows,
    tally: Tally,
    introduced: HashSet<Pid>,
    executed: HashSet<Pid>,
    /// The ways of knowing lines that were told.
    ways_told: HashSet<LinesFrom>,
    hidden: u64,
    written: Vec<Row>,
}

/// A line, and what it is about.
#[derive(Debug, Clone)]
pub(in crate::views) struct Row {
    /// What it says.
    pub(in crate::views) text: Text,
    /// The observation that it shows; none for lines that are about several, or about the whole recording.
    pub(in crate::views) about: Option<EventId>,
    /// When that was; for other lines, when the line before was.
    pub(in crate::views) at: Time,
}

/// An observation, and the time of a line about it.
type At = (EventId, Time);

/// What is known beside the entries.
type Known<'k> = (&'k Processes, &'k Sockets);

impl Row {
    /// A line about the whole recording.
    fn of_all(line: &String) -> Self {
        Self { text: Text::plain(line), about: None, at: Time::default() }
    }
}

impl<'w> Lines<'w> {
    /// Begins with the first lines.
    pub(crate) fn new(header: &Header, style: Style, words: &'w Words) -> Self {
        Self {
            style,
            words,
            lanes: Lanes::new(header),
            places_width: 0,
            base: None,
            shown_until: Time::default(),
            reminders: 0,
            opens: Opens::default(),
            states: States::default(),
            windows: Windows::default(),
            tally: Tally::new(header.programs.len()),
            introduced: HashSet::new(),
            executed: HashSet::new(),
            ways_told: HashSet::new(),
            hidden: 0,
            written: header::lines(header, style.width, words).iter().map(Row::of_all).collect(),
        }
    }

    /// The moment from which times are counted: that of the first call.
    pub(in crate::views) fn base(&self) -> Time {
        self.base.unwrap_or_default()
    }

    /// Adds entries, which follow those before.
    pub(crate) fn add(&mut self, entries: &[Entry], processes: &Processes, sockets: &Sockets) {
        self.lanes.learn(processes);
        for entry in entries {
            self.tally.count(entry, processes);
            self.tell_returned(entry.time, (processes, sockets));
            if self.is_hidden(entry, (processes, sockets)) {
                self.hidden += u64::from(!matches!(entry.kind, EntryKind::Socket(_)));
            } else {
                self.entry(entry, (processes, sockets));
            }
        }
    }

    /// Nothing else has happened until now: names those who wait, from time to time.
    pub(crate) fn idle(&mut self, now: Time, processes: &Processes, sockets: &Sockets) {
        self.lanes.learn(processes);
        self.tell_returned(now, (processes, sockets));
        for open in self.opens.begun(Time(now.0.saturating_sub(PATIENCE_NS))) {
            self.line_of_call((open.id, open.began), &open.entry, Moment::Begin, (processes, sockets));
        }
        let last = STILL[STILL.len() - 1];
        let repeats = u32::try_from(self.reminders.saturating_sub(STILL.len() - 1)).unwrap_or(u32::MAX);
        let due = STILL.get(self.reminders).copied().unwrap_or_else(|| last.saturating_mul(repeats + 1));
        if self.base.is_none() || now.since(self.shown_until) < due {
            return;
        }
        self.reminders += 1;
        let waiting: Vec<_> = self.opens.waiting().collect();
        if waiting.is_empty() {
            return;
        }
        let mut said: Vec<_> =
            waiting.iter().take(STILL_SHOWN_MAX).map(|open| self.still(open, now)).collect();
        if waiting.len() > STILL_SHOWN_MAX {
            said.push(format!("+{}", waiting.len() - STILL_SHOWN_MAX));
        }
        let text = Text::default().with(WAIT, self.words.trace_still_waiting(said.join(", ")));
        self.write(Self::indented(text));
    }

    /// Takes what was written since the last time.
    pub(crate) fn take(&mut self) -> Vec<String> {
        let Style { width, color, .. } = self.style;
        self.take_rows().iter().map(|row| row.text.line(width, color)).collect()
    }

    /// Takes the same, with what each line is about.
    pub(in crate::views) fn take_rows(&mut self) -> Vec<Row> {
        std::mem::take(&mut self.written)
    }

    /// Ends with what was found, what each program did, and what was left out.
    pub(crate) fn finish(&mut self, findings: &[Said], timeline: &Timeline) {
        let known = (&timeline.processes, &timeline.sockets);
        self.lanes.learn(known.0);
        self.tell_returned(Time(u64::MAX), known);
        for mut open in self.opens.drain() {
            open.entry.blocked = still_blocked(&open, timeline);
            let moment = if open.is_told { Moment::End } else { Moment::Whole };
            self.line_of_open(&open, moment, known);
        }
        let base = self.base.unwrap_or_default();
        let said = findings::lines(findings, |at| moment(at, base), self.style.width, self.words);
        for line in said.into_iter().chain([Text::default()]) {
            self.write(line);
        }
        self.totals(timeline);
    }

    fn totals(&mut self, timeline: &Timeline) {
        let summary = timeline.summary.as_ref();
        for row in self.tally.table(timeline, self.words) {
            self.write(row);
        }
        let lost = summary.map_or(0, |summary| summary.packets_lost);
        let hidden = self.hidden;
        let words = self.words;
        let said = [
            (lost > 0).then(|| words.trace_packets_lost(lost)),
            summary.is_none().then(|| words.trace_cut()),
            summary.is_some_and(|summary| summary.interrupted).then(|| words.trace_interrupted()),
            (hidden > 0).then(|| words.trace_hidden(hidden)),
        ];
        for said in said.into_iter().flatten() {
            self.write(Text::default().with(QUIET, said));
        }
    }

    /// Shows the calls that have returned by now, each below what happened meanwhile.
    fn tell_returned(&mut self, now: Time, known: Known<'_>) {
        while let Some(open) = self.opens.next_returned(now) {
            let moment = if open.is_told { Moment::End } else { Moment::Whole };
            self.line_of_open(&open, moment, known);
        }
    }

    fn line_of_open(&mut self, open: &Open, moment: Moment, known: Known<'_>) {
        let at = if moment == Moment::End { open.until.unwrap_or(self.shown_until) } else { open.began };
        self.line_of_call((open.id, at), &open.entry, moment, known);
        if let Some(until) = open.until {
            self.shown_until = self.shown_until.max(until);
        }
    }

    fn entry(&mut self, entry: &Entry, known: Known<'_>) {
        match &entry.kind {
            EntryKind::Call(call) => self.call((entry.id, entry.time), call, known),
            EntryKind::Packet(crossing) => self.packet((entry.id, entry.time), crossing, known),
            EntryKind::Process(process) => self.process((entry.id, entry.time), process, known),
            EntryKind::Socket(state) => {
                let about = (known.1, &self.lanes, self.words);
                if let Some(shown) = self.states.shown((entry.time, state), self.style.all, about) {
                    self.tell(entry, (shown.name, shown.lane), shown.text, known);
                }
            }
            EntryKind::Counter(counter) => {
                let text = other::counter(counter, self.words);
                self.tell(entry, (self.words.trace_kernel(), None), text, known);
            }
            EntryKind::Kernel(event) => {
                let text = other::kernel(event, self.words);
                self.tell(entry, (self.words.trace_kernel(), None), text, known);
            }
            EntryKind::Note(note) => {
                let text = Text::default().with(WAIT, other::note(note, &self.lanes, self.words));
                self.tell(entry, ("!".to_owned(), None), text, known);
            }
        }
    }

    fn call(&mut self, (id, time): At, call: &CallEntry, known: Known<'_>) {
        self.base.get_or_insert(time);
        self.introduce((id, time), call.call.pid, known);
        if call.blocked == Blocked::No && !self.opens.has(&call.call, time) {
            self.line_of_call((id, time), call, Moment::Whole, known);
        } else if let Some(oldest) = self.opens.add((id, time), call.clone()) {
            self.line_of_open(&oldest, Moment::Whole, known);
        }
    }

    fn line_of_call(&mut self, at: At, entry: &CallEntry, moment: Moment, known: Known<'_>) {
        let call = &entry.call;
        let socket = call.on.and_then(|on| on.socket).and_then(|socket| known.1.get(socket));
        let protocol: Option<Protocol> = socket.map(|life| life.protocol);
        if let Some(place) = &call.place {
            self.places_width =
                place_text(place).width().clamp(self.places_width.max(PLACE_WIDTH_MIN), PLACE_WIDTH_MAX);
        }
        let shown = call::Shown { call, blocked: entry.blocked, protocol, words: self.words };
        let mut line = self.begin(at.1, self.lanes.named(call.pid));
        if self.places_width > 0 {
            let from = line.width();
            let place = call.place.as_deref().filter(|_| moment != Moment::End);
            let place = place.map(place_text).unwrap_or_default();
            line.push(QUIET, cut_front(&place, PLACE_WIDTH_MAX));
            line.pad_to(from + self.places_width);
            line.push(PLAIN, GAP);
        }
        let room = self.room(&line);
        line.append(shown.text(moment, room));
        self.write_at(at, line, known);
    }

    fn packet(&mut self, at: At, crossing: &Crossing, known: Known<'_>) {
        let mut line = self.begin(at.1, packet::sender(crossing, &self.lanes, self.words));
        let room = self.room(&line);
        line.append(packet::text(crossing, &mut self.windows, (&self.lanes, self.words), room));
        self.write_at(at, line, known);
    }

    fn process(&mut self, (id, time): At, process: &Process, known: Known<'_>) {
        let is_first =
            matches!(process.change, ProcessChange::Executed { .. }) && self.executed.insert(process.pid);
        match process.change {
            // Of a program that is started here, `execve(2)` follows and says more.
            ProcessChange::Started { .. } => {
                self.introduced.insert(process.pid);
                if !self.style.all {
                    return;
                }
            }
            _ if is_first || self.style.all => {}
            // What is true of one program is mostly true of all.
            ProcessChange::Lines { from } if self.ways_told.insert(from) => {}
            // Scripts that begin a language's program execute several before it, and hear of the ends of others.
            ProcessChange::Forked { .. }
            | ProcessChange::Executed { .. }
            | ProcessChange::Lines { .. }
            | ProcessChange::Signalled { signal: SIGCHLD } => return,
            _ => {}
        }
        if !self.introduced.contains(&process.pid) && !self.style.all {
            return;
        }
        if matches!(process.change, ProcessChange::Ended { .. }) {
            self.abandon(time, process.pid, known);
        }
        let text = other::process(&process.change, &self.lanes, self.words);
        let mut line = self.begin(time, self.lanes.named(process.pid));
        line.append(text);
        self.write_at((id, time), line, known);
    }

    /// Shows the calls of a process that ends, which never return.
    fn abandon(&mut self, time: Time, pid: Pid, known: Known<'_>) {
        for mut open in self.opens.take_of(pid) {
            open.until = Some(time);
            open.entry.blocked = Blocked::Still(time.since(open.began));
            let moment = if open.is_told { Moment::End } else { Moment::Whole };
            self.line_of_open(&open, moment, known);
        }
    }

    /// Says where a process comes from, before its first line.
    fn introduce(&mut self, (id, time): At, pid: Pid, known: Known<'_>) {
        if !self.introduced.insert(pid) {
            return;
        }
        let Some(process) = known.0.lanes.get(&pid) else { return };
        let text = match process.parent {
            Some(parent) => self.words.trace_made_by(pid, self.lanes.named(parent).0),
            None => self.words.trace_process(pid),
        };
        let mut line = self.begin(time, self.lanes.named(pid));
        line.push(QUIET, text);
        self.write_at((id, time), line, known);
    }

    /// Writes what happened to somebody, with how certain it is.
    fn tell(&mut self, entry: &Entry, of: (String, Option<usize>), text: Text, known: Known<'_>) {
        let mut line = self.begin(entry.time, of);
        line.append(text);
        if let Some(certainty) = socket::certainty(entry.certainty, entry.time, self.words) {
            line.push(QUIET, format!(" [{certainty}]"));
        }
        self.write_at((entry.id, entry.time), line, known);
    }

    /// The first two columns: the time and whose line it is.
    fn begin(&self, time: Time, (name, place): (String, Option<usize>)) -> Text {
        let time = self.base.map(|base| moment(time, base)).unwrap_or_default();
        let width = self.lanes.width();
        let mut line = Text::default().with(QUIET, format!("{time:>TIME_WIDTH$}{GAP}"));
        line.push(if place.is_some() { self.lanes.style(place) } else { NAME }, cut(&name, width));
        line.pad_to(TIME_WIDTH + GAP.len() + width);
        line.with(PLAIN, GAP)
    }

    /// How many columns are left behind the beginning of a line.
    fn room(&self, line: &Text) -> Option<usize> {
        self.style.width.map(|width| width.saturating_sub(line.width()))
    }

    /// A line that is about nobody, below what others do.
    fn indented(text: Text) -> Text {
        let mut line = Text::default();
        line.pad_to(TIME_WIDTH + GAP.len());
        line.append(text);
        line
    }

    /// Writes a line, below those of calls that have begun meanwhile and of the time without any.
    fn write_at(&mut self, (id, at): At, line: Text, known: Known<'_>) {
        for open in self.opens.begun(at) {
            self.line_of_call((open.id, open.began), &open.entry, Moment::Begin, known);
        }
        let idle = at.since(self.shown_until);
        if idle >= IDLE_MIN && self.shown_until.0 > 0 {
            let text = Text::default().with(QUIET, self.words.trace_idle(span(idle)));
            self.write(Self::indented(text));
        }
        self.shown_until = self.shown_until.max(at);
        self.reminders = 0;
        self.written.push(Row { text: line, about: Some(id), at });
    }

    /// Writes a line that is about nothing in particular.
    fn write(&mut self, text: Text) {
        self.written.push(Row { text, about: None, at: self.shown_until });
    }

    fn still(&self, open: &Open, now: Time) -> String {
        let call = &open.entry.call;
        let name = self.lanes.named(call.pid).0;
        let fd = call.on.map(|on| on.fd.to_string()).unwrap_or_default();
        self.words.trace_still(name, format!("{}({fd})", call.call), span(now.since(open.began)))
    }

    fn is_hidden(&self, entry: &Entry, (processes, sockets): Known<'_>) -> bool {
        let class = |socket| sockets.get(socket).map_or(Class::Program, |life| life.class);
        let is_other = match &entry.kind {
            EntryKind::Call(call) => call.class != Class::Program || is_folded(call.call.pid, processes),
            EntryKind::Packet(crossing) => {
                let ends = [crossing.from.socket, crossing.to.socket];
                ends.into_iter().flatten().any(|socket| class(socket) != Class::Program)
            }
            EntryKind::Socket(state) => class(state.socket) != Class::Program,
            _ => false,
        };
        is_other && !self.style.all
    }
}

/// Whether a process is folded away: it was made by another one, and has no socket of its own.
fn is_folded(pid: Pid, processes: &Processes) -> bool {
    processes.lanes.get(&pid).is_some_and(|lane| lane.parent.is_some() && !lane.has_sockets)
}

/// How long a call had waited when the recording ended.
fn still_blocked(open: &Open, timeline: &Timeline) -> Blocked {
    let is_same = |call: &CallEntry| call.call.tid == open.entry.call.tid;
    let begun = timeline.entries.iter().filter(|entry| entry.time == open.began);
    let mut calls = begun.filter_map(|entry| match &entry.kind {
        EntryKind::Call(call) if is_same(call) => Some(call.blocked),
        _ => None,
    });
    calls.next().unwrap_or(open.entry.blocked)
}

fn place_text(place: &Place) -> String {
    let name = place.file.rsplit('/').next().unwrap_or_default();
    format!("{name}:{}", place.line)
}
