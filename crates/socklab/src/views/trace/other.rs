//! What is neither a call nor a packet nor a socket: processes, counters, tracepoints and notes.

use scope::model::{Counter, KernelEvent, LinesFrom, Note, ProcessChange};
use wire::signal::Signal;
use wire::wait_status::{End, WaitStatus};

use super::lanes::Lanes;
use super::text::{ALARM, NAME, PLAIN, QUIET, Text};
use crate::errno;
use crate::words::Words;

/// What happened to a process.
pub(super) fn process(change: &ProcessChange, lanes: &Lanes, words: &Words) -> Text {
    match change {
        ProcessChange::Started { .. } => Text::default().with(QUIET, words.trace_started()),
        ProcessChange::Forked { child } => {
            Text::default().with(QUIET, words.trace_forked(lanes.named(*child).0, child))
        }
        ProcessChange::Executed { file, arguments } => {
            let command = if arguments.is_empty() { file.clone() } else { arguments.join(" ") };
            Text::default().with(QUIET, words.trace_executed(command))
        }
        ProcessChange::Lines { from } => Text::default().with(QUIET, lines_from(*from, words)),
        ProcessChange::Signalled { signal } => {
            Text::default().with(ALARM, words.trace_signalled(Signal(*signal)))
        }
        ProcessChange::Ended { wait_status } => {
            let style = if *wait_status == 0 { QUIET } else { ALARM };
            Text::default().with(style, ended(*wait_status, words))
        }
        ProcessChange::Released {} => Text::default().with(QUIET, words.trace_released()),
    }
}

/// How the lines of Python are known.
pub(in crate::views) fn lines_from(from: LinesFrom, words: &Words) -> String {
    match from {
        LinesFrom::Stack => words.trace_lines_stack(),
        LinesFrom::Hook => words.trace_lines_hook(),
    }
}

/// How a program ended.
pub(in crate::views) fn ended(wait_status: u32, words: &Words) -> String {
    match WaitStatus(wait_status).end() {
        End::Exited(status) => words.trace_exited(status),
        End::Signalled { signal, .. } => words.trace_killed(signal),
        End::Other => words.trace_wait_status(wait_status),
    }
}

/// A counter of the network that grew.
pub(super) fn counter(counter: &Counter, words: &Words) -> Text {
    let mut text = Text::default().with(NAME, &counter.name).with(PLAIN, format!(" +{}", counter.by));
    if counter.shared {
        text.push(QUIET, format!(" ({})", words.trace_shared()));
    }
    text
}

/// What a tracepoint of the kernel told.
pub(super) fn kernel(event: &KernelEvent, words: &Words) -> Text {
    match event {
        KernelEvent::Dropped { reason, .. } => {
            Text::default().with(ALARM, words.trace_packet_dropped(reason))
        }
        KernelEvent::State { from, to, local, peer } => {
            Text::plain(format!("{local} ⇄ {peer} ")).with(NAME, format!("{from} → {to}"))
        }
        KernelEvent::Other { name, local, peer } => {
            let ends = [local, peer].into_iter().flatten().map(ToString::to_string).collect::<Vec<_>>();
            Text::default().with(NAME, name).with(PLAIN, format!(" {}", ends.join(" ⇄ ")))
        }
    }
}

/// What limits that which is seen.
pub(super) fn note(note: &Note, lanes: &Lanes, words: &Words) -> String {
    let name = |pid| lanes.named(pid).0;
    match note {
        Note::IoUring { pid } => words.trace_note_io_uring(name(*pid)),
        Note::ForeignCalls { pid } => words.trace_note_foreign(name(*pid)),
        Note::NoPrivilege { pid, file } => words.trace_note_privilege(name(*pid), file),
        Note::PacketsLost { packets } => words.trace_packets_lost(*packets),
        Note::BytesLeftOut {} => words.trace_note_bytes(),
        Note::ClockStepped { by_us } => words.trace_note_clock(by_us),
        Note::NoLines { pid } => words.trace_note_lines(name(*pid)),
        Note::SourceFailed { source, operation, errno } => {
            words.trace_note_source(source, operation, errno::explain_number(words, *errno))
        }
    }
}
