//! Processes, counters, tracepoints and notes.

use scope::model::{Counter, KernelEvent, Note, Process, ProcessChange};
use wire::signal::Signal;
use wire::wait_status::{End, WaitStatus};

use super::super::labels::Label;
use super::super::model::{Event, Kind, Mark};
use super::Teller;
use crate::errno;
use crate::views::printable::printable;

impl Teller<'_> {
    pub(super) fn process(&mut self, process: &Process, event: &mut Event) -> bool {
        let Some(lane) = self.lanes.of(process.pid) else { return false };
        event.kind = Kind::Process;
        event.lane = lane;
        event.text = self.change(&process.change);
        let name = printable(&self.timeline.processes.name(process.pid));
        self.detail(event, Label::Process, format!("{name} ({})", process.pid));
        match &process.change {
            ProcessChange::Executed { arguments, .. } => {
                self.detail(event, Label::Command, printable(&arguments.join(" ")));
            }
            ProcessChange::Ended { wait_status } => {
                self.detail(event, Label::Name("wait_status"), wait_status.to_string());
            }
            _ => {}
        }
        true
    }

    fn change(&self, change: &ProcessChange) -> String {
        match change {
            ProcessChange::Started { .. } => self.words.page_process_started(),
            ProcessChange::Forked { child } => {
                let name = printable(&self.timeline.processes.name(*child));
                self.words.page_process_forked(child.0, name)
            }
            ProcessChange::Executed { file, .. } => self.words.page_process_executed(printable(file)),
            ProcessChange::Signalled { signal } => self.words.page_process_signalled(signal_name(*signal)),
            ProcessChange::Ended { wait_status } => self.end(*wait_status),
            ProcessChange::Released {} => self.words.page_process_released(),
        }
    }

    /// How a process ended, from its wait status.
    pub(super) fn end(&self, wait_status: u32) -> String {
        end(wait_status, self.words)
    }

    pub(super) fn counter(&mut self, counter: &Counter, event: &mut Event) -> bool {
        event.kind = Kind::Counter;
        event.lane = self.lanes.wire;
        event.text = printable(&format!("{} +{}", counter.name, counter.by));
        if counter.shared {
            self.detail(event, Label::Shared, self.words.page_shared());
        }
        true
    }

    pub(super) fn kernel(&mut self, kernel: &KernelEvent, event: &mut Event) -> bool {
        event.kind = Kind::Kernel;
        event.lane = self.lanes.wire;
        let (text, local, peer) = match kernel {
            KernelEvent::Dropped { reason, .. } => (self.words.page_kernel_dropped(reason), None, None),
            KernelEvent::State { from, to, local, peer } => {
                (format!("{from} → {to}"), Some(local), Some(peer))
            }
            KernelEvent::Other { name, local, peer } => (name.clone(), local.as_ref(), peer.as_ref()),
        };
        event.text = printable(&text);
        if let KernelEvent::Dropped { protocol, .. } = kernel {
            event.mark = Mark::Lost;
            self.detail(event, Label::Name("protocol"), format!("{protocol:#06x}"));
        }
        for (label, address) in [(Label::Local, local), (Label::Peer, peer)] {
            if let Some(address) = address {
                self.detail(event, label, printable(&address.to_string()));
            }
        }
        true
    }

    pub(super) fn note(&mut self, note: &Note, event: &mut Event) -> bool {
        event.kind = Kind::Note;
        event.lane = self.note_lane(note);
        event.text = self.note_text(note);
        true
    }

    fn note_lane(&self, note: &Note) -> usize {
        let pid = match note {
            Note::IoUring { pid } | Note::ForeignCalls { pid } | Note::NoLines { pid } => Some(*pid),
            Note::NoPrivilege { pid, .. } => Some(*pid),
            _ => None,
        };
        pid.and_then(|pid| self.lanes.of(pid)).unwrap_or(self.lanes.wire)
    }

    fn note_text(&self, note: &Note) -> String {
        match note {
            Note::IoUring { .. } => self.words.page_note_io_uring(),
            Note::ForeignCalls { .. } => self.words.page_note_foreign_calls(),
            Note::NoPrivilege { file, .. } => self.words.page_note_no_privilege(printable(file)),
            Note::PacketsLost { packets } => self.words.page_note_packets_lost(*packets),
            Note::BytesLeftOut {} => self.words.page_note_bytes_left_out(),
            Note::ClockStepped { by_us } => self.words.page_note_clock_stepped(*by_us),
            Note::NoLines { .. } => self.words.page_note_no_lines(),
            Note::SourceFailed { source, operation, errno } => {
                let cause = errno::explain_number(self.words, *errno);
                self.words.page_note_source_failed(cause, printable(operation), printable(source))
            }
        }
    }
}

/// How a process ended, in words.
pub(in super::super) fn end(wait_status: u32, words: &crate::words::Words) -> String {
    match WaitStatus(wait_status).end() {
        End::Exited(status) => words.page_process_exited(status),
        End::Signalled { signal, core: false } => words.page_process_killed(signal),
        End::Signalled { signal, core: true } => words.page_process_killed_core(signal),
        End::Other => words.page_process_ended(wait_status),
    }
}

fn signal_name(signal: u32) -> String {
    Signal(signal).to_string()
}
