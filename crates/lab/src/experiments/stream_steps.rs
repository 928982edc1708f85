//! Steps of actors that talk over TCP, in few words.

pub(super) use super::practical::{CONNECTION, SERVER, SOCKET as FIRST, accept, close};
pub(super) use super::steps::{mark, pause, tcp, wait_for as after};
use crate::actor::{Choice, Data, Receiving, Sending, Socket, Step, Until};

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

/// `send()`.
pub(super) fn send(socket: Socket, data: Data, how: Sending) -> Step {
    Step::Send { socket, data, to: None, how }
}

/// `recv()`.
pub(super) fn receive(socket: Socket, bytes: u32, until: Until) -> Step {
    Step::Receive { socket, bytes, how: Receiving::Plain, until }
}

/// `shutdown(SHUT_WR)`.
pub(super) fn end(socket: Socket) -> Step {
    Step::Shutdown { socket }
}
