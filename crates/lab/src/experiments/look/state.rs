//! Sockets, counters and the ends of programs.

use std::net::SocketAddr;

use scope::model::{Counter, Pid, ProcessChange, SocketId, SocketState, Time};
use scope::timeline::EntryKind;
use wire::tcp_state::TcpState;
use wire::wait_status::{End, WaitStatus};

use super::{At, Evidence};

/// What a socket was at some time.
#[derive(Clone, Copy, Debug)]
pub struct Stood<'r> {
    pub(super) at: At<'r>,
    state: &'r SocketState,
}

/// A counter that grew.
#[derive(Clone, Debug)]
pub struct Grew<'r> {
    pub(super) at: At<'r>,
    all: Vec<(At<'r>, &'r Counter)>,
}

/// A program that ended.
#[derive(Clone, Copy, Debug)]
pub struct Ended<'r> {
    pub(super) at: At<'r>,
    wait_status: u32,
}

impl<'r> Stood<'r> {
    pub(super) fn of(at: At<'r>) -> Option<Self> {
        match &at.entry.kind {
            EntryKind::Socket(state) => Some(Self { at, state }),
            _ => None,
        }
    }

    /// All that is known of it.
    pub fn raw(&self) -> &'r SocketState {
        self.state
    }

    /// Since when.
    pub fn when(&self) -> Time {
        self.at.entry.time
    }

    /// Which socket.
    pub fn socket(&self) -> SocketId {
        self.state.socket
    }

    /// TCP's state.
    pub fn tcp(&self) -> Option<TcpState> {
        self.state.state
    }

    /// Its own address.
    pub fn local(&self) -> Option<SocketAddr> {
        self.state.local.as_ref()?.inet()
    }

    /// Its peer's.
    pub fn peer(&self) -> Option<SocketAddr> {
        self.state.peer.as_ref()?.inet()
    }

    /// Recv-Q: bytes that wait for the program, or connections that wait for `accept(2)`.
    pub fn recv_queue(&self) -> u64 {
        self.state.recv_queue.into()
    }

    /// Send-Q: bytes that are not acknowledged, or how many connections may wait.
    pub fn send_queue(&self) -> u64 {
        self.state.send_queue.into()
    }

    /// How much found no room so far.
    pub fn drops(&self) -> u64 {
        self.state.drops.into()
    }
}

impl<'r> Grew<'r> {
    pub(super) fn of(entries: impl Iterator<Item = At<'r>>, name: &str) -> Option<Self> {
        let counter = |at: At<'r>| match &at.entry.kind {
            EntryKind::Counter(counter) if counter.name == name => Some((at, counter)),
            _ => None,
        };
        let all: Vec<_> = entries.filter_map(counter).collect();
        let at = all.first()?.0;
        Some(Self { at, all })
    }

    /// By how much, in all.
    pub fn by(&self) -> u64 {
        self.all.iter().map(|(_, counter)| counter.by).sum()
    }

    /// Each time that it grew: when, by how much, and what shows it.
    pub fn all(&self) -> impl Iterator<Item = (Time, u64, Evidence)> {
        self.all.iter().map(|(at, counter)| (at.entry.time, counter.by, at.evidence()))
    }
}

impl<'r> Ended<'r> {
    pub(super) fn of(at: At<'r>, wanted: Pid) -> Option<Self> {
        match &at.entry.kind {
            EntryKind::Process(process) if process.pid == wanted => match process.change {
                ProcessChange::Ended { wait_status } => Some(Self { at, wait_status }),
                _ => None,
            },
            _ => None,
        }
    }

    /// When.
    pub fn when(&self) -> Time {
        self.at.entry.time
    }

    /// The wait status (`wait(2)`).
    pub fn wait_status(&self) -> u32 {
        self.wait_status
    }

    /// The exit status; `None` if a signal ended it.
    pub fn exit_status(&self) -> Option<u8> {
        match WaitStatus(self.wait_status).end() {
            End::Exited(status) => Some(status),
            _ => None,
        }
    }

    /// The signal that ended it.
    pub fn signal(&self) -> Option<u32> {
        match WaitStatus(self.wait_status).end() {
            End::Signalled { signal, .. } => Some(signal.0),
            _ => None,
        }
    }
}
