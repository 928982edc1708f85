//! The loads that every server meets.

use std::{net::SocketAddr, time::Duration};

use endpoints::{
    bench::{Load, Shape},
    transport::Transport,
};
use serde::Serialize;

use crate::load;

/// One load, by name.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Scenario {
    /// Heading of its table.
    pub(crate) name: &'static str,
    /// TCP or UDP.
    pub(crate) transport: Transport,
    /// How connections are used.
    pub(crate) shape: Shape,
    /// TCP connections, or UDP sources.
    connections: usize,
    size_bytes: usize,
    /// Whether `--quick` measures it too.
    #[serde(skip)]
    is_quick: bool,
}

const BLOCK: (Shape, usize) = (Shape::PingPong, 1);
const SPIN: (Shape, usize) = (Shape::Spin, 1);

const SCENARIOS: [Scenario; 10] = [
    scenario("TCP ping-pong 64 B", Transport::Tcp, BLOCK, 64, true),
    scenario("TCP ping-pong 64 B, spinning client", Transport::Tcp, SPIN, 64, false),
    scenario("TCP 50 × 64 B", Transport::Tcp, closed_loop(50), 64, true),
    scenario("TCP 50 × 1 KiB", Transport::Tcp, closed_loop(50), 1024, false),
    scenario("TCP 50 × 64 KiB", Transport::Tcp, closed_loop(50), 64 * 1024, false),
    scenario("TCP 500 × 64 B", Transport::Tcp, closed_loop(500), 64, false),
    scenario("UDP ping-pong 64 B", Transport::Udp, BLOCK, 64, true),
    scenario("UDP ping-pong 64 B, spinning client", Transport::Udp, SPIN, 64, false),
    scenario("UDP 50 × 64 B", Transport::Udp, closed_loop(50), 64, true),
    scenario("UDP 50 × 1400 B", Transport::Udp, closed_loop(50), 1400, false),
];

const fn scenario(
    name: &'static str,
    transport: Transport,
    (shape, connections): (Shape, usize),
    size_bytes: usize,
    is_quick: bool,
) -> Scenario {
    Scenario { name, transport, shape, connections, size_bytes, is_quick }
}

const fn closed_loop(connections: usize) -> (Shape, usize) {
    (Shape::Loop, connections)
}

/// All scenarios, or those of a quick run.
pub(crate) fn select(quick: bool) -> Vec<Scenario> {
    SCENARIOS.into_iter().filter(|scenario| scenario.is_quick || !quick).collect()
}

impl Scenario {
    /// TCP connections that the server has to serve at once.
    pub(crate) fn connections(&self) -> usize {
        match self.transport {
            Transport::Tcp => self.connections,
            Transport::Udp => 1,
        }
    }

    /// The load, for a window of this length.
    pub(crate) fn load(&self, warmup: Duration, duration: Duration, target: SocketAddr) -> Load {
        let Self { transport, shape, connections, size_bytes, .. } = *self;
        load::closed_loop((transport, shape), connections, size_bytes, (warmup, duration), target)
    }
}
