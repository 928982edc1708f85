//! A chat with several peers over UDP.

use std::net::{SocketAddr, UdpSocket};
use std::thread;
use std::time::Duration;

use endpoints::access::Source;
use endpoints::chat::{End, Ending, LeftReason, PEERS_MAX};
use endpoints::echo::RefusalRule;
use endpoints::transport::Transport::Udp;

use crate::support::{Chat, Heard, Seen, by_a_program, datagram, line, listening, udp_peer};

#[test]
fn what_one_of_three_says_goes_to_the_others_with_its_address() {
    let (mut chat, address) = Chat::listen(Udp, |_| {});
    let peers = enter(&mut chat, address, 3);
    let first = peers[0].local_addr().unwrap();

    peers[0].send_to(b"hola", address).unwrap();
    let hola = line(first, "hola", Ending::None);
    chat.wait_for(&Seen::Heard(Heard { relayed: 2, ..hola }));
    chat.say("bienvenidos");

    for peer in &peers {
        let mut expected = vec![format!("{first}: hola\n"), "bienvenidos\n".to_owned()];
        if peer.local_addr().unwrap() == first {
            expected.remove(0);
        }
        for text in expected {
            assert_eq!(told_to(peer), text);
        }
    }
}

#[test]
fn two_echo_servers_do_not_say_a_line_to_each_other_for_ever() {
    let (mut chat, address) = Chat::listen(Udp, |_| {});
    let mut peers = enter(&mut chat, address, 3);
    let speaker = peers.remove(0);
    let who = speaker.local_addr().unwrap();
    for echo in peers {
        thread::spawn(move || {
            let mut buffer = [0; 2048];
            while let Ok((bytes, from)) = echo.recv_from(&mut buffer) {
                echo.send_to(&buffer[..bytes], from).unwrap();
            }
        });
    }

    speaker.send_to(b"hola", address).unwrap();

    chat.wait_for(&Seen::Heard(Heard { relayed: 2, ..line(who, "hola", Ending::None) }));
    let returned = format!("{who}: hola");
    for _ in 0..2 {
        let heard = chat.wait(|seen| match seen {
            Seen::Heard(heard) if heard.line == returned.as_bytes() => Some(heard.clone()),
            _ => None,
        });
        assert_eq!(heard.relayed, 0);
    }
}

#[test]
fn somebody_who_is_not_there_any_more_has_left() {
    let (mut chat, address) = Chat::listen(Udp, |_| {});
    let gone = enter(&mut chat, address, 1).remove(0);
    let who = gone.local_addr().unwrap();
    drop(gone);

    chat.say("seguis ahi?");

    assert_eq!(chat.left(who), LeftReason::Unreachable);
}

#[test]
fn somebody_who_says_nothing_has_left_and_may_come_again() {
    let (mut chat, address) =
        Chat::listen(Udp, |config| config.idle_timeout = Some(Duration::from_millis(50)));
    let peer = enter(&mut chat, address, 1).remove(0);
    let who = peer.local_addr().unwrap();

    assert_eq!(chat.left(who), LeftReason::Idle);

    peer.send_to(b"volvi", address).unwrap();
    chat.wait_for(&Seen::Came(who));
}

#[test]
fn one_more_than_the_most_peers_is_refused() {
    let (mut chat, address) = Chat::listen(Udp, |_| {});
    let _peers = enter(&mut chat, address, PEERS_MAX);

    let late = udp_peer();
    late.send_to(b"hola", address).unwrap();

    let rule = RefusalRule::ConnectionsMax { max: PEERS_MAX };
    chat.wait_for(&Seen::Refused(late.local_addr().unwrap(), rule));
}

#[test]
fn somebody_whom_no_rule_allows_is_not_heard() {
    let (mut chat, address) = Chat::listen(Udp, |config| {
        let rule = Source::rule_or_file("10.0.0.0/8").unwrap();
        listening(config, |listening| listening.access.allow.push(rule));
    });

    let peer = udp_peer();
    peer.send_to(b"hola", address).unwrap();

    chat.wait_for(&Seen::Refused(peer.local_addr().unwrap(), RefusalRule::NotAllowed));
}

#[test]
fn a_flood_is_left_out_and_told_and_the_others_are_heard() {
    let (mut chat, address) = Chat::listen(Udp, |_| {});
    let peers = enter(&mut chat, address, 2);
    let flooder = peers[0].local_addr().unwrap();
    let stop = std::sync::atomic::AtomicBool::new(false);

    thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                peers[0].send_to(&[b'x'; 8000], address).unwrap();
            }
        });
        let left_out = chat.wait(|seen| match seen {
            Seen::Flooded(who, datagrams) if *who == flooder => Some(*datagrams),
            _ => None,
        });
        assert!(left_out > 0);
        let second = peers[1].local_addr().unwrap();
        // The kernel drops what comes too fast, whoever sent it: so say it until it is heard.
        let heard = (0..10_000).any(|_| {
            peers[1].send_to(b"me oyen?", address).unwrap();
            chat.kept().iter().any(|seen| matches!(seen, Seen::Heard(heard) if heard.from == second && heard.line == b"me oyen?"))
        });
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
        assert!(heard);
    });
}

#[test]
fn the_first_one_is_the_only_one_when_it_is_once() {
    let (mut chat, address) = Chat::listen(Udp, |config| {
        by_a_program(config);
        config.reply_timeout = Some(Duration::from_millis(200));
        listening(config, |listening| listening.once = true);
    });
    let peer = enter(&mut chat, address, 1).remove(0);
    let other = udp_peer();
    other.send_to(b"yo tambien", address).unwrap();
    chat.wait_for(&Seen::Stray(other.local_addr().unwrap()));

    chat.say("chau");
    chat.typist.end_input();

    assert_eq!(told_to(&peer), "chau\n");
    assert_eq!(chat.outcome().end, End::InputEnded);
}

/// Lets peers in, one after the other. Each says a line to begin with.
fn enter(chat: &mut Chat, address: SocketAddr, count: usize) -> Vec<UdpSocket> {
    let mut enter = || {
        let peer = udp_peer();
        peer.send_to(b"aqui", address).unwrap();
        chat.wait_for(&Seen::Came(peer.local_addr().unwrap()));
        let who = peer.local_addr().unwrap();
        chat.wait(|seen| match seen {
            Seen::Heard(heard) if heard.from == who => Some(()),
            _ => None,
        });
        peer
    };
    (0..count).map(|_| enter()).collect()
}

/// The next thing that a peer is told, but for what others said when they came.
fn told_to(peer: &UdpSocket) -> String {
    loop {
        let (text, _) = datagram(peer);
        if !text.ends_with(": aqui\n") {
            return text;
        }
    }
}
