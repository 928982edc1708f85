//! What a measurement is made of, and the limits that keep it bounded.

use std::time::Duration;

use serde::Serialize;
use thiserror::Error;

/// Most connections or UDP sources in one load: with one descriptor each, below the usual hard limit of 20,480.
pub const PEERS_MAX: usize = 20_000;
/// Largest message over TCP.
pub const MESSAGE_BYTES_MAX: usize = 1024 * 1024;
/// Largest message of a TCP ping-pong: both ends use blocking calls, so it has to fit in the socket buffers.
pub const PING_PONG_BYTES_MAX: usize = 64 * 1024;
/// Largest payload of a datagram over IPv4, `udp(7)`.
pub const DATAGRAM_BYTES_MAX: usize = 65_507;
/// Smallest datagram: it must hold the sequence number that tells a late echo from a wrong one.
pub const DATAGRAM_BYTES_MIN: usize = 8;
/// Longest warm-up and longest measured window.
pub const WINDOW_MAX: Duration = Duration::from_secs(60);

/// One measurement: who sends what, and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Load {
    /// Transport of every message.
    pub transport: Transport,
    /// How many send, and how they wait.
    pub shape: Shape,
    /// Bytes of every message.
    pub size_bytes: usize,
    /// Time before the measured window, with the same traffic.
    #[serde(skip)]
    pub warmup: Duration,
    /// Length of the measured window.
    #[serde(skip)]
    pub duration: Duration,
}

/// TCP or UDP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Transport {
    /// A stream per peer.
    Tcp,
    /// A socket, and so a source port, per peer.
    Udp,
}

/// How many peers there are and how the generator waits for them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// Many peers behind one `epoll(7)`, each with one message under way.
    ClosedLoop {
        /// TCP connections or UDP sources.
        peers: usize,
    },
    /// One peer that does nothing but send and wait: latency.
    PingPong {
        /// What the client does until the echo arrives.
        waiting: Waiting,
    },
}

/// What a ping-pong client does until its echo arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Waiting {
    /// Sleeps in `recv(2)`, as ordinary clients do; its own wake-up is part of the latency.
    Block,
    /// Polls without sleeping, so that only the server's side of the latency is left.
    Spin,
}

/// A load outside the limits of this generator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum InvalidLoad {
    /// Too many peers, or none.
    #[error("{0} peers: must be 1 to {PEERS_MAX}")]
    Peers(usize),
    /// A message too large or too small for its transport.
    #[error("{size_bytes} bytes: must be {min} to {max}")]
    Size {
        /// The size asked for.
        size_bytes: usize,
        /// Smallest allowed.
        min: usize,
        /// Largest allowed.
        max: usize,
    },
    /// A window that is empty or too long.
    #[error("{0:?}: warm-up and duration end at {WINDOW_MAX:?}, and the duration is not 0")]
    Window(Duration),
}

impl Load {
    /// Checks every limit.
    pub(crate) fn validate(&self) -> Result<(), InvalidLoad> {
        if let Shape::ClosedLoop { peers } = self.shape
            && !(1..=PEERS_MAX).contains(&peers)
        {
            return Err(InvalidLoad::Peers(peers));
        }
        let (min, max) = match (self.transport, self.shape) {
            (Transport::Tcp, Shape::ClosedLoop { .. }) => (1, MESSAGE_BYTES_MAX),
            (Transport::Tcp, Shape::PingPong { .. }) => (1, PING_PONG_BYTES_MAX),
            (Transport::Udp, _) => (DATAGRAM_BYTES_MIN, DATAGRAM_BYTES_MAX),
        };
        let size_bytes = self.size_bytes;
        if !(min..=max).contains(&size_bytes) {
            return Err(InvalidLoad::Size { size_bytes, min, max });
        }
        if self.duration.is_zero() || self.duration > WINDOW_MAX {
            return Err(InvalidLoad::Window(self.duration));
        }
        if self.warmup > WINDOW_MAX {
            return Err(InvalidLoad::Window(self.warmup));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_limit_holds_at_its_edge_and_fails_beyond() {
        let valid = |load: Load| load.validate().is_ok();
        let udp = Load { transport: Transport::Udp, ..load() };
        let ping_pong = Load { shape: Shape::PingPong { waiting: Waiting::Block }, ..load() };

        assert!(valid(Load { shape: Shape::ClosedLoop { peers: PEERS_MAX }, ..load() }));
        assert!(!valid(Load { shape: Shape::ClosedLoop { peers: PEERS_MAX + 1 }, ..load() }));
        assert!(!valid(Load { shape: Shape::ClosedLoop { peers: 0 }, ..load() }));
        assert!(valid(Load { size_bytes: MESSAGE_BYTES_MAX, ..load() }));
        assert!(!valid(Load { size_bytes: MESSAGE_BYTES_MAX + 1, ..load() }));
        assert!(valid(Load { size_bytes: PING_PONG_BYTES_MAX, ..ping_pong }));
        assert!(!valid(Load { size_bytes: PING_PONG_BYTES_MAX + 1, ..ping_pong }));
        assert!(valid(Load { size_bytes: DATAGRAM_BYTES_MAX, ..udp }));
        assert!(!valid(Load { size_bytes: DATAGRAM_BYTES_MAX + 1, ..udp }));
        assert!(!valid(Load { size_bytes: DATAGRAM_BYTES_MIN - 1, ..udp }));
        assert!(valid(Load { duration: WINDOW_MAX, ..load() }));
        assert!(!valid(Load { duration: WINDOW_MAX + Duration::from_millis(1), ..load() }));
        assert!(!valid(Load { duration: Duration::ZERO, ..load() }));
    }

    fn load() -> Load {
        Load {
            transport: Transport::Tcp,
            shape: Shape::ClosedLoop { peers: 1 },
            size_bytes: 64,
            warmup: Duration::ZERO,
            duration: Duration::from_secs(1),
        }
    }
}
