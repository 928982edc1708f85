//! Every packet is told, and stands between the calls that it belongs to.

use std::env;

use scope::model::{Args, Call, Direction, Frame, Time};

use crate::support::tool::tool;
use crate::support::{Lab, PORT, Recording, arguments};

/// With this in the environment, the tests that repeat something do so as often as it takes an hour of doubt to go.
const LONG: &str = "SOCKLAB_TEST_LONG";

#[test]
fn tshark_reads_every_packet_with_its_ends_and_every_call_on_a_socket() {
    for [server, client] in
        [["practical_udp_server.py", "practical_udp_client.py"], ["turns_server.py", "turns_client.py"]]
    {
        let lab = Lab::new();
        let arguments_of = [lab.host.as_str(), PORT];
        let Some(server) = lab.python(server, &arguments_of) else { return };
        let Some(client) = lab.python(client, &arguments_of) else { return };
        let Some(mut tshark) = tool("tshark") else { return };
        let file = lab.argument("out.pcapng");

        let traced = lab.trace(&arguments(&["-w", &file], &[&server, &client])).succeeded();

        let fields =
            ["-T", "fields", "-e", "frame.protocols", "-e", "frame.comment", "-e", "systemd_journal.message"];
        let read = tshark.args(["-r", &file]).args(fields).output().unwrap();
        let text = String::from_utf8(read.stdout).unwrap();
        let (packets, calls): (Vec<_>, Vec<_>) = text.lines().partition(|line| line.starts_with("eth:"));
        let recording = &traced.recording;
        assert!(packets.iter().all(|line| line.contains(" → ")), "{text}");
        assert_eq!(packets.len(), recording.packets(Direction::Out).count(), "{text}");
        assert_eq!(packets.len(), recording.packets(Direction::In).count(), "{text}");
        let on_sockets = recording.calls().filter(|(_, call)| call.on.is_some_and(|on| on.socket.is_some()));
        assert_eq!(calls.len(), on_sockets.count(), "{text}");
        assert_eq!(recording.summary().packets, 2 * packets.len() as u64);
        assert_eq!(recording.summary().packets_lost, 0);
    }
}

#[test]
fn a_packet_leaves_in_the_call_that_sends_it_and_arrives_in_time_for_the_one_that_receives_it() {
    let lab = Lab::new();
    let Some(program) = lab.python("exchanges.py", &["100"]) else { return };

    let traced = lab.trace(&arguments(&["--no-lines"], &[&program])).succeeded();

    assert_eq!(in_order(&traced.recording), 200);
}

#[test]
fn likewise_in_each_of_many_runs() {
    let lab = Lab::new();
    let Some(program) = lab.python("exchanges.py", &["1"]) else { return };
    let runs = if env::var_os(LONG).is_some() { 100 } else { 20 };

    for run in 0..runs {
        let cpus = if run % 2 == 0 { "one" } else { "all" };
        let flags = ["--quiet", "--no-lines", "--cpus", cpus];
        let traced = lab.trace(&arguments(&flags, &[&program])).succeeded();

        assert_eq!(in_order(&traced.recording), 2, "{run}");
    }
}

/// Checks the order of each datagram, which no other one equals, and returns how many there are.
fn in_order(recording: &Recording) -> usize {
    let sent = recording.named("sendto");
    sent.map(|(began, call)| {
        let payload = payload(call);
        let left = time_of(recording, Direction::Out, payload);
        let arrived = time_of(recording, Direction::In, payload);
        let mut receives = recording.named("recvfrom").filter(|(_, call)| self::payload(call) == payload);
        let end = receives.next().unwrap().1.until.unwrap();
        assert!(began <= left && left <= arrived && arrived <= end, "{began:?} {left:?} {arrived:?} {end:?}");
        assert!(call.until.is_some_and(|until| left <= until), "{call:?}");
    })
    .count()
}

fn payload(call: &Call) -> &[u8] {
    let (Args::Send { messages, .. } | Args::Receive { messages, .. }) = &call.args else {
        panic!("{call:?}")
    };
    &messages[0].data.bytes.0
}

fn time_of(recording: &Recording, direction: Direction, payload: &[u8]) -> Time {
    let carries = |frame: &Frame| {
        let packet = wire::packet::decode(&frame.bytes.0, frame.length_bytes).unwrap();
        &frame.bytes.0[packet.payload] == payload
    };
    let mut found = recording.packets(direction).filter(|(_, frame)| carries(frame)).map(|(time, _)| time);
    let time = found.next().unwrap();
    assert_eq!(found.next(), None, "{}", payload.escape_ascii());
    time
}
