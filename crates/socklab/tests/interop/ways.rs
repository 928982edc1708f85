//! The ways to send a text and a file, with programs that students would write on the other side.

use std::fs;

use endpoints::ways::Digest;
use tempfile::tempdir;

use crate::support::payload::{LARGE_BYTES, TEXT, noise};
use crate::support::program::Program;
use crate::support::python::{run, serve};
use crate::support::socklab::{command, events_in, receive};
use crate::support::{at, loopbacks};

/// The ways, and whether each keeps a text and a file apart.
const WAYS: [(&str, bool); 5] =
    [("delimiter", true), ("length", true), ("tlv", true), ("two-connections", true), ("close", false)];

#[test]
fn each_way_is_received_by_a_program_of_a_student() {
    let dir = tempdir().unwrap();
    let file = dir.path().join("foto.png");
    fs::write(&file, noise(LARGE_BYTES)).unwrap();
    let text = std::str::from_utf8(TEXT).unwrap();
    for (way, keeps_apart) in WAYS {
        for host in loopbacks() {
            let Some(server) = serve("ways_receiver.py", host, &[way]) else { return };
            let target = at(host, server.port);
            let arguments = ["send", "--how", way, &target, "--text", text, "--file", file.to_str().unwrap()];

            let sent = Program::start(&mut command(&arguments)).finish().succeeded();

            assert!(sent.stderr.contains("UNCONFIRMED"), "{way}: {}", sent.stderr);
            let items: &[&[u8]] = &[TEXT, &noise(LARGE_BYTES)];
            let joined = items.concat();
            let items = if keeps_apart { items } else { &[&joined[..]] };
            let names = match way {
                "tlv" => [" text", " file foto.png"],
                "two-connections" => [" text", " file"],
                _ => ["", ""],
            };
            for (item, name) in items.iter().zip(names) {
                let line = format!("item {} {}{name}", item.len(), Digest::of(item));
                server.program.stdout.wait_for_line(&line);
            }
        }
    }
}

#[test]
fn each_way_is_received_from_a_program_of_a_student_however_the_bytes_come() {
    for (way, keeps_apart) in WAYS {
        let server = receive(&["--how", way]);
        for change in ["", "slow"] {
            let Some(sender) = run("ways_sender.py", "127.0.0.1", server.port, &[way, change]) else {
                return;
            };
            let report = sender.succeeded().stdout_text();
            let items = report.lines().filter(|line| line.starts_with("item ")).count();
            assert_eq!(items, if keeps_apart { 2 } else { 1 }, "{way} {change}: {report}");
            assert!(report.ends_with("end\n"), "{report}");
        }
    }
}

#[test]
fn a_sender_that_does_not_read_the_report_has_sent_all_the_same() {
    for (way, keeps_apart) in WAYS {
        let server = receive(&["--how", way]);
        let Some(sender) = run("ways_sender.py", "127.0.0.1", server.port, &[way, "vanish"]) else { return };
        sender.succeeded();
        let connections = if way == "two-connections" { 2 } else { 1 };
        server.wait_for("the last item", |event| {
            event["event"] == "closed" && event["connection"] == connections
        });

        let events = server.stop();

        let items: Vec<_> = events.iter().filter(|event| event["event"] == "item").collect();
        assert_eq!(items.len(), if keeps_apart { 2 } else { 1 }, "{way}: {events:?}");
    }
}

#[test]
fn a_sender_that_is_killed_is_told_from_one_that_ended_unless_only_the_end_is_marked() {
    for (way, _) in WAYS {
        let server = receive(&["--how", way]);
        if run("ways_sender.py", "127.0.0.1", server.port, &[way, "killed"]).is_none() {
            return;
        }
        let closed = server.wait_for_event("closed");

        let is_seen = closed["fault"] == "cut";
        assert_eq!(is_seen, !["two-connections", "close"].contains(&way), "{way}: {closed}");
    }
}

#[test]
fn both_sides_are_ours_and_the_receiver_confirms() {
    let dir = tempdir().unwrap();
    let file = dir.path().join("foto.png");
    fs::write(&file, noise(LARGE_BYTES)).unwrap();
    for host in loopbacks() {
        let server = receive(&["--how", "tlv", "--bind", host]);
        let target = at(host, server.port);
        let arguments =
            ["send", "--json", "--how", "tlv", &target, "--text", "hola", "--file", file.to_str().unwrap()];

        let sent = Program::start(&mut command(&arguments)).finish().succeeded();

        let events = events_in(&sent.stdout);
        assert_eq!(events.last().unwrap()["verdict"], "held");
        assert_eq!(server.wait_for_event("closed")["items"], 2);
    }
}
