//! The state of a socket of either protocol, and sets of states for a request.

use std::fmt;
use std::str::FromStr;

use super::Protocol;
use crate::tcp_state::{TcpState, UnknownState, is_spelled};

/// The state of a TCP or a UDP socket.
///
/// [`FromStr`] takes the names of [`TcpState`], and `CONNECTED` and `UNCONNECTED` (or `UNCONN`, as `ss(8)` writes it) for
/// the two of UDP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// A state of RFC 9293.
    Tcp(TcpState),
    /// Whether the UDP socket has a peer.
    Udp(UdpState),
}

impl State {
    /// The states of a socket that waits for whoever comes: what `netstat -l` and `ss -l` show.
    pub const LISTENING: [Self; 2] = [Self::Tcp(TcpState::Listen), Self::Udp(UdpState::Unconnected)];

    /// Returns the state that the kernel means by `number` for a socket of `protocol`.
    pub fn from_number(protocol: Protocol, number: u8) -> Self {
        match protocol {
            Protocol::Tcp => Self::Tcp(TcpState::from_number(number)),
            Protocol::Udp => Self::Udp(UdpState::from_number(number)),
        }
    }

    /// Returns the kernel's number for this state.
    pub fn number(self) -> u8 {
        match self {
            Self::Tcp(state) => state.number(),
            Self::Udp(state) => state.number(),
        }
    }

    /// Returns the protocol that has this state.
    pub fn protocol(self) -> Protocol {
        match self {
            Self::Tcp(_) => Protocol::Tcp,
            Self::Udp(_) => Protocol::Udp,
        }
    }

    /// Tells whether this is one of [`State::LISTENING`].
    pub fn is_listening(self) -> bool {
        Self::LISTENING.contains(&self)
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(state) => state.fmt(f),
            Self::Udp(state) => state.fmt(f),
        }
    }
}

impl FromStr for State {
    type Err = UnknownState;

    fn from_str(text: &str) -> Result<Self, UnknownState> {
        if is_spelled(text, "UNCONNECTED") || is_spelled(text, "UNCONN") {
            Ok(Self::Udp(UdpState::Unconnected))
        } else if is_spelled(text, "CONNECTED") {
            Ok(Self::Udp(UdpState::Connected))
        } else {
            text.parse().map(Self::Tcp)
        }
    }
}

/// Whether a UDP socket has a peer.
///
/// UDP has no states of its own: the kernel borrows the numbers of [`TcpState::Established`] and
/// [`TcpState::Closed`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UdpState {
    /// `connect(2)` has fixed its peer: datagrams of anybody else do not reach it (`udp(7)`).
    Connected,
    /// Takes datagrams from anybody.
    Unconnected,
    /// A number that UDP does not use.
    Unknown(u8),
}

impl UdpState {
    fn from_number(number: u8) -> Self {
        match TcpState::from_number(number) {
            TcpState::Established => Self::Connected,
            TcpState::Closed => Self::Unconnected,
            _ => Self::Unknown(number),
        }
    }

    fn number(self) -> u8 {
        match self {
            Self::Connected => TcpState::Established.number(),
            Self::Unconnected => TcpState::Closed.number(),
            Self::Unknown(number) => number,
        }
    }
}

impl fmt::Display for UdpState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connected => f.pad("CONNECTED"),
            Self::Unconnected => f.pad("UNCONNECTED"),
            Self::Unknown(number) => f.pad(&format!("UDP_???({number})")),
        }
    }
}

/// The states that a request asks for: `idiag_states` of `sock_diag(7)`, a bit per state.
///
/// What the kernel must look through depends on it: listeners alone are few and quickly found, any other TCP state makes
/// it walk the table of all connections, whose size is fixed at boot (1.3 ms on a machine with one socket, against
/// 11 µs).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StateSet(pub(super) u32);

impl StateSet {
    /// Every state, those that are not in [`TcpState`]'s table included.
    pub const ALL: Self = Self(u32::MAX);

    /// Returns the mask as the kernel takes it.
    pub fn bits(self) -> u32 {
        self.0
    }

    /// Tells whether no state is in the set, so that there is nothing to ask.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }
}

/// Collects states of one protocol; the same number means another thing for the other one.
impl FromIterator<State> for StateSet {
    fn from_iter<I: IntoIterator<Item = State>>(states: I) -> Self {
        Self(states.into_iter().fold(0, |mask, state| mask | bits(state)))
    }
}

/// Returns the bits that make the kernel report sockets in `state`.
///
/// Two states have a second bit, for sockets that the kernel keeps apart and yet reports as this state: half-open
/// connections (`TCP_NEW_SYN_RECV`, Linux 4.4) and sockets that are bound and neither listen nor connect
/// (`TCP_BOUND_INACTIVE`, Linux 6.8).
fn bits(state: State) -> u32 {
    const NEW_SYN_RECV: u32 = 1 << 12;
    const BOUND_INACTIVE: u32 = 1 << 13;

    let bit = 1_u32.checked_shl(state.number().into()).unwrap_or(0);
    match state {
        State::Tcp(TcpState::SynReceived) => bit | NEW_SYN_RECV,
        State::Tcp(TcpState::Closed) => bit | BOUND_INACTIVE,
        _ => bit,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_number_means_two_things() {
        let tcp = State::from_number(Protocol::Tcp, 7);
        let udp = State::from_number(Protocol::Udp, 7);

        assert_eq!(tcp, State::Tcp(TcpState::Closed));
        assert_eq!(udp, State::Udp(UdpState::Unconnected));
    }

    #[test]
    fn every_number_survives_the_way_there_and_back() {
        for number in 0..=u8::MAX {
            for protocol in [Protocol::Tcp, Protocol::Udp] {
                let state = State::from_number(protocol, number);
                assert_eq!((state.protocol(), state.number()), (protocol, number));
            }
        }
    }

    #[test]
    fn names_are_read_back() {
        let connected = State::Udp(UdpState::Connected);

        assert_eq!(connected.to_string().parse(), Ok(connected));
        assert_eq!("unconn".parse(), Ok(State::Udp(UdpState::Unconnected)));
        assert_eq!("listen".parse(), Ok(State::Tcp(TcpState::Listen)));
    }

    #[test]
    fn listeners_alone_are_one_bit() {
        let listen = [State::Tcp(TcpState::Listen)];

        assert_eq!(StateSet::from_iter(listen).bits(), 0b100_0000_0000);
    }

    #[test]
    fn closed_asks_for_sockets_that_are_only_bound_too() {
        let closed = [State::Tcp(TcpState::Closed)];

        assert_eq!(StateSet::from_iter(closed).bits(), 1 << 7 | 1 << 13);
    }

    #[test]
    fn a_state_beyond_the_mask_asks_for_nothing() {
        let beyond = [State::Tcp(TcpState::Unknown(32))];

        assert!(StateSet::from_iter(beyond).is_empty());
    }
}
