//! What happens beside calls and packets, as a script says it.

use wire::signal::Signal;
use wire::wait_status::{End, WaitStatus};

use super::lexer::{name, quote};
use crate::model::{Counter, KernelEvent, LinesFrom, Note, ProcessChange, SocketState};
use crate::timeline::Processes;

/// The words that such a line has behind its time.
pub(super) const WORDS: [&str; 11] = [
    "started",
    "forked",
    "executed",
    "lines",
    "signalled",
    "ended",
    "released",
    "state",
    "counter",
    "tracepoint",
    "note",
];

pub(super) fn process(change: &ProcessChange, processes: &Processes) -> String {
    match change {
        ProcessChange::Started { .. } => "started".to_owned(),
        ProcessChange::Forked { child } => format!("forked {}", name(&processes.name(*child))),
        ProcessChange::Executed { file, .. } => format!("executed {}", quote(file.as_bytes())),
        ProcessChange::Lines { from: LinesFrom::Stack } => "lines stack".to_owned(),
        ProcessChange::Lines { from: LinesFrom::Hook } => "lines hook".to_owned(),
        ProcessChange::Signalled { signal } => format!("signalled {}", Signal(*signal)),
        ProcessChange::Ended { wait_status } => format!("ended {}", end(*wait_status)),
        ProcessChange::Released {} => "released".to_owned(),
    }
}

pub(super) fn state(state: &SocketState) -> String {
    let fd = state.holder.map_or_else(|| "*".to_owned(), |(_, fd)| fd.to_string());
    let tcp = state.state.map(|state| format!(" {state}")).unwrap_or_default();
    let queues = format!(" recv {} send {}", state.recv_queue, state.send_queue);
    let drops = if state.drops == 0 { String::new() } else { format!(" drops {}", state.drops) };
    format!("state {fd}{tcp}{queues}{drops}")
}

pub(super) fn counter(counter: &Counter) -> String {
    format!("counter {} {}", name(&counter.name), counter.by)
}

pub(super) fn tracepoint(event: &KernelEvent) -> String {
    match event {
        KernelEvent::Dropped { reason, .. } => format!("tracepoint dropped {}", name(reason)),
        KernelEvent::State { from, to, .. } => format!("tracepoint state {from} {to}"),
        KernelEvent::Other { name: other, .. } => format!("tracepoint {}", name(other)),
    }
}

pub(super) fn note(note: &Note) -> String {
    match note {
        Note::IoUring { .. } => "note io_uring".to_owned(),
        Note::ForeignCalls { .. } => "note foreign_calls".to_owned(),
        Note::NoPrivilege { file, .. } => format!("note no_privilege {}", quote(file.as_bytes())),
        Note::PacketsLost { packets } => format!("note packets_lost {packets}"),
        Note::BytesLeftOut {} => "note bytes_left_out".to_owned(),
        Note::ClockStepped { .. } => "note clock_stepped".to_owned(),
        Note::NoLines { .. } => "note no_lines".to_owned(),
        Note::SourceFailed { source, operation, errno } => {
            format!("note source_failed {} {} {}", name(source), name(operation), super::call::errno(*errno))
        }
    }
}

fn end(wait_status: u32) -> String {
    match WaitStatus(wait_status).end() {
        End::Exited(status) => status.to_string(),
        End::Signalled { signal, .. } => signal.to_string(),
        End::Other => format!("{wait_status:#x}"),
    }
}
