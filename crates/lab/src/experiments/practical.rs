//! What the practical's scripts say: addresses, messages, sizes, and the calls of its servers and clients.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use crate::actor::{Choice, Data, Receiving, Script, Sending, Socket, Step, To, Transport, Until};

/// Where its servers listen.
pub(super) const SERVER: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 3500);
/// What its client over UDP sends.
pub(super) const UDP_MESSAGE: &str = "TyR: Echo sobre UDP";
/// What its client over TCP sends.
pub(super) const TCP_MESSAGE: &str = "Hola Mundo!";
/// How much each of them takes at once.
pub(super) const BUFFER_BYTES: u32 = 1024;
/// How many connections may wait at its server.
pub(super) const BACKLOG: i32 = 5;

/// The socket that a script makes first.
pub(super) const SOCKET: Socket = Socket(0);
/// A connection that a server has accepted.
pub(super) const CONNECTION: Socket = Socket(1);

/// `socket()`.
pub(super) fn socket(transport: Transport) -> Step {
    Step::Socket { socket: SOCKET, transport, v6: false }
}

/// `bind((HOST, PORT))`.
pub(super) fn bind() -> Step {
    Step::Bind { socket: SOCKET, address: SERVER }
}

/// `recvfrom(LONG_MENSAJE)`.
pub(super) fn receive_from() -> Step {
    Step::Receive { socket: SOCKET, bytes: BUFFER_BYTES, how: Receiving::From, until: Until::Once }
}

/// `recv(LONG_MENSAJE)`.
pub(super) fn receive(socket: Socket) -> Step {
    Step::Receive { socket, bytes: BUFFER_BYTES, how: Receiving::Plain, until: Until::Once }
}

/// `sendto(data, address)`.
pub(super) fn echo_back() -> Step {
    Step::Send { socket: SOCKET, data: Data::Received, to: Some(To::Sender), how: Sending::Once }
}

/// `sendto(mensaje, (HOST, PORT))`.
pub(super) fn ask() -> Step {
    let data = Data::Text(UDP_MESSAGE.to_owned());
    Step::Send { socket: SOCKET, data, to: Some(To::Address(SERVER)), how: Sending::Once }
}

/// `connect((HOST, PORT))`.
pub(super) fn connect() -> Step {
    Step::Connect { socket: SOCKET, address: SERVER }
}

/// `sendall(MSG)`.
pub(super) fn send_message() -> Step {
    let data = Data::Text(TCP_MESSAGE.to_owned());
    Step::Send { socket: SOCKET, data, to: None, how: Sending::All }
}

/// `client.send(data)`.
pub(super) fn send_back() -> Step {
    Step::Send { socket: CONNECTION, data: Data::Received, to: None, how: Sending::Once }
}

/// `close()`.
pub(super) fn close(socket: Socket) -> Step {
    Step::Close { socket }
}

/// `udp_echo_server.py` up to its loop, and the loop so many times.
pub(super) fn udp_server(turns: u32) -> Script {
    let steps = vec![receive_from(), echo_back()];
    Script::from([socket(Transport::Udp), bind(), Step::Repeat { times: turns, steps }])
}

/// `udp_echo_client.py`.
pub(super) fn udp_client() -> Script {
    Script::from([socket(Transport::Udp), ask(), receive_from(), close(SOCKET)])
}

/// `tcp_echo_server.py` up to its loop.
pub(super) fn tcp_listener() -> Vec<Step> {
    let reuse = Step::Option { socket: SOCKET, choice: Choice::ReuseAddress(true) };
    let listen = Step::Listen { socket: SOCKET, backlog: BACKLOG };
    vec![socket(Transport::Tcp), reuse, bind(), listen]
}

/// `accept()`.
pub(super) fn accept() -> Step {
    Step::Accept { socket: SOCKET, accepted: CONNECTION }
}
