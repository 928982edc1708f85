//! What is asked of a server, by whom and for how long, and the limits that keep it bounded.

use std::net::SocketAddr;
use std::time::Duration;

use kernel::datagram::PAYLOAD_BYTES_MAX;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::transport::Transport;

/// The most connections, or sources of datagrams, of a load in all its parts.
pub const CONNECTIONS_MAX: usize = 1_000_000;
/// The most messages of one connection that are under way at once.
pub const DEPTH_MAX: usize = 4096;
/// The longest message over TCP.
pub const MESSAGE_BYTES_MAX: usize = 16 << 20;
/// The longest message of a ping-pong over TCP, and of a connection that is idle or new: it has to fit in the socket buffers.
pub const SMALL_MESSAGE_BYTES_MAX: usize = 64 << 10;
/// The shortest datagram: it must hold its number, which tells a late echo from a wrong one.
pub const DATAGRAM_BYTES_MIN: usize = 8;
/// The most bytes that one connection has under way: messages of this size times the depth.
pub const UNDER_WAY_BYTES_MAX: usize = 1 << 30;
/// The most messages that are begun in a second.
pub const RATE_MAX: u32 = 100_000_000;
/// The longest warm-up, and the longest time that is measured.
pub const DURATION_MAX: Duration = Duration::from_secs(24 * 60 * 60);
/// The shortest time that is measured.
pub const DURATION_MIN: Duration = Duration::from_millis(10);

/// One measurement, the same for all of its parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Load {
    /// What carries the messages.
    pub transport: Transport,
    /// The server.
    pub target: SocketAddr,
    /// Who talks, and how they wait.
    pub shape: Shape,
    /// How many connections, or sources of datagrams, there are in all parts together.
    pub connections: usize,
    /// How many messages of each connection are under way at the most.
    pub depth: usize,
    /// The length of each message.
    pub size_bytes: usize,
    /// How many messages all connections together begin in a second, whether the earlier ones came back or not (an open loop); without
    /// it, each echo begins the next message (a closed loop).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub rate: Option<u32>,
    /// How long the same goes on before anything is counted.
    #[serde(rename = "warmup_ns", with = "nanoseconds")]
    pub warmup: Duration,
    /// How long is measured.
    #[serde(rename = "duration_ns", with = "nanoseconds")]
    pub duration: Duration,
    /// After how long without an echo a datagram counts as lost, and a server over TCP as silent.
    #[serde(rename = "timeout_ns", with = "nanoseconds")]
    pub timeout: Duration,
}

/// How connections are used, and how the client waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// All of them send and receive behind an `epoll(7)`.
    Loop,
    /// One sends and sleeps until its echo is there.
    PingPong,
    /// One sends and asks for its echo again and again, without sleeping.
    Spin,
    /// Each is opened, echoes one message and is closed, then the next one is opened.
    Connect,
    /// Each echoes one message and then keeps silent, while a last one goes on; at the end, each echoes once more.
    Idle,
    /// One source sends bursts that the kernel cuts into datagrams (`UDP_SEGMENT`).
    Burst,
}

/// A load that cannot be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum InvalidLoad {
    /// Too many connections, or none; of a shape with one connection, more than that.
    #[error("{asked} connections: 1 to {max}")]
    Connections {
        /// How many were asked for.
        asked: usize,
        /// The most that there can be.
        max: usize,
    },
    /// Too much under way, or nothing.
    #[error("depth {asked}: 1 to {max}")]
    Depth {
        /// What was asked for.
        asked: usize,
        /// The most that there can be.
        max: usize,
    },
    /// A message too long or too short.
    #[error("{asked} bytes: {min} to {max}")]
    Size {
        /// What was asked for.
        asked: usize,
        /// The shortest that there can be.
        min: usize,
        /// The longest that there can be.
        max: usize,
    },
    /// Too many messages in a second, or none; or a shape that has no rate.
    #[error("rate {asked}: 1 to {max}")]
    Rate {
        /// What was asked for.
        asked: u32,
        /// The most that there can be; 0 where there is no rate.
        max: u32,
    },
    /// A time too long or too short.
    #[error("{0:?} is too long or too short")]
    Time(Duration),
    /// A shape that this transport does not have.
    #[error("not over this transport")]
    Transport,
}

impl Shape {
    /// Whether it is one connection that talks.
    pub fn is_single(self) -> bool {
        matches!(self, Self::PingPong | Self::Spin | Self::Burst)
    }

    /// Whether messages can be begun at a rate.
    pub fn has_rate(self) -> bool {
        matches!(self, Self::Loop | Self::Burst)
    }

    /// Whether there can be more than one message of a connection under way.
    pub fn has_depth(self) -> bool {
        self.has_rate()
    }

    /// The transports that can carry it.
    fn is_over(self, transport: Transport) -> bool {
        match self {
            Self::Loop | Self::PingPong | Self::Spin => true,
            Self::Connect | Self::Idle => transport == Transport::Tcp,
            Self::Burst => transport == Transport::Udp,
        }
    }
}

impl Load {
    /// Checks every limit.
    ///
    /// # Errors
    /// The first one that does not hold.
    pub fn validate(&self) -> Result<(), InvalidLoad> {
        if !self.shape.is_over(self.transport) {
            return Err(InvalidLoad::Transport);
        }
        let max = if self.shape.is_single() { 1 } else { CONNECTIONS_MAX };
        if !(1..=max).contains(&self.connections) {
            return Err(InvalidLoad::Connections { asked: self.connections, max });
        }
        let (min, max) = self.sizes();
        if !(min..=max).contains(&self.size_bytes) {
            return Err(InvalidLoad::Size { asked: self.size_bytes, min, max });
        }
        let most = if self.shape.has_depth() { DEPTH_MAX } else { 1 };
        let max = most.min(UNDER_WAY_BYTES_MAX / self.size_bytes).max(1);
        if !(1..=max).contains(&self.depth) {
            return Err(InvalidLoad::Depth { asked: self.depth, max });
        }
        let max = if self.shape.has_rate() { RATE_MAX } else { 0 };
        if let Some(asked) = self.rate.filter(|rate| !(1..=max).contains(rate)) {
            return Err(InvalidLoad::Rate { asked, max });
        }
        let is_time = |time: &Duration| (DURATION_MIN..=DURATION_MAX).contains(time);
        let wrong = [self.duration, self.timeout].into_iter().find(|time| !is_time(time));
        let wrong = wrong.or((self.warmup > DURATION_MAX).then_some(self.warmup));
        wrong.map_or(Ok(()), |time| Err(InvalidLoad::Time(time)))
    }

    /// The shortest and the longest message.
    fn sizes(&self) -> (usize, usize) {
        match (self.transport, self.shape) {
            (Transport::Udp, _) => (DATAGRAM_BYTES_MIN, PAYLOAD_BYTES_MAX),
            (Transport::Tcp, Shape::Loop) => (1, MESSAGE_BYTES_MAX),
            (Transport::Tcp, _) => (1, SMALL_MESSAGE_BYTES_MAX),
        }
    }
}

/// A time as a whole number of nanoseconds.
mod nanoseconds {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(time: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(super::ns(*time))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
        u64::deserialize(deserializer).map(Duration::from_nanos)
    }
}

/// Nanoseconds of a time that is within a day.
pub(super) fn ns(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    #[test]
    fn each_limit_holds_at_its_edge_and_fails_beyond() {
        let is_valid = |load: Load| load.validate().is_ok();
        let udp = Load { transport: Transport::Udp, ..load() };
        let (single, idle) = (Load { shape: Shape::Spin, ..load() }, Load { shape: Shape::Idle, ..load() });

        assert!(is_valid(Load { connections: CONNECTIONS_MAX, ..load() }));
        assert!(!is_valid(Load { connections: CONNECTIONS_MAX + 1, ..load() }));
        assert!(!is_valid(Load { connections: 0, ..load() }));
        assert!(!is_valid(Load { connections: 2, ..single }));
        assert!(is_valid(Load { depth: DEPTH_MAX, ..load() }));
        assert!(!is_valid(Load { depth: DEPTH_MAX + 1, ..load() }));
        assert!(!is_valid(Load { depth: 2, ..idle }));
        assert!(is_valid(Load { depth: 64, size_bytes: MESSAGE_BYTES_MAX, ..load() }));
        assert!(!is_valid(Load { depth: 65, size_bytes: MESSAGE_BYTES_MAX, ..load() }));
        assert!(!is_valid(Load { size_bytes: MESSAGE_BYTES_MAX + 1, ..load() }));
        assert!(is_valid(Load { size_bytes: SMALL_MESSAGE_BYTES_MAX, ..idle }));
        assert!(!is_valid(Load { size_bytes: SMALL_MESSAGE_BYTES_MAX + 1, ..idle }));
        assert!(!is_valid(Load { size_bytes: DATAGRAM_BYTES_MIN - 1, ..udp }));
        assert!(!is_valid(Load { size_bytes: PAYLOAD_BYTES_MAX + 1, ..udp }));
        assert!(is_valid(Load { rate: Some(RATE_MAX), ..load() }));
        assert!(!is_valid(Load { rate: Some(RATE_MAX + 1), ..load() }));
        assert!(!is_valid(Load { rate: Some(1), ..single }));
        assert!(is_valid(Load { duration: DURATION_MAX, ..load() }));
        assert!(!is_valid(Load { warmup: DURATION_MAX + Duration::from_millis(1), ..load() }));
        assert!(!is_valid(Load { duration: DURATION_MIN / 2, ..load() }));
    }

    #[test]
    fn each_shape_has_its_transports() {
        for (shape, udp, tcp) in [
            (Shape::Loop, true, true),
            (Shape::Connect, false, true),
            (Shape::Idle, false, true),
            (Shape::Burst, true, false),
        ] {
            for (transport, expected) in [(Transport::Udp, udp), (Transport::Tcp, tcp)] {
                let load = Load { transport, shape, ..load() };
                assert_eq!(load.validate().is_ok(), expected, "{shape:?} {transport}");
            }
        }
    }

    /// A small one.
    pub(in crate::bench) fn load() -> Load {
        Load {
            transport: Transport::Tcp,
            target: ([127, 0, 0, 1], 3500).into(),
            shape: Shape::Loop,
            connections: 1,
            depth: 1,
            size_bytes: 64,
            rate: None,
            warmup: Duration::ZERO,
            duration: Duration::from_secs(1),
            timeout: Duration::from_secs(1),
        }
    }
}
