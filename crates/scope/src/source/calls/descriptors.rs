//! Which of a process' descriptors are sockets, as far as that was asked.
//!
//! A filter sees the number of a descriptor and not what it is, so the tracer asks at the first call with it and keeps the answer
//! until a call can have put something else there: one that closes, duplicates, makes or receives descriptors, or `execve(2)`.

use foldhash::HashMap;

use crate::model::{Fd, Pid, SocketId};
use crate::source::state::Eye;

/// How many descriptors of a process are remembered; beyond, all are forgotten and asked for again.
pub(super) const DESCRIPTORS_MAX: usize = 65_536;

/// The descriptors of one process. A child gets a copy.
#[derive(Clone, Debug, Default)]
pub(super) struct Descriptors(HashMap<Fd, Option<SocketId>>);

impl Descriptors {
    /// The socket behind this number; `None` if it is none.
    pub(super) fn socket(&mut self, pid: Pid, fd: Fd, eye: &mut Eye) -> Option<SocketId> {
        if fd.0 < 0 {
            return None;
        }
        if let Some(known) = self.0.get(&fd) {
            return *known;
        }
        if self.0.len() == DESCRIPTORS_MAX {
            self.0.clear();
        }
        let socket = eye.identify(pid, fd);
        self.0.insert(fd, socket);
        socket
    }

    /// Something else may be there from now on; tells whether it was a socket.
    pub(super) fn forget(&mut self, fd: Fd) -> bool {
        matches!(self.0.remove(&fd), Some(Some(_)))
    }

    /// As [`forget`](Self::forget), for all from the first to the last; returns the sockets.
    pub(super) fn forget_range(&mut self, range: [u32; 2]) -> Vec<Fd> {
        let sockets = self.sockets_in(range);
        self.0.retain(|fd, _| !is_in(*fd, range));
        sockets
    }

    /// The sockets that are known, from the first to the last.
    pub(super) fn sockets_in(&self, range: [u32; 2]) -> Vec<Fd> {
        let known = self.0.iter().filter(|(fd, socket)| socket.is_some() && is_in(**fd, range));
        known.map(|(fd, _)| *fd).collect()
    }

    /// Descriptors may have come whose numbers nobody has told: what was no socket may be one.
    pub(super) fn forget_others(&mut self) {
        self.0.retain(|_, socket| socket.is_some());
    }
}

fn is_in(fd: Fd, [first, last]: [u32; 2]) -> bool {
    u32::try_from(fd.0).is_ok_and(|fd| (first..=last).contains(&fd))
}
