//! What the kernel says of sockets.

use endpoints::transport::Transport;
use scope::sockets::{Filter, Protocol, Row, Snapshot, snapshot};

use super::wait_until;

/// Waits until the sockets at a port are as they should be.
pub(crate) fn wait_for_sockets(
    transport: Transport,
    port: u16,
    are_right: impl Fn(&[Row]) -> bool,
) -> Vec<Row> {
    wait_until("the sockets are as expected", || {
        let rows = at_port(transport, port).rows;
        are_right(&rows).then_some(rows)
    })
}

fn at_port(transport: Transport, port: u16) -> Snapshot {
    let protocol = match transport {
        Transport::Udp => Protocol::Udp,
        Transport::Tcp => Protocol::Tcp,
    };
    let filter = Filter { protocol: Some(protocol), ports: vec![port], ..Filter::default() };
    snapshot(&filter).unwrap()
}
