//! Frames made by hand, with lengths and checksums as they have to be: for recordings that no network was needed for.
//!
//! The link is the loopback's: both Ethernet addresses are zero.

use std::net::{IpAddr, SocketAddr};

use etherparse::{
    Ethernet2Header, Icmpv4Type, Icmpv6Type, IpHeaders, LaxIpSlice, PacketBuilder, PacketBuilderStep,
    TcpHeader, TcpOptionElement, icmpv4, icmpv6,
};

use super::{TcpFlags, TcpOptions};

/// The hop limit of what is built, which is the kernel's default.
const HOPS: u8 = 64;

/// Why a frame cannot be built.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BuildError {
    /// One address is of IPv4, the other of IPv6.
    #[error("a packet does not go from one version of IP to the other")]
    Families,
    /// The data does not fit into a packet.
    #[error("the data does not fit into a packet")]
    TooLong,
    /// What is to be quoted is no frame with a packet of IP.
    #[error("what is quoted is no packet of IP")]
    NoPacket,
}

/// What a TCP segment says beside ports and data.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tcp {
    /// The number of its first byte.
    pub sequence: u32,
    /// The number of the byte that is expected next.
    pub acknowledgement: u32,
    /// The flags.
    pub flags: TcpFlags,
    /// The window, as it stands in the header.
    pub window: u16,
    /// The options.
    pub options: TcpOptions,
}

/// Builds a frame with a TCP segment.
///
/// # Errors
///
/// [`BuildError`] if the addresses are of two families, or the data is longer than a packet.
pub fn tcp(from: SocketAddr, to: SocketAddr, segment: &Tcp, data: &[u8]) -> Result<Vec<u8>, BuildError> {
    let mut header = TcpHeader::new(from.port(), to.port(), segment.sequence, segment.window);
    header.acknowledgment_number = segment.acknowledgement;
    let TcpFlags { syn, ack, fin, rst, psh, urg } = segment.flags;
    (header.syn, header.ack, header.fin, header.rst, header.psh, header.urg) = (syn, ack, fin, rst, psh, urg);
    header.set_options(&options(segment.options)).map_err(|_| BuildError::TooLong)?;
    let step = between(from.ip(), to.ip())?.tcp_header(header);
    let mut frame = Vec::with_capacity(step.size(data.len()));
    step.write_to_vec(&mut frame, data).map_err(|_| BuildError::TooLong)?;
    Ok(frame)
}

/// Builds a frame with a UDP datagram.
///
/// # Errors
///
/// [`BuildError`] if the addresses are of two families, or the data is longer than a datagram.
pub fn udp(from: SocketAddr, to: SocketAddr, data: &[u8]) -> Result<Vec<u8>, BuildError> {
    let step = between(from.ip(), to.ip())?.udp(from.port(), to.port());
    let mut frame = Vec::with_capacity(step.size(data.len()));
    step.write_to_vec(&mut frame, data).map_err(|_| BuildError::TooLong)?;
    Ok(frame)
}

/// Builds the kernel's answer to a datagram for a port that no socket has: ICMP that quotes the datagram's `frame`, from the
/// addressee to the sender (RFC 1122 §4.1.3.1, RFC 4443 §3.1).
///
/// # Errors
///
/// [`BuildError::NoPacket`] if `frame` is not one with a packet of IP.
pub fn port_unreachable(frame: &[u8]) -> Result<Vec<u8>, BuildError> {
    let quoted = frame.get(Ethernet2Header::LEN..).ok_or(BuildError::NoPacket)?;
    let (packet, _) = LaxIpSlice::from_slice(quoted).map_err(|_| BuildError::NoPacket)?;
    let step = between(packet.destination_addr(), packet.source_addr())?;
    let mut answer = Vec::new();
    let written = if packet.ipv4().is_some() {
        let unreachable = icmpv4::DestUnreachableHeader::Port;
        step.icmpv4(Icmpv4Type::DestinationUnreachable(unreachable)).write_to_vec(&mut answer, quoted)
    } else {
        let unreachable = icmpv6::DestUnreachableCode::Port;
        step.icmpv6(Icmpv6Type::DestinationUnreachable(unreachable)).write_to_vec(&mut answer, quoted)
    };
    written.map_err(|_| BuildError::TooLong)?;
    Ok(answer)
}

fn between(from: IpAddr, to: IpAddr) -> Result<PacketBuilderStep<IpHeaders>, BuildError> {
    let link = PacketBuilder::ethernet2([0; 6], [0; 6]);
    match (from, to) {
        (IpAddr::V4(from), IpAddr::V4(to)) => Ok(link.ipv4(from.octets(), to.octets(), HOPS)),
        (IpAddr::V6(from), IpAddr::V6(to)) => Ok(link.ipv6(from.octets(), to.octets(), HOPS)),
        _ => Err(BuildError::Families),
    }
}

fn options(asked: TcpOptions) -> Vec<TcpOptionElement> {
    let mss = asked.mss.map(TcpOptionElement::MaximumSegmentSize);
    let sack = asked.sack_permitted.then_some(TcpOptionElement::SelectiveAcknowledgementPermitted);
    let scale = asked.window_scale.map(TcpOptionElement::WindowScale);
    [mss, sack, scale].into_iter().flatten().collect()
}
