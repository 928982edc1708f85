//! A talk of two over UDP.

use std::time::Duration;

use endpoints::ask::{Refusal, Stage, Verdict};
use endpoints::chat::{End, Ending};
use endpoints::transport::Transport::Udp;
use kernel::datagram::PAYLOAD_BYTES_MAX;

use crate::support::{Chat, Heard, Seen, by_a_program, datagram, deaf_udp, line, udp_peer};

#[test]
fn a_line_is_a_datagram_each_way() {
    let peer = udp_peer();
    let address = peer.local_addr().unwrap();
    let mut chat = Chat::connect(Udp, &[address], |_| {});

    chat.say("hola");
    let (text, from) = datagram(&peer);
    assert_eq!(text, "hola\n");
    peer.send_to("¿qué tal?".as_bytes(), from).unwrap();

    assert_eq!(chat.heard(), line(address, "¿qué tal?", Ending::None));
    assert_eq!(chat.quit().end, End::Quit);
}

#[test]
fn an_empty_datagram_is_not_an_empty_line() {
    let peer = udp_peer();
    let address = peer.local_addr().unwrap();
    let mut chat = Chat::connect(Udp, &[address], |_| {});
    chat.say("");
    let (text, from) = datagram(&peer);
    assert_eq!(text, "\n");

    peer.send_to(b"", from).unwrap();
    peer.send_to(b"\n", from).unwrap();

    assert_eq!(chat.heard(), line(address, "", Ending::None));
    assert_eq!(chat.heard(), line(address, "", Ending::Lf));
}

#[test]
fn a_datagram_that_the_buffer_cuts_is_told_with_what_is_lost() {
    let peer = udp_peer();
    let address = peer.local_addr().unwrap();
    let mut chat = Chat::connect(Udp, &[address], |config| config.buffer_bytes = 4);
    chat.say("hola");
    let (_, from) = datagram(&peer);

    peer.send_to(b"Hola Mundo!", from).unwrap();

    assert_eq!(chat.heard(), Heard { lost_bytes: 7, ..line(address, "Hola", Ending::None) });
}

#[test]
fn somebody_who_was_not_asked_is_not_heard() {
    let (peer, other) = (udp_peer(), udp_peer());
    let mut chat = Chat::connect(Udp, &[peer.local_addr().unwrap()], |_| {});
    chat.say("hola");
    let (_, from) = datagram(&peer);

    other.send_to(b"yo", from).unwrap();

    chat.wait_for(&Seen::Stray(other.local_addr().unwrap()));
}

#[test]
fn the_longest_line_is_sent_and_one_byte_more_is_not() {
    let peer = udp_peer();
    let mut chat = Chat::connect(Udp, &[peer.local_addr().unwrap()], |_| {});

    chat.say(&"x".repeat(PAYLOAD_BYTES_MAX - 1));
    assert_eq!(datagram(&peer).0.len(), PAYLOAD_BYTES_MAX);
    chat.say(&"x".repeat(PAYLOAD_BYTES_MAX));
    chat.wait_for(&Seen::TooLong);
    // A line that comes in pieces is too long as a whole, once.
    assert!(chat.typist.say(&[b'x'; 10], Ending::Continues));
    assert!(chat.typist.say(&[b'x'; 10], Ending::Lf));
    chat.wait_for(&Seen::TooLong);
    chat.say("fin");

    assert_eq!(datagram(&peer).0, "fin\n");
    assert_eq!(chat.quit().not_sent, 2);
}

#[test]
fn a_refusal_is_told_and_a_person_may_go_on() {
    let (_deaf, address) = deaf_udp("127.0.0.1");
    let mut chat = Chat::connect(Udp, &[address], |_| {});

    for _ in 0..2 {
        chat.say("hay alguien?");
        chat.wait_for(&Seen::Unreachable(address));
    }

    assert_eq!(chat.quit().end, End::Quit);
}

#[test]
fn a_refusal_ends_what_a_program_says() {
    let (_deaf, address) = deaf_udp("127.0.0.1");
    let mut chat = Chat::connect(Udp, &[address], by_a_program);
    chat.say("hay alguien?");

    let outcome = chat.outcome();

    let End::Network(Verdict::Refused { by: Refusal::Icmp { kind: 3, code: 3, destination, .. } }) =
        outcome.end
    else {
        panic!("{outcome:?}")
    };
    assert_eq!(destination, Some(address));
}

#[test]
fn what_was_refused_is_said_to_the_next_address() {
    let (_deaf, refusing) = deaf_udp("127.0.0.1");
    let peer = udp_peer();
    let address = peer.local_addr().unwrap();
    let mut chat = Chat::connect(Udp, &[refusing, address], by_a_program);

    for text in ["uno", "dos", "tres"] {
        chat.say(text);
    }
    chat.wait_for(&Seen::NextAddress(address));

    let mut heard: Vec<_> = (0..3).map(|_| datagram(&peer).0).collect();
    heard.sort();
    assert_eq!(heard, ["dos\n", "tres\n", "uno\n"]);
}

#[test]
fn a_program_that_nobody_answers_ends_in_silence_and_one_that_says_nothing_does_not() {
    let peer = udp_peer();
    let quickly = |config: &mut endpoints::chat::ChatConfig| {
        by_a_program(config);
        config.reply_timeout = Some(Duration::from_millis(20));
    };
    let mut chat = Chat::connect(Udp, &[peer.local_addr().unwrap()], quickly);
    chat.say("hay alguien?");
    chat.typist.end_input();
    let silent = End::Network(Verdict::Silent { waiting_for: Stage::Reply });
    assert_eq!(chat.outcome().end, silent);

    let mut chat = Chat::connect(Udp, &[peer.local_addr().unwrap()], quickly);
    chat.typist.end_input();
    assert_eq!(chat.outcome().end, End::InputEnded);
}

#[test]
fn the_last_replies_are_waited_for() {
    let peer = udp_peer();
    let address = peer.local_addr().unwrap();
    let mut chat = Chat::connect(Udp, &[address], |config| {
        by_a_program(config);
        config.reply_timeout = Some(Duration::from_millis(300));
    });
    chat.say("uno");
    chat.typist.end_input();

    let (_, from) = datagram(&peer);
    peer.send_to(b"dos\n", from).unwrap();

    assert_eq!(chat.heard(), line(address, "dos", Ending::Lf));
    assert_eq!(chat.outcome().end, End::InputEnded);
}
