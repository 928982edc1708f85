//! Watching changes nothing: what goes over the wire, and what the programs read, write and end with.

use std::collections::BTreeMap;
use std::process::{Command, Stdio};

use rustix::process::geteuid;
use scope::model::{Direction, Level};
use serde_json::Value;
use wire::packet::{Packet, Transport};

use crate::support::program::Program;
use crate::support::programs::command;
use crate::support::tool::skip;
use crate::support::{Lab, PORT, Recording, arguments, binary};

/// A program that waits for the end of its input, so that its network is there as long.
const HOST: [&str; 3] = ["sh", "-c", "echo ready; cat"];

/// What each side has sent.
type Sent = BTreeMap<String, Vec<(String, String)>>;

#[test]
fn the_bytes_on_the_wire_are_those_of_the_programs_by_themselves() {
    for [server, client] in [
        ["practical_udp_server.py", "practical_udp_client.py"],
        ["practical_tcp_server.py", "practical_tcp_client.py"],
        ["turns_server.py", "turns_client.py"],
        ["sleepy_server.py", "sleepy_client.py"],
    ] {
        let lab = Lab::new();
        let arguments_of = [lab.host.as_str(), PORT];
        let Some(server) = lab.python(server, &arguments_of) else { return };
        let Some(client) = lab.python(client, &arguments_of) else { return };
        let Some(alone) = seen_by_another(&lab, |network| run_alone(network, &server, &client)) else {
            return;
        };

        let watched = seen_by_another(&lab, |network| run_watched(&lab, network, &server, &client)).unwrap();

        assert!(alone.len() > 1, "{alone:?}");
        assert_eq!(watched, alone);
    }
}

#[test]
fn standard_streams_are_the_programs_own() {
    let lab = Lab::new();
    let program = Program::start_with_input(
        &mut lab.command("run.jsonl", &["--quiet", "--", "sh", "-c", "cat; echo problem >&2"]),
        b"one\ntwo\n",
    );

    let finished = lab.finish(program).succeeded().finished;

    assert_eq!((finished.stdout_text().as_str(), finished.stderr.as_str()), ("one\ntwo\n", "problem\n"));
}

#[test]
fn with_events_on_standard_output_what_programs_write_goes_to_standard_error() {
    let lab = Lab::new();
    let mut command = Command::new(binary());
    command.args(["trace", "--json", "--", "sh", "-c", "echo of the program; exit 7"]);
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).current_dir(lab.path("."));

    let finished = Program::start(&mut command).finish();

    let events: Vec<Value> =
        finished.stdout_text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(events.first().unwrap()["event"], "recording");
    assert_eq!(events.last().unwrap()["event"], "summary");
    assert_eq!((finished.code(), finished.stderr.as_str()), (Some(7), "of the program\n"));
}

#[test]
fn the_exit_code_is_that_of_the_last_program() {
    for (line, code) in [("exit 0", 0), ("exit 3", 3), ("kill -TERM $$", 143), ("kill -KILL $$", 137)] {
        let lab = Lab::new();

        let traced =
            lab.trace(&["--quiet", "--as", "first", "--", "true", "--as", "last", "--", "sh", "-c", line]);

        assert_eq!(traced.finished.code(), Some(code), "{line}");
    }
}

/// What a recording sees of others in its network: each payload, from whom and how the connections began and ended.
fn seen_by_another(lab: &Lab, run: impl FnOnce(&str)) -> Option<Sent> {
    let mut command = lab.command("other.jsonl", &[&["--quiet", "--no-lines", "--"], &HOST[..]].concat());
    let host = Program::start_with_open_input(&mut command);
    host.stdout.wait_for_line("ready");
    run(&host.pid().as_raw_nonzero().to_string());
    host.finish().succeeded();
    let recording = Recording::read(&lab.path("other.jsonl"));
    if recording.header().level != Level::A {
        skip("the bytes on the wire", "there is no private network");
        return None;
    }
    Some(transmitted(&recording))
}

/// Server and client in the network of another process, without a tracer.
fn run_alone(network: &str, server: &[String], client: &[String]) {
    // Root's recordings have no users of their own, and nobody can enter those that he is with already.
    let users: &[&str] = if geteuid().is_root() { &[] } else { &["-U", "--preserve-credentials"] };
    let enter = [&["nsenter", "-t", network, "-n"], users, &["--"]].concat();
    let enter = |line: &[String]| {
        enter.iter().map(|word| (*word).to_owned()).chain(line.iter().cloned()).collect::<Vec<_>>()
    };
    let server = Program::start(&mut command(&enter(server)));
    server.stdout.wait_for("line", |bytes| bytes.contains(&b'\n').then_some(()));
    Program::start(&mut command(&enter(client))).finish().succeeded();
}

fn run_watched(lab: &Lab, network: &str, server: &[String], client: &[String]) {
    let join = format!("--join={network}");
    lab.trace(&arguments(&[&join], &[server, client])).succeeded();
}

/// What each side has sent, in its order: payloads, and the beginnings and ends of connections. When both sides do something at
/// the same time nobody knows which comes first, and acknowledgements by themselves come by a timer of the kernel's.
fn transmitted(recording: &Recording) -> Sent {
    let mut sent = Sent::new();
    for (_, frame) in recording.packets(Direction::Out) {
        let packet = wire::packet::decode(&frame.bytes.0, frame.length_bytes).unwrap();
        if let Some((side, what)) = said(&packet) {
            let payload = frame.bytes.0[packet.payload].escape_ascii().to_string();
            sent.entry(side).or_default().push((what, payload));
        }
    }
    sent
}

/// Who sent a packet, and what it is; `None` for an acknowledgement by itself.
fn said(packet: &Packet) -> Option<(String, String)> {
    let side = |port: u16| if port.to_string() == PORT { "server" } else { "client" }.to_owned();
    match &packet.transport {
        Transport::Tcp(it) if it.payload_bytes > 0 || it.flags.syn || it.flags.fin || it.flags.rst => {
            Some((side(it.source_port), format!("{:?}", it.flags)))
        }
        Transport::Tcp(_) => None,
        Transport::Udp(it) => {
            let offset = packet.fragment.map(|fragment| fragment.offset_bytes);
            Some((side(it.source_port), format!("datagram {offset:?}")))
        }
        other => Some((packet.source.to_string(), format!("{other:?}"))),
    }
}
