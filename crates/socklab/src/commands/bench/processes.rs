//! The processes of a server, if they are on this machine and this user may see them.

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};

use endpoints::bench::Load;
use endpoints::transport::Transport;
use kernel::socket;
use scope::sockets::{Filter, Protocol, Row, State, snapshot};
use scope::usage::{self, Usage};

use crate::views::bench::Whose;

/// A server, as far as it is known.
pub(super) struct Server {
    pids: Vec<u32>,
}

impl Server {
    /// The server that these processes are.
    pub(super) fn of_processes(pids: Vec<u32>) -> Self {
        Self { pids }
    }

    /// Finds the processes that have the socket to which a load goes.
    pub(super) fn find(load: &Load) -> (Self, Whose) {
        let filter = Filter {
            protocol: Some(match load.transport {
                Transport::Udp => Protocol::Udp,
                Transport::Tcp => Protocol::Tcp,
            }),
            states: State::LISTENING.into_iter().collect(),
            ports: vec![load.target.port()],
            ..Filter::default()
        };
        // Where the kernel tells nothing of sockets, nothing is known of the server.
        let rows = snapshot(&filter).map(|snapshot| snapshot.rows).unwrap_or_default();
        let rows: Vec<Row> = rows.into_iter().filter(|row| is_for(row.local, load.target)).collect();
        let pids: BTreeSet<u32> =
            rows.iter().flat_map(|row| row.owner.processes()).map(|process| process.pid).collect();
        let whose = match (pids.is_empty(), rows.is_empty()) {
            (false, _) => Whose::Local,
            (true, false) => Whose::Hidden,
            (true, true) => Whose::Remote,
        };
        (Self::of_processes(pids.into_iter().collect()), whose)
    }

    /// What it has used so far; none if nobody knows.
    pub(super) fn usage(&self) -> Option<Usage> {
        if self.pids.is_empty() { None } else { usage::of_processes(&self.pids) }
    }
}

/// Whether what is sent to `target` comes to a socket with this local address of this machine.
fn is_for(local: SocketAddr, target: SocketAddr) -> bool {
    local == target
        || local.port() == target.port() && local.ip().is_unspecified() && is_of_this_machine(target.ip())
}

/// An address that this machine has is one that a socket can be bound to.
fn is_of_this_machine(ip: IpAddr) -> bool {
    let address = SocketAddr::new(ip, 0);
    let bound =
        socket::open(socket::Transport::Udp, address).and_then(|socket| socket::bind(socket, address));
    ip.is_loopback() || bound.is_ok()
}
