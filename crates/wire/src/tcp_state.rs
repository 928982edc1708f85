//! The states of a TCP connection: the kernel's numbers and the names of the standard.
//!
//! The names are those of [RFC 9293 §3.3.2](https://www.rfc-editor.org/rfc/rfc9293#section-3.3.2). The numbers are
//! those of `enum` in the kernel's `<net/tcp_states.h>`, which `sock_diag(7)`, `/proc/net/tcp` and `TCP_INFO`
//! (`tcp(7)`) all report; `<netinet/tcp.h>` has the same ones.

use std::fmt;
use std::str::FromStr;

/// A state of a TCP socket.
///
/// [`Display`](fmt::Display) writes the name of RFC 9293. [`FromStr`] also takes the names of `ss(8)`, `netstat(8)` and
/// the kernel (`ESTAB`, `SYN_RECV`, `CLOSE`), whatever the case and with hyphens, underscores or neither.
///
/// ```
/// use wire::tcp_state::TcpState;
///
/// assert_eq!("syn_recv".parse(), Ok(TcpState::SynReceived));
/// assert_eq!(TcpState::SynReceived.to_string(), "SYN-RECEIVED");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TcpState {
    /// Open: data can flow both ways. Also the state of a connection that `accept(2)` has not yet handed over.
    Established,
    /// `connect(2)` has sent its SYN and waits for the answer.
    SynSent,
    /// A SYN has come and been answered; the last segment of the handshake is missing.
    SynReceived,
    /// Closed by this side, whose FIN is not yet acknowledged.
    FinWait1,
    /// Closed by this side and acknowledged; the peer may still send.
    FinWait2,
    /// Over; its addresses stay reserved until no late segment can arrive.
    TimeWait,
    /// Not connected: new, only bound, or finished.
    Closed,
    /// The peer has closed; this side's program has not.
    CloseWait,
    /// Closed by the peer and then by this side, whose FIN is not yet acknowledged.
    LastAck,
    /// Waits for connections, after `listen(2)`.
    Listen,
    /// Closed by both sides at once; the peer's acknowledgement is missing.
    Closing,
    /// A number that this table does not know.
    Unknown(u8),
}

impl TcpState {
    /// Returns the state that the kernel means by `number`.
    pub fn from_number(number: u8) -> Self {
        TABLE.iter().find(|row| row.number == number).map_or(Self::Unknown(number), |row| row.state)
    }

    /// Returns the kernel's number for this state.
    pub fn number(self) -> u8 {
        match self {
            Self::Unknown(number) => number,
            known => TABLE.iter().find(|row| row.state == known).map_or(0, |row| row.number),
        }
    }
}

impl fmt::Display for TcpState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match TABLE.iter().find(|row| row.state == *self) {
            Some(row) => f.pad(row.name),
            None => f.pad(&format!("TCP_???({})", self.number())),
        }
    }
}

impl FromStr for TcpState {
    type Err = UnknownState;

    fn from_str(text: &str) -> Result<Self, UnknownState> {
        TABLE
            .iter()
            .find(|row| is_spelled(text, row.name) || is_spelled(text, row.alias))
            .map(|row| row.state)
            .ok_or_else(|| UnknownState(text.to_owned()))
    }
}

/// A word that names no socket state.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no socket state is called {0:?}")]
pub struct UnknownState(pub String);

/// Tells whether `text` is `name`, whatever its case, with hyphens, underscores or neither.
pub(crate) fn is_spelled(text: &str, name: &str) -> bool {
    let letters = |word: &str| word.replace(['-', '_'], "").to_ascii_uppercase();
    letters(text) == letters(name)
}

/// What is known of one state.
struct Row {
    number: u8,
    state: TcpState,
    name: &'static str,
    alias: &'static str,
}

const TABLE: [Row; 11] = [
    row(1, TcpState::Established, "ESTABLISHED", "ESTAB"),
    row(2, TcpState::SynSent, "SYN-SENT", "SYN-SENT"),
    row(3, TcpState::SynReceived, "SYN-RECEIVED", "SYN-RECV"),
    row(4, TcpState::FinWait1, "FIN-WAIT-1", "FIN-WAIT-1"),
    row(5, TcpState::FinWait2, "FIN-WAIT-2", "FIN-WAIT-2"),
    row(6, TcpState::TimeWait, "TIME-WAIT", "TIME-WAIT"),
    row(7, TcpState::Closed, "CLOSED", "CLOSE"),
    row(8, TcpState::CloseWait, "CLOSE-WAIT", "CLOSE-WAIT"),
    row(9, TcpState::LastAck, "LAST-ACK", "LAST-ACK"),
    row(10, TcpState::Listen, "LISTEN", "LISTENING"),
    row(11, TcpState::Closing, "CLOSING", "CLOSING"),
];

const fn row(number: u8, state: TcpState, name: &'static str, alias: &'static str) -> Row {
    Row { number, state, name, alias }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_survives_the_way_there_and_back() {
        for number in 0..=u8::MAX {
            assert_eq!(TcpState::from_number(number).number(), number);
        }
    }

    #[test]
    fn every_name_is_read_back_as_its_state() {
        for row in &TABLE {
            assert_eq!(row.state.to_string().parse(), Ok(row.state));
        }
    }

    #[test]
    fn other_tools_spellings_are_understood() {
        let spellings = [
            ("ESTAB", TcpState::Established),
            ("syn-sent", TcpState::SynSent),
            ("SYN_RECV", TcpState::SynReceived),
            ("fin_wait1", TcpState::FinWait1),
            ("FIN-WAIT-2", TcpState::FinWait2),
            ("TimeWait", TcpState::TimeWait),
            ("close", TcpState::Closed),
        ];
        for (text, state) in spellings {
            assert_eq!(text.parse(), Ok(state), "{text}");
        }
    }

    #[test]
    fn an_unknown_word_is_refused_by_name() {
        assert_eq!("OPEN".parse::<TcpState>(), Err(UnknownState("OPEN".to_owned())));
    }

    #[test]
    fn an_unknown_number_is_shown_as_such() {
        assert_eq!(TcpState::from_number(99).to_string(), "TCP_???(99)");
    }
}
