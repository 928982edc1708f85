//! Control messages beside a datagram (`cmsg(3)`): read from bytes, and those that socklab writes.
//!
//! A message is a header (length, level, type) and data, padded to the machine's word. Bytes come from the kernel;
//! a length that does not fit ends the walk, it is never followed.

use std::net::IpAddr;

use crate::address::array;

/// Size of `struct cmsghdr` on a 64-bit machine: a length word, a level, a type.
const HEADER_BYTES: usize = size_of::<libc::cmsghdr>();
/// Control messages start on such a boundary.
const ALIGN: usize = size_of::<usize>();

/// Room for a control buffer of `N` words, aligned as the kernel wants it.
#[derive(Clone, Copy)]
#[repr(C, align(8))]
pub(crate) struct ControlBuffer<const N: usize> {
    pub(crate) bytes: [u8; N],
}

impl<const N: usize> ControlBuffer<N> {
    pub(crate) const fn empty() -> Self {
        Self { bytes: [0; N] }
    }
}

/// One control message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Message<'a> {
    /// The protocol it belongs to, for example `IPPROTO_IP`.
    pub level: i32,
    /// What it is, for example `IP_PKTINFO`.
    pub kind: i32,
    /// Its data, without padding.
    pub data: &'a [u8],
}

/// Walks the messages of a control buffer; stops at the first header that does not fit.
pub fn messages(mut buffer: &[u8]) -> impl Iterator<Item = Message<'_>> {
    std::iter::from_fn(move || {
        let length = usize::from_ne_bytes(array(buffer, 0)?);
        let level = i32::from_ne_bytes(array(buffer, size_of::<usize>())?);
        let kind = i32::from_ne_bytes(array(buffer, size_of::<usize>() + 4)?);
        let data = buffer.get(HEADER_BYTES..length)?;
        let next = length.checked_next_multiple_of(ALIGN)?.min(buffer.len());
        buffer = &buffer[next..];
        Some(Message { level, kind, data })
    })
}

/// Bytes that one packet-information message may take, header and padding included.
pub(crate) const PACKET_INFO_BYTES: usize = HEADER_BYTES + 24;

/// The local address that a datagram was sent to (`IP_PKTINFO` in `ip(7)`, `IPV6_PKTINFO` in `ipv6(7)`).
pub(crate) fn destination(control: &[u8]) -> Option<IpAddr> {
    messages(control).find_map(|message| match (message.level, message.kind) {
        (libc::IPPROTO_IP, libc::IP_PKTINFO) => array::<4>(message.data, 8).map(IpAddr::from),
        (libc::IPPROTO_IPV6, libc::IPV6_PKTINFO) => array::<16>(message.data, 0).map(IpAddr::from),
        _ => None,
    })
}

/// Writes the message that makes a datagram leave from `source`; returns how many bytes of `buffer` it takes.
///
/// `buffer` has [`PACKET_INFO_BYTES`] or more.
pub(crate) fn write_source(buffer: &mut [u8], source: IpAddr) -> usize {
    let (level, kind, data_bytes) = match source {
        IpAddr::V4(_) => (libc::IPPROTO_IP, libc::IP_PKTINFO, 12),
        IpAddr::V6(_) => (libc::IPPROTO_IPV6, libc::IPV6_PKTINFO, 20),
    };
    buffer.fill(0);
    let length = write_header(buffer, level, kind, data_bytes);
    let data = &mut buffer[HEADER_BYTES..];
    match source {
        // struct in_pktinfo: interface index, the source to use, the header's destination.
        IpAddr::V4(ip) => data[4..8].copy_from_slice(&ip.octets()),
        // struct in6_pktinfo: the address, interface index.
        IpAddr::V6(ip) => data[..16].copy_from_slice(&ip.octets()),
    }
    length.next_multiple_of(ALIGN)
}

/// Writes the header of a message; returns how long the message is without padding.
fn write_header(buffer: &mut [u8], level: i32, kind: i32, data_bytes: usize) -> usize {
    let length = HEADER_BYTES + data_bytes;
    buffer[..8].copy_from_slice(&length.to_ne_bytes());
    buffer[8..12].copy_from_slice(&level.to_ne_bytes());
    buffer[12..16].copy_from_slice(&kind.to_ne_bytes());
    length
}

/// Bytes that the message on the size of segments may take, header and padding included.
pub(crate) const SEGMENT_BYTES: usize = HEADER_BYTES + ALIGN;

/// How long each of the datagrams is that the kernel hands over as one, but for the last (`UDP_GRO` in `udp(7)`).
pub(crate) fn segment_bytes(control: &[u8]) -> Option<usize> {
    let message =
        messages(control).find(|message| (message.level, message.kind) == (libc::SOL_UDP, libc::UDP_GRO))?;
    array::<4>(message.data, 0).and_then(|bytes| usize::try_from(i32::from_ne_bytes(bytes)).ok())
}

/// Writes the message that has one payload leave as several datagrams of this length (`UDP_SEGMENT` in `udp(7)`); returns
/// how many bytes of `buffer`, which has [`SEGMENT_BYTES`] or more, it takes.
pub(crate) fn write_segment(buffer: &mut [u8], bytes: u16) -> usize {
    let length = write_header(buffer, libc::SOL_UDP, libc::UDP_SEGMENT, size_of::<u16>());
    buffer[HEADER_BYTES..length].copy_from_slice(&bytes.to_ne_bytes());
    length.next_multiple_of(ALIGN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_walked_in_order() {
        let mut buffer = [0; PACKET_INFO_BYTES];
        let first = write_source(&mut buffer, "127.0.0.1".parse().unwrap());
        let mut two = buffer[..first].to_vec();
        let second = write_source(&mut buffer, "::1".parse().unwrap());
        two.extend_from_slice(&buffer[..second]);

        let kinds: Vec<_> = messages(&two).map(|message| (message.level, message.kind)).collect();

        assert_eq!(kinds, [(libc::IPPROTO_IP, libc::IP_PKTINFO), (libc::IPPROTO_IPV6, libc::IPV6_PKTINFO)]);
    }

    #[test]
    fn a_length_that_lies_ends_the_walk() {
        for length in [0_usize, 1, 15, 64, usize::MAX] {
            let mut buffer = [0_u8; 32];
            buffer[..8].copy_from_slice(&length.to_ne_bytes());

            assert_eq!(messages(&buffer).count(), 0, "length {length}");
        }
    }
}
