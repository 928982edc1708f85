//! The lines of a timeline.

use std::fmt::Write;

use super::packet::{self, KERNEL};
use super::{Options, Part, call, event, lexer};
use crate::model::Time;
use crate::timeline::{Blocked, CallEntry, Class, Entry, EntryKind, Timeline};

/// How wide the times are, and the names at most, so that lines stand below each other.
const WHEN_COLUMNS: usize = 20;
const LANE_COLUMNS: usize = 12;

pub(super) fn write(timeline: &Timeline, options: &Options) -> String {
    let names = timeline.processes.lanes.values().map(|lane| lane.name.chars().count());
    let columns = names.max().unwrap_or_default().clamp(KERNEL.len(), LANE_COLUMNS);
    let mut text = String::new();
    let mut before: Option<Time> = None;
    for entry in timeline.entries.iter().filter(|entry| options.show.contains(&part(entry))) {
        let lane = lane(entry, timeline);
        let when = when(entry, before.unwrap_or(entry.time));
        let what = what(entry, timeline);
        // Writing into a string does not fail.
        let _ = writeln!(text, "{lane:columns$} {when:WHEN_COLUMNS$} {what}");
        before = Some(entry.time);
    }
    text
}

/// Of which kind an entry's line is.
fn part(entry: &Entry) -> Part {
    match &entry.kind {
        EntryKind::Call(call) if call.class != Class::Program => Part::Hidden,
        EntryKind::Call(_) => Part::Calls,
        EntryKind::Packet(_) => Part::Packets,
        EntryKind::Socket(_) => Part::Sockets,
        EntryKind::Counter(_) => Part::Counters,
        EntryKind::Process(_) => Part::Processes,
        EntryKind::Kernel(_) => Part::Tracepoints,
        EntryKind::Note(_) => Part::Notes,
    }
}

fn lane(entry: &Entry, timeline: &Timeline) -> String {
    let pid = match &entry.kind {
        EntryKind::Call(call) => Some(call.call.pid),
        EntryKind::Process(process) => Some(process.pid),
        EntryKind::Socket(state) => state.holder.map(|(pid, _)| pid),
        EntryKind::Packet(crossing) => return packet::sender(crossing, &timeline.processes),
        EntryKind::Counter(_) | EntryKind::Kernel(_) | EntryKind::Note(_) => None,
    };
    pid.map_or_else(|| KERNEL.to_owned(), |pid| lexer::name(&timeline.processes.name(pid)))
}

fn what(entry: &Entry, timeline: &Timeline) -> String {
    match &entry.kind {
        EntryKind::Call(call) => call::write(&call.call),
        EntryKind::Packet(crossing) => packet::write(crossing, &timeline.processes),
        EntryKind::Process(process) => event::process(&process.change, &timeline.processes),
        EntryKind::Socket(state) => event::state(state),
        EntryKind::Counter(counter) => event::counter(counter),
        EntryKind::Kernel(kernel) => event::tracepoint(kernel),
        EntryKind::Note(note) => event::note(note),
    }
}

/// When an entry is, counted from the one before; a call that waited has its end, too.
fn when(entry: &Entry, before: Time) -> String {
    let began = entry.time.0.saturating_sub(before.0);
    let began_text = format!("+{}", seconds(began));
    match &entry.kind {
        EntryKind::Call(CallEntry { blocked: Blocked::For(time), .. }) => {
            let time = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
            format!("{began_text}...{}", seconds(began.saturating_add(time)))
        }
        EntryKind::Call(CallEntry { blocked: Blocked::Still(_), .. }) => format!("{began_text}..."),
        _ => began_text,
    }
}

/// Writes nanoseconds as seconds, to the microsecond.
pub(super) fn seconds(ns: u64) -> String {
    match ns / 1000 {
        0 => "0".to_owned(),
        us => format!("{}.{:06}", us / 1_000_000, us % 1_000_000),
    }
}
