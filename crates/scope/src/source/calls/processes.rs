//! The processes and threads that are traced.

use std::fs;

use foldhash::HashMap;

use super::descriptors::Descriptors;
use super::memories::Memories;
use crate::decode::{Interests, Program};
use crate::model::{Fd, LinesFrom, Pid, SocketId, Tid};
use crate::source::state::Eye;

/// A process.
#[derive(Clone, Debug)]
pub(super) struct Process {
    /// Which of the programs it belongs to.
    pub(super) program: usize,
    /// Whether it was started here, with a filter; else it was attached to, and stops at every call.
    pub(super) is_filtered: bool,
    /// Whether it runs a program, rather than waiting for its start.
    pub(super) is_running: bool,
    pub(super) descriptors: Descriptors,
    pub(super) interests: Interests,
    pub(super) noted: Noted,
    /// Whether its environment has the hook by which Python programs tell their lines.
    pub(super) has_hook: bool,
}

/// What was noted of a process, and is not noted again.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Noted {
    pub(super) io_uring: bool,
    pub(super) foreign: bool,
    /// How its lines are known, if that was told.
    pub(super) lines: Option<LinesFrom>,
}

/// A thread.
#[derive(Debug)]
pub(super) struct Thread {
    pub(super) pid: Pid,
    pub(super) state: State,
    /// It makes no call any more.
    pub(super) is_exiting: bool,
}

/// Where a thread is with a call that is worth telling.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// In none.
    Outside,
    /// In the kernel.
    InCall,
    /// A signal interrupted it: it has come out, and what becomes of it is not known.
    Interrupted,
    /// Likewise, and it gets a signal: if that has a handler, it stops where that begins.
    Signalled,
}

impl Process {
    pub(super) fn new(program: usize, is_filtered: bool) -> Self {
        Self {
            program,
            is_filtered,
            is_running: !is_filtered,
            descriptors: Descriptors::default(),
            interests: Interests::default(),
            noted: Noted::default(),
            has_hook: false,
        }
    }

    /// What it makes by `fork(2)`.
    pub(super) fn child(&self) -> Self {
        // Its lines are known as its parent's are.
        let noted = Noted { lines: self.noted.lines, ..Noted::default() };
        Self { noted, ..self.clone() }
    }
}

impl Thread {
    pub(super) fn new(pid: Pid) -> Self {
        Self { pid, state: State::Outside, is_exiting: false }
    }
}

/// What a thread that `/proc` knows belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Kin {
    /// Its process.
    pub(super) pid: Pid,
    /// The process that made that.
    pub(super) parent: Pid,
}

impl Kin {
    /// Reads `/proc/TID/status` (`proc_pid_status(5)`); `None` if there is no such thread any more.
    pub(super) fn of(tid: Tid) -> Option<Self> {
        let status = Status::of(tid)?;
        Some(Self { pid: Pid(status.number("Tgid:")?), parent: Pid(status.number("PPid:")?) })
    }
}

/// The text of `/proc/TID/status`.
#[derive(Debug)]
pub(super) struct Status(String);

impl Status {
    pub(super) fn of(tid: Tid) -> Option<Self> {
        fs::read_to_string(format!("/proc/{tid}/status")).ok().map(Self)
    }

    /// The number in the line that begins so.
    pub(super) fn number(&self, name: &str) -> Option<u32> {
        self.0.lines().find_map(|line| line.strip_prefix(name))?.trim().parse().ok()
    }
}

/// A thread that stands at a call, for the decoding of it.
pub(super) struct Standing<'a> {
    pub(super) tid: Tid,
    pub(super) pid: Pid,
    pub(super) descriptors: &'a mut Descriptors,
    pub(super) interests: &'a mut Interests,
    pub(super) eye: &'a mut Eye,
    pub(super) memories: &'a Memories,
}

/// `CLOCK_REALTIME` and `CLOCK_MONOTONIC`.
const REALTIME: i32 = 0;
const MONOTONIC: i32 = 1;

impl Program for Standing<'_> {
    fn read(&self, address: u64, buffer: &mut [u8]) -> usize {
        self.memories.read(self.pid, self.tid, address, buffer)
    }

    fn socket(&mut self, fd: Fd) -> Option<SocketId> {
        self.descriptors.socket(self.pid, fd, self.eye)
    }

    fn now_ns(&self, clock: i32) -> Option<u64> {
        match clock {
            REALTIME => Some(kernel::clock::realtime_ns()),
            MONOTONIC => Some(kernel::clock::monotonic_ns()),
            _ => None,
        }
    }

    fn interests(&mut self) -> Option<&mut Interests> {
        Some(self.interests)
    }
}

/// All of them.
#[derive(Debug, Default)]
pub(super) struct Traced {
    pub(super) processes: HashMap<Pid, Process>,
    pub(super) threads: HashMap<Tid, Thread>,
    /// Whether any of them has done what is not seen, through `io_uring(7)`.
    pub(super) has_rings: bool,
}

impl Traced {
    /// A thread, and its process.
    pub(super) fn of(&mut self, tid: Tid) -> Option<(&mut Thread, &mut Process)> {
        let thread = self.threads.get_mut(&tid)?;
        let process = self.processes.get_mut(&thread.pid)?;
        Some((thread, process))
    }

    /// Whether no thread of a process makes a call any more.
    pub(super) fn is_exiting(&self, pid: Pid) -> bool {
        self.threads.values().filter(|thread| thread.pid == pid).all(|thread| thread.is_exiting)
    }

    /// The numbers of a process' threads.
    pub(super) fn threads_of(&self, pid: Pid) -> Vec<Tid> {
        self.threads.iter().filter(|(_, thread)| thread.pid == pid).map(|(tid, _)| *tid).collect()
    }
}
