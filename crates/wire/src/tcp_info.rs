//! What TCP tells of a connection: `struct tcp_info` (`TCP_INFO` of `tcp(7)`, and `INET_DIAG_INFO` of `sock_diag(7)`).

use crate::tcp_state::TcpState;

/// Figures of a connection.
///
/// The structure has grown with the kernel and will grow: what is not there is 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TcpInfo {
    /// The state.
    pub state: TcpState,
    /// The retransmission timeout, in microseconds.
    pub rto_us: u32,
    /// The largest segment that it sends, in bytes.
    pub send_mss: u32,
    /// Segments sent and not acknowledged; for a listener, the connections that wait for `accept(2)`.
    pub unacked: u32,
    /// Segments acknowledged out of order (RFC 2018); for a listener, how many connections may wait.
    pub sacked: u32,
    /// The round-trip time, smoothed, in microseconds.
    pub rtt_us: u32,
    /// Its variation, in microseconds.
    pub rtt_var_us: u32,
    /// The slow-start threshold, in segments.
    pub ssthresh: u32,
    /// The congestion window, in segments.
    pub cwnd: u32,
    /// Segments sent again since the connection began.
    pub retransmits: u32,
}

impl TcpInfo {
    /// Reads as much of the structure as there is; `None` of no bytes at all.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let state = TcpState::from_number(*bytes.first()?);
        let word = |offset: usize| {
            bytes.get(offset..).and_then(<[u8]>::first_chunk).map_or(0, |word| u32::from_ne_bytes(*word))
        };
        Some(Self {
            state,
            rto_us: word(8),
            send_mss: word(16),
            unacked: word(24),
            sacked: word(28),
            rtt_us: word(68),
            rtt_var_us: word(72),
            ssthresh: word(76),
            cwnd: word(80),
            retransmits: word(100),
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn each_figure_is_read_from_its_place() {
        // Each word of the structure holds the number of its first byte.
        let mut bytes: Vec<u8> = (0..60_u32).flat_map(|word| (word * 4).to_ne_bytes()).collect();
        bytes[0] = 10;

        let info = TcpInfo::decode(&bytes).unwrap();

        let expected = TcpInfo {
            state: TcpState::Listen,
            rto_us: 8,
            send_mss: 16,
            unacked: 24,
            sacked: 28,
            rtt_us: 68,
            rtt_var_us: 72,
            ssthresh: 76,
            cwnd: 80,
            retransmits: 100,
        };
        assert_eq!(info, expected);
    }

    #[test]
    fn what_an_older_kernel_does_not_tell_is_nothing() {
        let info = TcpInfo::decode(&[1; 84]).unwrap();

        assert_eq!((info.state, info.cwnd, info.retransmits), (TcpState::Established, 0x0101_0101, 0));
        assert_eq!(TcpInfo::decode(&[]), None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_figures(bytes in prop::collection::vec(any::<u8>(), 1..300)) {
            prop_assert!(TcpInfo::decode(&bytes).is_some());
        }
    }
}
