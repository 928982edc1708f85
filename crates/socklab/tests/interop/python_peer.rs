//! A client in Python that was written from `docs/protocol.md` alone, against `socklab serve`.

use std::io::Write;
use std::process::Command;

use crate::support::lab::Lab;
use crate::support::payload::{assert_equal, noise};
use crate::support::program::{Finished, Program};
use crate::support::python;
use crate::support::socklab::{Server, summary};
use crate::support::tool::skip;

const FILE_BYTES: usize = 3_000_000;
/// Each transport, with and without a key.
const SESSIONS: [(&str, bool); 4] = [("tcp", true), ("tcp", false), ("udp", true), ("udp", false)];

#[test]
fn texts_and_a_file_arrive_sealed_and_plain() {
    for (transport, is_sealed) in SESSIONS {
        let lab = Lab::new();
        let key = is_sealed.then(|| lab.key("ana"));
        let file = lab.file("file.bin", &noise(FILE_BYTES));
        let server = lab.serve(&["--plain"]);
        let peer = Peer { lab: &lab, server: &server, transport, key };

        let Some(texts) = peer.run(&["text", "hola", "你好"], b"") else { return };
        assert_eq!(texts.succeeded().stdout_text().lines().count(), 2);
        let sent = peer.run(&["file", &file], b"").unwrap().succeeded();

        assert!(sent.stdout_text().starts_with("from 0\nstored file.bin "), "{sent:?}");
        assert_equal(&lab.inbox()["file.bin"], &noise(FILE_BYTES), "file.bin");
        let events = lab.stop(server);
        let texts = events.iter().filter(|event| event["event"] == "text");
        assert_eq!(texts.map(|event| event["text"].as_str().unwrap()).collect::<Vec<_>>(), ["hola", "你好"]);
    }
}

#[test]
fn a_file_that_was_cut_goes_on_where_it_was() {
    for is_sealed in [true, false] {
        let lab = Lab::new();
        let key = is_sealed.then(|| lab.key("ana"));
        let file = lab.file("file.bin", &noise(FILE_BYTES));
        let server = lab.serve(&["--plain"]);
        let peer = Peer { lab: &lab, server: &server, transport: "tcp", key };

        let Some(cut) = peer.run(&["file", "--cut-after", "1000000", &file], b"") else { return };
        assert_eq!(cut.succeeded().stdout_text(), "from 0\ncut after 1000000\n");
        server.wait_for_event("file_failed");
        assert!(lab.inbox().is_empty());
        let sent = peer.run(&["file", &file], b"").unwrap().succeeded();

        assert!(sent.stdout_text().starts_with("from 1000000\n"), "{sent:?}");
        assert_equal(&lab.inbox()["file.bin"], &noise(FILE_BYTES), "file.bin");
        lab.stop(server);
    }
}

#[test]
fn a_command_has_its_input_its_outputs_and_its_end() {
    for transport in ["tcp", "udp"] {
        command_over(transport);
    }
}

fn command_over(transport: &'static str) {
    let lab = Lab::new();
    let (server, key) = lab.serve_with_key();
    let peer = Peer { lab: &lab, server: &server, transport, key: Some(key) };
    let input = noise(1_000_000);

    let Some(copied) = peer.run(&["exec", "cat"], &input) else { return };
    assert_equal(&copied.succeeded().stdout, &input, "cat");
    let apart = peer.run(&["exec", "--shell", "echo out; echo err >&2; exit 7"], b"").unwrap();
    assert_eq!((apart.code(), apart.stdout_text().as_str()), (Some(7), "out\n"));
    let errors: Vec<_> = apart.stderr.lines().collect();
    assert_eq!(errors, ["err", "exited 7, by itself, wait 1792, 4 bytes out, 4 bytes err"]);
    let killed = peer.run(&["exec", "--shell", "kill -9 $$"], b"").unwrap();
    assert_eq!((killed.code(), killed.stderr.contains("signal 9, by itself, wait 9")), (Some(137), true));
    let flood = peer.run(&["exec", "--output-limit", "5000", "yes"], b"").unwrap();
    assert_eq!((flood.stdout.len(), flood.stderr.contains("output limit")), (5000, true), "{flood:?}");
    let request = ["exec", "--request", "000102030405060708090a0b0c0d0e0f", "true"];
    peer.run(&request, b"").unwrap().succeeded();
    let repeated = peer.run(&request, b"").unwrap();
    assert_eq!((repeated.code(), repeated.stderr.as_str()), (Some(1), "not done: repeated\n"));

    assert_eq!(summary(&lab.stop(server))["commands"], 5);
}

#[test]
fn what_is_said_in_a_room_is_heard_there() {
    let lab = Lab::new();
    let (server, key) = lab.serve_with_key();
    let sealed = Peer { lab: &lab, server: &server, transport: "udp", key: Some(key) };
    let plain = Peer { lab: &lab, server: &server, transport: "tcp", key: None };
    let Some(mut join) = sealed.command(&["join", "lab", "ana"]) else { return };

    let mut ana = Program::start_with_open_input(&mut join);
    ana.stdout.wait_for_line("here");
    let eva = plain.run(&["say", "lab", "eva", "¡buenas!"], b"").unwrap().succeeded();
    ana.stdout.wait_for_line("left eva");
    ana.stdin.as_mut().unwrap().write_all(b"anybody?\n").unwrap();
    ana.stdout.wait_for_line("said ana anybody?");

    let heard = lab.finish(ana).succeeded();
    assert_eq!(eva.stdout_text(), "here ana\nsaid eva ¡buenas!\n");
    let lines: Vec<_> = heard.stdout.split(|&byte| byte == b'\n').map(String::from_utf8_lossy).collect();
    assert_eq!(lines[1..], ["came eva ", "said eva ¡buenas!", "left eva ", "said ana anybody?", ""]);
    lab.stop(server);
}

#[test]
fn a_stop_is_granted_by_a_key_and_denied_without() {
    let lab = Lab::new();
    let (server, key) = lab.serve_with_key();
    let plain = Peer { lab: &lab, server: &server, transport: "tcp", key: None };
    let sealed = Peer { lab: &lab, server: &server, transport: "udp", key: Some(key) };

    let Some(denied) = plain.run(&["stop"], b"") else { return };
    assert_eq!((denied.code(), denied.stderr.as_str()), (Some(1), "not done: denied\n"));
    let stopped = sealed.run(&["stop"], b"").unwrap().succeeded();

    assert_eq!(stopped.stdout_text(), "draining 1 sessions 0 streams\nstopped\n");
    lab.ended(server);
}

/// The Python client of one server.
struct Peer<'a> {
    lab: &'a Lab,
    server: &'a Server,
    transport: &'static str,
    key: Option<String>,
}

impl Peer<'_> {
    /// Runs it to its end, if this machine has what it needs.
    fn run(&self, arguments: &[&str], input: &[u8]) -> Option<Finished> {
        let mut command = self.command(arguments)?;
        Some(self.lab.finish(Program::start_with_input(&mut command, input)))
    }

    fn command(&self, arguments: &[&str]) -> Option<Command> {
        let key = self.key.as_deref().map_or_else(Vec::new, |key| vec!["--key", key]);
        let port = self.server.port.to_string();
        let command = python::command_with_packages(
            "socklab_peer",
            &[&key[..], &[self.transport, "127.0.0.1", &port], arguments].concat(),
            "cryptography",
        );
        if command.is_none() {
            skip("the client in Python", "it needs Python with the package cryptography");
        }
        command
    }
}
