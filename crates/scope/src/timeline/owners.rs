//! Whose a packet is.

use std::collections::{HashMap, HashSet};
use std::net::{IpAddr, SocketAddr};

use foldhash::fast::RandomState;
use wire::packet::{Packet, Quoted, Transport};

use crate::model::{Address, Level, SocketId, Time};

use super::addresses::canonical;
use super::connections::{Connections, Place};
use super::learn::Knowledge;
use super::{Crossing, Owner, Role, Sockets};

const UDP: u8 = 17;
const TCP: u8 = 6;
/// "Destination unreachable", "port unreachable" of ICMP (RFC 792) and of ICMPv6 (RFC 4443 §3.1).
const PORT_UNREACHABLE: [(u8, u8); 2] = [(3, 3), (1, 4)];

/// What packets tell of their owners.
#[derive(Debug, Default)]
pub(super) struct Owners {
    pub(super) connections: Connections,
    /// Calls of `connect(2)` that a connection was found for: the socket, and when it was called.
    connected: HashSet<(SocketId, Time), RandomState>,
    /// Between whom a datagram was sent that ICMP said no socket has the port for.
    unreachable: HashSet<(SocketAddr, SocketAddr), RandomState>,
    /// Whose the first part of a packet was that was cut, by addresses and number.
    parts: HashMap<(IpAddr, IpAddr, u32), (Owner, Owner), RandomState>,
}

/// A packet's place in its connection, if it has one.
pub(super) type Segment = Option<Place>;

impl Owners {
    /// Takes the next packet, in the order of time: numbers it, and learns what it tells of others.
    pub(super) fn take(&mut self, crossing: &mut Crossing, knowledge: &mut Knowledge) -> Segment {
        let time = crossing.departed.or(crossing.arrived).unwrap_or_default();
        let packet = &crossing.packet;
        let (from, to) = (packet.from().map(canonical), packet.to().map(canonical));
        match (&packet.transport, from, to) {
            (Transport::Tcp(segment), Some(from), Some(to)) => {
                let (place, numbers) = self.connections.take((from, to), segment, time);
                crossing.numbers = Some(numbers);
                Some(place)
            }
            (Transport::Udp(_), Some(from), Some(to)) => {
                knowledge.learn_port(from, to, time);
                None
            }
            (Transport::Icmp(icmp), ..) => {
                if let (true, Some(quoted)) =
                    (PORT_UNREACHABLE.contains(&(icmp.of_type, icmp.code)), &icmp.quoted)
                {
                    self.unreachable.insert((canonical(quoted.source), canonical(quoted.destination)));
                }
                None
            }
            _ => None,
        }
    }

    /// Says whose a packet is, when all that is known has been taken.
    pub(super) fn own(&mut self, crossing: &mut Crossing, segment: Segment, known: &Knowledge, level: Level) {
        let departed = crossing.departed.or(crossing.arrived).unwrap_or_default();
        let arrived = crossing.arrived.unwrap_or(departed);
        let packet = &crossing.packet;
        let mut at = At { owners: self, known, level };
        (crossing.from, crossing.to) = match (&packet.transport, segment) {
            (Transport::Tcp(tcp), Some(place)) => {
                let receiver = Place { sender: 1 - place.sender, ..place };
                (at.stream(place, departed, tcp.flags.rst), at.stream(receiver, arrived, false))
            }
            (Transport::Udp(_), _) => at.datagram(packet, departed, arrived),
            (Transport::Icmp(icmp), _) => {
                let to = icmp.quoted.as_ref().map(|quoted| at.quoted(quoted, arrived));
                (KERNEL, to.unwrap_or(KERNEL))
            }
            _ => (UNKNOWN, UNKNOWN),
        };
        if let Some(part) = packet.fragment {
            let key = (packet.source, packet.destination, part.identification);
            if matches!(packet.transport, Transport::Part { .. }) {
                (crossing.from, crossing.to) = self.parts.get(&key).copied().unwrap_or((UNKNOWN, UNKNOWN));
            } else {
                self.parts.insert(key, (crossing.from, crossing.to));
            }
        }
    }
}

const KERNEL: Owner = Owner { pid: None, socket: None, role: Role::Kernel };
const UNKNOWN: Owner = Owner { pid: None, socket: None, role: Role::Unknown };

impl Knowledge {
    /// Learns a socket's port from a datagram that left while the socket sent to that address, if nothing else told it.
    fn learn_port(&mut self, from: SocketAddr, to: SocketAddr, time: Time) {
        if self.addresses.datagram((from, to), time, &self.sockets).is_some_and(|(_, is_open)| is_open) {
            return;
        }
        let Some(socket) = self.addresses.sending(to, time) else { return };
        let Some(life) = self.sockets.lives.get_mut(&socket) else { return };
        let began = life.began().unwrap_or(time);
        let peer = life.peer.as_ref().and_then(Address::inet);
        if life.local.is_none() {
            let any = if from.is_ipv4() { IpAddr::from([0; 4]) } else { IpAddr::from([0; 16]) };
            life.local =
                Some(SocketAddr::new(if peer.is_some() { from.ip() } else { any }, from.port()).into());
            let local = life.local.as_ref().and_then(Address::inet).unwrap_or(from);
            self.addresses.claim((socket, life.protocol), (local, peer), (began, time));
        }
    }
}

/// The question for an owner, with all that is known.
struct At<'a> {
    owners: &'a mut Owners,
    known: &'a Knowledge,
    level: Level,
}

impl At<'_> {
    /// The owner of an end of a connection: the `sender` of the place.
    fn stream(&mut self, place: Place, time: Time, resets: bool) -> Owner {
        let sockets = &self.known.sockets;
        if let Some(owner) = self.socket(place).and_then(|socket| owner(sockets, socket, time)) {
            return owner;
        }
        let connection = self.owners.connections.get(place.connection);
        let is_initiator = connection.initiator == Some(place.sender);
        let (local, began) = (connection.ends[place.sender], connection.began);
        if !is_initiator && !connection.is_refused {
            let asked = if connection.initiator.is_some() { began } else { time };
            let listener = self.known.addresses.listener(local, asked, sockets);
            let was_open = |life: &super::Life| !life.is_closed_at(asked);
            let listener = listener.filter(|listener| sockets.get(*listener).is_none_or(was_open));
            if let Some(owner) = listener.and_then(|listener| listening(sockets, listener, time)) {
                return owner;
            }
        }
        let is_known = connection.is_refused || (self.level == Level::A && connection.initiator.is_some());
        if !is_initiator && (is_known || resets) { KERNEL } else { UNKNOWN }
    }

    /// The socket of an end of a connection.
    fn socket(&mut self, place: Place) -> Option<SocketId> {
        let connection = self.owners.connections.get(place.connection);
        if connection.sockets[place.sender].is_some() {
            return connection.sockets[place.sender];
        }
        let (local, peer) = (connection.ends[place.sender], connection.ends[1 - place.sender]);
        let when = (connection.began, connection.ended);
        let named = self.known.addresses.stream((local, peer), when, &self.known.sockets);
        let is_initiator = connection.initiator == Some(place.sender);
        let connected = &mut self.owners.connected;
        let found = named.or_else(|| {
            let attempt = self.known.addresses.connecting(peer, when.0, |attempt| {
                !is_initiator || connected.contains(&(attempt.socket, attempt.entered))
            })?;
            connected.insert((attempt.socket, attempt.entered));
            Some(attempt.socket)
        });
        connection.sockets[place.sender] = found;
        found
    }

    fn datagram(&self, packet: &Packet, departed: Time, arrived: Time) -> (Owner, Owner) {
        let (Some(from), Some(to)) = (packet.from().map(canonical), packet.to().map(canonical)) else {
            return (UNKNOWN, UNKNOWN);
        };
        let nobody = if self.level == Level::A || self.owners.unreachable.contains(&(from, to)) {
            KERNEL
        } else {
            UNKNOWN
        };
        (self.bound(from, to, departed).unwrap_or(UNKNOWN), self.bound(to, from, arrived).unwrap_or(nobody))
    }

    fn bound(&self, local: SocketAddr, peer: SocketAddr, time: Time) -> Option<Owner> {
        let sockets = &self.known.sockets;
        let (socket, _) = self.known.addresses.datagram((local, peer), time, sockets)?;
        owner(sockets, socket, time)
    }

    /// Who sent the packet that an ICMP error quotes.
    fn quoted(&mut self, quoted: &Quoted, time: Time) -> Owner {
        let (from, to) = (canonical(quoted.source), canonical(quoted.destination));
        match quoted.protocol {
            UDP => self.bound(from, to, time).unwrap_or(UNKNOWN),
            TCP => match self.owners.connections.find(from, to, time) {
                Some(place) => self.stream(place, time, false),
                None => UNKNOWN,
            },
            _ => UNKNOWN,
        }
    }
}

/// The owner by a socket: its holder, if it has one then; the listener, as long as nobody has accepted it; who closed it.
fn owner(sockets: &Sockets, socket: SocketId, time: Time) -> Option<Owner> {
    let life = sockets.get(socket)?;
    let began = life.began()?;
    if let (true, Some(listener)) = (time < began, life.listener) {
        return listening(sockets, listener, time);
    }
    let pid = life.holder_at(time).map(|(pid, _)| pid);
    let role = if life.is_closed_at(time) { Role::Closed } else { Role::Holder };
    Some(Owner { pid, socket: Some(socket), role })
}

fn listening(sockets: &Sockets, listener: SocketId, time: Time) -> Option<Owner> {
    let life = sockets.get(listener)?;
    let role = if life.is_closed_at(time) { Role::Closed } else { Role::Listener };
    Some(Owner { pid: life.holder_at(time).map(|(pid, _)| pid), socket: Some(listener), role })
}
