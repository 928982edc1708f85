//! What was typed becomes what is meant.

use std::net::SocketAddr;
use std::time::Duration;

use endpoints::bench::{Load, Shape};
use endpoints::transport::Transport as Spoken;

use super::super::transport::Transport;
use super::{Args, Manner};

/// Connections of a shape that can have many.
const CONNECTIONS: usize = 50;
/// Messages under way on a connection of an open loop, and datagrams of a burst: as many as one call moves.
const DEPTH: usize = 64;
/// After how long there is no echo to come, over each transport.
const LOST_AFTER: Duration = Duration::from_millis(250);
const SILENT_AFTER: Duration = Duration::from_secs(5);

impl Args {
    /// Decides what was left open.
    pub(super) fn load(&self, target: SocketAddr) -> Load {
        let (transport, timeout) = match self.transport() {
            Transport::Udp => (Spoken::Udp, LOST_AFTER),
            Transport::Tcp => (Spoken::Tcp, SILENT_AFTER),
        };
        let shape = self.shape.meant();
        let connections = if shape.is_single() { 1 } else { CONNECTIONS };
        let has_many = shape == Shape::Burst || self.rate.is_some() && shape.has_depth();
        let depth = if has_many { DEPTH } else { 1 };
        Load {
            transport,
            target,
            shape,
            connections: self.connections.map_or(connections, |typed| typed as usize),
            depth: self.depth.map_or(depth, |typed| typed as usize),
            size_bytes: self.size,
            rate: self.rate,
            warmup: self.warmup,
            duration: self.duration,
            timeout: self.timeout.unwrap_or(timeout),
        }
    }
}

impl Manner {
    fn meant(self) -> Shape {
        match self {
            Self::Loop => Shape::Loop,
            Self::PingPong => Shape::PingPong,
            Self::Spin => Shape::Spin,
            Self::Connect => Shape::Connect,
            Self::Idle => Shape::Idle,
            Self::Burst => Shape::Burst,
        }
    }
}
