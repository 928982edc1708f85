//! Socket options: a level and a name within it.

use std::fmt;
use std::str::FromStr;

use super::{DeserializeFromStr, Row, SerializeDisplay, UnknownName, name_of, number_of, unnamed};

/// An option of `setsockopt(2)`. As text its level and its name: `SOL_SOCKET SO_REUSEADDR`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, SerializeDisplay, DeserializeFromStr)]
pub struct SocketOption {
    /// `SOL_SOCKET`, or the number of a protocol.
    pub level: u32,
    /// The option.
    pub name: u32,
}

impl SocketOption {
    /// `SO_REUSEADDR` of `socket(7)`.
    pub const REUSEADDR: Self = Self { level: 1, name: 2 };
    /// `SO_ERROR` of `socket(7)`.
    pub const ERROR: Self = Self { level: 1, name: 4 };
    /// `SO_RCVTIMEO` of `socket(7)`.
    pub const RCVTIMEO: Self = Self { level: 1, name: 20 };
    /// `SO_RCVTIMEO` as programs without a C library's number for it call it (Linux 5.1: 64 bits of seconds everywhere).
    pub const RCVTIMEO_NEW: Self = Self { level: 1, name: 66 };
    /// `SO_LINGER` of `socket(7)`.
    pub const LINGER: Self = Self { level: 1, name: 13 };
    /// `IP_RECVERR` of `ip(7)`.
    pub const RECVERR: Self = Self { level: 0, name: 11 };
    /// `TCP_NODELAY` of `tcp(7)`.
    pub const NODELAY: Self = Self { level: 6, name: 1 };

    fn names(level: u32) -> &'static [Row] {
        LEVELS.iter().find(|row| row.0 == level).map_or(&[], |row| row.2)
    }
}

const UNKNOWN_LEVEL: &str = "SOL_???";
const UNKNOWN_NAME: &str = "SO_???";

impl fmt::Display for SocketOption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match LEVELS.iter().find(|row| row.0 == self.level) {
            Some((_, level, _)) => f.write_str(level)?,
            None => write!(f, "{UNKNOWN_LEVEL}{:#x}", self.level)?,
        }
        match name_of(Self::names(self.level), self.name) {
            Some(name) => write!(f, " {name}"),
            None => write!(f, " {UNKNOWN_NAME}{:#x}", self.name),
        }
    }
}

impl FromStr for SocketOption {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        let unknown = || UnknownName(text.to_owned());
        let (level, name) = text.split_once(' ').ok_or_else(unknown)?;
        let level = LEVELS
            .iter()
            .find(|row| row.1 == level)
            .map(|row| row.0)
            .or_else(|| unnamed(level.strip_prefix(UNKNOWN_LEVEL)?))
            .ok_or_else(unknown)?;
        let name = number_of(Self::names(level), name)
            .or_else(|| unnamed(name.strip_prefix(UNKNOWN_NAME)?))
            .ok_or_else(unknown)?;
        Ok(Self { level, name })
    }
}

/// The levels, and the options of each.
const LEVELS: &[(u32, &str, &[Row])] = &[
    (0, "IPPROTO_IP", IP),
    (1, "SOL_SOCKET", SOCKET),
    (6, "IPPROTO_TCP", TCP),
    (17, "IPPROTO_UDP", UDP),
    (41, "IPPROTO_IPV6", IPV6),
    (263, "SOL_PACKET", &[]),
    (270, "SOL_NETLINK", &[]),
];

const SOCKET: &[Row] = &[
    (1, "SO_DEBUG"),
    (2, "SO_REUSEADDR"),
    (3, "SO_TYPE"),
    (4, "SO_ERROR"),
    (5, "SO_DONTROUTE"),
    (6, "SO_BROADCAST"),
    (7, "SO_SNDBUF"),
    (8, "SO_RCVBUF"),
    (9, "SO_KEEPALIVE"),
    (10, "SO_OOBINLINE"),
    (11, "SO_NO_CHECK"),
    (12, "SO_PRIORITY"),
    (13, "SO_LINGER"),
    (14, "SO_BSDCOMPAT"),
    (15, "SO_REUSEPORT"),
    (16, "SO_PASSCRED"),
    (17, "SO_PEERCRED"),
    (18, "SO_RCVLOWAT"),
    (19, "SO_SNDLOWAT"),
    (20, "SO_RCVTIMEO"),
    (21, "SO_SNDTIMEO"),
    (25, "SO_BINDTODEVICE"),
    (26, "SO_ATTACH_FILTER"),
    (27, "SO_DETACH_FILTER"),
    (28, "SO_PEERNAME"),
    (29, "SO_TIMESTAMP"),
    (30, "SO_ACCEPTCONN"),
    (31, "SO_PEERSEC"),
    (32, "SO_SNDBUFFORCE"),
    (33, "SO_RCVBUFFORCE"),
    (34, "SO_PASSSEC"),
    (35, "SO_TIMESTAMPNS"),
    (36, "SO_MARK"),
    (37, "SO_TIMESTAMPING"),
    (38, "SO_PROTOCOL"),
    (39, "SO_DOMAIN"),
    (40, "SO_RXQ_OVFL"),
    (42, "SO_PEEK_OFF"),
    (44, "SO_LOCK_FILTER"),
    (46, "SO_BUSY_POLL"),
    (47, "SO_MAX_PACING_RATE"),
    (49, "SO_INCOMING_CPU"),
    (55, "SO_MEMINFO"),
    (56, "SO_INCOMING_NAPI_ID"),
    (57, "SO_COOKIE"),
    (59, "SO_PEERGROUPS"),
    (60, "SO_ZEROCOPY"),
    (61, "SO_TXTIME"),
    (62, "SO_BINDTOIFINDEX"),
    (66, "SO_RCVTIMEO_NEW"),
    (67, "SO_SNDTIMEO_NEW"),
    (77, "SO_PEERPIDFD"),
];

const IP: &[Row] = &[
    (1, "IP_TOS"),
    (2, "IP_TTL"),
    (3, "IP_HDRINCL"),
    (4, "IP_OPTIONS"),
    (8, "IP_PKTINFO"),
    (10, "IP_MTU_DISCOVER"),
    (11, "IP_RECVERR"),
    (12, "IP_RECVTTL"),
    (13, "IP_RECVTOS"),
    (14, "IP_MTU"),
    (15, "IP_FREEBIND"),
    (19, "IP_TRANSPARENT"),
    (24, "IP_BIND_ADDRESS_NO_PORT"),
    (32, "IP_MULTICAST_IF"),
    (33, "IP_MULTICAST_TTL"),
    (34, "IP_MULTICAST_LOOP"),
    (35, "IP_ADD_MEMBERSHIP"),
    (36, "IP_DROP_MEMBERSHIP"),
];

const IPV6: &[Row] = &[
    (16, "IPV6_UNICAST_HOPS"),
    (17, "IPV6_MULTICAST_IF"),
    (18, "IPV6_MULTICAST_HOPS"),
    (19, "IPV6_MULTICAST_LOOP"),
    (20, "IPV6_JOIN_GROUP"),
    (21, "IPV6_LEAVE_GROUP"),
    (23, "IPV6_MTU_DISCOVER"),
    (24, "IPV6_MTU"),
    (25, "IPV6_RECVERR"),
    (26, "IPV6_V6ONLY"),
    (49, "IPV6_RECVPKTINFO"),
    (66, "IPV6_RECVTCLASS"),
    (67, "IPV6_TCLASS"),
];

const TCP: &[Row] = &[
    (1, "TCP_NODELAY"),
    (2, "TCP_MAXSEG"),
    (3, "TCP_CORK"),
    (4, "TCP_KEEPIDLE"),
    (5, "TCP_KEEPINTVL"),
    (6, "TCP_KEEPCNT"),
    (7, "TCP_SYNCNT"),
    (8, "TCP_LINGER2"),
    (9, "TCP_DEFER_ACCEPT"),
    (10, "TCP_WINDOW_CLAMP"),
    (11, "TCP_INFO"),
    (12, "TCP_QUICKACK"),
    (13, "TCP_CONGESTION"),
    (18, "TCP_USER_TIMEOUT"),
    (23, "TCP_FASTOPEN"),
    (24, "TCP_TIMESTAMP"),
    (25, "TCP_NOTSENT_LOWAT"),
    (30, "TCP_FASTOPEN_CONNECT"),
    (31, "TCP_ULP"),
    (35, "TCP_ZEROCOPY_RECEIVE"),
    (36, "TCP_INQ"),
];

const UDP: &[Row] =
    &[(1, "UDP_CORK"), (100, "UDP_ENCAP"), (101, "UDP_NO_CHECK6_TX"), (103, "UDP_SEGMENT"), (104, "UDP_GRO")];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_option_is_read_as_it_is_written() {
        for level in [0, 1, 6, 17, 41, 263, 999] {
            for name in 0..110 {
                let option = SocketOption { level, name };

                assert_eq!(option.to_string().parse(), Ok(option), "{option}");
            }
        }
        assert_eq!(SocketOption::REUSEADDR.to_string(), "SOL_SOCKET SO_REUSEADDR");
        assert_eq!(SocketOption { level: 6, name: 999 }.to_string(), "IPPROTO_TCP SO_???0x3e7");
        assert!("SOL_SOCKET TCP_NODELAY".parse::<SocketOption>().is_err());
    }
}
