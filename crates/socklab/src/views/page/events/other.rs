//! Processes, counters, tracepoints and notes.

use scope::model::{Counter, KernelEvent, Note, Process, ProcessChange};
use wire::signal::Signal;

use super::super::labels::Label;
use super::super::model::{Event, Kind, Mark};
use super::Teller;
use crate::errno;
use crate::views::printable::printable;
use crate::views::trace::{ended, lines_from};

impl Teller<'_> {
    /// How a process ends that has no lane is an event of whoever made it, and quiet: it may be evidence.
    pub(super) fn process(&mut self, process: &Process, event: &mut Event) -> bool {
        let own = self.lanes.of(process.pid);
        let is_end = matches!(process.change, ProcessChange::Ended { .. });
        let lane = own.or_else(|| self.lanes.of_makers(process.pid, self.timeline).filter(|_| is_end));
        let Some(lane) = lane else { return false };
        let name = printable(&self.timeline.processes.name(process.pid));
        event.kind = Kind::Process;
        event.lane = lane;
        event.quiet = own.is_none();
        event.text = self.change(&process.change);
        if own.is_none() {
            event.text = format!("{name} ({}): {}", process.pid, event.text);
        }
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
            ProcessChange::Started { .. } => self.words.trace_started(),
            ProcessChange::Forked { child } => {
                let name = printable(&self.timeline.processes.name(*child));
                self.words.trace_forked(name, child)
            }
            ProcessChange::Executed { file, .. } => self.words.trace_executed(printable(file)),
            ProcessChange::Lines { from } => lines_from(*from, self.words),
            ProcessChange::Signalled { signal } => self.words.trace_signalled(Signal(*signal)),
            ProcessChange::Ended { wait_status } => ended(*wait_status, self.words),
            ProcessChange::Released {} => self.words.trace_released(),
        }
    }

    pub(super) fn counter(&mut self, counter: &Counter, event: &mut Event) -> bool {
        event.kind = Kind::Counter;
        event.lane = self.lanes.wire;
        event.text = printable(&format!("{} +{}", counter.name, counter.by));
        if counter.shared {
            self.detail(event, Label::Shared, self.words.trace_shared());
        }
        true
    }

    pub(super) fn kernel(&mut self, kernel: &KernelEvent, event: &mut Event) -> bool {
        event.kind = Kind::Kernel;
        event.lane = self.lanes.wire;
        let (text, local, peer) = match kernel {
            KernelEvent::Dropped { reason, .. } => (self.words.trace_packet_dropped(reason), None, None),
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
            Note::IoUring { pid }
            | Note::ForeignCalls { pid }
            | Note::NoLines { pid }
            | Note::NoPrivilege { pid, .. } => Some(*pid),
            _ => None,
        };
        pid.and_then(|pid| self.lanes.of(pid)).unwrap_or(self.lanes.wire)
    }

    fn note_text(&self, note: &Note) -> String {
        let name = |pid| printable(&self.timeline.processes.name(pid));
        match note {
            Note::IoUring { pid } => self.words.trace_note_io_uring(name(*pid)),
            Note::ForeignCalls { pid } => self.words.trace_note_foreign(name(*pid)),
            Note::NoPrivilege { pid, file } => self.words.trace_note_privilege(name(*pid), printable(file)),
            Note::PacketsLost { packets } => self.words.trace_packets_lost(*packets),
            Note::BytesLeftOut {} => self.words.trace_note_bytes(),
            Note::ClockStepped { by_us } => self.words.trace_note_clock(*by_us),
            Note::NoLines { pid } => self.words.trace_note_lines(name(*pid)),
            Note::SourceFailed { source, operation, errno } => {
                let cause = errno::explain_number(self.words, *errno);
                self.words.trace_note_source(printable(source), printable(operation), cause)
            }
        }
    }
}
