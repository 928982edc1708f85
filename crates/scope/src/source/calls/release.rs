//! Threads go on without a tracer.

use kernel::ptrace::{self, Stop, Waited};

use super::tracer::Tracer;
use crate::model::{Pid, ProcessChange, Tid, Time};

impl Tracer {
    /// Whoever was attached to is to go on without a tracer: each thread is stopped for that once more.
    pub(super) fn release(&mut self, now: Time) {
        self.is_releasing = true;
        // What they close from now on is not seen.
        self.eye.set_keeps_copies(false);
        let attached = self.traced.processes.iter().filter(|(_, process)| !process.is_filtered);
        let attached: Vec<Pid> = attached.map(|(pid, _)| *pid).collect();
        for pid in attached {
            for tid in self.traced.threads_of(pid) {
                if ptrace::interrupt(tid.0).is_err() {
                    // It has ended, which is told when it is seen.
                    self.cut_off(tid, now);
                }
            }
        }
    }

    /// Whether a thread that stands still is to be let go.
    pub(super) fn is_let_go(&mut self, tid: Tid) -> bool {
        self.is_releasing && self.traced.of(tid).is_some_and(|(_, process)| !process.is_filtered)
    }

    /// Lets a thread go. The call that it is in is told as it is, without an end.
    pub(super) fn let_go(&mut self, tid: Tid, signal: i32, now: Time) {
        // It fails for a thread that was killed, which nobody has to be told of any more.
        let _ = ptrace::detach(tid.0, signal);
        if let Some(open) = self.shared.closed(tid) {
            self.tell_call(open.entered, open.call);
        }
        let Some(thread) = self.traced.threads.remove(&tid) else { return };
        self.lines.ended(tid);
        if self.traced.threads_of(thread.pid).is_empty() {
            self.traced.processes.remove(&thread.pid);
            self.eye.ended(thread.pid);
            self.tell_process(now, thread.pid, ProcessChange::Released {});
        }
    }

    /// Takes leave of whoever is left, when nothing is told any more.
    pub(super) fn abandon(&mut self) {
        self.gos.clear();
        self.timers.clear();
        self.shared.orders.release();
        self.shared.ring();
        // Their first processes, which are children of this thread, end by nothing else.
        self.shared.end_guests();
        for tid in self.traced.threads.keys() {
            // One that waits for its start ends by itself.
            let _ = ptrace::interrupt(tid.0);
        }
        loop {
            match ptrace::wait_any(true) {
                Ok(Waited::Stopped(tid, stop)) => {
                    let signal = if let Stop::Signal(signal) = stop { signal } else { 0 };
                    // It fails for one that was killed meanwhile.
                    let _ = ptrace::detach(tid, signal);
                }
                Ok(Waited::Ended(..)) => {}
                Ok(Waited::Running | Waited::NoChild) | Err(_) => break,
            }
        }
    }
}
