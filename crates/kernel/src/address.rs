//! Internet socket addresses as the kernel lays them out in memory (`ip(7)`, `ipv6(7)`).
//!
//! Works on bytes, so it needs no `unsafe`: a `sockaddr_in` is 16 bytes, a `sockaddr_in6` 28.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};

/// Size of `struct sockaddr_in`.
const V4_BYTES: u32 = 16;
/// Size of `struct sockaddr_in6`, the larger of the two.
const V6_BYTES: u32 = 28;

/// Room for one socket address, aligned as the kernel wants it.
#[derive(Clone, Copy)]
#[repr(C, align(8))]
pub struct RawAddress {
    bytes: [u8; V6_BYTES as usize],
}

impl RawAddress {
    /// How many bytes the kernel may write.
    pub const CAPACITY: u32 = V6_BYTES;

    /// Gives room for an address that the kernel will write.
    pub const fn empty() -> Self {
        Self { bytes: [0; V6_BYTES as usize] }
    }

    /// Lays an address out; the second value is how many of the bytes are meant.
    pub fn encode(address: SocketAddr) -> (Self, u32) {
        let mut raw = Self::empty();
        let bytes = &mut raw.bytes;
        match address {
            SocketAddr::V4(v4) => {
                bytes[0..2].copy_from_slice(&family(libc::AF_INET).to_ne_bytes());
                bytes[2..4].copy_from_slice(&v4.port().to_be_bytes());
                bytes[4..8].copy_from_slice(&v4.ip().octets());
                (raw, V4_BYTES)
            }
            SocketAddr::V6(v6) => {
                bytes[0..2].copy_from_slice(&family(libc::AF_INET6).to_ne_bytes());
                bytes[2..4].copy_from_slice(&v6.port().to_be_bytes());
                bytes[4..8].copy_from_slice(&v6.flowinfo().to_be_bytes());
                bytes[8..24].copy_from_slice(&v6.ip().octets());
                bytes[24..28].copy_from_slice(&v6.scope_id().to_ne_bytes());
                (raw, V6_BYTES)
            }
        }
    }

    /// Reads an address that the kernel wrote; `None` when it is of no Internet family.
    pub fn decode(&self) -> Option<SocketAddr> {
        decode(&self.bytes)
    }
}

/// Reads a `sockaddr_in` or `sockaddr_in6` from the front of `bytes`; `None` for another family or too few bytes.
pub fn decode(bytes: &[u8]) -> Option<SocketAddr> {
    let family_number = u16::from_ne_bytes(array(bytes, 0)?);
    let port = u16::from_be_bytes(array(bytes, 2)?);
    if family_number == family(libc::AF_INET) {
        let ip = Ipv4Addr::from(array::<4>(bytes, 4)?);
        return Some(SocketAddrV4::new(ip, port).into());
    }
    if family_number == family(libc::AF_INET6) {
        let flow_info = u32::from_be_bytes(array(bytes, 4)?);
        let ip = Ipv6Addr::from(array::<16>(bytes, 8)?);
        let scope_id = u32::from_ne_bytes(array(bytes, 24)?);
        return Some(SocketAddrV6::new(ip, port, flow_info, scope_id).into());
    }
    None
}

/// The wildcard address of the family that `like` has.
pub fn unspecified(like: IpAddr) -> IpAddr {
    match like {
        IpAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        IpAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    }
}

/// Takes `N` bytes at `offset`, or `None` when there are not so many.
pub(crate) fn array<const N: usize>(bytes: &[u8], offset: usize) -> Option<[u8; N]> {
    bytes.get(offset..offset.checked_add(N)?)?.try_into().ok()
}

fn family(number: i32) -> u16 {
    u16::try_from(number).expect("address families fit sa_family_t")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_survives_the_way_to_the_kernel_and_back() {
        for text in ["127.0.0.1:3500", "[::1]:65535", "[fe80::1%7]:1", "0.0.0.0:0"] {
            let address: SocketAddr = text.parse().unwrap();

            let (raw, _) = RawAddress::encode(address);

            assert_eq!(raw.decode(), Some(address), "{text}");
        }
    }

    #[test]
    fn every_prefix_is_refused_and_never_a_panic() {
        let (raw, len) = RawAddress::encode("[::1]:3500".parse().unwrap());

        for end in 0..len as usize {
            assert_eq!(decode(&raw.bytes[..end]), None);
        }
    }

    #[test]
    fn another_family_is_no_internet_address() {
        assert_eq!(decode(&[1, 0, 47, 116, 109, 112, 0, 0]), None);
    }
}
