//! Which socket had which address, and when.
//!
//! What names a socket's address is seen after the packets that it explains: a call tells when it has returned, a look at a
//! socket comes later still. So an address counts from the time when the socket can have got it.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::net::{IpAddr, SocketAddr};

use foldhash::fast::RandomState;

use crate::model::{Protocol, SocketId, Time};

use super::Sockets;

/// How many sockets that had the same address, one after another, are looked at for a packet, before its time and after.
const LOOKS_MAX: usize = 32;

type Map<K, V> = HashMap<K, V, RandomState>;

/// The addresses of sockets, by time.
#[derive(Debug, Default)]
pub(super) struct Addresses {
    /// What each socket called its own and its peer's, since when.
    of_socket: Map<SocketId, Vec<Claim>>,
    /// TCP: own address and peer's.
    streams: Map<(SocketAddr, SocketAddr), Vec<Seen>>,
    /// UDP with a peer: own address and peer's.
    connected: Map<(SocketAddr, SocketAddr), Vec<Seen>>,
    /// UDP: own port.
    ports: Map<u16, Vec<Seen>>,
    /// TCP: the port that is listened on.
    listeners: Map<u16, Vec<Seen>>,
    listening: HashSet<SocketId, RandomState>,
    /// What `accept(2)` said: the peer's address and the listener's port.
    accepted: Map<(SocketAddr, u16), Vec<Seen>>,
    /// What `connect(2)` was asked, by the peer's address.
    connects: Map<SocketAddr, Vec<Attempt>>,
    /// What was sent from sockets whose own port was not known then, by the addressee.
    sends: Map<SocketAddr, Vec<Attempt>>,
}

#[derive(Debug, Clone, Copy)]
struct Claim {
    from: Time,
    local: SocketAddr,
    peer: Option<SocketAddr>,
}

/// That a socket had an address, seen at this time.
#[derive(Debug, Clone, Copy)]
struct Seen {
    at: Time,
    socket: SocketId,
}

/// A call with the address of the other side.
#[derive(Debug, Clone, Copy)]
pub(super) struct Attempt {
    pub(super) entered: Time,
    pub(super) until: Option<Time>,
    pub(super) socket: SocketId,
}

/// Writes an IPv4 address that an IPv6 socket sees as IPv4, which is what its packets have (`ipv6(7)`), and leaves out the scope.
pub(super) fn canonical(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip().to_canonical(), address.port())
}

impl Addresses {
    /// A socket of this protocol has these addresses: seen `at`, and so since `from` or since it had others.
    pub(super) fn claim(
        &mut self,
        (socket, protocol): (SocketId, Protocol),
        (local, peer): (SocketAddr, Option<SocketAddr>),
        (from, at): (Time, Time),
    ) {
        if local.port() == 0 || !matches!(protocol, Protocol::Tcp | Protocol::Udp) {
            return;
        }
        let claims = self.of_socket.entry(socket).or_default();
        if claims.last().is_some_and(|last| (last.local, last.peer) == (local, peer)) {
            return;
        }
        let from = claims.last().map_or(from, |last| from.max(last.from));
        claims.push(Claim { from, local, peer });
        let seen = Seen { at, socket };
        match (protocol, peer) {
            (Protocol::Tcp, Some(peer)) => push(&mut self.streams, (local, peer), seen),
            (Protocol::Tcp, None) => {}
            (_, Some(peer)) => push(&mut self.connected, (local, peer), seen),
            (_, None) => push(&mut self.ports, local.port(), seen),
        }
    }

    /// A socket listens on a port; only the first time counts.
    pub(super) fn listens(&mut self, socket: SocketId, port: u16, at: Time) {
        if port != 0 && self.listening.insert(socket) {
            push(&mut self.listeners, port, Seen { at, socket });
        }
    }

    /// A connection was accepted.
    pub(super) fn accepts(&mut self, socket: SocketId, peer: SocketAddr, port: u16, at: Time) {
        push(&mut self.accepted, (peer, port), Seen { at, socket });
    }

    /// A call connects to a peer.
    pub(super) fn connects(&mut self, peer: SocketAddr, attempt: Attempt) {
        self.connects.entry(peer).or_default().push(attempt);
    }

    /// A call sends to an address, from a socket whose own is not known.
    pub(super) fn sends(&mut self, to: SocketAddr, attempt: Attempt) {
        self.sends.entry(to).or_default().push(attempt);
    }

    /// The TCP socket with these addresses that was seen between these times; else one that was seen before, and is open then.
    pub(super) fn stream(
        &self,
        (local, peer): (SocketAddr, SocketAddr),
        (began, ended): (Time, Option<Time>),
        sockets: &Sockets,
    ) -> Option<SocketId> {
        let within = |seen: &Vec<Seen>| {
            let first = seen.partition_point(|seen| seen.at < began);
            seen.get(first).filter(|seen| ended.is_none_or(|ended| seen.at < ended)).map(|seen| seen.socket)
        };
        let before = |seen: &Vec<Seen>| {
            let last = seen.partition_point(|seen| seen.at < began).checked_sub(1)?;
            Some(seen[last].socket).filter(|socket| is_open(sockets, *socket, began))
        };
        let named = self.streams.get(&(local, peer));
        let accepted = self.accepted.get(&(peer, local.port()));
        let found = named.and_then(within).or_else(|| accepted.and_then(within));
        found.or_else(|| named.and_then(before)).or_else(|| accepted.and_then(before))
    }

    /// The call that connected to this peer last before this time and is not `taken` for another connection.
    pub(super) fn connecting(
        &self,
        peer: SocketAddr,
        time: Time,
        taken: impl Fn(&Attempt) -> bool,
    ) -> Option<Attempt> {
        last_attempts(self.connects.get(&peer)?, time).find(|attempt| !taken(attempt)).copied()
    }

    /// The socket with an unknown address of its own that a datagram to this address left from at this time.
    pub(super) fn sending(&self, to: SocketAddr, time: Time) -> Option<SocketId> {
        let is_in = |attempt: &&Attempt| attempt.until.is_none_or(|until| time <= until);
        last_attempts(self.sends.get(&to)?, time).find(is_in).map(|attempt| attempt.socket)
    }

    /// The socket that listened on this address at this time, or did before.
    pub(super) fn listener(&self, local: SocketAddr, time: Time, sockets: &Sockets) -> Option<SocketId> {
        let seen = self.listeners.get(&local.port())?;
        let own = |socket| sockets.get(socket)?.local.as_ref()?.inet().map(|own| own.ip().to_canonical());
        let found = best(seen, time, |socket| {
            let fit = own(socket).map_or(Some(Fit::Any), |own| fit(own, local.ip()))?;
            Some((is_open(sockets, socket, time), fit))
        });
        found.map(|(socket, _)| socket)
    }

    /// The UDP socket that had this address at this time, and whether it was open then, or closed before.
    pub(super) fn datagram(
        &self,
        (local, peer): (SocketAddr, SocketAddr),
        time: Time,
        sockets: &Sockets,
    ) -> Option<(SocketId, bool)> {
        let connected = self.connected.get(&(local, peer)).and_then(|seen| {
            best(seen, time, |socket| {
                let claim = self.claim_at(socket, time)?;
                let is_it = (claim.local, claim.peer) == (local, Some(peer));
                is_it.then(|| (is_open(sockets, socket, time), Fit::Exact))
            })
        });
        if let Some((socket, true)) = connected {
            return connected.map(|_| (socket, true));
        }
        let bound = self.ports.get(&local.port()).and_then(|seen| {
            best(seen, time, |socket| {
                let claim = self.claim_at(socket, time).filter(|claim| claim.peer.is_none())?;
                Some((is_open(sockets, socket, time), fit(claim.local.ip(), local.ip())?))
            })
        });
        bound.filter(|(_, is_open)| *is_open).or(connected).or(bound)
    }

    fn claim_at(&self, socket: SocketId, time: Time) -> Option<&Claim> {
        let claims = self.of_socket.get(&socket)?;
        claims.get(claims.partition_point(|claim| claim.from <= time).checked_sub(1)?)
    }
}

fn push<K: Eq + Hash>(map: &mut Map<K, Vec<Seen>>, key: K, seen: Seen) {
    let all = map.entry(key).or_default();
    if all.last().is_none_or(|last| last.socket != seen.socket) {
        all.push(seen);
    }
}

/// How an address that a socket is bound to fits one of a packet, best last.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    /// `[::]`, which takes IPv4 as well.
    Any,
    /// The wildcard of the family.
    Family,
    /// The address.
    Exact,
}

fn fit(own: IpAddr, other: IpAddr) -> Option<Fit> {
    match own {
        _ if own == other => Some(Fit::Exact),
        _ if own.is_unspecified() && own.is_ipv4() == other.is_ipv4() => Some(Fit::Family),
        IpAddr::V6(own) if own.is_unspecified() => Some(Fit::Any),
        // What goes to many is taken by whoever has the port.
        _ if other.is_multicast() || is_broadcast(other) => Some(Fit::Any),
        _ => None,
    }
}

fn is_broadcast(address: IpAddr) -> bool {
    matches!(address, IpAddr::V4(address) if address.is_broadcast())
}

/// Of the sockets that were seen about a time, the best one; of equals the one that was seen last before it, else first after it.
/// Tells whether it was open.
fn best(
    seen: &[Seen],
    time: Time,
    rate: impl Fn(SocketId) -> Option<(bool, Fit)>,
) -> Option<(SocketId, bool)> {
    let next = seen.partition_point(|seen| seen.at <= time);
    let before = seen[..next].iter().rev().take(LOOKS_MAX);
    let after = seen[next..].iter().take(LOOKS_MAX);
    let rated = before.chain(after).filter_map(|seen| Some((rate(seen.socket)?, seen.socket)));
    // `max_by_key` takes the last of equals.
    let all: Vec<_> = rated.collect();
    all.into_iter().rev().max_by_key(|(rating, _)| *rating).map(|((is_open, _), socket)| (socket, is_open))
}

fn last_attempts(attempts: &[Attempt], time: Time) -> impl Iterator<Item = &Attempt> {
    let next = attempts.partition_point(|attempt| attempt.entered <= time);
    attempts[..next].iter().rev().take(LOOKS_MAX)
}

/// Whether a socket is open at a time; one that nobody was seen to have is.
fn is_open(sockets: &Sockets, socket: SocketId, time: Time) -> bool {
    sockets.get(socket).is_none_or(|life| !life.is_closed_at(time))
}
