//! `socklab ask`.

use std::io::{BufRead, BufReader, Write};
use std::net::UdpSocket;
use std::process::{Child, Stdio};
use std::time::Duration;

use insta::assert_snapshot;

use crate::support::{LANGS, command, mistakes, socklab};

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(60);

const MISTAKES: &[&[&str]] = &[
    &[],
    &["utp"],
    &["udp", "localhost", "hello"],
    &["udp", "localhost:0"],
    &["udp", "localhost:65536", "hello"],
    &["udp", "hello", "--empty"],
    &["udp", ":1", "hello", "--message", "hello"],
    &["udp", "--message", "hello", "--file", "-"],
    &["udp", ":1", "hello", "goodbye"],
    &["udp", "-x"],
    &["udp", "--timeout", "2 s"],
    &["udp", "--timeout", "1s", "--no-timeout"],
    &["udp", "--tries", "101"],
    &["udp", "--send-size", "0"],
    &["udp", "--buffer", "1M"],
    &["tcp", "--count", "0"],
    &["tcp", "--parallel", "10001"],
    &["tcp", "--hold=0"],
    &["tcp", "--source", "localhost"],
    &["tcp", "--pause", "accept=1s"],
    &["tcp", "-4", "-6"],
    &["tcp", "--as-tought"],
    &["tcp", "--tries", "3"],
    &["tcp", "--connect"],
    &["tcp", "-4", "[::1]:9"],
    &["udp", ":1", "--file", "/nowhere"],
    &["udp", ":1", "--file", "/"],
    &["udp", "127.0.0.1:1", "--source", "192.0.2.1"],
    &["tcp", "127.0.0.1:1", "--source", "192.0.2.1"],
];

#[test]
fn each_mistake_gets_one_line_and_a_hint() {
    for lang in LANGS {
        assert_snapshot!(format!("ask_mistakes_{lang}"), mistakes(lang, "ask", MISTAKES));
    }
}

#[test]
fn a_standard_input_that_nobody_names_and_that_is_empty_is_no_message() {
    let peer = peer();

    let mut ask = ask(&peer, &[]);
    drop(ask.stdin.take());

    assert_eq!(answer(&peer), "TyR: Echo sobre UDP".as_bytes());
    assert_eq!(ask.wait().unwrap().code(), Some(0));
}

#[test]
fn a_standard_input_that_is_named_and_empty_is_an_empty_message() {
    let peer = peer();

    let mut ask = ask(&peer, &["--file", "-"]);
    drop(ask.stdin.take());

    assert_eq!(answer(&peer), b"");
    assert_eq!(ask.wait().unwrap().code(), Some(0));
}

#[test]
fn a_standard_input_that_gives_nothing_is_said_to_be_read_and_then_read() {
    for (arguments, said) in [
        (&[][..], "reading the message from standard input; Ctrl-D ends it\n"),
        (&["--file", "-"], "reading the message from standard input; Ctrl-D ends it\n"),
        (&["--lang", "es"], "se lee el mensaje de la entrada estándar; Ctrl-D lo termina\n"),
    ] {
        let peer = peer();
        let mut ask = ask(&peer, arguments);
        let mut first = String::new();
        let mut stderr = BufReader::new(ask.stderr.take().unwrap());

        stderr.read_line(&mut first).unwrap();
        ask.stdin.take().unwrap().write_all(b"late").unwrap();

        assert_eq!(first, said);
        assert_eq!(answer(&peer), b"late");
        assert_eq!(ask.wait().unwrap().code(), Some(0));
    }
}

#[test]
fn silence_after_several_tries_does_not_advise_to_try_several_times() {
    let silent = peer();
    let target = silent.local_addr().unwrap().to_string();
    let said = |tries| {
        let run = socklab("en", &["ask", "udp", &target, "hi", "--timeout", "10ms", "--tries", tries]);
        assert_eq!(run.code, Some(3), "{}", run.stderr);
        run.stderr
    };

    assert!(said("1").contains("--tries 3"));
    assert!(!said("2").contains("--tries 3"));
}

/// A peer that has not been asked yet.
fn peer() -> UdpSocket {
    let peer = UdpSocket::bind("127.0.0.1:0").expect("a loopback has a free port");
    peer.set_read_timeout(Some(PATIENCE)).expect("the time is not zero");
    peer
}

/// Starts `ask` with a pipe for its standard input.
fn ask(peer: &UdpSocket, arguments: &[&str]) -> Child {
    let target = peer.local_addr().expect("it is bound").to_string();
    let arguments = [&["ask", "udp", &target, "--timeout", "60s"], arguments].concat();
    let mut command = command(&arguments);
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary runs")
}

/// Sends back what comes, and returns it.
fn answer(peer: &UdpSocket) -> Vec<u8> {
    let mut buffer = [0; 64];
    let (bytes, client) = peer.recv_from(&mut buffer).expect("somebody asks");
    peer.send_to(&buffer[..bytes], client).expect("the client waits");
    buffer[..bytes].to_vec()
}
