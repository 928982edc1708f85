//! The answer: messages that describe a socket each, and the one that ends them (`sock_diag(7)`).

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use super::cursor::{Cursor, Truncated};
use super::framing::{Attribute, Frame, FramingError, attributes, frames};
use super::request::{FIGURES, SOCK_DIAG_BY_FAMILY, SOCKET_MEMORY};
use super::{Family, Protocol, Request, State};
use crate::tcp_info::TcpInfo;

/// `INET_DIAG_SKV6ONLY`: whether an IPv6 socket refuses IPv4; the kernel adds it unasked.
const V6_ONLY: u16 = 11;

/// `NLMSG_ERROR`.
const ERROR: u16 = 2;
/// `NLMSG_DONE`.
const DONE: u16 = 3;

/// Reads a buffer of the answer to `request`, as one `recv(2)` returned it.
///
/// Messages that answer another request are left out. A buffer holds as many messages as the kernel could fit; an answer
/// is complete when [`Message::Done`] or [`Message::Error`] has come.
///
/// # Errors
///
/// [`DecodeError`] if the bytes are not what `sock_diag(7)` says. The kernel does not send such bytes: it means that they
/// were cut, or that they are from elsewhere.
pub fn decode(request: &Request, buffer: &[u8]) -> Result<Vec<Message>, DecodeError> {
    let mut messages = Vec::new();
    for frame in frames(buffer) {
        let frame = frame?;
        if frame.sequence == request.sequence {
            messages.push(Message::decode(request.protocol, &frame)?);
        }
    }
    Ok(messages)
}

/// Bytes that are no answer of `sock_diag(7)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// A message or an attribute does not fit where it is.
    #[error(transparent)]
    Framing(#[from] FramingError),
    /// The value of a message or an attribute is shorter than its structure.
    #[error("netlink value cut short: {0}")]
    Value(#[from] Truncated),
    /// The socket is of an address family whose addresses cannot be read.
    #[error("address family {0} is neither AF_INET nor AF_INET6")]
    Family(u8),
}

/// One message of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// A socket.
    Entry(Entry),
    /// The end: all sockets have been told.
    Done,
    /// The end: the kernel gave up with this errno, before the first socket or after some.
    Error(i32),
    /// A message of a type that has no meaning here.
    Unknown(u16),
}

impl Message {
    fn decode(protocol: Protocol, frame: &Frame<'_>) -> Result<Self, DecodeError> {
        match frame.kind {
            SOCK_DIAG_BY_FAMILY => Entry::decode(protocol, frame.value).map(Self::Entry),
            DONE | ERROR => Self::decode_end(frame.value),
            kind => Ok(Self::Unknown(kind)),
        }
    }

    /// Reads the negated errno with which both an error and a normal end begin; 0 is success.
    fn decode_end(value: &[u8]) -> Result<Self, DecodeError> {
        Ok(match Cursor::new(value).i32()? {
            0 => Self::Done,
            code => Self::Error(code.saturating_neg()),
        })
    }
}

/// What the kernel tells of one socket: `struct inet_diag_msg` and its attributes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The protocol that was asked for; the answer does not repeat it.
    pub protocol: Protocol,
    /// The family of both addresses.
    pub family: Family,
    /// The state.
    pub state: State,
    /// The address of this side.
    pub local: SocketAddr,
    /// The address of the other side: unspecified, with port 0, where there is none.
    pub peer: SocketAddr,
    /// The index of the interface that the socket is bound to (`SO_BINDTODEVICE` of `socket(7)`, or a link-local
    /// address); 0 is any.
    pub interface: u32,
    /// A number that no other socket of this boot has, unlike the inode (`SO_COOKIE`).
    pub cookie: u64,
    /// For a TCP listener, how many connections wait for `accept(2)`; else the bytes that wait for `recv(2)`.
    ///
    /// TCP counts the bytes of the stream. UDP counts the kernel's memory, overhead included: one datagram of 5 bytes is
    /// 832 on Linux 6.18.
    pub recv_queue: u32,
    /// For a TCP listener, how many connections may wait: its backlog, as the kernel clipped it (`listen(2)`). Else the
    /// bytes sent that the peer has not acknowledged (TCP) or that have not left (UDP).
    pub send_queue: u32,
    /// The user who created the socket.
    pub uid: u32,
    /// The inode by which `/proc/PID/fd` names the socket; 0 if no program has it: not accepted yet, or closed.
    pub inode: u32,
    /// The TCP timer that runs, if one does.
    pub timer: Option<TimerKind>,
    /// When that timer fires, in milliseconds.
    pub timer_ms: u32,
    /// How often what the timer is about has been sent again.
    pub retransmits: u8,
    /// Whether an IPv6 socket refuses IPv4 (`IPV6_V6ONLY` of `ipv6(7)`); told of sockets without a peer.
    pub v6_only: Option<bool>,
    /// Memory and drops, if the request asked and the socket is a full one (in `TIME-WAIT` it is not).
    pub memory: Option<SocketMemory>,
    /// Figures of TCP, likewise.
    pub figures: Option<TcpInfo>,
}

impl Entry {
    fn decode(protocol: Protocol, value: &[u8]) -> Result<Self, DecodeError> {
        let mut fields = Cursor::new(value);
        let family = fields.u8()?;
        let family = Family::from_number(family).ok_or(DecodeError::Family(family))?;
        let state = State::from_number(protocol, fields.u8()?);
        let timer = TimerKind::from_number(fields.u8()?);
        let retransmits = fields.u8()?;
        let local_port = fields.u16_be()?;
        let peer_port = fields.u16_be()?;
        let local = SocketAddr::new(address(family, fields.array()?), local_port);
        let peer = SocketAddr::new(address(family, fields.array()?), peer_port);
        let interface = fields.u32()?;
        let cookie_low = fields.u32()?;
        let cookie_high = fields.u32()?;
        let mut entry = Self {
            protocol,
            family,
            state,
            local,
            peer,
            interface,
            cookie: u64::from(cookie_high) << 32 | u64::from(cookie_low),
            timer,
            retransmits,
            timer_ms: fields.u32()?,
            recv_queue: fields.u32()?,
            send_queue: fields.u32()?,
            uid: fields.u32()?,
            inode: fields.u32()?,
            v6_only: None,
            memory: None,
            figures: None,
        };
        for attribute in attributes(fields.into_rest()) {
            entry.add(&attribute?)?;
        }
        Ok(entry)
    }

    /// Takes in an attribute, unless it is one that nobody here needs.
    fn add(&mut self, attribute: &Attribute<'_>) -> Result<(), Truncated> {
        match attribute.kind {
            SOCKET_MEMORY => self.memory = Some(SocketMemory::decode(attribute.value)?),
            FIGURES => self.figures = TcpInfo::decode(attribute.value),
            V6_ONLY => self.v6_only = Some(Cursor::new(attribute.value).u8()? != 0),
            _ => {}
        }
        Ok(())
    }
}

/// Reads an address, of which IPv4 fills only the first four bytes.
fn address(family: Family, bytes: [u8; 16]) -> IpAddr {
    let [a, b, c, d, ..] = bytes;
    match family {
        Family::Ipv4 => Ipv4Addr::new(a, b, c, d).into(),
        Family::Ipv6 => Ipv6Addr::from(bytes).into(),
    }
}

/// What a running TCP timer is about: `idiag_timer` of `sock_diag(7)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimerKind {
    /// Sends again what nobody acknowledged.
    Retransmit,
    /// Asks an idle peer whether it lives (`SO_KEEPALIVE`).
    KeepAlive,
    /// Ends `TIME-WAIT`.
    TimeWait,
    /// Asks a peer whose window is closed whether it has opened.
    ZeroWindowProbe,
    /// A number that `sock_diag(7)` does not list.
    Unknown(u8),
}

impl TimerKind {
    fn from_number(number: u8) -> Option<Self> {
        match number {
            0 => None,
            1 => Some(Self::Retransmit),
            2 => Some(Self::KeepAlive),
            3 => Some(Self::TimeWait),
            4 => Some(Self::ZeroWindowProbe),
            number => Some(Self::Unknown(number)),
        }
    }
}

impl fmt::Display for TimerKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Retransmit => f.pad("retransmit"),
            Self::KeepAlive => f.pad("keep_alive"),
            Self::TimeWait => f.pad("time_wait"),
            Self::ZeroWindowProbe => f.pad("zero_window_probe"),
            Self::Unknown(number) => f.pad(&format!("timer_???({number})")),
        }
    }
}

/// The memory of a socket: `INET_DIAG_SKMEMINFO` of `sock_diag(7)`, and the same as a program gets it of a descriptor
/// (`SO_MEMINFO` of `socket(7)`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SocketMemory {
    /// Memory taken by what has come and waits (`SK_MEMINFO_RMEM_ALLOC`).
    pub recv_bytes: u32,
    /// Its limit: twice what `SO_RCVBUF` asked for (`socket(7)`).
    pub recv_buffer_bytes: u32,
    /// Memory taken by what is on its way out of the machine (`SK_MEMINFO_WMEM_ALLOC`).
    pub send_bytes: u32,
    /// Its limit: twice what `SO_SNDBUF` asked for (`socket(7)`).
    pub send_buffer_bytes: u32,
    /// Memory taken by what was sent and is kept until it is acknowledged (`SK_MEMINFO_WMEM_QUEUED`).
    pub unacknowledged_bytes: u32,
    /// What the socket had to drop (`SK_MEMINFO_DROPS`): datagrams for which a UDP socket had no room, or
    /// connection attempts for which a TCP listener's queue had none, each retransmitted SYN counted.
    pub drops: u32,
}

impl SocketMemory {
    /// Reads the numbers of `SK_MEMINFO_…`; those that a newer kernel has behind them are not looked at.
    ///
    /// # Errors
    ///
    /// There are fewer.
    pub fn decode(value: &[u8]) -> Result<Self, Truncated> {
        let mut fields = Cursor::new(value);
        let recv_bytes = fields.u32()?;
        let recv_buffer_bytes = fields.u32()?;
        let send_bytes = fields.u32()?;
        let send_buffer_bytes = fields.u32()?;
        let _forward_alloc = fields.u32()?;
        let unacknowledged_bytes = fields.u32()?;
        let _option_memory = fields.u32()?;
        let _backlog = fields.u32()?;
        let drops = fields.u32()?;
        Ok(Self { recv_bytes, recv_buffer_bytes, send_bytes, send_buffer_bytes, unacknowledged_bytes, drops })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sock_diag::{Extensions, StateSet};
    use crate::tcp_state::TcpState;

    #[test]
    fn a_listener_with_a_full_queue_is_read_from_the_kernels_bytes() {
        let messages = decode(&request(Protocol::Tcp), &LISTENER).unwrap();

        let expected = Entry {
            protocol: Protocol::Tcp,
            family: Family::Ipv4,
            state: State::Tcp(TcpState::Listen),
            local: "127.0.0.1:3500".parse().unwrap(),
            peer: "0.0.0.0:0".parse().unwrap(),
            interface: 0,
            cookie: 0x1_0000_000b,
            recv_queue: 2,
            send_queue: 1,
            uid: 1001,
            inode: 10361,
            timer: None,
            timer_ms: 0,
            retransmits: 0,
            v6_only: None,
            memory: Some(SocketMemory {
                recv_bytes: 0,
                recv_buffer_bytes: 131_072,
                send_bytes: 0,
                send_buffer_bytes: 16384,
                unacknowledged_bytes: 0,
                drops: 6,
            }),
            figures: None,
        };
        assert_eq!(messages, [Message::Entry(expected), Message::Done]);
    }

    #[test]
    fn a_udp_socket_has_udps_states() {
        let bytes = message(SOCK_DIAG_BY_FAMILY, &[&[2, 7], &[0; 70][..]].concat());

        let messages = decode(&request(Protocol::Udp), &bytes).unwrap();

        let [Message::Entry(entry)] = &messages[..] else {
            panic!("one entry expected: {messages:?}");
        };
        assert_eq!(entry.state.to_string(), "UNCONNECTED");
    }

    #[test]
    fn the_errno_of_a_failed_dump_is_told_however_it_comes() {
        let refused = [ERROR, DONE].map(|kind| message(kind, &(-2_i32).to_ne_bytes()));

        let messages = decode(&request(Protocol::Tcp), &refused.concat()).unwrap();

        assert_eq!(messages, [Message::Error(2), Message::Error(2)]);
    }

    #[test]
    fn what_answers_another_request_is_left_out() {
        let other = Request { sequence: SEQUENCE + 1, ..request(Protocol::Tcp) };

        assert_eq!(decode(&other, &message(DONE, &[0; 4])), Ok(vec![]));
    }

    #[test]
    fn unknown_messages_attributes_and_states_survive() {
        let entry = [&[10, 77], &[0; 70][..], &attribute(999, &[0; 4])].concat();
        let bytes = [message(SOCK_DIAG_BY_FAMILY, &entry), message(99, &[])].concat();

        let messages = decode(&request(Protocol::Tcp), &bytes).unwrap();

        let [Message::Entry(entry), Message::Unknown(99)] = &messages[..] else {
            panic!("an entry and an unknown message expected: {messages:?}");
        };
        assert_eq!(entry.state, State::Tcp(TcpState::Unknown(77)));
    }

    #[test]
    fn an_unknown_address_family_is_an_error() {
        let bytes = message(SOCK_DIAG_BY_FAMILY, &[1; 72]);

        let outcome = decode(&request(Protocol::Tcp), &bytes);

        assert_eq!(outcome, Err(DecodeError::Family(1)));
    }

    #[test]
    fn a_short_attribute_is_an_error() {
        let entry = [&[2, 1], &[0; 70][..], &attribute(SOCKET_MEMORY, &[0; 4])].concat();
        let bytes = message(SOCK_DIAG_BY_FAMILY, &entry);

        let outcome = decode(&request(Protocol::Tcp), &bytes);

        let short = Truncated { needed: 4, left: 0 };
        assert_eq!(outcome, Err(DecodeError::Value(short)));
    }

    #[test]
    fn a_prefix_is_an_error_unless_it_ends_between_messages() {
        let entry_bytes = LISTENER.len() - DONE_BYTES;
        for length in 0..LISTENER.len() {
            let outcome = decode(&request(Protocol::Tcp), &LISTENER[..length]);
            let is_whole = length == 0 || length == entry_bytes;
            assert_eq!(outcome.is_ok(), is_whole, "{length} bytes: {outcome:?}");
        }
    }

    #[test]
    fn no_change_of_a_byte_makes_it_panic() {
        for at in 0..LISTENER.len() {
            for value in 0..=u8::MAX {
                let mut bytes = LISTENER;
                bytes[at] = value;
                let _ = decode(&request(Protocol::Tcp), &bytes);
            }
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = decode(&request(Protocol::Tcp), &bytes);
            let _ = decode(&request(Protocol::Tcp), &message(SOCK_DIAG_BY_FAMILY, &bytes));
        }
    }

    fn request(protocol: Protocol) -> Request {
        Request {
            sequence: SEQUENCE,
            protocol,
            family: Family::Ipv4,
            states: StateSet::ALL,
            extensions: Extensions::SOCKET_MEMORY,
        }
    }

    fn message(kind: u16, value: &[u8]) -> Vec<u8> {
        let length = u32::try_from(16 + value.len()).unwrap();
        let mut bytes = Vec::new();
        bytes.extend(length.to_ne_bytes());
        bytes.extend(kind.to_ne_bytes());
        bytes.extend([0; 2]); // flags
        bytes.extend(SEQUENCE.to_ne_bytes());
        bytes.extend([0; 4]); // port
        bytes.extend(value);
        bytes.resize(bytes.len().next_multiple_of(4), 0);
        bytes
    }

    fn attribute(kind: u16, value: &[u8]) -> Vec<u8> {
        let length = u16::try_from(4 + value.len()).unwrap();
        [&length.to_ne_bytes()[..], &kind.to_ne_bytes(), value].concat()
    }

    const SEQUENCE: u32 = 7;
    const DONE_BYTES: usize = 20;

    /// A listener and the end, laid out as Linux 6.18 sent them on a little-endian machine.
    #[rustfmt::skip]
    const LISTENER: [u8; 184] = [
        // nlmsghdr: length, type, flags, sequence, port
        164, 0, 0, 0, 20, 0, 2, 0, 7, 0, 0, 0, 0x2f, 0x1e, 0, 0,
        // inet_diag_msg: family, state, timer, retransmits; ports; source, destination
        2, 10, 0, 0, 0x0d, 0xac, 0, 0,
        127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        // interface, cookie; timer, queues, user, inode
        0, 0, 0, 0, 11, 0, 0, 0, 1, 0, 0, 0,
        0, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 0xe9, 0x03, 0, 0, 0x79, 0x28, 0, 0,
        // INET_DIAG_SHUTDOWN, INET_DIAG_MARK, INET_DIAG_CGROUP_ID, INET_DIAG_SOCKOPT
        5, 0, 8, 0, 0, 0, 0, 0,
        8, 0, 15, 0, 0, 0, 0, 0,
        12, 0, 21, 0, 1, 0, 0, 0, 0, 0, 0, 0,
        6, 0, 22, 0, 0x52, 0, 0, 0,
        // INET_DIAG_SKMEMINFO: memory and limit each way, four numbers more, drops
        40, 0, 7, 0,
        0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0x40, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 6, 0, 0, 0,
        // NLMSG_DONE
        20, 0, 0, 0, 3, 0, 2, 0, 7, 0, 0, 0, 0x2f, 0x1e, 0, 0, 0, 0, 0, 0,
    ];
}
