//! The loads that servers meet, and where.

use std::{io, net::SocketAddr, time::Duration};

use endpoints::{
    bench::{Load, Shape},
    transport::Transport,
};
use serde::{Serialize, Serializer};

use crate::topology::Topology::{self, Duo, Free, Split};

/// Silence after which a datagram counts as lost.
const LOST_AFTER: Duration = Duration::from_millis(250);
/// Silence after which a server over TCP has failed.
const STALLED_AFTER: Duration = Duration::from_secs(5);

/// One load, by name.
#[derive(Debug)]
pub(crate) struct Scenario {
    /// What it is called on the command line.
    pub(crate) row: &'static str,
    /// Heading of its tables.
    pub(crate) name: &'static str,
    /// TCP or UDP.
    pub(crate) transport: Transport,
    /// How connections are used.
    pub(crate) shape: Shape,
    /// TCP connections, or UDP sources.
    pub(crate) connections: usize,
    /// Messages of each that are under way.
    pub(crate) depth: usize,
    /// Bytes of each message.
    pub(crate) size_bytes: usize,
    /// Where it is measured, and with whom.
    pub(crate) fields: &'static [(Topology, Field)],
    /// Whether somebody else keeps a processor busy meanwhile.
    pub(crate) has_neighbour: bool,
}

/// Who takes part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Field {
    /// What is written for speed.
    Engines,
    /// The others, too.
    Everyone,
}

use Field::{Engines, Everyone};

/// All of them, in the order in which they are measured.
pub(crate) const SCENARIOS: [Scenario; 15] = [
    Scenario {
        fields: &[(Split, Engines), (Duo, Engines), (Free, Everyone)],
        ..tcp("ping-pong", "TCP ping-pong, 64 B", (Shape::PingPong, 1), 64)
    },
    Scenario {
        fields: &[(Split, Engines), (Free, Engines)],
        ..tcp("spin", "TCP ping-pong, 64 B, spinning client", (Shape::Spin, 1), 64)
    },
    Scenario {
        fields: &[(Free, Engines)],
        has_neighbour: true,
        ..tcp("neighbour", "TCP ping-pong, 64 B, beside a busy neighbour", (Shape::PingPong, 1), 64)
    },
    Scenario {
        fields: &[(Split, Engines), (Duo, Engines), (Free, Everyone)],
        ..tcp("tcp-50", "TCP, 50 connections, 64 B", (Shape::Loop, 50), 64)
    },
    Scenario {
        fields: &[(Split, Engines), (Duo, Engines), (Free, Engines)],
        ..tcp("tcp-500", "TCP, 500 connections, 64 B", (Shape::Loop, 500), 64)
    },
    Scenario {
        fields: &[(Split, Engines), (Free, Engines)],
        ..tcp("tcp-5000", "TCP, 5,000 connections, 64 B", (Shape::Loop, 5000), 64)
    },
    Scenario {
        fields: &[(Split, Engines), (Duo, Engines), (Free, Engines)],
        ..tcp("tcp-64k", "TCP, 25 connections, 64 KiB", (Shape::Loop, 25), 64 << 10)
    },
    Scenario {
        fields: &[(Split, Engines), (Duo, Engines), (Free, Engines)],
        ..tcp("connect", "TCP, connections opened and closed, 16 at once", (Shape::Connect, 16), 64)
    },
    Scenario {
        fields: &[(Free, Engines)],
        ..tcp("idle", "TCP, 10,000 idle connections, each after 64 KiB", (Shape::Idle, 10_000), 64 << 10)
    },
    Scenario {
        fields: &[(Split, Engines), (Free, Everyone)],
        ..udp("udp-ping-pong", "UDP ping-pong, 64 B", (Shape::PingPong, 1), 1)
    },
    Scenario {
        fields: &[(Split, Engines), (Free, Engines)],
        ..udp("udp-spin", "UDP ping-pong, 64 B, spinning client", (Shape::Spin, 1), 1)
    },
    Scenario {
        fields: &[(Duo, Engines), (Free, Everyone)],
        ..udp("udp-50", "UDP, 50 sources, 64 B", (Shape::Loop, 50), 1)
    },
    Scenario {
        fields: &[(Split, Engines), (Free, Engines)],
        ..udp("udp-128", "UDP, 128 sources, 64 B", (Shape::Loop, 128), 1)
    },
    // What waits fits in a receive buffer of the default size, so that nothing is lost.
    Scenario {
        fields: &[(Split, Engines), (Duo, Engines), (Free, Engines)],
        ..udp("burst", "UDP, one source, 64 datagrams of 64 B under way", (Shape::Loop, 1), 64)
    },
    Scenario {
        fields: &[(Duo, Engines), (Free, Engines)],
        ..udp("gso", "UDP, one source by UDP_SEGMENT, 64 datagrams of 64 B under way", (Shape::Burst, 1), 64)
    },
];

const fn tcp(
    row: &'static str,
    name: &'static str,
    (shape, connections): (Shape, usize),
    size_bytes: usize,
) -> Scenario {
    let (transport, depth, has_neighbour) = (Transport::Tcp, 1, false);
    Scenario { row, name, transport, shape, connections, depth, size_bytes, fields: &[], has_neighbour }
}

const fn udp(
    row: &'static str,
    name: &'static str,
    (shape, connections): (Shape, usize),
    depth: usize,
) -> Scenario {
    Scenario { transport: Transport::Udp, depth, ..tcp(row, name, (shape, connections), 64) }
}

/// The scenarios of these rows, or all when there are none.
///
/// # Errors
/// When a row is neither one of them nor one of `others`.
pub(crate) fn select(rows: &[String], others: &[&str]) -> io::Result<Vec<&'static Scenario>> {
    let known: Vec<&str> =
        SCENARIOS.iter().map(|scenario| scenario.row).chain(others.iter().copied()).collect();
    if let Some(unknown) = rows.iter().find(|row| !known.contains(&row.as_str())) {
        let message = format!("no row is called {unknown:?}; there are {}", known.join(", "));
        return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
    }
    let is_wanted =
        |scenario: &&Scenario| rows.is_empty() || rows.iter().any(|row| row.as_str() == scenario.row);
    Ok(SCENARIOS.iter().filter(is_wanted).collect())
}

impl Scenario {
    /// TCP connections that the server has to serve at once, in all.
    pub(crate) fn connections_at_once(&self) -> usize {
        match self.transport {
            Transport::Tcp => self.connections,
            Transport::Udp => 1,
        }
    }

    /// Whether one round of it is enough: what memory holds does not depend on who else is busy.
    pub(crate) fn is_once(&self) -> bool {
        self.shape == Shape::Idle
    }

    /// What is counted: one, and several.
    pub(crate) fn unit(&self) -> (&'static str, &'static str) {
        if self.shape == Shape::Connect { ("connection", "connections") } else { ("echo", "echoes") }
    }

    /// The load with so many connections, for a window of this length.
    pub(crate) fn load(
        &self,
        connections: usize,
        (warmup, duration): (Duration, Duration),
        target: SocketAddr,
    ) -> Load {
        let &Self { transport, shape, depth, size_bytes, .. } = self;
        let timeout = match transport {
            Transport::Udp => LOST_AFTER,
            Transport::Tcp => STALLED_AFTER,
        };
        Load {
            transport,
            target,
            shape,
            connections,
            depth,
            size_bytes,
            rate: None,
            warmup,
            duration,
            timeout,
        }
    }
}

/// A scenario is written as what it is called and what it does.
impl Serialize for Scenario {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Written {
            row: &'static str,
            name: &'static str,
            transport: Transport,
            shape: Shape,
            connections: usize,
            depth: usize,
            size_bytes: usize,
        }
        let &Self { row, name, transport, shape, connections, depth, size_bytes, .. } = self;
        Written { row, name, transport, shape, connections, depth, size_bytes }.serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_load_is_within_its_limits_and_its_row_has_a_name_of_its_own() {
        for (index, scenario) in SCENARIOS.iter().enumerate() {
            let target = ([127, 0, 0, 1], 1).into();
            let window = (Duration::ZERO, Duration::from_secs(1));
            let load = scenario.load(scenario.connections, window, target);
            assert_eq!(load.validate(), Ok(()), "{}", scenario.row);
            assert!(SCENARIOS[..index].iter().all(|earlier| earlier.row != scenario.row));
        }
    }

    #[test]
    fn only_known_rows_can_be_selected() {
        let rows = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
        let count = |names| select(&rows(names), &["quiet"]).map(|selected| selected.len()).ok();
        assert_eq!(count(&[]), Some(SCENARIOS.len()));
        assert_eq!(count(&["gso", "tcp-50"]), Some(2));
        assert_eq!(count(&["quiet"]), Some(0));
        assert_eq!(count(&["tcp-51"]), None);
    }
}
