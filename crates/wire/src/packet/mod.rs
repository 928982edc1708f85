//! Packets as an interface shows them: from the Ethernet header to the payload (`packet(7)`).
//!
//! Decoded are IPv4 ([RFC 791](https://www.rfc-editor.org/rfc/rfc791)), IPv6 ([RFC 8200](https://www.rfc-editor.org/rfc/rfc8200)),
//! UDP, TCP ([RFC 9293](https://www.rfc-editor.org/rfc/rfc9293)) and ICMP of both families, with the packet that an ICMP error
//! quotes. The crate `etherparse` knows the headers; here is what socklab makes of them.

pub mod build;
mod decode;

pub use self::decode::{PacketError, decode};

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::ops::Range;

/// A packet of the Internet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packet {
    /// Who sent it.
    pub source: IpAddr,
    /// To whom.
    pub destination: IpAddr,
    /// How many routers it may still pass (`ttl`, hop limit).
    pub hops: u8,
    /// Which part of a packet that was cut it is, if it is one.
    pub fragment: Option<Fragment>,
    /// What it carries.
    pub transport: Transport,
    /// Where the payload of the transport stands in the bytes that were decoded; cut to what was captured.
    pub payload: Range<usize>,
}

/// A part of a packet that was too large for its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fragment {
    /// The number that all parts of the packet share.
    pub identification: u32,
    /// Where the part belongs.
    pub offset_bytes: u32,
    /// Whether others follow it.
    pub more: bool,
}

/// What a packet carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Transport {
    /// A TCP segment.
    Tcp(Segment),
    /// A UDP datagram, or its first part.
    Udp(Datagram),
    /// ICMP or ICMPv6.
    Icmp(Icmp),
    /// A part of a packet but the first: it has no header of its own.
    Part {
        /// The number of the protocol.
        protocol: u8,
    },
    /// Another protocol, or one whose header was cut.
    Other {
        /// The number of the protocol.
        protocol: u8,
    },
}

/// A TCP segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment {
    /// The sender's port.
    pub source_port: u16,
    /// The receiver's port.
    pub destination_port: u16,
    /// The number of its first byte.
    pub sequence: u32,
    /// The number of the byte that is expected next; with [`TcpFlags::ack`] only.
    pub acknowledgement: u32,
    /// What it says beside the data.
    pub flags: TcpFlags,
    /// The window, as it stands in the header: not scaled.
    pub window: u16,
    /// Bytes of data, whether captured or not.
    pub payload_bytes: u32,
    /// The options that are understood.
    pub options: TcpOptions,
}

/// The flags of a segment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[expect(clippy::struct_excessive_bools, reason = "they are bits, and any set of them is possible")]
pub struct TcpFlags {
    /// SYN.
    pub syn: bool,
    /// ACK.
    pub ack: bool,
    /// FIN.
    pub fin: bool,
    /// RST.
    pub rst: bool,
    /// PSH.
    pub psh: bool,
    /// URG.
    pub urg: bool,
}

/// The names of those that are set, in the order in which people read them: `SYN+ACK`, `FIN+ACK`; `-` if none is.
impl fmt::Display for TcpFlags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { syn, ack, fin, rst, psh, urg } = *self;
        let named = [(syn, "SYN"), (fin, "FIN"), (rst, "RST"), (psh, "PSH"), (urg, "URG"), (ack, "ACK")];
        let set: Vec<_> = named.iter().filter(|(is_set, _)| *is_set).map(|(_, name)| *name).collect();
        f.pad(&if set.is_empty() { "-".to_owned() } else { set.join("+") })
    }
}

/// Options of a segment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TcpOptions {
    /// The largest segment that the sender takes (`MSS`).
    pub mss: Option<u16>,
    /// By how many bits the sender's windows are shifted.
    pub window_scale: Option<u8>,
    /// Whether it takes selective acknowledgements.
    pub sack_permitted: bool,
}

/// A UDP datagram.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Datagram {
    /// The sender's port.
    pub source_port: u16,
    /// The receiver's port.
    pub destination_port: u16,
    /// Bytes of data, whether captured or not; of a datagram in parts, those of all of them.
    pub payload_bytes: u32,
}

/// A message of ICMP or ICMPv6.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Icmp {
    /// Its type.
    pub of_type: u8,
    /// Its code.
    pub code: u8,
    /// What it is about, if it is an error and quotes a packet that has ports.
    pub quoted: Option<Quoted>,
}

/// The packet that an ICMP error is about, as far as it is quoted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quoted {
    /// The number of its protocol: 6 is TCP, 17 UDP.
    pub protocol: u8,
    /// Who sent it, with the port.
    pub source: SocketAddr,
    /// To whom, with the port.
    pub destination: SocketAddr,
}

impl Packet {
    /// The sender's address with its port, if the protocol has ports.
    pub fn from(&self) -> Option<SocketAddr> {
        self.ports().map(|(source, _)| SocketAddr::new(self.source, source))
    }

    /// The receiver's address with its port, if the protocol has ports.
    pub fn to(&self) -> Option<SocketAddr> {
        self.ports().map(|(_, destination)| SocketAddr::new(self.destination, destination))
    }

    /// The TCP segment, if it is one.
    pub fn tcp(&self) -> Option<&Segment> {
        match &self.transport {
            Transport::Tcp(segment) => Some(segment),
            _ => None,
        }
    }

    /// The UDP datagram, if it is one.
    pub fn udp(&self) -> Option<&Datagram> {
        match &self.transport {
            Transport::Udp(datagram) => Some(datagram),
            _ => None,
        }
    }

    /// The ICMP message, if it is one.
    pub fn icmp(&self) -> Option<&Icmp> {
        match &self.transport {
            Transport::Icmp(icmp) => Some(icmp),
            _ => None,
        }
    }

    fn ports(&self) -> Option<(u16, u16)> {
        match &self.transport {
            Transport::Tcp(segment) => Some((segment.source_port, segment.destination_port)),
            Transport::Udp(datagram) => Some((datagram.source_port, datagram.destination_port)),
            _ => None,
        }
    }
}
