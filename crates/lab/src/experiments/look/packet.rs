//! Packets.

use std::net::SocketAddr;

use scope::model::{Pid, SocketId, Time};
use scope::timeline::{Crossing, EntryKind};
use wire::packet::{Fragment, Segment, TcpFlags, Transport};

use super::At;

/// A packet that went over the network.
#[derive(Clone, Copy, Debug)]
pub struct Went<'r> {
    pub(super) at: At<'r>,
    crossing: &'r Crossing,
}

impl<'r> Went<'r> {
    pub(super) fn of(at: At<'r>) -> Option<Self> {
        match &at.entry.kind {
            EntryKind::Packet(crossing) => Some(Self { at, crossing }),
            _ => None,
        }
    }

    /// The packet with all that is known of it.
    pub fn raw(&self) -> &'r Crossing {
        self.crossing
    }

    /// When it left.
    pub fn when(&self) -> Time {
        self.at.entry.time
    }

    /// Whether it is a datagram of UDP, or the first part of one.
    pub fn is_udp(&self) -> bool {
        matches!(self.crossing.packet.transport, Transport::Udp(_))
    }

    /// The segment, if it is one of TCP.
    pub fn tcp(&self) -> Option<&'r Segment> {
        self.crossing.packet.tcp()
    }

    /// Type and code, if it is one of ICMP: (3, 3) is "port unreachable".
    pub fn icmp(&self) -> Option<(u8, u8)> {
        self.crossing.packet.icmp().map(|icmp| (icmp.of_type, icmp.code))
    }

    /// Whether it is a segment with these flags and no others; `PSH` and `URG` do not count.
    pub fn has_flags(&self, wanted: TcpFlags) -> bool {
        self.tcp().is_some_and(|segment| TcpFlags { psh: false, urg: false, ..segment.flags } == wanted)
    }

    /// Whether it is a SYN without an ACK: an attempt to connect.
    pub fn is_syn(&self) -> bool {
        self.has_flags(TcpFlags { syn: true, ..TcpFlags::default() })
    }

    /// Whether it is the answer to one.
    pub fn is_syn_ack(&self) -> bool {
        self.has_flags(TcpFlags { syn: true, ack: true, ..TcpFlags::default() })
    }

    /// Whether it has a FIN.
    pub fn is_fin(&self) -> bool {
        self.tcp().is_some_and(|segment| segment.flags.fin)
    }

    /// Whether it has an RST.
    pub fn is_rst(&self) -> bool {
        self.tcp().is_some_and(|segment| segment.flags.rst)
    }

    /// How many bytes of data it says that it has; of a datagram in parts, those of all of them.
    pub fn payload_bytes(&self) -> u64 {
        match &self.crossing.packet.transport {
            Transport::Tcp(segment) => segment.payload_bytes.into(),
            Transport::Udp(datagram) => datagram.payload_bytes.into(),
            _ => 0,
        }
    }

    /// Its data, as far as it was kept.
    pub fn data(&self) -> &'r [u8] {
        self.crossing.bytes.0.get(self.crossing.packet.payload.clone()).unwrap_or_default()
    }

    /// How long it was, with the Ethernet header.
    pub fn length_bytes(&self) -> u64 {
        self.crossing.length_bytes.into()
    }

    /// Which part of a packet that was cut it is, if it is one.
    pub fn fragment(&self) -> Option<Fragment> {
        self.crossing.packet.fragment
    }

    /// Whether it, or something of it, was sent before.
    pub fn is_retransmission(&self) -> bool {
        self.crossing.numbers.is_some_and(|numbers| numbers.retransmission)
    }

    /// Whether it arrived.
    pub fn has_arrived(&self) -> bool {
        self.crossing.arrived.is_some()
    }

    /// Where it comes from; `None` for a packet without ports.
    pub fn from(&self) -> Option<SocketAddr> {
        self.crossing.packet.from()
    }

    /// Where it goes.
    pub fn to(&self) -> Option<SocketAddr> {
        self.crossing.packet.to()
    }

    /// The process whose socket sent it; `None` if the kernel did on its own account.
    pub fn sender(&self) -> Option<Pid> {
        self.crossing.from.pid
    }

    /// The process whose socket it is for.
    pub fn receiver(&self) -> Option<Pid> {
        self.crossing.to.pid
    }

    /// The socket that sent it, and the one that it is for.
    pub fn sockets(&self) -> [Option<SocketId>; 2] {
        [self.crossing.from.socket, self.crossing.to.socket]
    }
}
