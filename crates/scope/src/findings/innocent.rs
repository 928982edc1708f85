//! Programs that are right, over which all rules are run: nothing is found.

use wire::errno::{EAGAIN, EINPROGRESS};
use wire::names::{Poll, SocketOption};
use wire::tcp_state::TcpState;

use crate::model::{Args, SocketRef, Watched};
use crate::testing::{Socket, Story};

use super::telling::{CLIENT, SERVER, Tcp, Udp, ends, found, found_when_stopped, listening};

#[test]
fn nothing_is_found_in_an_echo_over_udp_whose_server_goes_on_waiting() {
    let mut udp = Udp::new();
    for message in [&b"hola"[..], b"mundo"] {
        udp.asks(message);
        udp.story.receive(udp.server, 1024, message, Some(CLIENT));
        udp.answers(message);
        udp.story.receive(udp.client, 1024, message, Some(SERVER));
    }
    udp.story.close(udp.client);
    ends(&mut udp.story, udp.client.pid, 0);
    udp.story.for_ever().receive(udp.server, 1024, b"", None);

    assert_eq!(found(udp.story), []);
}

#[test]
fn nothing_is_found_in_an_echo_over_tcp_with_a_loop_of_accepts() {
    let mut tcp = Tcp::new();
    exchange(&mut tcp);
    tcp.closes(tcp.client);
    tcp.story.receive(tcp.server, 1024, b"", None);
    tcp.closes(tcp.server);
    ends(&mut tcp.story, tcp.client.pid, 0);
    tcp.story.for_ever().accept_nothing(tcp.listener);
    tcp.story.wait_us(3_000_000);
    tcp.story.state_of(tcp.listener, Some(TcpState::Listen), SERVER, None);

    assert_eq!(found(tcp.story), []);
}

#[test]
fn nothing_is_found_in_a_half_close() {
    let mut tcp = Tcp::new();
    tcp.sends(tcp.client, b"todo");
    tcp.story.shutdown(tcp.client, 1);
    tcp.tells(tcp.client, "F.");
    tcp.story.receive(tcp.server, 1024, b"todo", None);
    tcp.story.receive(tcp.server, 1024, b"", None);
    tcp.sends(tcp.server, b"hecho");
    tcp.closes(tcp.server);
    tcp.story.receive(tcp.client, 1024, b"hecho", None);
    tcp.story.receive(tcp.client, 1024, b"", None);
    tcp.story.close(tcp.client);

    assert_eq!(found(tcp.story), []);
}

#[test]
fn nothing_is_found_in_a_client_that_does_not_block_and_polls() {
    let (mut story, listener, client) = listening();
    story.failing(EINPROGRESS).connect(client, SERVER);
    story.handshake(CLIENT, SERVER);
    let state = story.state_of(client, Some(TcpState::Established), CLIENT, Some(SERVER));
    story.state(state);
    polls(&mut story, client, 1);
    story.call(client, "getsockopt", Args::Option { option: SocketOption::ERROR, value: Some(0) }, 0);
    let server = story.accept(listener, 4, CLIENT);
    let state = story.state_of(server, Some(TcpState::Established), SERVER, Some(CLIENT));
    story.state(state);
    for _ in 0..200 {
        story.failing(EAGAIN).receive(client, 1024, b"", None);
        polls(&mut story, client, 0);
    }
    story.send(server, b"por fin", None);
    story.segment(SERVER, CLIENT, "P.", (1, 1), b"por fin");
    polls(&mut story, client, 1);
    story.receive(client, 1024, b"por fin", None);
    story.close(client);
    story.receive(server, 1024, b"", None);
    story.close(server);

    assert_eq!(found(story), []);
}

#[test]
fn nothing_is_found_in_a_connection_that_is_kept_for_several_exchanges() {
    let mut tcp = Tcp::new();
    for _ in 0..20 {
        exchange(&mut tcp);
        tcp.story.sleep_us(tcp.client.pid, 500_000);
    }
    tcp.closes(tcp.client);
    tcp.story.receive(tcp.server, 1024, b"", None);
    tcp.closes(tcp.server);

    assert_eq!(found(tcp.story), []);
}

#[test]
fn nothing_is_found_in_short_sends_that_are_finished() {
    let mut tcp = Tcp::new();
    let data = [7_u8; 200];
    for (from, until) in [(0, 120), (120, 150), (150, 200)] {
        tcp.story.send_part(tcp.client, &data[from..], (until - from) as u64, None);
        tcp.carries(tcp.client, &data[from..until]);
        tcp.story.receive(tcp.server, 50, &data[from..until.min(from + 50)], None);
    }
    tcp.story.receive(tcp.server, 1024, &data[130..], None);
    tcp.closes(tcp.client);
    tcp.story.receive(tcp.server, 1024, b"", None);
    tcp.closes(tcp.server);

    assert_eq!(found(tcp.story), []);
}

#[test]
fn nothing_is_found_in_a_server_that_a_signal_ends_with_connections_open() {
    let mut tcp = Tcp::new();
    exchange(&mut tcp);
    tcp.sends(tcp.client, b"otra");
    tcp.closes(tcp.client);
    ends(&mut tcp.story, tcp.client.pid, 0);
    ends(&mut tcp.story, tcp.server.pid, 15);

    assert_eq!(found(tcp.story), []);
}

#[test]
fn nothing_is_found_in_a_recording_that_its_user_stops_in_the_middle_of_an_exchange() {
    let mut tcp = Tcp::new();
    exchange(&mut tcp);
    tcp.sends(tcp.client, b"otra");
    tcp.story.for_ever().receive(tcp.client, 1024, b"", None);
    tcp.story.receive(tcp.server, 2, b"ot", None);
    tcp.story.sleep_us(tcp.server.pid, 20_000);

    assert_eq!(found_when_stopped(tcp.story), []);
}

#[test]
fn nothing_is_found_in_a_chat_that_its_user_stops() {
    let mut udp = Udp::new();
    udp.asks(b"hola");
    udp.story.receive(udp.server, 1024, b"hola", Some(CLIENT));
    udp.story.for_ever().receive(udp.client, 1024, b"", None);
    udp.story.wait_us(60_000_000);

    assert_eq!(found_when_stopped(udp.story), []);
}

/// A message and its echo.
fn exchange(tcp: &mut Tcp) {
    tcp.sends(tcp.client, b"hola");
    tcp.story.receive(tcp.server, 1024, b"hola", None);
    tcp.sends(tcp.server, b"hola");
    tcp.story.receive(tcp.client, 1024, b"hola", None);
}

/// A `poll(2)` of 10 ms for one socket, which so many are ready of.
fn polls(story: &mut Story, socket: Socket, ready: i64) {
    let on = SocketRef { fd: socket.fd, socket: Some(socket.id) };
    let watched = vec![Watched { on, wanted: Poll::IN, ready: Poll(u32::from(ready > 0)) }];
    story.taking_us(10_000);
    story.any_call(socket.pid, None, "poll", Args::Wait { watched, limit_ns: Some(10_000_000) }, ready);
}
