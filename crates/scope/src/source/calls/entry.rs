//! A thread goes into a call: is it worth telling, and what does it ask for?

use std::sync::Arc;

use kernel::memory;
use kernel::ptrace::{self, CallInfo};
use wire::names::{Group, Syscall};

use super::interruption::Handler;
use super::open::Open;
use super::processes::{Standing, State, Thread};
use super::tracer::Tracer;
use crate::decode::{self, Program};
use crate::model::{Call, Fd, LinesFrom, Note, Pid, Place, ProcessChange, SocketRef, Tid, Time};
use crate::source::lines::{ANSWER, MARK_BYTES_MAX, Mark};

/// What a call is about.
enum Subject {
    /// It is told, with the descriptor that it has.
    Told(Option<SocketRef>),
    /// Nothing that is told.
    None,
}

/// The first number of calls that are made for another machine in the way of this one (`__X32_SYSCALL_BIT`).
const FOREIGN_NUMBERS: u64 = 0x4000_0000;

impl Tracer {
    /// A thread stands at the entry of a call; it goes on when this is done.
    pub(super) fn entered(&mut self, tid: Tid, now: Time) {
        if let Ok(CallInfo::Entry { audit_arch, number, values }) = ptrace::call_info(tid.0) {
            if audit_arch != self.machine.audit_arch() || number >= FOREIGN_NUMBERS {
                self.is_foreign(tid);
            } else if let Some(call) = Syscall::from_number(self.machine, number) {
                self.called(tid, call, values);
            } else {
                self.handled(tid, Handler::Restarts);
            }
        }
        self.resume(tid, 0, now);
    }

    /// A call of the table.
    fn called(&mut self, tid: Tid, call: Syscall, values: [u64; 6]) {
        let state = self.traced.threads.get(&tid).map(|thread| thread.state);
        if matches!(state, Some(State::Interrupted | State::Signalled))
            && let Some((interruption, former)) = self.shared.interruption(tid)
        {
            if interruption.goes_on_as(call, former == values) {
                self.shared.interrupted(tid, None);
                self.set_state(tid, State::InCall);
                return self.shorten(tid, call, values);
            }
            self.handled(tid, Handler::Restarts);
        }
        if self.is_mark(tid, call, values) {
            return;
        }
        let Subject::Told(on) = self.subject(tid, call, values) else { return };
        if call.name() == "io_uring_setup" {
            self.uses_io_uring(tid);
        }
        self.open(tid, call, values, on);
        self.shorten(tid, call, values);
    }

    fn open(&mut self, tid: Tid, call: Syscall, values: [u64; 6], on: Option<SocketRef>) {
        let strings_bytes = self.strings_bytes;
        let is_place_due = self.returns_soon(tid, call, on);
        if !is_place_due {
            let ahead = decode::ahead_at_entry(call, values, strings_bytes);
            self.memories.read_ahead(tid, ahead.into_iter().chain(self.lines.ahead(tid)));
        }
        let Some((thread, mut standing)) = self.standing(tid) else { return };
        let args = decode::at_entry(call, values, &mut standing, strings_bytes);
        thread.state = State::InCall;
        let pid = thread.pid;
        let place = if is_place_due { None } else { self.place(pid, tid) };
        let call = Call { pid, tid, call, on, args, until: None, outcome: None, place };
        if let (Some(SocketRef { fd, socket: Some(_) }), "close") = (on, call.call.name()) {
            // What it leaves behind is not to be seen afterwards.
            let now = self.now();
            self.eye.after_call(pid, fd, now);
        }
        self.closes(pid, call.call, values);
        // Taken last: what the tracer did until here is not the program's time in the call.
        let entered = self.now();
        let open = Open { call, entered, values, interruption: None, is_told: false, is_place_due };
        self.shared.opened(tid, Box::new(open));
    }

    /// Whether a call is going to be read from when it returns, which it will soon: so it is not worth reading anything before. Whoever
    /// waits in a call is to be known by his line, however.
    fn returns_soon(&self, tid: Tid, call: Syscall, on: Option<SocketRef>) -> bool {
        let has_received = |id| self.eye.has_received(id);
        let is_read = |thread: &Thread| self.lines.are_read(thread.pid);
        call.name() == "recvfrom"
            && self.traced.threads.get(&tid).is_some_and(is_read)
            && on.and_then(|on| on.socket).is_some_and(has_received)
    }

    /// Where in its source a program is whose thread stands still.
    pub(super) fn place(&mut self, pid: Pid, tid: Tid) -> Option<Arc<Place>> {
        let memories = &self.memories;
        self.lines.place(pid, tid, &|address, buffer| memories.read(pid, tid, address, buffer))
    }

    /// No copy of a socket is to be there when the program closes it.
    fn closes(&mut self, pid: Pid, call: Syscall, values: [u64; 6]) {
        match call.name() {
            "close" => {
                if let Some(fd) = decode::descriptor(call, values) {
                    self.eye.closes(pid, fd);
                }
            }
            "close_range" => {
                if let Some(range) = closed_range(values) {
                    self.eye.closes_range(pid, range);
                }
            }
            _ => {
                if let Some(fd) = replaced(call, values) {
                    self.eye.closes(pid, fd);
                }
            }
        }
    }

    /// What a call is about, if it is worth telling: of files and pipes nothing is told.
    fn subject(&mut self, tid: Tid, call: Syscall, values: [u64; 6]) -> Subject {
        let Some((_, mut standing)) = self.standing(tid) else { return Subject::None };
        let mut find = |fd: Option<Fd>| fd.map(|fd| SocketRef { fd, socket: standing.socket(fd) });
        let on = find(decode::descriptor(call, values));
        let is_socket = |on: Option<SocketRef>| on.is_some_and(|on| on.socket.is_some());
        if is_socket(on) || !decode::is_decoded_on_sockets_only(call) {
            let is_idle = call.name() == "close_range" && !self.closes_sockets(tid, values);
            return if is_idle { Subject::None } else { Subject::Told(on) };
        }
        let other = find(decode::other_descriptor(call, values));
        if is_socket(other) {
            return Subject::Told(other);
        }
        let replaced = find(replaced(call, values));
        if is_socket(replaced) {
            return Subject::Told(on);
        }
        self.passes(tid, call, values);
        Subject::None
    }

    /// A call goes on that is not told; descriptors that it closes are to be asked for again.
    fn passes(&mut self, tid: Tid, call: Syscall, values: [u64; 6]) {
        let closed =
            if call.name() == "close" { decode::descriptor(call, values) } else { replaced(call, values) };
        let Some((_, standing)) = self.standing(tid) else { return };
        let pid = standing.pid;
        if let Some(fd) = closed {
            standing.descriptors.forget(fd);
        }
        // It may read more of its source.
        self.lines.passes(pid);
    }

    /// Whether a `close_range(2)` closes any socket that is known; if not, it is none of our business.
    fn closes_sockets(&mut self, tid: Tid, values: [u64; 6]) -> bool {
        let Some((_, standing)) = self.standing(tid) else { return false };
        let Some(range) = closed_range(values) else { return false };
        let closes = !standing.descriptors.sockets_in(range).is_empty();
        if !closes {
            standing.descriptors.forget_range(range);
            standing.eye.closes_range(standing.pid, range);
        }
        closes
    }

    /// Whether the call is no call: a program that tells its line writes it to no descriptor, which changes nothing.
    fn is_mark(&mut self, tid: Tid, call: Syscall, values: [u64; 6]) -> bool {
        if !Mark::is_told_by(call, values) {
            return false;
        }
        let Some((thread, standing)) = self.standing(tid) else { return false };
        let pid = thread.pid;
        let length = usize::try_from(values[2]).unwrap_or(usize::MAX).min(MARK_BYTES_MAX);
        let mut mark = vec![0; length];
        let read = standing.read(values[1], &mut mark);
        let Some(mark) = Mark::parse(&mark[..read]) else { return false };
        let memories = &self.memories;
        let again = |address: u64, buffer: &mut [u8]| memories.read(pid, tid, address, buffer);
        let is_question = matches!(mark, Mark::Question { .. });
        if self.lines.told((pid, tid), mark, &again) {
            let (place, yes) = ANSWER;
            let answered = memory::write(tid.0, values[1].wrapping_add(place), &[yes]);
            match answered {
                Ok(()) => self.tell_lines(tid, LinesFrom::Stack),
                Err(_) => self.lines.is_not_answered(pid),
            }
        } else if !is_question && !self.lines.are_read(pid) {
            self.tell_lines(tid, LinesFrom::Hook);
        }
        true
    }

    /// Tells how the lines of a program are known, once.
    fn tell_lines(&mut self, tid: Tid, from: LinesFrom) {
        let Some((thread, process)) = self.traced.of(tid) else { return };
        if process.noted.lines.replace(from) != Some(from) {
            let pid = thread.pid;
            self.tell_process(self.now(), pid, ProcessChange::Lines { from });
        }
    }

    fn is_foreign(&mut self, tid: Tid) {
        self.handled(tid, Handler::Restarts);
        // What it closes is not seen.
        self.eye.set_keeps_copies(false);
        let Some((thread, process)) = self.traced.of(tid) else { return };
        if !std::mem::replace(&mut process.noted.foreign, true) {
            let note = Note::ForeignCalls { pid: thread.pid };
            self.tell_note(self.now(), note);
        }
    }

    fn uses_io_uring(&mut self, tid: Tid) {
        self.traced.has_rings = true;
        // What is closed through them is not seen.
        self.eye.set_keeps_copies(false);
        let Some((thread, process)) = self.traced.of(tid) else { return };
        if !std::mem::replace(&mut process.noted.io_uring, true) {
            let note = Note::IoUring { pid: thread.pid };
            self.tell_note(self.now(), note);
        }
    }

    /// A thread, and what decoding needs of it.
    pub(super) fn standing(&mut self, tid: Tid) -> Option<(&mut Thread, Standing<'_>)> {
        let (thread, process) = self.traced.of(tid)?;
        let pid: Pid = thread.pid;
        let (descriptors, interests) = (&mut process.descriptors, &mut process.interests);
        let (eye, memories) = (&mut self.eye, &self.memories);
        Some((thread, Standing { tid, pid, descriptors, interests, eye, memories }))
    }
}

/// The descriptor that a call puts another one in the place of.
pub(super) fn replaced(call: Syscall, values: [u64; 6]) -> Option<Fd> {
    matches!(call.name(), "dup2" | "dup3").then(|| low(values[1]))
}

/// Closes at the next `execve(2)`, and not now (`CLOSE_RANGE_CLOEXEC`).
const CLOSE_LATER: u64 = 4;

/// The first and the last descriptor that a `close_range(2)` closes.
#[expect(clippy::cast_possible_truncation, reason = "the upper half of the registers says nothing")]
pub(super) fn closed_range([first, last, flags, ..]: [u64; 6]) -> Option<[u32; 2]> {
    (flags & CLOSE_LATER == 0).then_some([first as u32, last as u32])
}

/// The descriptor in a register: an `int`, so its lower half.
#[expect(clippy::cast_possible_truncation, reason = "the upper half of the register says nothing")]
fn low(value: u64) -> Fd {
    Fd(value as i32)
}

/// Whether what a call returns is a descriptor, or it may have brought some.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Brings {
    /// It returns the new one.
    Result,
    /// There may be some in the program's memory.
    Unnamed,
    /// None.
    Nothing,
}

/// `F_DUPFD` and `F_DUPFD_CLOEXEC` of `fcntl(2)`.
const DUPLICATE: [u64; 2] = [0, 1030];

pub(super) fn brings(call: Syscall, values: [u64; 6]) -> Brings {
    match call.name() {
        "socket" | "accept" | "accept4" | "dup" | "dup2" | "dup3" | "epoll_create" | "epoll_create1"
        | "io_uring_setup" => Brings::Result,
        "fcntl" if DUPLICATE.contains(&values[1]) => Brings::Result,
        "socketpair" | "recvmsg" | "recvmmsg" => Brings::Unnamed,
        _ if call.group() == Group::Ring => Brings::Unnamed,
        _ => Brings::Nothing,
    }
}
