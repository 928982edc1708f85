//! A chat with several peers over TCP.

use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread;

use endpoints::access::Source;
use endpoints::chat::{Ending, LINE_BYTES_MAX, LeftReason, PEERS_MAX};
use endpoints::echo::RefusalRule;
use endpoints::transport::Transport::Tcp;
use kernel::socket::Buffer;

use crate::support::{Chat, Heard, Seen, by_a_program, line, listening, tcp_peer};

#[test]
fn what_one_of_three_says_goes_to_the_others_with_its_address() {
    let (mut chat, address) = Chat::listen(Tcp, |config| config.name = Some("ana".to_owned()));
    let mut peers = enter(&mut chat, address, 3);
    let first = peers[0].1;

    peers[0].0.get_mut().write_all(b"hola a todos\r\n").unwrap();
    assert_eq!(chat.heard(), Heard { relayed: 2, ..line(first, "hola a todos", Ending::CrLf) });
    chat.say("hola");

    for (index, (peer, _)) in peers.iter_mut().enumerate() {
        if index > 0 {
            assert_eq!(read_line(peer), format!("{first}: hola a todos\n"));
        }
        assert_eq!(read_line(peer), "ana: hola\n");
    }
    chat.wait_for(&Seen::Said(b"hola".into(), 3));
}

#[test]
fn nothing_is_passed_on_when_that_is_not_wanted() {
    let (mut chat, address) = Chat::listen(Tcp, |config| listening(config, |it| it.relay = false));
    let mut peers = enter(&mut chat, address, 2);
    let first = peers[0].1;

    peers[0].0.get_mut().write_all(b"un secreto\n").unwrap();
    assert_eq!(chat.heard(), line(first, "un secreto", Ending::Lf));
    chat.say("para todos");

    assert_eq!(read_line(&mut peers[1].0), "para todos\n");
}

#[test]
fn a_line_without_an_end_does_not_run_into_the_next_one() {
    let (mut chat, address) = Chat::listen(Tcp, |_| {});
    let mut peers = enter(&mut chat, address, 3);
    let from = [peers[0].1, peers[1].1];

    peers[0].0.get_mut().write_all(b"sin fin").unwrap();
    assert_eq!(read_line(&mut peers[2].0), format!("{}: sin fin\n", from[0]));
    peers[1].0.get_mut().write_all(b"con fin\n").unwrap();
    assert_eq!(read_line(&mut peers[2].0), format!("{}: con fin\n", from[1]));
}

#[test]
fn of_a_line_that_is_too_long_the_others_get_the_first_piece() {
    let (mut chat, address) = Chat::listen(Tcp, |_| {});
    let mut peers = enter(&mut chat, address, 2);
    let first = peers[0].1;

    peers[0].0.get_mut().write_all(&[vec![b'x'; 3 * LINE_BYTES_MAX], b"\nfin\n".to_vec()].concat()).unwrap();

    let got = read_line(&mut peers[1].0);
    assert_eq!(got, format!("{first}: {}\n", "x".repeat(LINE_BYTES_MAX)));
    assert_eq!(read_line(&mut peers[1].0), format!("{first}: fin\n"));
}

#[test]
fn somebody_who_does_not_read_is_dropped_and_the_others_go_on() {
    let (mut chat, address) = Chat::listen(Tcp, by_a_program);
    let deaf = deaf_peer(address);
    let who = deaf.local_addr().unwrap();
    chat.wait_for(&Seen::Came(who));
    let mut peers = enter(&mut chat, address, 1);
    let typist = chat.typist.clone();
    let typing = thread::spawn(move || {
        while typist.may_type() {
            assert!(typist.say(&vec![b'x'; 50_000], Ending::Lf));
        }
    });
    let (mut reader, _) = peers.pop().unwrap();
    let reading = thread::spawn(move || {
        let mut bytes = 0;
        let mut buffer = vec![0; 1 << 16];
        while let Ok(taken @ 1..) = reader.read(&mut buffer) {
            bytes += taken;
        }
        bytes
    });

    assert_eq!(chat.left(who), LeftReason::TooSlow);

    let outcome = chat.quit();
    typing.join().unwrap();
    let read = reading.join().unwrap();
    // All that was said reached the one who reads, also what came while the other one was still there.
    assert_eq!(read as u64 % 50_001, 0);
    assert!(read as u64 / 50_001 <= outcome.said && read > 0, "{read} bytes of {outcome:?}");
}

#[test]
fn a_flood_of_one_does_not_keep_the_others_from_being_heard() {
    let (mut chat, address) = Chat::listen(Tcp, |_| {});
    let mut peers = enter(&mut chat, address, 3);
    let (flooder, _) = peers.remove(0);
    let flooding = thread::spawn(move || {
        let mut flooder = flooder.into_inner();
        let line = [vec![b'x'; 1000], b"\n".to_vec()].concat();
        while flooder.write_all(&line).is_ok() {}
    });
    chat.heard();

    let second = peers[0].1;
    peers[0].0.get_mut().write_all(b"me oyen?\n").unwrap();

    let expected = format!("{second}: me oyen?\n");
    while read_line(&mut peers[1].0) != expected {}
    assert!(!chat.kept().iter().any(|seen| matches!(seen, Seen::Left(..))));
    drop(chat);
    flooding.join().unwrap();
}

#[test]
fn one_more_than_the_most_peers_is_refused() {
    let (mut chat, address) = Chat::listen(Tcp, |_| {});
    let peers = enter(&mut chat, address, PEERS_MAX);

    let mut late = tcp_peer(address);

    let rule = RefusalRule::ConnectionsMax { max: PEERS_MAX };
    chat.wait_for(&Seen::Refused(late.local_addr().unwrap(), rule));
    assert_eq!(late.read(&mut [0]).unwrap_err().kind(), ErrorKind::ConnectionReset);
    drop(peers);
}

#[test]
fn somebody_whom_a_rule_denies_is_not_heard() {
    let (mut chat, address) = Chat::listen(Tcp, |config| {
        let rule = Source::rule_or_file("127.0.0.0/8").unwrap();
        listening(config, |listening| listening.access.deny.push(rule));
    });

    let mut denied = tcp_peer(address);

    let rule = RefusalRule::Denied { rule: "127.0.0.0/8".to_owned() };
    chat.wait_for(&Seen::Refused(denied.local_addr().unwrap(), rule));
    assert_eq!(denied.read(&mut [0]).unwrap_err().kind(), ErrorKind::ConnectionReset);
}

#[test]
fn what_is_said_to_nobody_is_told_to_be_gone() {
    let (mut chat, _) = Chat::listen(Tcp, |_| {});

    chat.say("hay alguien?");

    chat.wait_for(&Seen::Unheard);
}

#[test]
fn somebody_idle_has_left() {
    let (mut chat, address) =
        Chat::listen(Tcp, |config| config.idle_timeout = Some(std::time::Duration::from_millis(50)));
    let peer = tcp_peer(address);

    assert_eq!(chat.left(peer.local_addr().unwrap()), LeftReason::Idle);
}

/// Lets peers in, one after the other.
fn enter(chat: &mut Chat, address: SocketAddr, count: usize) -> Vec<(BufReader<TcpStream>, SocketAddr)> {
    let mut enter = || {
        let peer = tcp_peer(address);
        let local = peer.local_addr().unwrap();
        chat.wait_for(&Seen::Came(local));
        (BufReader::new(peer), local)
    };
    (0..count).map(|_| enter()).collect()
}

fn read_line(peer: &mut BufReader<TcpStream>) -> String {
    let mut line = String::new();
    peer.read_line(&mut line).unwrap();
    line
}

/// A peer that never reads, and for whom the kernel keeps little.
fn deaf_peer(address: SocketAddr) -> TcpStream {
    let socket = kernel::socket::open(kernel::socket::Transport::Tcp, address).unwrap();
    kernel::socket::set_buffer_bytes(&socket, Buffer::Receive, 4096).unwrap();
    let peer = TcpStream::from(socket);
    peer.set_nonblocking(false).unwrap();
    kernel::socket::connect(&peer, address).unwrap();
    peer
}
