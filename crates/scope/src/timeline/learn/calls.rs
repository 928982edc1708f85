//! What calls tell of sockets.

use std::net::SocketAddr;

use wire::errno::{EBADF, EINPROGRESS};
use wire::names::{Domain, Group, SocketType, Syscall};

use crate::model::{Address, Args, Call, Fd, Message, Outcome, Pid, Protocol, SocketId, SocketRef, Time};

use super::{Class, Knowledge, class, plain};
use crate::timeline::addresses::{Attempt, canonical};

const BIND: Syscall = Syscall::named("bind");
const CONNECT: Syscall = Syscall::named("connect");
const GETPEERNAME: Syscall = Syscall::named("getpeername");
const CLOSE_RANGE: Syscall = Syscall::named("close_range");
const FCNTL: Syscall = Syscall::named("fcntl");
const SOCKETPAIR: Syscall = Syscall::named("socketpair");

const AF_UNIX: Domain = Domain(1);
const AF_INET: Domain = Domain(2);
const AF_INET6: Domain = Domain(10);
const SOCK_CLOEXEC: u32 = 0o2_000_000;
/// `F_SETFD` of `fcntl(2)`, and its one flag `FD_CLOEXEC`.
const F_SETFD: u64 = 2;
const FD_CLOEXEC: u64 = 1;
/// `CLOSE_RANGE_CLOEXEC` of `close_range(2)`: nothing is closed yet.
const CLOSE_RANGE_CLOEXEC: u64 = 4;

impl Knowledge {
    /// A call begins.
    pub(super) fn enters(&mut self, call: &Call, time: Time) {
        self.processes.lane(call.pid, time);
        let makes_it = matches!(call.args, Args::Socket { .. });
        let Some(SocketRef { fd, socket: Some(socket) }) = call.on.filter(|_| !makes_it) else {
            self.enters_unidentified(call, time);
            return;
        };
        self.descriptors.hold((call.pid, fd), socket, time, false, &mut self.sockets);
        if !matches!(call.args, Args::Close {}) {
            self.uses(socket, call.pid, time);
        }
        let attempt = Attempt { entered: time, until: call.until, socket };
        match &call.args {
            Args::Address { address: Some(address) } if call.call == CONNECT => {
                self.looks_up_names(socket, Some(address));
                if let Some(peer) = address.inet() {
                    self.addresses.connects(canonical(peer), attempt);
                }
            }
            Args::Send { messages, .. } => self.sends(messages, attempt),
            _ => {}
        }
    }

    /// A call about something that could not be identified; if it can only be a socket, its process has one.
    fn enters_unidentified(&mut self, call: &Call, time: Time) {
        let is_socket = call.on.is_some_and(|on| on.socket.is_none()) && call.call.group() == Group::Network;
        if is_socket && class::of_call(call, &self.sockets) == Class::Program {
            self.unidentified.entry(call.pid).or_insert(time);
        }
    }

    fn uses(&mut self, socket: SocketId, pid: Pid, time: Time) {
        let users = &mut self.sockets.life(socket).users;
        if users.last().is_none_or(|last| last.1 != pid) {
            users.push((time, pid));
        }
    }

    /// Remembers to whom a socket sends whose own port is not known; where that was told, packets need no guess.
    fn sends(&mut self, messages: &[Message], attempt: Attempt) {
        for address in messages.iter().filter_map(|message| message.address.as_ref()) {
            self.looks_up_names(attempt.socket, Some(address));
        }
        let life = self.sockets.life(attempt.socket);
        let has_port = life.local.as_ref().and_then(Address::inet).is_some_and(|local| local.port() != 0);
        if life.protocol != Protocol::Udp || has_port {
            return;
        }
        let peer = life.peer.clone();
        for message in messages {
            let to = message.address.as_ref().or(peer.as_ref()).and_then(Address::inet);
            if let Some(to) = to {
                self.addresses.sends(canonical(to), attempt);
            }
        }
    }

    /// A call returns.
    pub(super) fn returns(&mut self, call: &Call, began: Time, time: Time) {
        if let Some(Outcome::Failed(errno)) = call.outcome {
            if let (CONNECT, EINPROGRESS, Some(named)) = (call.call, errno, named(call)) {
                // It goes on without the program.
                self.named(call, named, began, time);
            }
            if matches!(call.args, Args::Close {}) && errno != EBADF {
                self.closes(call, time);
            }
            return;
        }
        let Some(Outcome::Returned(returned)) = call.outcome else { return };
        let made = i32::try_from(returned).ok().filter(|fd| *fd >= 0).map(Fd);
        match &call.args {
            Args::Socket { .. } => self.makes(call, made, time),
            Args::Address { .. } => {
                if let Some(named) = named(call) {
                    self.named(call, named, began, time);
                }
            }
            Args::Listen { .. } => self.listens(call, began),
            Args::Accept { .. } => self.accepts(call, made, time),
            Args::Duplicate {} => {
                if let (Some(fd), Some(socket)) = (made, socket_of(call)) {
                    self.descriptors.hold((call.pid, fd), socket, time, false, &mut self.sockets);
                }
            }
            Args::Close {} => self.closes(call, time),
            Args::Send { messages, .. } | Args::Receive { messages, .. } => self.carries(call, messages),
            Args::Other { values } => self.other(call, values, time),
            _ => {}
        }
    }

    fn makes(&mut self, call: &Call, made: Option<Fd>, time: Time) {
        let Args::Socket { domain, of_type, protocol, pair } = &call.args else { return };
        let ends: Vec<_> = if call.call == SOCKETPAIR {
            pair.iter().filter_map(|end| Some((end.fd, end.socket?))).collect()
        } else {
            made.zip(socket_of(call)).into_iter().collect()
        };
        for (fd, socket) in &ends {
            let life = self.sockets.life(*socket);
            life.protocol = spoken(*domain, *of_type, *protocol);
            life.class = class::of_new(*domain, call.call == SOCKETPAIR);
            let ends_at_exec = of_type.0 & SOCK_CLOEXEC != 0;
            self.descriptors.hold((call.pid, *fd), *socket, time, ends_at_exec, &mut self.sockets);
            self.uses(*socket, call.pid, time);
        }
        if let [(_, one), (_, other)] = ends[..] {
            self.partners.extend([(one, other), (other, one)]);
        }
    }

    /// A call has given a socket an address, or told one that it has.
    fn named(&mut self, call: &Call, (socket, address): (SocketId, &Address), began: Time, time: Time) {
        let life = self.sockets.life(socket);
        if [CONNECT, GETPEERNAME].contains(&call.call) {
            // `AF_UNSPEC` dissolves the association (`connect(2)`).
            life.peer = Some(plain(address)).filter(|address| *address != Address::Other(0));
        } else if address.inet().is_none_or(|address| address.port() != 0) {
            life.local = Some(plain(address));
        }
        let is_told = call.call != CONNECT && call.call != BIND;
        self.claim(socket, Some(began).filter(|_| !is_told), time);
    }

    fn listens(&mut self, call: &Call, began: Time) {
        let Some(socket) = socket_of(call) else { return };
        let life = self.sockets.life(socket);
        life.listens = true;
        if life.protocol == Protocol::Other {
            life.protocol = Protocol::Tcp;
        }
        self.claim(socket, None, began);
    }

    fn accepts(&mut self, call: &Call, made: Option<Fd>, time: Time) {
        let Args::Accept { address, accepted: Some(accepted), flags } = &call.args else { return };
        let listener = socket_of(call);
        let from = listener.and_then(|listener| self.sockets.get(listener));
        let (local, protocol) =
            from.map_or((None, Protocol::Tcp), |from| (from.local.clone(), from.protocol));
        let peer = address.as_ref().map(plain);
        let life = self.sockets.life(*accepted);
        (life.listener, life.protocol) = (listener, protocol);
        life.peer = peer.or(life.peer.take());
        let local = local.filter(|local| local.inet().is_none_or(|local| !local.ip().is_unspecified()));
        life.local = life.local.take().or(local);
        let ends = (life.peer.as_ref().and_then(Address::inet), from_port(call, self));
        if let (Some(peer), Some(port)) = ends {
            self.addresses.accepts(*accepted, peer, port, time);
        }
        if let Some(fd) = made {
            let ends_at_exec = flags.0 & SOCK_CLOEXEC != 0;
            self.descriptors.hold((call.pid, fd), *accepted, time, ends_at_exec, &mut self.sockets);
        }
        self.uses(*accepted, call.pid, time);
        self.claim(*accepted, None, time);
    }

    fn closes(&mut self, call: &Call, time: Time) {
        if let Some(on) = call.on {
            self.descriptors.close(call.pid, on.fd, time, &mut self.sockets);
        }
    }

    /// A pair of sockets that carries more than a byte at a time carries a program's data; an event loop wakes itself with one.
    fn carries(&mut self, call: &Call, messages: &[Message]) {
        let Some(socket) = socket_of(call) else { return };
        let Some(partner) = self.partners.get(&socket).copied() else { return };
        if messages.iter().any(|message| message.data.moved_bytes.is_some_and(|moved| moved > 1)) {
            for end in [socket, partner] {
                self.sockets.life(end).class = Class::Program;
            }
        }
    }

    fn other(&mut self, call: &Call, values: &[u64; 6], time: Time) {
        if call.call == CLOSE_RANGE && values[2] & CLOSE_RANGE_CLOEXEC == 0 {
            let fd = |value: u64| Fd(i32::try_from(value).unwrap_or(i32::MAX));
            let range = (fd(values[0]), fd(values[1]));
            self.descriptors.close_range(call.pid, range, time, &mut self.sockets);
        }
        if let (FCNTL, Some(on), F_SETFD) = (call.call, call.on, values[1]) {
            self.descriptors.set_ends_at_exec(call.pid, on.fd, values[2] & FD_CLOEXEC != 0);
        }
    }
}

fn socket_of(call: &Call) -> Option<SocketId> {
    call.on.and_then(|on| on.socket)
}

/// The socket and the address of a call that names one.
fn named(call: &Call) -> Option<(SocketId, &Address)> {
    match &call.args {
        Args::Address { address: Some(address) } => Some((socket_of(call)?, address)),
        _ => None,
    }
}

/// The port of the listener of an `accept(2)`.
fn from_port(call: &Call, knowledge: &Knowledge) -> Option<u16> {
    let listener = knowledge.sockets.get(socket_of(call)?)?;
    listener.local.as_ref().and_then(Address::inet).as_ref().map(SocketAddr::port)
}

/// What a socket of this domain, type and protocol speaks (`socket(2)`, `ip(7)`).
fn spoken(domain: Domain, of_type: SocketType, protocol: i32) -> Protocol {
    const MPTCP: i32 = 262;

    match (domain, of_type.kind(), protocol) {
        (AF_UNIX, ..) => Protocol::Unix,
        (AF_INET | AF_INET6, SocketType::STREAM, 0 | 6 | MPTCP) => Protocol::Tcp,
        (AF_INET | AF_INET6, SocketType::DGRAM, 0 | 17) => Protocol::Udp,
        _ => Protocol::Other,
    }
}
