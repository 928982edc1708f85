//! From the bytes of a frame to what they say.
//!
//! Captures cut frames, and the loopback carries frames that no other link would, so nothing is an error that can be told all
//! the same: what is missing is left out, and what is not understood keeps its number.

use std::net::{IpAddr, SocketAddr};
use std::ops::Range;

use etherparse::{
    Icmpv4Slice, Icmpv6Slice, IpNumber, Ipv6ExtensionSlice, LaxIpPayloadSlice, LaxIpSlice, LaxIpv4Slice,
    LaxIpv6Slice, LaxNetSlice, LaxSlicedPacket, LenSource, TcpOptionElement, TcpSlice, UdpSlice,
};

use super::{Datagram, Fragment, Icmp, Packet, Quoted, Segment, TcpFlags, TcpOptions, Transport};

/// Why a frame is no packet of the Internet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PacketError {
    /// It ends within the header of the link or of IP, or that header contradicts itself.
    #[error("the frame ends before its IP header does, or the header is not one")]
    NoHeader,
    /// It carries something else: ARP (0x0806), for example.
    #[error("a frame of type {0:#06x} is not one of the Internet")]
    OtherProtocol(u16),
}

/// Decodes a frame that begins with an Ethernet header, which `packet(7)` gives on the loopback too.
///
/// `bytes` is what was captured of it; `length_bytes` is how long it was, which counts where the headers do not tell (frames that
/// the kernel has not cut into packets yet may say 0).
///
/// # Errors
///
/// [`PacketError`] if it is not IPv4 or IPv6, or so much is missing that nobody can tell between whom it goes.
pub fn decode(bytes: &[u8], length_bytes: u32) -> Result<Packet, PacketError> {
    let sliced = LaxSlicedPacket::from_ethernet(bytes).map_err(|_| PacketError::NoHeader)?;
    let network = match sliced.net {
        Some(LaxNetSlice::Ipv4(packet)) => network_v4(&packet),
        Some(LaxNetSlice::Ipv6(packet)) => network_v6(&packet),
        _ => return Err(no_internet(&sliced)),
    };
    let begin = offset(bytes, network.payload);
    let bytes_after_ip = network.declared_bytes.unwrap_or_else(|| length_bytes.saturating_sub(small(begin)));
    let (transport, payload) = transport(&network, bytes_after_ip);
    Ok(Packet {
        source: network.source,
        destination: network.destination,
        hops: network.hops,
        fragment: network.fragment,
        transport,
        payload: range(bytes, payload),
    })
}

fn no_internet(sliced: &LaxSlicedPacket<'_>) -> PacketError {
    const INTERNET: [u16; 2] = [0x0800, 0x86dd];

    match sliced.ether_payload().map(|payload| payload.ether_type.0) {
        Some(other) if !INTERNET.contains(&other) => PacketError::OtherProtocol(other),
        _ => PacketError::NoHeader,
    }
}

/// What the header of IP says, of either version.
struct Network<'a> {
    source: IpAddr,
    destination: IpAddr,
    hops: u8,
    fragment: Option<Fragment>,
    protocol: IpNumber,
    payload: &'a [u8],
    /// The bytes behind the headers of IP, captured or not, where they are told.
    declared_bytes: Option<u32>,
}

fn network_v4<'a>(packet: &LaxIpv4Slice<'a>) -> Network<'a> {
    let header = packet.header();
    let payload = packet.payload();
    let headers = header.slice().len() + packet.extensions().auth.map_or(0, |auth| auth.slice().len());
    let fragment = Fragment {
        identification: u32::from(header.identification()),
        offset_bytes: u32::from(header.fragments_offset().byte_offset()),
        more: header.more_fragments(),
    };
    Network {
        source: header.source_addr().into(),
        destination: header.destination_addr().into(),
        hops: header.ttl(),
        fragment: header.is_fragmenting_payload().then_some(fragment),
        protocol: payload.ip_number,
        payload: payload.payload,
        declared_bytes: declared(payload, usize::from(header.total_len()), headers),
    }
}

fn network_v6<'a>(packet: &LaxIpv6Slice<'a>) -> Network<'a> {
    let header = packet.header();
    let payload = packet.payload();
    let fragment = packet.extensions().clone().into_iter().find_map(|extension| match extension {
        Ipv6ExtensionSlice::Fragment(part) if part.is_fragmenting_payload() => Some(Fragment {
            identification: part.identification(),
            offset_bytes: u32::from(part.fragment_offset().byte_offset()),
            more: part.more_fragments(),
        }),
        _ => None,
    });
    Network {
        source: header.source_addr().into(),
        destination: header.destination_addr().into(),
        hops: header.hop_limit(),
        fragment,
        protocol: payload.ip_number,
        payload: payload.payload,
        declared_bytes: declared(
            payload,
            usize::from(header.payload_length()),
            packet.extensions().slice().len(),
        ),
    }
}

/// The bytes behind the headers: counted if all are there, else as declared by a length that includes `headers`.
fn declared(payload: &LaxIpPayloadSlice<'_>, length: usize, headers: usize) -> Option<u32> {
    if payload.incomplete {
        Some(small(length.saturating_sub(headers)))
    } else {
        (payload.len_source != LenSource::Slice).then(|| small(payload.payload.len()))
    }
}

/// Returns what the packet carries, and the payload of that as far as it was captured.
fn transport<'a>(network: &Network<'a>, bytes_after_ip: u32) -> (Transport, &'a [u8]) {
    let protocol = network.protocol.0;
    if network.fragment.is_some_and(|fragment| fragment.offset_bytes > 0) {
        return (Transport::Part { protocol }, network.payload);
    }
    let known = match (network.protocol, network.source) {
        (IpNumber::TCP, _) => tcp(network.payload, bytes_after_ip),
        (IpNumber::UDP, _) => udp(network.payload, bytes_after_ip),
        (IpNumber::ICMP, IpAddr::V4(_)) => icmp_v4(network.payload),
        (IpNumber::IPV6_ICMP, IpAddr::V6(_)) => icmp_v6(network.payload),
        _ => None,
    };
    known.unwrap_or((Transport::Other { protocol }, network.payload))
}

fn tcp(bytes: &[u8], bytes_after_ip: u32) -> Option<(Transport, &[u8])> {
    let tcp = TcpSlice::from_slice(bytes).ok()?;
    let segment = Segment {
        source_port: tcp.source_port(),
        destination_port: tcp.destination_port(),
        sequence: tcp.sequence_number(),
        acknowledgement: tcp.acknowledgment_number(),
        flags: TcpFlags {
            syn: tcp.syn(),
            ack: tcp.ack(),
            fin: tcp.fin(),
            rst: tcp.rst(),
            psh: tcp.psh(),
            urg: tcp.urg(),
        },
        window: tcp.window_size(),
        payload_bytes: bytes_after_ip.saturating_sub(small(tcp.header_slice().len())),
        options: options(&tcp),
    };
    Some((Transport::Tcp(segment), tcp.payload()))
}

/// Reads the options up to the first that is broken or unknown to `etherparse`.
fn options(tcp: &TcpSlice<'_>) -> TcpOptions {
    let mut options = TcpOptions::default();
    for option in tcp.options_iterator().map_while(Result::ok) {
        match option {
            TcpOptionElement::MaximumSegmentSize(bytes) => options.mss = Some(bytes),
            TcpOptionElement::WindowScale(bits) => options.window_scale = Some(bits),
            TcpOptionElement::SelectiveAcknowledgementPermitted => options.sack_permitted = true,
            _ => {}
        }
    }
    options
}

fn udp(bytes: &[u8], bytes_after_ip: u32) -> Option<(Transport, &[u8])> {
    const HEADER_BYTES: u16 = 8;

    let udp = UdpSlice::from_slice_lax(bytes).ok()?;
    let length = if udp.length() < HEADER_BYTES { bytes_after_ip } else { u32::from(udp.length()) };
    let datagram = Datagram {
        source_port: udp.source_port(),
        destination_port: udp.destination_port(),
        payload_bytes: length.saturating_sub(u32::from(HEADER_BYTES)),
    };
    Some((Transport::Udp(datagram), udp.payload()))
}

fn icmp_v4(bytes: &[u8]) -> Option<(Transport, &[u8])> {
    let icmp = Icmpv4Slice::from_slice(bytes).ok()?;
    let of_type = icmp.type_u8();
    // RFC 792: destination unreachable, source quench, redirect, time exceeded, parameter problem.
    let is_error = matches!(of_type, 3 | 4 | 5 | 11 | 12);
    let quoted = if is_error { quoted(icmp.payload()) } else { None };
    Some((Transport::Icmp(Icmp { of_type, code: icmp.code_u8(), quoted }), icmp.payload()))
}

fn icmp_v6(bytes: &[u8]) -> Option<(Transport, &[u8])> {
    let icmp = Icmpv6Slice::from_slice(bytes).ok()?;
    // RFC 4443 §2.1: errors have types below 128.
    let quoted = if icmp.type_u8() < 128 { quoted(icmp.payload()) } else { None };
    Some((Transport::Icmp(Icmp { of_type: icmp.type_u8(), code: icmp.code_u8(), quoted }), icmp.payload()))
}

/// Reads the packet that an error quotes. Of its transport there may be eight bytes only (RFC 792), which hold the ports.
fn quoted(bytes: &[u8]) -> Option<Quoted> {
    let (packet, _) = LaxIpSlice::from_slice(bytes).ok()?;
    let network = match &packet {
        LaxIpSlice::Ipv4(packet) => network_v4(packet),
        LaxIpSlice::Ipv6(packet) => network_v6(packet),
    };
    let has_ports = matches!(network.protocol, IpNumber::TCP | IpNumber::UDP);
    let is_first = network.fragment.is_none_or(|fragment| fragment.offset_bytes == 0);
    let &[source_high, source_low, destination_high, destination_low] = network.payload.first_chunk()?;
    (has_ports && is_first).then(|| Quoted {
        protocol: network.protocol.0,
        source: SocketAddr::new(network.source, u16::from_be_bytes([source_high, source_low])),
        destination: SocketAddr::new(
            network.destination,
            u16::from_be_bytes([destination_high, destination_low]),
        ),
    })
}

/// Where `part`, which is a part of `bytes`, begins in it.
fn offset(bytes: &[u8], part: &[u8]) -> usize {
    part.as_ptr().addr().saturating_sub(bytes.as_ptr().addr()).min(bytes.len())
}

fn range(bytes: &[u8], part: &[u8]) -> Range<usize> {
    let begin = offset(bytes, part);
    begin..begin + part.len()
}

fn small(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use std::net::Ipv6Addr;

    use proptest::prelude::*;

    use super::super::build;
    use super::*;

    #[test]
    fn a_segment_says_what_it_was_built_from() {
        for (from, to) in [("127.0.0.1:40000", "127.0.0.1:3500"), ("[::1]:40000", "[::1]:3500")] {
            let (from, to): (SocketAddr, SocketAddr) = (from.parse().unwrap(), to.parse().unwrap());
            let options = TcpOptions { mss: Some(1460), window_scale: Some(7), sack_permitted: true };
            let flags = TcpFlags { psh: true, ack: true, ..TcpFlags::default() };
            let asked = build::Tcp { sequence: 1001, acknowledgement: 77, flags, window: 512, options };

            let frame = build::tcp(from, to, &asked, b"hello").unwrap();
            let packet = decode(&frame, length(&frame)).unwrap();

            assert_eq!(
                (packet.from(), packet.to(), packet.hops, packet.fragment),
                (Some(from), Some(to), 64, None)
            );
            let segment = packet.tcp().unwrap();
            assert_eq!((segment.sequence, segment.acknowledgement, segment.window), (1001, 77, 512));
            assert_eq!((segment.flags, segment.options, segment.payload_bytes), (flags, options, 5));
            assert_eq!(&frame[packet.payload], b"hello");
        }
    }

    #[test]
    fn what_was_cut_off_is_counted_all_the_same() {
        let (from, to) = addresses();
        let segment =
            build::Tcp { flags: TcpFlags { ack: true, ..TcpFlags::default() }, ..build::Tcp::default() };
        for frame in [build::tcp(from, to, &segment, &[7; 1000]), build::udp(from, to, &[7; 1000])] {
            let frame = frame.unwrap();

            let packet = decode(&frame[..100], length(&frame)).unwrap();

            let bytes =
                packet.tcp().map_or_else(|| packet.udp().unwrap().payload_bytes, |tcp| tcp.payload_bytes);
            assert_eq!(bytes, 1000);
            assert_eq!(packet.payload.end, 100);
            assert_eq!(packet.payload.start, frame.len() - 1000);
        }
    }

    #[test]
    fn a_packet_without_a_length_has_that_of_its_frame() {
        let (from, to) = addresses();
        let segment = build::Tcp::default();
        let mut frame = build::tcp(from, to, &segment, &[7; 100]).unwrap();
        frame[16..18].fill(0);

        let packet = decode(&frame[..60], 14 + 20 + 20 + 70_000).unwrap();

        assert_eq!(packet.tcp().unwrap().payload_bytes, 70_000);
    }

    #[test]
    fn padding_of_the_link_is_no_payload() {
        let (from, to) = addresses();
        let mut frame = build::udp(from, to, b"hi").unwrap();
        frame.resize(60, 0);

        let packet = decode(&frame, 60).unwrap();

        assert_eq!(&frame[packet.payload], b"hi");
    }

    #[test]
    fn a_part_has_no_ports_but_the_first_one_has() {
        let (from, to) = addresses();
        let mut frame = build::udp(from, to, &[7; 1480]).unwrap();

        frame[20] = 0x20;
        let first = decode(&frame, length(&frame)).unwrap();
        frame[21] = 185;
        let second = decode(&frame, length(&frame)).unwrap();

        assert_eq!(first.from(), Some(from));
        assert_eq!(first.fragment.unwrap().offset_bytes, 0);
        assert!(first.fragment.unwrap().more);
        assert_eq!(second.transport, Transport::Part { protocol: 17 });
        assert_eq!(second.fragment.unwrap().offset_bytes, 1480);
    }

    #[test]
    fn an_error_of_icmp_names_the_datagram_that_it_is_about() {
        for (from, to) in [("127.0.0.1:40000", "127.0.0.1:9"), ("[::1]:40000", "[::1]:9")] {
            let (from, to): (SocketAddr, SocketAddr) = (from.parse().unwrap(), to.parse().unwrap());
            let datagram = build::udp(from, to, b"anybody?").unwrap();

            let frame = build::port_unreachable(&datagram).unwrap();
            let packet = decode(&frame, length(&frame)).unwrap();

            assert_eq!((packet.source, packet.destination), (to.ip(), from.ip()));
            let icmp = packet.icmp().unwrap();
            let version = if from.is_ipv4() { crate::icmp::Version::V4 } else { crate::icmp::Version::V6 };
            assert_eq!(
                crate::icmp::meaning(version, icmp.of_type, icmp.code),
                crate::icmp::Meaning::PortUnreachable
            );
            assert_eq!(icmp.quoted, Some(Quoted { protocol: 17, source: from, destination: to }));
        }
    }

    #[test]
    fn what_is_no_packet_of_the_internet_says_what_it_is() {
        let mut arp = vec![0; 42];
        arp[12..14].copy_from_slice(&[8, 6]);

        assert_eq!(decode(&arp, 42), Err(PacketError::OtherProtocol(0x0806)));
        assert_eq!(decode(&[], 0), Err(PacketError::NoHeader));
        arp[13] = 0;
        assert_eq!(decode(&arp, 42), Err(PacketError::NoHeader));
    }

    #[test]
    fn every_beginning_of_a_packet_is_a_packet_or_an_error() {
        let from = SocketAddr::new(Ipv6Addr::LOCALHOST.into(), 1);
        let frame = build::port_unreachable(&build::udp(from, from, &[7; 64]).unwrap()).unwrap();

        for end in 0..frame.len() {
            if let Ok(packet) = decode(&frame[..end], length(&frame)) {
                assert!(packet.payload.end <= end);
            }
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200), length_bytes: u32, kind in 0..3u8) {
            let mut frame = vec![0; 12];
            frame.extend([[8, 0, 0x45], [0x86, 0xdd, 0x60], [8, 6, 0]][usize::from(kind)]);
            frame.extend(bytes);

            if let Ok(packet) = decode(&frame, length_bytes) {
                prop_assert!(packet.payload.start <= packet.payload.end && packet.payload.end <= frame.len());
            }
        }
    }

    fn addresses() -> (SocketAddr, SocketAddr) {
        ("127.0.0.1:40000".parse().unwrap(), "127.0.0.1:3500".parse().unwrap())
    }

    fn length(frame: &[u8]) -> u32 {
        u32::try_from(frame.len()).unwrap()
    }
}
