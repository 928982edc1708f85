//! The question: `struct inet_diag_req_v2` in a netlink message (`sock_diag(7)`).

use std::fmt;
use std::net::{IpAddr, SocketAddr};

use super::StateSet;

/// `SOCK_DIAG_BY_FAMILY`: the type of the request, and of each message of the answer that describes a socket.
pub(super) const SOCK_DIAG_BY_FAMILY: u16 = 20;

/// `NLM_F_REQUEST`: a question.
const QUESTION: u16 = 0x0001;
/// `NLM_F_DUMP`: about all sockets that match.
const DUMP: u16 = 0x0300;

/// The bytes of a `struct nlmsghdr` and a `struct inet_diag_req_v2`.
const REQUEST_BYTES: u32 = 16 + 56;

/// A request for every socket of one protocol and one address family that is in one of some states.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The number that the kernel repeats in each message of its answer.
    pub sequence: u32,
    /// The protocol that the sockets speak.
    pub protocol: Protocol,
    /// The family of their addresses.
    pub family: Family,
    /// The states they are in.
    pub states: StateSet,
    /// What is wanted beyond the fixed fields.
    pub extensions: Extensions,
}

impl Request {
    /// Writes the request as the datagram that the kernel takes.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = self.begin(QUESTION | DUMP);
        // The identity of one socket ends the structure; a dump does not look at it.
        bytes.resize(REQUEST_BYTES as usize, 0);
        bytes
    }

    /// Writes what stands before the identity of a socket.
    fn begin(&self, flags: u16) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(REQUEST_BYTES as usize);
        bytes.extend(REQUEST_BYTES.to_ne_bytes());
        bytes.extend(SOCK_DIAG_BY_FAMILY.to_ne_bytes());
        bytes.extend(flags.to_ne_bytes());
        bytes.extend(self.sequence.to_ne_bytes());
        bytes.extend(0_u32.to_ne_bytes()); // nlmsg_pid: the kernel fills it in.
        bytes.push(self.family.number());
        bytes.push(self.protocol.number());
        bytes.push(self.extensions.bits());
        bytes.push(0); // pad
        bytes.extend(self.states.bits().to_ne_bytes());
        bytes
    }
}

/// A request for the one TCP connection between two addresses, which the kernel finds without a walk.
///
/// The answer is one [`Message::Entry`](super::Message::Entry), or the error `ENOENT`. Where there is no such connection the
/// kernel answers with a listener of the local address if there is one: whoever asks compares the addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exact {
    /// The number that the kernel repeats in its answer.
    pub sequence: u32,
    /// The address of this side.
    pub local: SocketAddr,
    /// The address of the other side, of the same family.
    pub peer: SocketAddr,
    /// What is wanted beyond the fixed fields.
    pub extensions: Extensions,
}

impl Exact {
    /// The request that [`decode`](super::decode) takes to read the answer.
    pub fn request(&self) -> Request {
        let family = if self.local.is_ipv4() { Family::Ipv4 } else { Family::Ipv6 };
        let Self { sequence, extensions, .. } = *self;
        Request { sequence, protocol: Protocol::Tcp, family, states: StateSet::ALL, extensions }
    }

    /// Writes the request as the datagram that the kernel takes.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = self.request().begin(QUESTION);
        bytes.extend(self.local.port().to_be_bytes());
        bytes.extend(self.peer.port().to_be_bytes());
        for ip in [self.local.ip(), self.peer.ip()] {
            bytes.extend(padded(ip));
        }
        bytes.extend(0_u32.to_ne_bytes()); // Any interface.
        bytes.extend(NO_COOKIE.to_ne_bytes());
        bytes
    }
}

/// `INET_DIAG_NOCOOKIE` twice: the socket is not asked for by its cookie.
const NO_COOKIE: u64 = u64::MAX;

/// Lays an address out as the kernel has it, where IPv4 fills only the first four bytes.
fn padded(ip: IpAddr) -> [u8; 16] {
    let mut bytes = [0; 16];
    match ip {
        IpAddr::V4(v4) => bytes[..4].copy_from_slice(&v4.octets()),
        IpAddr::V6(v6) => bytes = v6.octets(),
    }
    bytes
}

/// A transport protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Protocol {
    /// `tcp(7)`.
    Tcp,
    /// `udp(7)`.
    Udp,
}

impl Protocol {
    /// Both protocols.
    pub const ALL: [Self; 2] = [Self::Tcp, Self::Udp];

    /// Returns `IPPROTO_TCP` or `IPPROTO_UDP`.
    fn number(self) -> u8 {
        match self {
            Self::Tcp => 6,
            Self::Udp => 17,
        }
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Tcp => "tcp",
            Self::Udp => "udp",
        })
    }
}

/// A family of addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// `ip(7)`.
    Ipv4,
    /// `ipv6(7)`. Its sockets may talk IPv4 too, with addresses like `::ffff:127.0.0.1`.
    Ipv6,
}

impl Family {
    /// Both families.
    pub const ALL: [Self; 2] = [Self::Ipv4, Self::Ipv6];

    /// Returns the family that the kernel means by `number`, if it is one of these.
    pub(super) fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|family| family.number() == number)
    }

    /// Returns `AF_INET` or `AF_INET6`.
    fn number(self) -> u8 {
        match self {
            Self::Ipv4 => 2,
            Self::Ipv6 => 10,
        }
    }
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Ipv4 => "ipv4",
            Self::Ipv6 => "ipv6",
        })
    }
}

/// What the kernel is asked to add to the fixed fields: `idiag_ext` of `sock_diag(7)`, a bit per attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extensions(u8);

impl Extensions {
    /// Nothing.
    pub const NONE: Self = Self(0);
    /// Memory, buffer sizes and drops (`INET_DIAG_SKMEMINFO`), read as [`super::SocketMemory`].
    pub const SOCKET_MEMORY: Self = Self(1 << (SOCKET_MEMORY - 1));
    /// That, and the figures of TCP (`INET_DIAG_INFO`), read as [`TcpInfo`](crate::tcp_info::TcpInfo).
    pub const MEMORY_AND_FIGURES: Self = Self(1 << (SOCKET_MEMORY - 1) | 1 << (FIGURES - 1));

    fn bits(self) -> u8 {
        self.0
    }
}

/// `INET_DIAG_SKMEMINFO`: the attribute that holds a [`super::SocketMemory`].
pub(super) const SOCKET_MEMORY: u16 = 7;
/// `INET_DIAG_INFO`: the attribute that holds a [`TcpInfo`](crate::tcp_info::TcpInfo).
pub(super) const FIGURES: u16 = 2;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sock_diag::State;
    use crate::sock_diag::cursor::Cursor;
    use crate::sock_diag::framing::{FramingError, frames};
    use crate::tcp_state::TcpState;

    /// The request that `strace(1)` shows of `ss -tlm4`, with one state and one extension only, on a little-endian machine.
    #[test]
    fn a_request_for_listeners_has_these_bytes() {
        let request = Request {
            sequence: 123_456,
            protocol: Protocol::Tcp,
            family: Family::Ipv4,
            states: StateSet::from_iter([State::Tcp(TcpState::Listen)]),
            extensions: Extensions::SOCKET_MEMORY,
        };

        let bytes = request.encode();

        let header = [72, 0, 0, 0, 20, 0, 1, 3, 0x40, 0xe2, 1, 0, 0, 0, 0, 0];
        let fields = [2, 6, 0x40, 0, 0, 4, 0, 0];
        assert_eq!(bytes, [&header[..], &fields, &[0; 48]].concat());
    }

    #[test]
    fn a_request_for_one_connection_names_it_and_is_no_dump() {
        let exact = Exact {
            sequence: 7,
            local: "127.0.0.1:3500".parse().unwrap(),
            peer: "127.0.0.2:50000".parse().unwrap(),
            extensions: Extensions::MEMORY_AND_FIGURES,
        };

        let bytes = exact.encode();

        let header = [72, 0, 0, 0, 20, 0, 1, 0, 7, 0, 0, 0, 0, 0, 0, 0];
        let fields = [2, 6, 0x42, 0, 0xff, 0xff, 0xff, 0xff, 0x0d, 0xac, 0xc3, 0x50];
        let addresses = [[127, 0, 0, 1], [0; 4], [0; 4], [0; 4], [127, 0, 0, 2], [0; 4], [0; 4], [0; 4]];
        let end = [0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
        assert_eq!(bytes, [&header[..], &fields, addresses.as_flattened(), &end].concat());
    }

    proptest! {
        #[test]
        fn every_request_is_read_back(request in any_request()) {
            prop_assert_eq!(read(&request.encode()), Ok(request));
        }
    }

    fn any_request() -> impl Strategy<Value = Request> {
        let protocol = prop::sample::select(Protocol::ALL.to_vec());
        let family = prop::sample::select(Family::ALL.to_vec());
        (any::<u32>(), protocol, family, any::<u32>(), any::<u8>()).prop_map(
            |(sequence, protocol, family, states, extensions)| Request {
                sequence,
                protocol,
                family,
                states: StateSet(states),
                extensions: Extensions(extensions),
            },
        )
    }

    /// Reads a request as the kernel does.
    fn read(bytes: &[u8]) -> Result<Request, FramingError> {
        let frame = frames(bytes).next().unwrap()?;
        let mut fields = Cursor::new(frame.value);
        let family = fields.u8()?;
        let protocol = fields.u8()?;
        let extensions = Extensions(fields.u8()?);
        let _pad = fields.u8()?;
        let states = StateSet(fields.u32()?);
        Ok(Request {
            sequence: frame.sequence,
            protocol: Protocol::ALL[usize::from(protocol == 17)],
            family: Family::from_number(family).unwrap(),
            states,
            extensions,
        })
    }
}
