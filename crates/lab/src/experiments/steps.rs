//! Steps that scenes of several experiments are made of.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use super::practical;
pub(super) use super::practical::{
    BUFFER_BYTES, SERVER, SOCKET, UDP_MESSAGE as MESSAGE, echo_back as echo, receive_from,
};
use crate::actor::{Choice, Data, Receiving, Sending, Socket, Step, To, Transport, Until};

/// An address of 127.0.0.0/8, which are all this machine's: 127.0.0.`host`.
pub(super) const fn loopback(host: u8, port: u16) -> SocketAddr {
    SocketAddr::new(IpAddr::V4(Ipv4Addr::new(127, 0, 0, host)), port)
}

pub(super) fn udp() -> Step {
    practical::socket(Transport::Udp)
}

pub(super) fn tcp(socket: Socket) -> Step {
    Step::Socket { socket, transport: Transport::Tcp, v6: false }
}

/// Ends the actor if the call fails.
pub(super) fn need(step: Step) -> Step {
    Step::Need(Box::new(step))
}

pub(super) fn bind(address: SocketAddr) -> Step {
    need(Step::Bind { socket: SOCKET, address })
}

pub(super) fn connect(address: SocketAddr) -> Step {
    Step::Connect { socket: SOCKET, address }
}

pub(super) fn option(choice: Choice) -> Step {
    Step::Option { socket: SOCKET, choice }
}

pub(super) fn receive_limit(limit: Duration) -> Step {
    option(Choice::ReceiveLimit(limit))
}

/// `sendto()`, or without an address `send()`.
pub(super) fn send(data: Data, to: Option<SocketAddr>) -> Step {
    Step::Send { socket: SOCKET, data, to: to.map(To::Address), how: Sending::Once }
}

/// `sendto()` of a text to the practical's server.
pub(super) fn ask(text: &str) -> Step {
    send(Data::Text(text.to_owned()), Some(SERVER))
}

/// One call that receives so many bytes.
pub(super) fn receive(bytes: u32, how: Receiving) -> Step {
    Step::Receive { socket: SOCKET, bytes, how, until: Until::Once }
}

pub(super) fn close() -> Step {
    practical::close(SOCKET)
}

pub(super) fn pause(time: Duration) -> Step {
    Step::Pause { time }
}

pub(super) fn mark(mark: &str) -> Step {
    Step::Mark { mark: mark.to_owned() }
}

pub(super) fn wait_for(mark: &str) -> Step {
    Step::Await { mark: mark.to_owned() }
}

/// Waits until the actor that made the mark stands still.
pub(super) fn wait_until_blocked(mark: &str) -> Step {
    Step::AwaitBlocked { who: mark.to_owned() }
}

/// What an experiment sends where its reader may say how long: the practical's message, or so many letters.
pub(super) fn message(message_bytes: Option<u32>) -> Data {
    message_bytes.map_or_else(|| Data::Text(MESSAGE.to_owned()), |bytes| Data::Long(bytes.into()))
}
