//! One message each.

use std::io::{Read, Write};
use std::net::Shutdown;
use std::time::Duration;

use endpoints::ask::{Stage, Verdict};
use endpoints::chat::{ChatConfig, End, Ending, LeftReason, LineEnd, Party};
use endpoints::transport::Transport::{Tcp, Udp};

use crate::support::{
    Chat, Heard, Seen, datagram, deaf_udp, line, listening, tcp_listener, tcp_peer, udp_peer,
};

#[test]
fn over_tcp_whoever_listens_answers_and_then_waits() {
    let (mut chat, address) = Chat::listen(Tcp, as_taught);
    let mut peer = tcp_peer(address);
    let me = peer.local_addr().unwrap();
    chat.wait_for(&Seen::Turn(Party::Peer));

    for text in ["hola", "que tal"] {
        peer.write_all(text.as_bytes()).unwrap();
        assert_eq!(chat.heard(), line(me, text, Ending::None));
        chat.wait_for(&Seen::Turn(Party::Here));
        chat.say("bien");
        let mut reply = [0; 4];
        peer.read_exact(&mut reply).unwrap();
        assert_eq!(&reply, b"bien");
        chat.wait_for(&Seen::Turn(Party::Peer));
    }

    drop(peer);
    assert_eq!(chat.left(me), LeftReason::Ended);
}

#[test]
fn a_line_is_not_wanted_before_the_peer_has_spoken() {
    let (mut chat, address) = Chat::listen(Tcp, as_taught);
    let mut peer = tcp_peer(address);
    let (typist, order) = (chat.typist.clone(), std::sync::mpsc::channel());
    let wanted = order.0.clone();
    let typing = std::thread::spawn(move || {
        typist.may_type();
        wanted.send("wanted").unwrap();
    });
    chat.wait_for(&Seen::Turn(Party::Peer));

    order.0.send("spoken").unwrap();
    peer.write_all(b"hola").unwrap();

    typing.join().unwrap();
    assert_eq!(order.1.try_iter().collect::<Vec<_>>(), ["spoken", "wanted"]);
}

#[test]
fn several_lines_in_one_recv_and_a_message_that_does_not_fit_are_told() {
    let (mut chat, address) = Chat::listen(Tcp, |config| {
        as_taught(config);
        config.buffer_bytes = 10;
    });
    let mut peer = tcp_peer(address);
    let me = peer.local_addr().unwrap();
    peer.write_all(b"uno\ndos\nand the rest").unwrap();

    for text in ["uno", "dos"] {
        assert_eq!(chat.heard(), line(me, text, Ending::Lf));
    }
    assert_eq!(chat.heard(), line(me, "an", Ending::None));
    chat.wait_for(&Seen::Joined(3));
    chat.wait_for(&Seen::Cut(10, 10));
    chat.say("sigue");
    assert_eq!(chat.heard(), line(me, "d the rest", Ending::None));
}

#[test]
fn an_empty_message_over_tcp_is_no_message() {
    let (listener, address) = tcp_listener();
    let mut chat = Chat::connect(Tcp, &[address], as_taught);
    let (mut peer, _) = listener.accept().unwrap();

    chat.say("");
    chat.wait_for(&Seen::NothingSent);
    chat.say("algo");

    let mut received = [0; 4];
    peer.read_exact(&mut received).unwrap();
    assert_eq!(&received, b"algo");
}

#[test]
fn the_next_peer_is_talked_with_when_the_first_has_gone_and_once_is_once() {
    let (mut chat, address) = Chat::listen(Tcp, as_taught);
    let first = tcp_peer(address);
    let mut second = tcp_peer(address);
    second.write_all(b"yo").unwrap();
    first.shutdown(Shutdown::Both).unwrap();

    assert_eq!(chat.heard(), line(second.local_addr().unwrap(), "yo", Ending::None));

    let (mut chat, address) = Chat::listen(Tcp, |config| {
        as_taught(config);
        listening(config, |listening| listening.once = true);
    });
    drop(tcp_peer(address));
    assert_eq!(chat.outcome().end, End::PeerLeft);
}

#[test]
fn over_udp_whoever_sent_the_last_message_is_answered() {
    let (mut chat, address) = Chat::listen(Udp, as_taught);
    for text in ["uno", "dos"] {
        let peer = udp_peer();
        let me = peer.local_addr().unwrap();
        peer.send_to(text.as_bytes(), address).unwrap();
        chat.wait_for(&Seen::Came(me));
        assert_eq!(chat.heard(), line(me, text, Ending::None));
        chat.say("bien");
        assert_eq!(datagram(&peer), ("bien".to_owned(), address));
    }
}

#[test]
fn over_udp_an_empty_message_is_a_message_and_a_cut_one_is_told() {
    let peer = udp_peer();
    let address = peer.local_addr().unwrap();
    let mut chat = Chat::connect(Udp, &[address], |config| {
        as_taught(config);
        config.buffer_bytes = 4;
    });
    chat.say("");

    let (text, from) = datagram(&peer);
    assert_eq!(text, "");
    peer.send_to(b"Hola Mundo!", from).unwrap();

    assert_eq!(chat.heard(), Heard { lost_bytes: 7, ..line(address, "Hola", Ending::None) });
    chat.wait_for(&Seen::Turn(Party::Here));
}

#[test]
fn over_udp_what_was_refused_is_said_to_the_next_address_and_then_it_is_the_end() {
    let (_deaf, refusing) = deaf_udp("127.0.0.1");
    let peer = udp_peer();
    let address = peer.local_addr().unwrap();
    let mut chat = Chat::connect(Udp, &[refusing, address], as_taught);
    chat.say("hola");
    chat.wait_for(&Seen::NextAddress(address));
    assert_eq!(datagram(&peer).0, "hola");

    let mut chat = Chat::connect(Udp, &[refusing], as_taught);
    chat.say("hola");
    let end = chat.outcome().end;
    assert!(matches!(end, End::Network(Verdict::Refused { .. })), "{end:?}");
}

#[test]
fn a_limit_on_the_wait_ends_it_in_silence() {
    let peer = udp_peer();
    let mut chat = Chat::connect(Udp, &[peer.local_addr().unwrap()], |config| {
        as_taught(config);
        config.reply_timeout = Some(Duration::from_millis(20));
    });
    chat.say("hola");

    assert_eq!(chat.outcome().end, End::Network(Verdict::Silent { waiting_for: Stage::Reply }));
}

#[test]
fn whoever_types_no_more_ends_the_talk_in_its_turn() {
    let (listener, address) = tcp_listener();
    let mut chat = Chat::connect(Tcp, &[address], as_taught);
    let (mut peer, _) = listener.accept().unwrap();

    chat.typist.end_input();

    assert_eq!(chat.outcome().end, End::InputEnded);
    assert_eq!(peer.read(&mut [0]).unwrap(), 0);
}

/// One message each, sent as `input()` gives it.
fn as_taught(config: &mut ChatConfig) {
    config.turns = true;
    config.line_end = LineEnd::None;
}
