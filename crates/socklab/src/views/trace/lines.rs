//! From entries of a timeline to lines.

use std::collections::HashSet;
use std::time::Duration;

use scope::model::{Call, Header, Pid, Place, Process, ProcessChange, Protocol, Summary, Time};
use scope::timeline::{Blocked, CallEntry, Class, Crossing, Entry, EntryKind, Processes, Sockets};
use unicode_width::UnicodeWidthStr;

use super::call::{self, Moment};
use super::lanes::Lanes;
use super::open::{Open, Opens};
use super::packet::{self, Windows};
use super::socket::{self, States};
use super::span::{moment, span};
use super::summary::Tally;
use super::text::{NAME, PLAIN, QUIET, Text, WAIT, cut, cut_front};
use super::{header, other};
use crate::words::Words;

/// The shortest time without a line that is told.
const IDLE_MIN: Duration = Duration::from_millis(20);

/// How long nothing must have happened before those who wait are named, each time; then again after as long as the last.
const STILL: [Duration; 4] =
    [Duration::from_secs(2), Duration::from_secs(10), Duration::from_secs(60), Duration::from_secs(600)];

/// How many of those who wait are named.
const STILL_SHOWN_MAX: usize = 4;

/// The columns of a time: those of a quarter of an hour.
const TIME_WIDTH: usize = 10;
/// The widest column of places in sources.
const PLACE_WIDTH_MAX: usize = 16;
/// What stands between two columns.
const GAP: &str = "  ";

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
    names: Vec<String>,
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
    hidden: u64,
    written: Vec<String>,
}

/// What is known beside the entries.
type Known<'k> = (&'k Processes, &'k Sockets);

impl<'w> Lines<'w> {
    /// Begins with the first lines.
    pub(crate) fn new(header: &Header, style: Style, words: &'w Words) -> Self {
        Self {
            style,
            words,
            lanes: Lanes::new(header),
            names: header.programs.iter().map(|program| program.name.clone()).collect(),
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
            hidden: 0,
            written: header::lines(header, style.width, words),
        }
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

    /// A call has begun some time ago and has not returned.
    pub(crate) fn wait(&mut self, began: Time, call: &Call, processes: &Processes, sockets: &Sockets) {
        self.lanes.learn(processes);
        let class = class_of(call, sockets);
        let is_hidden = !self.style.all && (class != Class::Program || is_folded(call.pid, processes));
        if is_hidden || self.opens.has(call, began) {
            return;
        }
        self.base.get_or_insert(began);
        let entry = CallEntry { call: call.clone(), blocked: Blocked::No, class };
        if let Some(oldest) = self.opens.add(began, entry) {
            self.line_of_open(&oldest, Moment::Whole, (processes, sockets));
        }
    }

    /// Nothing else has happened until now: names those who wait, from time to time.
    pub(crate) fn idle(&mut self, now: Time, processes: &Processes, sockets: &Sockets) {
        self.lanes.learn(processes);
        self.tell_returned(now, (processes, sockets));
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
        self.write(&self.indented(text));
    }

    /// Takes what was written since the last time.
    pub(crate) fn take(&mut self) -> Vec<String> {
        std::mem::take(&mut self.written)
    }

    /// Ends with what was found, what each program did, and what was left out.
    pub(crate) fn finish(
        &mut self,
        findings: &[Vec<String>],
        summary: Option<&Summary>,
        processes: &Processes,
        sockets: &Sockets,
    ) {
        self.lanes.learn(processes);
        self.tell_returned(Time(u64::MAX), (processes, sockets));
        for open in self.opens.drain() {
            let moment = if open.is_told { Moment::End } else { Moment::Whole };
            self.line_of_open(&open, moment, (processes, sockets));
        }
        if !findings.is_empty() {
            self.written.push(String::new());
            self.written.extend(findings.iter().flatten().cloned());
        }
        self.written.push(String::new());
        for row in self.tally.table(&self.names, summary, self.words) {
            self.write(&row);
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
            self.write(&Text::default().with(QUIET, said));
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
        self.line_of_call(at, &open.entry, moment, known);
        if let Some(until) = open.until {
            self.shown_until = self.shown_until.max(until);
        }
    }

    fn entry(&mut self, entry: &Entry, known: Known<'_>) {
        match &entry.kind {
            EntryKind::Call(call) => self.call(entry.time, call, known),
            EntryKind::Packet(crossing) => self.packet(entry.time, crossing, known),
            EntryKind::Process(process) => self.process(entry.time, process, known),
            EntryKind::Socket(state) => {
                let about = (known.1, &self.lanes, self.words);
                if let Some(shown) = self.states.shown(state, self.style.all, about) {
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

    fn call(&mut self, time: Time, call: &CallEntry, known: Known<'_>) {
        self.base.get_or_insert(time);
        self.introduce(time, call.call.pid, known);
        if call.blocked == Blocked::No && !self.opens.has(&call.call, time) {
            self.line_of_call(time, call, Moment::Whole, known);
        } else if let Some(oldest) = self.opens.add(time, call.clone()) {
            self.line_of_open(&oldest, Moment::Whole, known);
        }
    }

    fn line_of_call(&mut self, at: Time, entry: &CallEntry, moment: Moment, known: Known<'_>) {
        let call = &entry.call;
        let socket = call.on.and_then(|on| on.socket).and_then(|socket| known.1.get(socket));
        let protocol: Option<Protocol> = socket.map(|life| life.protocol);
        if let Some(place) = &call.place {
            self.places_width = self.places_width.max(place_text(place).width()).min(PLACE_WIDTH_MAX);
        }
        let shown = call::Shown { call, blocked: entry.blocked, protocol, words: self.words };
        let mut line = self.begin(at, self.lanes.named(call.pid));
        if self.places_width > 0 {
            let from = line.width();
            let place = call.place.as_ref().filter(|_| moment != Moment::End);
            let place = place.map(place_text).unwrap_or_default();
            line.push(QUIET, cut_front(&place, PLACE_WIDTH_MAX));
            line.pad_to(from + self.places_width);
            line.push(PLAIN, GAP);
        }
        let room = self.style.width.map(|width| width.saturating_sub(line.width()));
        line.append(shown.text(moment, room));
        self.write_at(at, &line, known);
    }

    fn packet(&mut self, time: Time, crossing: &Crossing, known: Known<'_>) {
        let text = packet::text(crossing, &mut self.windows, &self.lanes, self.words);
        let mut line = self.begin(time, packet::sender(crossing, &self.lanes, self.words));
        line.append(text);
        self.write_at(time, &line, known);
    }

    fn process(&mut self, time: Time, process: &Process, known: Known<'_>) {
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
            ProcessChange::Forked { .. } => return,
            _ => {}
        }
        if !self.introduced.contains(&process.pid) && !self.style.all {
            return;
        }
        let text = other::process(&process.change, &self.lanes, self.words);
        let mut line = self.begin(time, self.lanes.named(process.pid));
        line.append(text);
        self.write_at(time, &line, known);
    }

    /// Says where a process comes from, before its first line.
    fn introduce(&mut self, time: Time, pid: Pid, known: Known<'_>) {
        if !self.introduced.insert(pid) {
            return;
        }
        let Some(lane) = known.0.lanes.get(&pid) else { return };
        let text = match lane.parent {
            Some(parent) => self.words.trace_made_by(pid, self.lanes.named(parent).0),
            None => self.words.trace_process(pid),
        };
        let mut line = self.begin(time, self.lanes.named(pid));
        line.push(QUIET, text);
        self.write_at(time, &line, known);
    }

    /// Writes what happened to somebody, with how certain it is.
    fn tell(&mut self, entry: &Entry, of: (String, Option<usize>), text: Text, known: Known<'_>) {
        let mut line = self.begin(entry.time, of);
        line.append(text);
        if let Some(certainty) = socket::certainty(entry.certainty, entry.time, self.words) {
            line.push(QUIET, format!(" [{certainty}]"));
        }
        self.write_at(entry.time, &line, known);
    }

    /// The first two columns: the time and whose line it is.
    fn begin(&self, time: Time, (name, lane): (String, Option<usize>)) -> Text {
        let time = self.base.map(|base| moment(time, base)).unwrap_or_default();
        let width = self.lanes.width();
        let mut line = Text::default().with(QUIET, format!("{time:>TIME_WIDTH$}{GAP}"));
        line.push(if lane.is_some() { self.lanes.style(lane) } else { NAME }, cut(&name, width));
        line.pad_to(TIME_WIDTH + GAP.len() + width);
        line.with(PLAIN, GAP)
    }

    /// A line that is about nobody, below what others do.
    fn indented(&self, text: Text) -> Text {
        let mut line = Text::default();
        line.pad_to(TIME_WIDTH + GAP.len());
        line.append(text);
        line
    }

    /// Writes a line, below those of calls that have begun meanwhile and of the time without any.
    fn write_at(&mut self, at: Time, line: &Text, known: Known<'_>) {
        for open in self.opens.begun(at) {
            self.line_of_call(open.began, &open.entry, Moment::Begin, known);
        }
        let idle = at.since(self.shown_until);
        if idle >= IDLE_MIN && self.shown_until.0 > 0 {
            let text = Text::default().with(QUIET, self.words.trace_idle(span(idle)));
            self.write(&self.indented(text));
        }
        self.shown_until = self.shown_until.max(at);
        self.reminders = 0;
        self.write(line);
    }

    fn write(&mut self, line: &Text) {
        self.written.push(line.line(self.style.width, self.style.color));
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

fn class_of(call: &Call, sockets: &Sockets) -> Class {
    let socket = call.on.and_then(|on| on.socket).and_then(|socket| sockets.get(socket));
    socket.map_or(Class::Program, |life| life.class)
}

fn place_text(place: &Place) -> String {
    let name = place.file.rsplit('/').next().unwrap_or_default();
    format!("{name}:{}", place.line)
}
