//! A thread comes out of a call: what did it get, and what has changed?

use std::net::SocketAddr;

use wire::errno::EBADF;
use wire::names::Syscall;

use super::entry::{Brings, brings, closed_range, replaced};
use super::interruption::{Handler, Interruption};
use super::open::Open;
use super::processes::{Standing, State};
use super::tracer::Tracer;
use crate::decode::{self, Program};
use crate::model::{Args, Call, Certainty, Fd, Outcome, SocketRef, Tid, Time, What};

impl Tracer {
    /// A thread has come out of a call, at this time.
    pub(super) fn returned(&mut self, tid: Tid, result: i64, now: Time) {
        if self.traced.threads.get(&tid).is_none_or(|thread| thread.state != State::InCall) {
            return;
        }
        self.lengthen(tid);
        let Some(mut open) = self.shared.closed(tid) else { return };
        self.read_ahead_at_exit(&open, result);
        if std::mem::take(&mut open.is_place_due) {
            open.call.place = self.place(open.call.pid, tid);
        }
        if let Some(interruption) = Interruption::of(open.call.call, result, now) {
            self.set_state(tid, State::Interrupted);
            open.interruption = Some(interruption);
            return self.shared.opened(tid, open);
        }
        self.set_state(tid, State::Outside);
        self.finish(*open, result, now);
    }

    /// What becomes of an interrupted call is known: a handler has run.
    pub(super) fn handled(&mut self, tid: Tid, handler: Handler) {
        if self.shared.interruption(tid).is_none() {
            return;
        }
        self.set_state(tid, State::Outside);
        let Some(open) = self.shared.closed(tid) else { return };
        let Open { mut call, entered, interruption: Some(interruption), .. } = *open else { return };
        call.until = Some(interruption.at);
        call.outcome = Some(interruption.outcome(handler));
        self.tell_call(entered, call);
    }

    fn read_ahead_at_exit(&mut self, open: &Open, result: i64) {
        let Open { call, values, is_place_due, .. } = open;
        let returned = u64::try_from(result).ok();
        let ahead =
            returned.map(|returned| decode::ahead_at_exit(call.call, *values, returned, self.strings_bytes));
        let lines = is_place_due.then(|| self.lines.ahead(call.tid)).into_iter().flatten();
        self.memories.read_ahead(call.tid, ahead.into_iter().flatten().chain(lines));
    }

    fn finish(&mut self, open: Open, result: i64, now: Time) {
        let Open { mut call, entered, values, .. } = open;
        let outcome = outcome(result);
        call.until = Some(now);
        call.outcome = Some(outcome);
        let strings_bytes = self.strings_bytes;
        let Some((_, mut standing)) = self.standing(call.tid) else { return };
        let closed = forget(&mut standing, call.call, values, outcome);
        let got = if let Outcome::Failed(errno) = outcome { Err(errno) } else { Ok(result) };
        decode::at_exit(&mut call.args, call.call, values, got, &mut standing, strings_bytes);
        let new = new_descriptor(call.call, values, outcome);
        let new = new.map(|fd| SocketRef { fd, socket: standing.socket(fd) });
        if call.call.name() == "socket" {
            call.on = new;
        }
        let pid = call.pid;
        self.tell_finished(entered, call, new, now);
        for fd in closed {
            self.eye.after_close(pid, fd, now);
        }
    }

    /// Tells a call, looks at the sockets that it was about, and starts the programs that have waited for it.
    fn tell_finished(&mut self, entered: Time, call: Call, new: Option<SocketRef>, now: Time) {
        let pid = call.pid;
        let program = self.traced.processes.get(&pid).map(|process| process.program);
        let started = program.map(|program| self.starts.returned(program, &call)).unwrap_or_default();
        let own = call.on.filter(|_| call.call.name() != "close");
        let new = new.filter(|new| call.on != Some(*new));
        let pair = if let Args::Socket { pair, .. } = &call.args { pair.clone() } else { Vec::new() };
        let looked_at = own.into_iter().chain(new).chain(pair);
        let addressee = addressee(&call);
        let is_transfer = matches!(call.args, Args::Send { .. } | Args::Receive { .. });
        // Through io_uring(7) it may have got another address, which nobody has seen.
        let is_transfer = is_transfer && !self.traced.has_rings;
        self.tell_call(entered, call);
        for on in looked_at.filter(|on| on.socket.is_some()) {
            if is_transfer {
                self.eye.after_transfer(pid, on.fd, now);
            } else {
                self.eye.after_call(pid, on.fd, now);
            }
        }
        if let Some(address) = addressee {
            self.eye.after_sending_to(address, now);
        }
        for program in started {
            self.go(program);
        }
    }

    pub(super) fn tell_call(&mut self, entered: Time, call: Call) {
        self.ended.calls += 1;
        self.sink.tell(entered, Certainty::Exact, What::Call(call));
    }
}

/// The numbers that stand for errors (`errno(3)`): a call returns them negated.
const ERRORS: std::ops::RangeInclusive<i64> = -4095..=-1;

fn outcome(result: i64) -> Outcome {
    match i32::try_from(result.wrapping_neg()) {
        Ok(errno) if ERRORS.contains(&result) => Outcome::Failed(errno),
        _ => Outcome::Returned(result),
    }
}

/// To whom a call has sent first.
fn addressee(call: &Call) -> Option<SocketAddr> {
    match (&call.args, call.outcome) {
        (Args::Send { messages, .. }, Some(Outcome::Returned(_))) => {
            messages.first()?.address.as_ref()?.inet()
        }
        _ => None,
    }
}

/// Forgets what is no longer known, now that a call has returned; returns the sockets that it has closed.
fn forget(standing: &mut Standing<'_>, call: Syscall, values: [u64; 6], outcome: Outcome) -> Vec<Fd> {
    let Standing { pid, descriptors, eye, .. } = standing;
    // What close(2) fails to do is to write something back; the descriptor is gone, unless there was none.
    if call.name() == "close" && outcome != Outcome::Failed(EBADF) {
        let closed = decode::descriptor(call, values);
        return closed.into_iter().filter(|fd| descriptors.forget(*fd)).collect();
    }
    let Outcome::Returned(_) = outcome else { return Vec::new() };
    if call.name() == "close_range"
        && let Some(range) = closed_range(values)
    {
        return descriptors.forget_range(range);
    }
    match brings(call, values) {
        // A descriptor that is duplicated onto itself stays what it is.
        Brings::Result if replaced(call, values) == decode::descriptor(call, values) => {}
        Brings::Result => {
            if let Some(fd) = new_descriptor(call, values, outcome)
                && descriptors.forget(fd)
            {
                eye.closed(*pid, fd);
            }
        }
        Brings::Unnamed => descriptors.forget_others(),
        Brings::Nothing => {}
    }
    Vec::new()
}

/// The descriptor that a call has made.
fn new_descriptor(call: Syscall, values: [u64; 6], outcome: Outcome) -> Option<Fd> {
    match outcome {
        Outcome::Returned(fd) if brings(call, values) == Brings::Result => i32::try_from(fd).ok().map(Fd),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_a_small_negative_number() {
        assert_eq!(outcome(-111), Outcome::Failed(111));
        assert_eq!(outcome(-4095), Outcome::Failed(4095));
        assert_eq!(outcome(-4096), Outcome::Returned(-4096));
        assert_eq!(outcome(i64::MIN), Outcome::Returned(i64::MIN));
        assert_eq!(outcome(0), Outcome::Returned(0));
    }
}
