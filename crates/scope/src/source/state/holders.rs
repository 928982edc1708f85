//! Who holds which socket, and which sockets are each other's ends.

use std::net::SocketAddr;

use foldhash::HashMap;
use wire::tcp_state::TcpState;

use super::known::canonical;
use super::look::{Fixed, Names, is_connected};
use crate::model::{Address, Fd, Pid, Protocol, SocketId, SocketState};

/// How many descriptors are remembered; further ones are looked at when they are used, and not found as somebody's peer.
pub const HELD_MAX: usize = 262_144;

/// A connection or a pair of connected UDP sockets, as one end of it has them: its own address and the other one.
pub(super) type Pair = (Protocol, SocketAddr, SocketAddr);

/// The sockets that the processes hold.
#[derive(Debug, Default)]
pub(super) struct Holders {
    held: HashMap<Pid, HashMap<Fd, SocketId>>,
    /// How many descriptors are in `held`.
    count: usize,
    sockets: HashMap<SocketId, Socket>,
    pairs: HashMap<Pair, SocketId>,
    /// Listeners, and UDP sockets without a peer.
    open: HashMap<(Protocol, u16), Vec<(SocketAddr, SocketId)>>,
}

/// What is remembered of a socket.
#[derive(Debug)]
struct Socket {
    fixed: Fixed,
    /// Who holds it, the longest first.
    holders: Vec<(Pid, Fd)>,
    pair: Option<Pair>,
    open: Option<(Protocol, SocketAddr)>,
    /// Its peer is not on this machine, or is gone.
    alone: bool,
}

impl Holders {
    /// What is known of a socket for ever.
    pub(super) fn fixed(&self, id: SocketId) -> Option<Fixed> {
        self.sockets.get(&id).map(|socket| socket.fixed)
    }

    /// The process knows the socket by this number, whatever it knew by it before.
    pub(super) fn hold(&mut self, pid: Pid, fd: Fd, id: SocketId, fixed: Fixed) {
        if self.socket(pid, fd) == Some(id) {
            return;
        }
        self.release(pid, fd);
        if self.count >= HELD_MAX {
            return;
        }
        self.count += 1;
        self.held.entry(pid).or_default().insert(fd, id);
        let new = || Socket { fixed, holders: Vec::new(), pair: None, open: None, alone: false };
        self.sockets.entry(id).or_insert_with(new).holders.push((pid, fd));
    }

    /// The process knows nothing by this number any more.
    pub(super) fn release(&mut self, pid: Pid, fd: Fd) {
        if let Some(id) = self.held.get_mut(&pid).and_then(|held| held.remove(&fd)) {
            self.let_go(id, (pid, fd));
        }
    }

    /// The process has ended.
    pub(super) fn end(&mut self, pid: Pid) {
        for (fd, id) in self.held.remove(&pid).unwrap_or_default() {
            self.let_go(id, (pid, fd));
        }
    }

    /// The child holds what its parent holds.
    pub(super) fn fork(&mut self, parent: Pid, child: Pid) {
        let held = self.held.get(&parent).cloned().unwrap_or_default();
        for (fd, id) in held {
            if let Some(fixed) = self.fixed(id) {
                self.hold(child, fd, id, fixed);
            }
        }
    }

    fn let_go(&mut self, id: SocketId, holder: (Pid, Fd)) {
        self.count -= 1;
        let Some(socket) = self.sockets.get_mut(&id) else { return };
        socket.holders.retain(|other| *other != holder);
        if socket.holders.is_empty() {
            self.displace(id);
            self.sockets.remove(&id);
        }
    }

    /// Which socket the process knows by this number.
    pub(super) fn socket(&self, pid: Pid, fd: Fd) -> Option<SocketId> {
        self.held.get(&pid)?.get(&fd).copied()
    }

    /// The sockets that the process holds, with the numbers by which it knows them.
    pub(super) fn of(&self, pid: Pid) -> impl Iterator<Item = (Fd, SocketId)> {
        self.held.get(&pid).into_iter().flatten().map(|(fd, id)| (*fd, *id))
    }

    /// Who has held the socket longest.
    pub(super) fn holder(&self, id: SocketId) -> Option<(Pid, Fd)> {
        self.sockets.get(&id)?.holders.first().copied()
    }

    /// Remembers where a socket is found, now that somebody has looked at it.
    pub(super) fn place(&mut self, state: &SocketState) {
        let Some(socket) = self.sockets.get_mut(&state.socket) else { return };
        let (pair, open) = place(state);
        socket.fixed.names = names(state).filter(|_| pair.is_some() || open.is_some());
        if socket.pair == pair && socket.open == open {
            return;
        }
        self.displace(state.socket);
        if let Some(pair) = pair {
            self.pairs.insert(pair, state.socket);
        }
        if let Some((protocol, local)) = open {
            self.open.entry((protocol, local.port())).or_default().push((local, state.socket));
        }
        if let Some(socket) = self.sockets.get_mut(&state.socket) {
            (socket.pair, socket.open, socket.alone) = (pair, open, false);
        }
    }

    /// A socket may have another address now.
    pub(super) fn forget_names(&mut self, id: SocketId) {
        if let Some(socket) = self.sockets.get_mut(&id).filter(|it| it.fixed.protocol != Protocol::Tcp) {
            socket.fixed.names = None;
        }
    }

    /// Forgets where a socket was found.
    fn displace(&mut self, id: SocketId) {
        let Some(socket) = self.sockets.get_mut(&id) else { return };
        let (pair, open) = (socket.pair.take(), socket.open.take());
        if let Some(pair) = pair.filter(|pair| self.pairs.get(pair) == Some(&id)) {
            self.pairs.remove(&pair);
        }
        if let Some((protocol, local)) = open {
            let place = (protocol, local.port());
            let is_empty = self.open.get_mut(&place).is_some_and(|sockets| {
                sockets.retain(|(_, other)| *other != id);
                sockets.is_empty()
            });
            if is_empty {
                self.open.remove(&place);
            }
        }
    }

    /// The two ends of a socket that has a peer: its own first.
    pub(super) fn ends(&self, id: SocketId) -> Option<Pair> {
        self.sockets.get(&id)?.pair
    }

    /// The socket at the other end, if a process holds it.
    pub(super) fn peer(&self, (protocol, local, peer): Pair) -> Option<SocketId> {
        let (other, whole) = (self.pairs.get(&(protocol, peer, local)), || self.open_at(protocol, peer));
        other.copied().or_else(|| (protocol == Protocol::Udp).then(whole).flatten())
    }

    /// Whether the peer of this socket was looked for in vain.
    pub(super) fn is_alone(&self, id: SocketId) -> bool {
        self.sockets.get(&id).is_some_and(|socket| socket.alone)
    }

    /// The peer of this socket is not to be found.
    pub(super) fn set_alone(&mut self, id: SocketId) {
        if let Some(socket) = self.sockets.get_mut(&id) {
            socket.alone = true;
        }
    }

    /// The listener, or the UDP socket without a peer, that takes what is sent to this address.
    pub(super) fn open_at(&self, protocol: Protocol, address: SocketAddr) -> Option<SocketId> {
        let address = canonical(address);
        let sockets = self.open.get(&(protocol, address.port()))?;
        let exact = sockets.iter().find(|(local, _)| local.ip() == address.ip());
        let any =
            || sockets.iter().find(|(local, _)| local.ip().is_unspecified() || address.ip().is_unspecified());
        exact.or_else(any).map(|(_, id)| *id)
    }
}

/// Where a socket is found: as an end of a pair, or by its own address.
fn place(state: &SocketState) -> (Option<Pair>, Option<(Protocol, SocketAddr)>) {
    let protocol = state.protocol;
    let local = state.local.as_ref().and_then(Address::inet).map(canonical);
    match (protocol, state.state) {
        (Protocol::Tcp, Some(TcpState::Listen)) => (None, local.map(|local| (protocol, local))),
        (Protocol::Tcp, Some(tcp)) if is_connected(tcp) => (pair(state), None),
        (Protocol::Udp, _) if state.peer.is_some() => (pair(state), None),
        (Protocol::Udp, _) => (None, local.map(|local| (protocol, local))),
        _ => (None, None),
    }
}

fn pair(state: &SocketState) -> Option<Pair> {
    let (local, peer) = ends(state)?;
    Some((state.protocol, canonical(local), canonical(peer)))
}

fn ends(state: &SocketState) -> Option<(SocketAddr, SocketAddr)> {
    Some((state.local.as_ref()?.inet()?, state.peer.as_ref()?.inet()?))
}

fn names(state: &SocketState) -> Option<Names> {
    Some((state.local.as_ref()?.inet()?, state.peer.as_ref().and_then(Address::inet)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIXED: Fixed = Fixed { protocol: Protocol::Tcp, names: None };

    #[test]
    fn a_socket_is_held_until_the_last_of_its_holders_lets_go() {
        let mut holders = Holders::default();
        holders.hold(Pid(1), Fd(3), SocketId(9), FIXED);
        holders.fork(Pid(1), Pid(2));

        assert_eq!(holders.holder(SocketId(9)), Some((Pid(1), Fd(3))));
        holders.release(Pid(1), Fd(3));
        assert_eq!(holders.holder(SocketId(9)), Some((Pid(2), Fd(3))));
        holders.end(Pid(2));
        assert_eq!((holders.holder(SocketId(9)), holders.count), (None, 0));
    }

    #[test]
    fn a_number_stands_for_what_was_put_there_last() {
        let mut holders = Holders::default();
        holders.hold(Pid(1), Fd(3), SocketId(8), FIXED);
        holders.hold(Pid(1), Fd(3), SocketId(9), FIXED);

        assert_eq!(holders.socket(Pid(1), Fd(3)), Some(SocketId(9)));
        assert_eq!(holders.fixed(SocketId(8)), None);
    }

    #[test]
    fn two_ends_find_each_other_and_their_listener() {
        let mut holders = Holders::default();
        for (fd, state) in [
            (3, state(1, TcpState::Listen, "0.0.0.0:3500", None)),
            (4, state(2, TcpState::Established, "127.0.0.1:3500", Some("127.0.0.1:50000"))),
            (5, state(3, TcpState::Established, "[::ffff:127.0.0.1]:50000", Some("[::ffff:127.0.0.1]:3500"))),
        ] {
            holders.hold(Pid(1), Fd(fd), state.socket, FIXED);
            holders.place(&state);
        }

        let ends = holders.ends(SocketId(3)).unwrap();
        assert_eq!(holders.peer(ends), Some(SocketId(2)));
        assert_eq!(holders.open_at(Protocol::Tcp, ends.2), Some(SocketId(1)));
        assert_eq!(holders.open_at(Protocol::Udp, ends.2), None);

        holders.release(Pid(1), Fd(4));
        holders.release(Pid(1), Fd(3));
        assert_eq!((holders.peer(ends), holders.open_at(Protocol::Tcp, ends.2)), (None, None));
        assert!(holders.open.is_empty());
    }

    fn state(id: u64, state: TcpState, local: &str, peer: Option<&str>) -> SocketState {
        SocketState {
            socket: SocketId(id),
            holder: None,
            protocol: Protocol::Tcp,
            state: Some(state),
            local: local.parse().ok(),
            peer: peer.and_then(|peer| peer.parse().ok()),
            recv_queue: 0,
            send_queue: 0,
            drops: 0,
            recv_buffer_bytes: 0,
            send_buffer_bytes: 0,
            tcp: None,
        }
    }
}
