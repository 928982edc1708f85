//! Looks at the sockets of the programs that are watched.
//!
//! A process that stands still lends its descriptors (`pidfd_getfd(2)`): a copy tells what the socket is like. It is closed
//! before the process goes on or, if whoever stops the processes says what they are about to close, before they do. Connections
//! that no process holds are asked for by `sock_diag(7)`. Nothing is taken from a socket, neither data nor a pending error.

mod exact;
mod holders;
mod kept;
mod known;
mod look;

use std::fs;
use std::io;
use std::mem;
use std::net::SocketAddr;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use foldhash::HashMap;
use kernel::process::Handle;
use kernel::{descriptor, socket_state};
use wire::errno;

pub use self::holders::HELD_MAX;
pub use self::kept::KEPT_MAX;
pub use self::known::{CONCERNS_MAX, Known, SOCKETS_MAX};

pub(crate) use self::exact::state as state_of_entry;
pub(crate) use self::known::Told;

use self::exact::Lookup;
use self::holders::{Holders, Pair};
use self::kept::Kept;
use self::look::{Fixed, look};
use super::Sink;
use crate::model::{Address, Certainty, Fd, Note, Pid, Protocol, SocketId, SocketState, Time, What};

/// Looks at sockets that other processes hold, and tells what is not as it was told last.
///
/// Whoever stops the programs owns it and calls it while they stand still. A look costs about a microsecond, and there are
/// three at most for a call.
#[derive(Debug)]
pub struct Eye {
    sink: Sink,
    known: Known,
    holders: Holders,
    processes: HashMap<Pid, Handle>,
    kept: Kept,
    lookup: Option<Lookup>,
    /// The sockets that were looked at for one call, and when it returned.
    seen: (Time, Vec<SocketId>),
    /// Descriptors of other processes are refused; it has been told.
    refused: bool,
}

/// An identity made of an inode has this bit, which no cookie reaches.
const BY_INODE: u64 = 1 << 63;

impl Eye {
    /// Makes one that tells into `sink`.
    pub fn new(sink: Sink) -> Self {
        Self {
            sink,
            known: Known::default(),
            holders: Holders::default(),
            processes: HashMap::default(),
            kept: Kept::default(),
            lookup: None,
            seen: Default::default(),
            refused: false,
        }
    }

    /// What has been told, which others who look at sockets share.
    pub fn known(&self) -> Known {
        self.known.clone()
    }

    /// Whether copies of descriptors are kept from one look to the next. Then [`closes`](Self::closes) and [`exits`](Self::exits) have
    /// to be called in time: as long as there is a copy, a socket lives that the programs have closed.
    pub fn set_keeps_copies(&mut self, is_on: bool) {
        self.kept.set(is_on);
    }

    /// Which socket a process knows by this number now; `None` if the number is no socket's.
    ///
    /// The identity is the socket's cookie. Where descriptors of other processes are refused (containers that allow
    /// `ptrace(2)` alone), it is the inode with the highest bit set, and nothing else is told of the socket.
    pub fn identify(&mut self, pid: Pid, fd: Fd) -> Option<SocketId> {
        match self.copy(pid, fd) {
            Ok(socket) => {
                let id = self.hold(pid, fd, &socket)?;
                self.kept.keep(id, socket);
                Some(id)
            }
            Err(error) => self.by_inode(pid, fd, &error),
        }
    }

    /// Looks at the socket that a call was about, at its peer on this machine and, when a connection began or ended, at its
    /// listener, and tells those that are not as they were told last. `time` is when the call returned.
    pub fn after_call(&mut self, pid: Pid, fd: Fd, time: Time) {
        if let Some(id) = self.holders.socket(pid, fd) {
            self.holders.forget_names(id);
        }
        self.after_transfer(pid, fd, time);
    }

    /// As [`after_call`](Self::after_call), of a call that gives no socket another address: the addresses of one that is bound or
    /// connected are not asked for again.
    pub fn after_transfer(&mut self, pid: Pid, fd: Fd, time: Time) {
        let own = match self.look_through(pid, fd) {
            Ok(Some(own)) => own,
            Ok(None) => return,
            Err(error) if is_gone(&error) => return self.after_close(pid, fd, time),
            Err(error) => return self.note_refusal(&error),
        };
        let ends = self.holders.ends(own.socket);
        self.tell_with_others(own, ends, time);
    }

    /// As [`closed`](Self::closed), and looks at the socket if it goes on without that process, at its peer and its listener.
    pub fn after_close(&mut self, pid: Pid, fd: Fd, time: Time) {
        let Some(id) = self.holders.socket(pid, fd) else { return };
        let ends = self.holders.ends(id);
        self.closed(pid, fd);
        match (self.look_without(id, ends), ends) {
            (Some(own), _) => self.tell_with_others(own, ends, time),
            (None, Some(ends)) => {
                let peer = self.look_at_peer(id, ends);
                peer.map(|peer| self.tell(peer, time));
            }
            (None, None) => {}
        }
    }

    /// Looks at the UDP socket of this machine that a datagram was sent to, if a process is known to hold it. `time` is when the
    /// call returned.
    pub fn after_sending_to(&mut self, address: SocketAddr, time: Time) {
        let addressee = self.holders.open_at(Protocol::Udp, address);
        let is_seen = |id: &SocketId| self.seen.0 == time && self.seen.1.contains(id);
        self.look_again(addressee.filter(|id| !is_seen(id)), time);
    }

    /// The process is about to close this number, or to put something else in its place; no copy of what it is will be there then.
    pub fn closes(&mut self, pid: Pid, fd: Fd) {
        if let Some(id) = self.holders.socket(pid, fd) {
            self.kept.bar(id);
        }
    }

    /// As [`closes`](Self::closes), for all numbers from the first to the last.
    pub fn closes_range(&mut self, pid: Pid, [first, last]: [u32; 2]) {
        let is_in = |fd: Fd| u32::try_from(fd.0).is_ok_and(|fd| (first..=last).contains(&fd));
        let held = self.holders.of(pid).filter(|(fd, _)| is_in(*fd));
        held.for_each(|(_, id)| self.kept.bar(id));
    }

    /// The process is about to end, and to close what it has.
    pub fn exits(&mut self, pid: Pid) {
        self.holders.of(pid).for_each(|(_, id)| self.kept.bar(id));
    }

    /// The process runs another program, and may have closed anything with that; [`closed`](Self::closed) says what.
    pub fn executed(&mut self, pid: Pid) {
        self.holders.of(pid).for_each(|(_, id)| self.kept.closed(id));
    }

    /// Whether something waited to be received by a socket when it was looked at last.
    pub(crate) fn has_received(&self, id: SocketId) -> bool {
        self.known.has_received(id)
    }

    /// The transport of a socket that is known.
    pub(crate) fn protocol(&self, id: SocketId) -> Option<Protocol> {
        self.holders.fixed(id).map(|fixed| fixed.protocol)
    }

    /// The process has closed this number, or put something else in its place (`dup2(2)`).
    pub fn closed(&mut self, pid: Pid, fd: Fd) {
        if let Some(id) = self.holders.socket(pid, fd) {
            self.kept.closed(id);
        }
        self.holders.release(pid, fd);
    }

    /// The process has ended.
    pub fn ended(&mut self, pid: Pid) {
        self.executed(pid);
        self.holders.end(pid);
        self.processes.remove(&pid);
    }

    /// The process has made another one, which holds the same sockets (`fork(2)`).
    pub fn forked(&mut self, parent: Pid, child: Pid) {
        self.known.add_process(child);
        self.holders.fork(parent, child);
    }

    /// Makes a copy of a descriptor.
    fn copy(&mut self, pid: Pid, fd: Fd) -> io::Result<OwnedFd> {
        if !self.processes.contains_key(&pid) {
            self.known.add_process(pid);
            self.processes.insert(pid, Handle::open(pid.0)?);
        }
        descriptor::copy_from(&self.processes[&pid], fd.0)
    }

    /// Remembers which socket a descriptor is.
    fn hold(&mut self, pid: Pid, fd: Fd, socket: &OwnedFd) -> Option<SocketId> {
        let Ok(cookie) = socket_state::cookie(socket) else {
            self.closed(pid, fd);
            return None;
        };
        let id = SocketId(cookie);
        if self.holders.socket(pid, fd) != Some(id) {
            self.closed(pid, fd);
        }
        let fixed = self.holders.fixed(id).map_or_else(|| Fixed::of(socket.as_fd()), Ok).ok()?;
        self.holders.hold(pid, fd, id, fixed);
        Some(id)
    }

    /// Looks at the socket that a process knows by this number; `None` if it is none.
    fn look_through(&mut self, pid: Pid, fd: Fd) -> io::Result<Option<SocketState>> {
        if let Some(id) = self.holders.socket(pid, fd)
            && let Some(socket) = self.kept.get(id)
        {
            let state = look_at(&mut self.holders, id, socket);
            return Ok(state);
        }
        let socket = self.copy(pid, fd)?;
        let Some(id) = self.hold(pid, fd, &socket) else { return Ok(None) };
        let state = look_at(&mut self.holders, id, socket.as_fd());
        self.kept.keep(id, socket);
        Ok(state)
    }

    /// Tells what a look saw, then looks at the other end and, if the socket is not the one it was, at the listener.
    fn tell_with_others(&mut self, own: SocketState, ends: Option<Pair>, time: Time) {
        let (id, protocol) = (own.socket, own.protocol);
        let addresses = [&own.local, &own.peer].map(|it| it.as_ref().and_then(Address::inet));
        let told = self.tell(own, time);
        if let Some(peer) = ends.and_then(|ends| self.look_at_peer(id, ends)) {
            self.tell(peer, time);
        }
        if protocol == Protocol::Tcp && told == Told::Socket {
            let mut addresses = addresses.into_iter().flatten();
            let listener = addresses.find_map(|address| self.holders.open_at(Protocol::Tcp, address));
            self.look_again(listener.filter(|listener| *listener != id), time);
        }
    }

    /// Looks at a socket that a process has just closed: another one may hold it, or none.
    fn look_without(&mut self, id: SocketId, ends: Option<Pair>) -> Option<SocketState> {
        if self.holders.holder(id).is_some() {
            return self.look_through_holder(id);
        }
        let (protocol, local, peer) = ends?;
        (protocol == Protocol::Tcp).then(|| self.find(local, peer)).flatten().filter(|it| it.socket == id)
    }

    /// Looks at the other end of a socket.
    fn look_at_peer(&mut self, id: SocketId, ends: Pair) -> Option<SocketState> {
        let (protocol, local, peer) = ends;
        if let Some(other) = self.holders.peer(ends) {
            return self.look_through_holder(other);
        }
        if protocol != Protocol::Tcp || self.holders.is_alone(id) {
            return None;
        }
        let found = self.find(peer, local);
        if found.is_none() {
            self.holders.set_alone(id);
        }
        found
    }

    /// Looks at a socket through the process that has held it longest.
    fn look_through_holder(&mut self, id: SocketId) -> Option<SocketState> {
        let (pid, fd) = self.holders.holder(id)?;
        self.look_through(pid, fd).ok()?.filter(|state| state.socket == id)
    }

    fn look_again(&mut self, id: Option<SocketId>, time: Time) {
        if let Some(state) = id.and_then(|id| self.look_through_holder(id)) {
            self.tell(state, time);
        }
    }

    fn find(&mut self, local: SocketAddr, peer: SocketAddr) -> Option<SocketState> {
        if self.lookup.is_none() {
            self.lookup = Lookup::open().ok();
        }
        self.lookup.as_mut()?.find(local, peer)
    }

    fn tell(&mut self, mut state: SocketState, time: Time) -> Told {
        if self.seen.0 != time {
            self.seen = (time, mem::take(&mut self.seen.1));
            self.seen.1.clear();
        }
        self.seen.1.push(state.socket);
        state.holder = self.holders.holder(state.socket);
        self.known.tell(state, time, Certainty::Exact, &self.sink)
    }

    /// Identifies a socket by the name of its descriptor in `/proc` (`proc_pid_fd(5)`), which takes less than a copy of it.
    fn by_inode(&mut self, pid: Pid, fd: Fd, error: &io::Error) -> Option<SocketId> {
        self.note_refusal(error);
        if !is_refusal(error) {
            return None;
        }
        let name = fs::read_link(format!("/proc/{pid}/fd/{fd}")).ok()?;
        let inode: u64 = name.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?.parse().ok()?;
        Some(SocketId(BY_INODE | inode))
    }

    /// Says once that sockets are not looked at.
    fn note_refusal(&mut self, error: &io::Error) {
        if self.refused || !is_refusal(error) {
            return;
        }
        self.refused = true;
        let note = Note::SourceFailed {
            source: "sockets".to_owned(),
            operation: "pidfd_getfd".to_owned(),
            errno: error.raw_os_error().unwrap_or(0),
        };
        self.sink.tell(self.sink.time(kernel::clock::monotonic_ns()), Certainty::Exact, What::Note(note));
    }
}

/// Looks at a socket through a copy of its descriptor, and remembers where it is found.
fn look_at(holders: &mut Holders, id: SocketId, socket: BorrowedFd<'_>) -> Option<SocketState> {
    let fixed = holders.fixed(id).map_or_else(|| Fixed::of(socket), Ok).ok()?;
    let state = look(id, fixed, socket);
    holders.place(&state);
    Some(state)
}

/// Whether copies of descriptors are refused for good.
fn is_refusal(error: &io::Error) -> bool {
    error.raw_os_error().is_some_and(|number| [errno::EPERM, errno::EACCES, errno::ENOSYS].contains(&number))
}

/// Whether the process has no such descriptor any more.
fn is_gone(error: &io::Error) -> bool {
    error.raw_os_error() == Some(errno::EBADF)
}
