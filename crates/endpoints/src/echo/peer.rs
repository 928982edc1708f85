//! A peer's address, as small as it can be kept.

use std::net::{IpAddr, Ipv6Addr, SocketAddr, SocketAddrV6};

/// The address of a peer in 24 bytes, where [`SocketAddr`] takes 32; IPv4 addresses are kept as mapped ones (RFC 4291, section
/// 2.5.5.2). What of an IPv6 address is not kept is the flow label, which `accept(2)` does not tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Peer {
    ip: Ipv6Addr,
    scope: u32,
    port: u16,
}

impl From<SocketAddr> for Peer {
    fn from(address: SocketAddr) -> Self {
        let port = address.port();
        match address {
            SocketAddr::V4(it) => Self { ip: it.ip().to_ipv6_mapped(), scope: 0, port },
            SocketAddr::V6(it) => Self { ip: *it.ip(), scope: it.scope_id(), port },
        }
    }
}

impl From<Peer> for SocketAddr {
    fn from(peer: Peer) -> Self {
        match peer.ip.to_canonical() {
            IpAddr::V4(ip) => Self::new(ip.into(), peer.port),
            IpAddr::V6(ip) => SocketAddrV6::new(ip, peer.port, 0, peer.scope).into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_the_same_after_being_kept() {
        for text in ["127.0.0.1:3500", "[::1]:65535", "[fe80::1%2]:7", "0.0.0.0:0"] {
            let address: SocketAddr = text.parse().unwrap();
            assert_eq!(SocketAddr::from(Peer::from(address)), address);
        }
        assert_eq!(size_of::<Peer>(), 24);
    }

    #[test]
    fn a_mapped_address_is_that_of_ipv4() {
        let mapped: SocketAddr = "[::ffff:127.0.0.1]:3500".parse().unwrap();
        assert_eq!(SocketAddr::from(Peer::from(mapped)).to_string(), "127.0.0.1:3500");
    }
}
