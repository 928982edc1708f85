//! Looks at the sockets of the programs that are watched.

use std::collections::HashMap;

use super::Sink;
use crate::model::{Fd, Pid, SocketId, Time};

/// Looks at sockets that other processes hold, and tells what is not as it was told last.
///
/// Whoever stops the programs owns it and calls it while they stand still.
#[derive(Debug)]
pub struct Eye {
    sink: Sink,
    held: HashMap<(Pid, Fd), SocketId>,
}

impl Eye {
    /// Makes one that tells into `sink`.
    pub fn new(sink: Sink) -> Self {
        Self { sink, held: HashMap::new() }
    }

    /// Which socket a process knows by this number; `None` if the number is no socket's.
    pub fn identify(&mut self, pid: Pid, fd: Fd) -> Option<SocketId> {
        self.held.get(&(pid, fd)).copied()
    }

    /// Looks at the socket that a call was about, at its peer on this machine and at its listener, and tells those that are
    /// not as they were told last. `time` is when the call returned.
    pub fn after_call(&mut self, pid: Pid, fd: Fd, time: Time) {
        let _ = (&self.sink, pid, fd, time);
    }

    /// The process has closed this number, or put something else in its place (`dup2(2)`).
    pub fn closed(&mut self, pid: Pid, fd: Fd) {
        self.held.remove(&(pid, fd));
    }

    /// The process has ended.
    pub fn ended(&mut self, pid: Pid) {
        self.held.retain(|&(holder, _), _| holder != pid);
    }

    /// The process has made another one, which holds the same sockets (`fork(2)`).
    pub fn forked(&mut self, parent: Pid, child: Pid) {
        let inherited: Vec<_> = self.held.iter().filter(|((pid, _), _)| *pid == parent).collect();
        let inherited: Vec<_> =
            inherited.into_iter().map(|(&(_, fd), &socket)| ((child, fd), socket)).collect();
        self.held.extend(inherited);
    }
}
