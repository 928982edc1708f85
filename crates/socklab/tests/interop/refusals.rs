//! Who is not let in, and what that costs: strangers, replays, halves of handshakes, floods.

use std::collections::VecDeque;
use std::fs;
use std::io::Write;
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::thread;

use rustix::process::Pid;
use serde_json::{Value, json};

use crate::support::lab::Lab;
use crate::support::payload::noise;
use crate::support::relay::{Relay, answer, say};
use crate::support::socklab::{Server, summary};

/// The frame header of an `OPEN` of a sealed session, and its mode.
const OPEN: [u8; 13] = [1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 57, 1];
const OPEN_BYTES: usize = 12 + 57;
/// `REFUSED` with code 1, no such key.
const REFUSED_KEY: [u8; 13] = [1, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1];
/// How many connections a flood has at least.
const FLOOD: u64 = 3000;
/// How many times a client with a key is served meanwhile, at least.
const SERVED: u64 = 3;
/// How many connections are kept open by a stranger who says nothing: more than may be opening their session; and by one who
/// says what was recorded: no more than the server can give a place without taking it from others.
const HELD: [usize; 2] = [300, 150];
/// How much more memory a server may take at its peak, for however many: 256 who are opening their session, with a buffer of
/// 128 KiB each.
const FLOOD_KIB_MAX: u64 = 256 * 128;

#[test]
fn a_client_without_the_right_key_is_denied_and_ends_with_5() {
    let lab = Lab::new();
    lab.key("ana");
    let stranger = lab.key_with("eva", &["--keys", "other.keys"]);
    let sealed_only = lab.serve(&[]);
    let to = at(&sealed_only);
    for key in [Some(&stranger), None] {
        let key: Vec<_> = key.into_iter().flat_map(|key| ["--key", key]).collect();
        for verb in [&["send", "--text", "hello"][..], &["stop"], &["exec", "-n"]] {
            let command: &[&str] = if verb[0] == "exec" { &["--", "true"] } else { &[] };
            let refused = lab.run(&[verb, &key, &[&to], command].concat());
            assert_eq!((refused.code(), refused.stdout_text().as_str()), (Some(5), ""), "{refused:?}");
        }
    }
    let events = lab.stop(sealed_only);
    let whys = refusals(&events);
    assert_eq!(whys.iter().filter(|why| why["kind"] == "key").count(), 3, "{whys:?}");
    assert_eq!(whys.iter().filter(|why| why["kind"] == "plain").count(), 3, "{whys:?}");
    assert_eq!(summary(&events)["sessions"], 0);
}

#[test]
fn what_a_key_does_not_grant_is_denied_and_ends_with_5() {
    let lab = Lab::new();
    let file = lab.file("file", b"content");
    let nothing_but_texts = lab.key_with("tim", &["--may", "text"]);
    let one_command = lab.key_with("ops", &["--may", "exec", "--commands", "uptime"]);
    let server = lab.serve(&["--plain"]);
    let to = at(&server);
    let cases: [(&[&str], &[&str]); 7] = [
        (&["send", "--file", &file, "--key", &nothing_but_texts], &[]),
        (&["stop", "--key", &nothing_but_texts], &[]),
        (&["exec", "-n", "--key", &nothing_but_texts], &["--", "true"]),
        (&["exec", "-n", "--key", &one_command], &["--", "true"]),
        (&["exec", "-n", "--key", &one_command, "--shell"], &["--", "uptime"]),
        (&["stop"], &[]),
        (&["exec", "-n"], &["--", "true"]),
    ];

    for (verb, command) in cases {
        let denied = lab.run(&[verb, &[&to], command].concat());
        assert_eq!((denied.code(), denied.stdout_text().as_str()), (Some(5), ""), "{verb:?} {denied:?}");
    }

    let events = lab.stop(server);
    assert_eq!(events.iter().filter(|event| event["event"] == "denied").count(), cases.len());
    let counts = summary(&events);
    assert_eq!((&counts["files"], &counts["commands"]), (&0.into(), &0.into()));
}

#[test]
fn what_was_recorded_and_is_played_again_does_nothing() {
    let lab = Lab::new();
    let key = lab.key("ana");
    let server = lab.serve(&[]);
    let record = |arguments: &[&str], command: &[&str]| {
        let relay = Relay::to(server.port);
        let to = format!("127.0.0.1:{}", relay.port);
        lab.run(&[arguments, &["--key", &key, &to], command].concat()).succeeded();
        relay.said()
    };
    let text = record(&["send", "--text", "once"], &[]);
    let trace = format!("echo once >> {}", lab.argument("trace"));
    let command = record(&["exec", "-n", "--shell"], &["--", &trace]);

    for recorded in [&text, &command] {
        // All of it; the first message alone; and with the records of the other session.
        let mixed = [&recorded[..OPEN_BYTES], &text[OPEN_BYTES..]].concat();
        for bytes in [&recorded[..], &recorded[..OPEN_BYTES], &mixed] {
            assert_eq!(say(server.port, bytes).len(), 12 + 48, "ACCEPTED and nothing else");
        }
    }

    let events = lab.stop(server);
    let counts = summary(&events);
    assert_eq!(refusals(&events), vec![&json!({"kind": "malformed"}); 6]);
    assert_eq!([&counts["sessions"], &counts["texts"], &counts["commands"]], [2, 1, 1]);
    assert_eq!(fs::read_to_string(lab.path("trace")).unwrap(), "once\n");
}

#[test]
fn a_handshake_that_is_no_whole_one_is_refused() {
    let lab = Lab::new();
    lab.key("ana");
    let server = lab.serve(&["--plain"]);
    let open = open(1);
    let lengths = [1, 11, 12, 13, 20, OPEN_BYTES - 1];
    for length in lengths {
        say(server.port, &open[..length]);
    }
    let too_long = [&[1, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0][..], &noise(65_536)].concat();
    say(server.port, &too_long);

    let events = lab.stop(server);
    assert_eq!(refusals(&events), vec![&json!({"kind": "malformed"}); lengths.len() + 1]);
}

#[test]
fn silence_before_or_within_the_handshake_is_given_up() {
    let lab = Lab::new();
    let key = lab.key("ana");
    let server = lab.serve(&[]);
    let relay = Relay::to(server.port);
    let through = format!("127.0.0.1:{}", relay.port);
    lab.run(&["send", "--key", &key, "--text", "recorded", &through]).succeeded();
    let recorded = relay.said();

    let said: [&[u8]; 3] = [b"", &recorded[..30], &recorded[..OPEN_BYTES]];
    let mut silent = said.map(|said| {
        let mut stream = TcpStream::connect(("127.0.0.1", server.port)).unwrap();
        stream.write_all(said).unwrap();
        stream
    });
    let answered = silent.each_mut().map(|stream| answer(stream).len());

    assert_eq!(answered, [0, 0, 12 + 48]);
    let events = lab.stop(server);
    assert_eq!(refusals(&events), vec![&json!({"kind": "malformed"}); 3]);
}

#[test]
fn a_flood_of_strangers_takes_no_memory_and_keeps_nobody_out() {
    let lab = Lab::new();
    let key = lab.key("ana");
    let server = lab.serve(&[]);
    let to = at(&server);
    let relay = Relay::to(server.port);
    let through = format!("127.0.0.1:{}", relay.port);
    lab.run(&["send", "--key", &key, "--text", "recorded", &through]).succeeded();
    let recorded = relay.said()[..OPEN_BYTES].to_vec();
    let before = peak_kib(server.program.pid());

    let mut texts = 1;
    let mut be_served = || {
        lab.run(&["send", "--key", &key, "--text", "here", &to]).succeeded();
        texts += 1;
    };
    let strangers = flood(server.port, &recorded, &mut be_served);
    be_served();

    let grown = peak_kib(server.program.pid()) - before;
    assert!(grown <= FLOOD_KIB_MAX, "{grown} KiB for {strangers} strangers");
    let events = lab.stop(server);
    let counts = summary(&events);
    assert_eq!(counts["texts"], texts);
    assert!(counts["refused"].as_u64().unwrap() >= FLOOD / 4, "{counts}");
    // Most are counted and not told: a flood does not fill the disk.
    let told = refusals(&events).len();
    assert!(told < 500, "{told} told of {counts}");
    println!("{strangers} strangers, {texts} texts, {grown} KiB more than {before} KiB at the peak");
}

/// Strangers of every kind, at full speed, until there were enough and somebody has been served a few times; returns how many
/// there were.
fn flood(port: u16, recorded: &[u8], be_served: &mut dyn FnMut()) -> u64 {
    let (is_over, count) = (AtomicBool::new(false), AtomicU64::new(0));
    let come = |stranger: &mut dyn FnMut(u64)| {
        while !is_over.load(Relaxed) {
            stranger(count.fetch_add(1, Relaxed));
        }
    };
    thread::scope(|scope| {
        scope.spawn(|| come(&mut |_| drop(say(port, b"GET / HTTP/1.1\r\nHost: socklab\r\n\r\n"))));
        scope.spawn(|| come(&mut |number| assert_eq!(say(port, &open(number)), REFUSED_KEY)));
        scope.spawn(|| come(&mut holding(port, b"", HELD[0])));
        scope.spawn(|| come(&mut holding(port, recorded, HELD[1])));
        let _over = Over(&is_over);
        let mut served = 0;
        while served < SERVED || count.load(Relaxed) < FLOOD {
            let begun = count.load(Relaxed);
            be_served();
            assert!(count.load(Relaxed) > begun, "no flood");
            served += 1;
        }
    });
    count.load(Relaxed)
}

/// Ends a flood, also when a test fails.
struct Over<'a>(&'a AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Relaxed);
    }
}

/// A stranger who says this and nothing more, and stays.
fn holding(port: u16, said: &[u8], most: usize) -> impl FnMut(u64) {
    let mut held = VecDeque::new();
    move |_| {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        stream.write_all(said).unwrap();
        held.push_back(stream);
        if held.len() > most {
            held.pop_front();
        }
    }
}

/// The first message of a client with a key that nobody has.
fn open(number: u64) -> Vec<u8> {
    [&OPEN[..], &number.to_be_bytes(), &noise(48)].concat()
}

/// The most memory that a process has had (`VmHWM`, proc(5)).
fn peak_kib(process: Pid) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", process.as_raw_nonzero())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

fn refusals(events: &[Value]) -> Vec<&Value> {
    events.iter().filter(|event| event["event"] == "refused").map(|event| &event["why"]).collect()
}

fn at(server: &Server) -> String {
    format!("127.0.0.1:{}", server.port)
}
