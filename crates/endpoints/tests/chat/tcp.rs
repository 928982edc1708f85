//! A talk of two over TCP.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr};
use std::os::fd::AsFd;

use endpoints::ask::{Stage, Verdict};
use endpoints::chat::{End, Ending, LINE_BYTES_MAX, LeftReason, LineEnd};
use endpoints::transport::Transport::Tcp;

use crate::support::{Chat, Seen, by_a_program, line, listening, tcp_listener, tcp_peer};

#[test]
fn a_line_goes_each_way_as_it_was_typed() {
    let (mut chat, address) = Chat::listen(Tcp, |config| config.name = Some("ana".to_owned()));
    let mut peer = tcp_peer(address);
    peer.write_all("¿qué tal?\n".as_bytes()).unwrap();
    let me = peer.local_addr().unwrap();

    assert_eq!(chat.heard(), line(me, "¿qué tal?", Ending::Lf));
    chat.say("bien");

    let mut reply = String::new();
    BufReader::new(&peer).read_line(&mut reply).unwrap();
    assert_eq!(reply, "bien\n");
    peer.shutdown(Shutdown::Both).unwrap();
    assert_eq!(chat.left(me), LeftReason::Ended);
    let outcome = chat.quit();
    assert_eq!((outcome.end, outcome.peers, outcome.said, outcome.heard), (End::Quit, 1, 1, 1));
}

#[test]
fn both_ends_of_a_line_are_taken_and_either_is_sent() {
    let (listener, address) = tcp_listener();
    for (line_end, sent) in [(LineEnd::Lf, "hola\n"), (LineEnd::CrLf, "hola\r\n"), (LineEnd::None, "hola")] {
        let mut chat = Chat::connect(Tcp, &[address], |config| config.line_end = line_end);
        let (mut peer, _) = listener.accept().unwrap();
        peer.write_all(b"uno\r\ndos\n").unwrap();
        assert_eq!(chat.heard(), line(address, "uno", Ending::CrLf));
        assert_eq!(chat.heard(), line(address, "dos", Ending::Lf));

        chat.say("hola");

        let mut received = vec![0; sent.len()];
        peer.read_exact(&mut received).unwrap();
        assert_eq!(received, sent.as_bytes());
    }
}

#[test]
fn what_has_no_end_of_line_is_heard_all_the_same() {
    let (mut chat, address) = Chat::listen(Tcp, |_| {});
    let mut peer = tcp_peer(address);

    // As the practical's scripts send.
    peer.write_all(b"Hola Mundo!").unwrap();

    assert_eq!(chat.heard(), line(peer.local_addr().unwrap(), "Hola Mundo!", Ending::None));
}

#[test]
fn a_line_of_a_megabyte_comes_in_pieces_and_whole() {
    let (mut chat, address) = Chat::listen(Tcp, |_| {});
    let mut peer = tcp_peer(address);

    peer.write_all(&[vec![b'x'; 1_000_000], b"\nnext\n".to_vec()].concat()).unwrap();

    let mut bytes = 0;
    for number in 0.. {
        let piece = chat.heard();
        assert_eq!(piece.continued, number > 0);
        assert!(piece.line.len() <= LINE_BYTES_MAX);
        bytes += piece.line.len();
        if piece.ending != Ending::Continues {
            break;
        }
    }
    assert_eq!(bytes, 1_000_000);
    assert_eq!(chat.heard(), line(peer.local_addr().unwrap(), "next", Ending::Lf));
}

#[test]
fn the_peer_that_ends_ends_the_talk() {
    let (listener, address) = tcp_listener();
    let mut chat = Chat::connect(Tcp, &[address], |_| {});
    let (mut peer, _) = listener.accept().unwrap();

    peer.write_all(b"chau").unwrap();
    drop(peer);

    assert_eq!(chat.heard(), line(address, "chau", Ending::None));
    assert_eq!(chat.left(address), LeftReason::Ended);
    assert_eq!(chat.outcome().end, End::PeerLeft);
}

#[test]
fn what_a_peer_said_before_it_broke_off_is_heard() {
    let (listener, address) = tcp_listener();
    let mut chat = Chat::connect(Tcp, &[address], |_| {});
    let (mut peer, _) = listener.accept().unwrap();
    chat.say("a line that it does not read");
    while kernel::stream::waiting_bytes(&peer).unwrap() == 0 {
        std::thread::yield_now();
    }

    // It closes with something unread, as the practical's server may: RST and not FIN.
    peer.write_all(b"hola\nchau").unwrap();
    drop(peer);

    assert_eq!(chat.heard(), line(address, "hola", Ending::Lf));
    assert_eq!(chat.heard(), line(address, "chau", Ending::None));
    let end = chat.outcome().end;
    assert!(matches!(end, End::Network(Verdict::Reset { .. })), "{end:?}");
}

#[test]
fn a_program_sends_all_and_then_hears_all() {
    let (listener, address) = tcp_listener();
    let mut chat = Chat::connect(Tcp, &[address], by_a_program);
    let (mut peer, _) = listener.accept().unwrap();

    chat.say("uno");
    assert!(chat.typist.say(b"dos", Ending::None));
    chat.typist.end_input();
    let mut received = String::new();
    peer.read_to_string(&mut received).unwrap();
    assert_eq!(received, "uno\ndos");
    peer.write_all(b"tres\ncuatro").unwrap();
    drop(peer);

    assert_eq!(chat.heard(), line(address, "tres", Ending::Lf));
    assert_eq!(chat.heard(), line(address, "cuatro", Ending::None));
    assert_eq!(chat.outcome().end, End::PeerLeft);
}

#[test]
fn a_program_is_read_to_its_end_by_a_peer_that_has_ended_its_own_stream() {
    let (listener, address) = tcp_listener();
    let mut chat = Chat::connect(Tcp, &[address], by_a_program);
    let (mut peer, _) = listener.accept().unwrap();
    peer.shutdown(Shutdown::Write).unwrap();

    chat.say("hola");
    chat.typist.end_input();

    let mut received = String::new();
    peer.read_to_string(&mut received).unwrap();
    assert_eq!(received, "hola\n");
    assert_eq!(chat.outcome().end, End::PeerLeft);
}

#[test]
fn a_large_file_is_sent_whole_to_a_peer_that_takes_its_time() {
    let (listener, address) = tcp_listener();
    let chat = Chat::connect(Tcp, &[address], by_a_program);
    let typist = chat.typist.clone();
    let typing = std::thread::spawn(move || {
        for number in (0..10_u8).cycle().take(500) {
            assert!(typist.may_type());
            let bytes = vec![b'0' + number; 20_000];
            assert!(typist.say(&bytes, Ending::Lf));
        }
        typist.end_input();
    });
    let (mut peer, _) = listener.accept().unwrap();

    let mut received = Vec::new();
    // It does not begin to read before the other side cannot send any more.
    while kernel::stream::waiting_bytes(&peer).unwrap() < 65_536 {
        std::thread::yield_now();
    }
    peer.read_to_end(&mut received).unwrap();

    typing.join().unwrap();
    assert_eq!(received.len(), 500 * 20_001);
}

#[test]
fn who_refuses_is_not_waited_for_and_the_next_address_is_tried() {
    let (listener, address) = tcp_listener();
    let refusing = refusing_address();

    let mut chat = Chat::connect(Tcp, &[refusing, address], |_| {});
    chat.wait_for(&Seen::NextAddress(address));
    chat.wait_for(&Seen::Connected(address));
    let _peer = listener.accept().unwrap();

    let outcome = Chat::connect(Tcp, &[refusing], |_| {}).outcome();
    assert!(matches!(outcome.end, End::Network(Verdict::Refused { .. })), "{outcome:?}");
}

#[test]
fn whoever_takes_leave_ends_the_stream_and_hears_the_last_word() {
    let (listener, address) = tcp_listener();
    let mut chat = Chat::connect(Tcp, &[address], |_| {});
    let (mut peer, _) = listener.accept().unwrap();
    chat.say("chau");
    chat.typist.quit();

    let mut received = String::new();
    peer.read_to_string(&mut received).unwrap();
    peer.write_all(b"chau\n").unwrap();
    drop(peer);

    assert_eq!(received, "chau\n");
    assert_eq!(chat.heard(), line(address, "chau", Ending::Lf));
    assert_eq!(chat.outcome().end, End::Quit);
}

#[test]
fn a_program_that_listens_speaks_when_somebody_has_come_and_once_is_once() {
    let (mut chat, address) = Chat::listen(Tcp, |config| {
        by_a_program(config);
        listening(config, |listening| listening.once = true);
    });
    chat.say("hola");
    chat.typist.end_input();

    let mut peer = tcp_peer(address);
    let mut received = String::new();
    peer.read_to_string(&mut received).unwrap();
    drop(peer);

    assert_eq!(received, "hola\n");
    assert_eq!(chat.outcome().end, End::PeerLeft);
    assert!(std::net::TcpStream::connect(address).is_err());
}

#[test]
fn a_broken_connection_is_the_end_and_says_so() {
    let (listener, address) = tcp_listener();
    let mut chat = Chat::connect(Tcp, &[address], |_| {});
    let (peer, _) = listener.accept().unwrap();
    chat.wait_for(&Seen::Connected(address));
    kernel::socket::set_abortive_close(peer.as_fd()).unwrap();
    drop(peer);

    let reason = chat.left(address);

    assert!(matches!(reason, LeftReason::Reset { .. }), "{reason:?}");
    let end = chat.outcome().end;
    assert!(matches!(end, End::Network(Verdict::Reset { during: Stage::Reply, .. })), "{end:?}");
}

/// An address of TCP at which nobody listens: a socket that is bound there keeps others away, until the test ends.
fn refusing_address() -> SocketAddr {
    let any = ([127, 0, 0, 1], 0).into();
    let socket = kernel::socket::open(kernel::socket::Transport::Tcp, any).unwrap();
    kernel::socket::bind(&socket, any).unwrap();
    let address = kernel::socket::local_address(&socket).unwrap();
    std::mem::forget(socket);
    address
}
