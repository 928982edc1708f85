//! The question: `struct inet_diag_req_v2` in a netlink message (`sock_diag(7)`).

use std::fmt;

use super::StateSet;

/// `SOCK_DIAG_BY_FAMILY`: the type of the request, and of each message of the answer that describes a socket.
pub(super) const SOCK_DIAG_BY_FAMILY: u16 = 20;

/// `NLM_F_REQUEST | NLM_F_DUMP`: a question, about all sockets that match.
const FLAGS: u16 = 0x0001 | 0x0300;

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
        let mut bytes = Vec::with_capacity(REQUEST_BYTES as usize);
        bytes.extend(REQUEST_BYTES.to_ne_bytes());
        bytes.extend(SOCK_DIAG_BY_FAMILY.to_ne_bytes());
        bytes.extend(FLAGS.to_ne_bytes());
        bytes.extend(self.sequence.to_ne_bytes());
        bytes.extend(0_u32.to_ne_bytes()); // nlmsg_pid: the kernel fills it in.
        bytes.push(self.family.number());
        bytes.push(self.protocol.number());
        bytes.push(self.extensions.bits());
        bytes.push(0); // pad
        bytes.extend(self.states.bits().to_ne_bytes());
        // The identity of one socket ends the structure; a dump does not look at it.
        bytes.resize(REQUEST_BYTES as usize, 0);
        bytes
    }
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

    fn bits(self) -> u8 {
        self.0
    }
}

/// `INET_DIAG_SKMEMINFO`: the attribute that holds a [`super::SocketMemory`].
pub(super) const SOCKET_MEMORY: u16 = 7;

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
