//! Packets that say of themselves what their writer likes (RFC 791, RFC 768).

use std::net::{IpAddr, SocketAddr};

use wire::packet::build;

/// What stands before the packet in a frame.
const ETHERNET_BYTES: usize = 14;
/// Where IP's header has its identification and its fragment's place, and how long that header is here.
const IDENTIFICATION: usize = 4;
const PLACE: usize = 6;
const IP_BYTES: usize = 20;
/// "More fragments", and the unit in which a place is told.
const MORE: u16 = 1 << 13;
const UNIT_BYTES: usize = 8;

/// A whole packet with a datagram from one address to another, both of IPv4; the kernel completes its checksum when it is sent.
pub(super) fn datagram(from: SocketAddr, to: SocketAddr, data: &[u8]) -> Vec<u8> {
    debug_assert!(
        matches!((from.ip(), to.ip()), (IpAddr::V4(_), IpAddr::V4(_))),
        "raw sockets here are of IPv4"
    );
    build::udp(from, to, data)
        .map(|frame| frame.get(ETHERNET_BYTES..).unwrap_or_default().to_vec())
        .unwrap_or_default()
}

/// The fragments of a packet, each with at most so many bytes of its data, as a router makes them (RFC 791 §3.2). By the
/// identification, which is not 0, the receiver knows which belong together.
pub(super) fn fragments(packet: &[u8], data_bytes: usize, identification: u16) -> Vec<Vec<u8>> {
    let Some((header, data)) = packet.split_at_checked(IP_BYTES) else { return Vec::new() };
    let size = (data_bytes / UNIT_BYTES).max(1) * UNIT_BYTES;
    let count = data.len().div_ceil(size);
    let fragment = |(number, piece): (usize, &[u8])| {
        let more = if number + 1 < count { MORE } else { 0 };
        let place = u16::try_from(number * size / UNIT_BYTES).unwrap_or(u16::MAX) | more;
        let mut header = header.to_vec();
        header[IDENTIFICATION..PLACE].copy_from_slice(&identification.to_be_bytes());
        header[PLACE..PLACE + 2].copy_from_slice(&place.to_be_bytes());
        [&header, piece].concat()
    };
    data.chunks(size).enumerate().map(fragment).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fragments_have_the_data_in_order_and_only_the_last_one_is_the_last() {
        let to = "127.0.0.1:3500".parse().unwrap();
        let packet = datagram("127.0.0.2:4000".parse().unwrap(), to, &[7; 30]);

        let fragments = fragments(&packet, 16, 7);

        let places: Vec<_> =
            fragments.iter().map(|it| u16::from_be_bytes([it[PLACE], it[PLACE + 1]])).collect();
        assert_eq!(places, [MORE, MORE | 2, 4]);
        let data: Vec<_> = fragments.iter().flat_map(|it| it[IP_BYTES..].to_vec()).collect();
        assert_eq!(data, packet[IP_BYTES..]);
    }
}
