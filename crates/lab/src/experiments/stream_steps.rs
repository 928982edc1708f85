//! Steps of actors that talk over TCP, in few words.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use crate::actor::{Choice, Data, Receiving, Sending, Socket, Step, Transport, Until};

/// Where the practical's server listens.
pub(super) const SERVER: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 3500);

/// A client's socket, or a server's listener.
pub(super) const FIRST: Socket = Socket(0);

/// The connection that a server has accepted.
pub(super) const CONNECTION: Socket = Socket(1);

/// `socket()`.
pub(super) fn tcp(socket: Socket) -> Step {
    Step::Socket { socket, transport: Transport::Tcp, v6: false }
}

/// `socket()` and `connect()` to the server.
pub(super) fn connected(socket: Socket) -> [Step; 2] {
    [tcp(socket), Step::Connect { socket, address: SERVER }]
}

/// `socket()`, `bind()` and `listen()` at the server's address.
pub(super) fn listening(backlog: i32) -> [Step; 4] {
    let reuse = option(FIRST, Choice::ReuseAddress(true));
    let bind = Step::Bind { socket: FIRST, address: SERVER };
    [tcp(FIRST), reuse, bind, Step::Listen { socket: FIRST, backlog }]
}

/// `setsockopt()`.
pub(super) fn option(socket: Socket, choice: Choice) -> Step {
    Step::Option { socket, choice }
}

/// `accept()`.
pub(super) fn accept() -> Step {
    Step::Accept { socket: FIRST, accepted: CONNECTION }
}

/// `send()`.
pub(super) fn send(socket: Socket, data: Data, how: Sending) -> Step {
    Step::Send { socket, data, to: None, how }
}

/// `recv()`.
pub(super) fn receive(socket: Socket, bytes: u32, until: Until) -> Step {
    Step::Receive { socket, bytes, how: Receiving::Plain, until }
}

/// `close()`.
pub(super) fn close(socket: Socket) -> Step {
    Step::Close { socket }
}

/// `shutdown(SHUT_WR)`.
pub(super) fn end(socket: Socket) -> Step {
    Step::Shutdown { socket }
}

/// `time.sleep()`.
pub(super) fn pause(time: Duration) -> Step {
    Step::Pause { time }
}

/// Says that something has happened.
pub(super) fn mark(mark: &str) -> Step {
    Step::Mark { mark: mark.to_owned() }
}

/// Waits until it has.
pub(super) fn after(mark: &str) -> Step {
    Step::Await { mark: mark.to_owned() }
}
