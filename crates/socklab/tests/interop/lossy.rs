//! Messages over UDP through a network that loses, doubles and reorders datagrams.

use std::fs;
use std::sync::atomic::Ordering::Relaxed;

use crate::support::lab::Lab;
use crate::support::lossy::Lossy;
use crate::support::payload::{assert_equal, noise};
use crate::support::socklab::{events_in, summary};

/// How many commands are run over each network, and how many networks there are.
const COMMANDS: usize = 4;
const NETWORKS: u64 = 2;

#[test]
fn every_command_runs_once_and_its_status_arrives_however_bad_the_network() {
    let lab = Lab::new();
    let key = lab.key("ana");
    let server = lab.serve(&[]);
    let trace = lab.argument("trace");
    let mut faults = 0;

    for seed in 0..NETWORKS {
        let network = Lossy::to(([127, 0, 0, 1], server.port).into(), seed);
        let to = network.address.to_string();
        for status in 0..COMMANDS {
            let line = format!("echo {seed}.{status} >> {trace}; exit {status}");
            let finished = lab.run(&["exec", "-n", "--udp", "--key", &key, &to, "--shell", "--", &line]);
            assert_eq!(finished.code(), i32::try_from(status).ok(), "{finished:?}");
        }
        let counts = network.counts();
        faults += counts.lost.load(Relaxed) + counts.doubled.load(Relaxed) + counts.held.load(Relaxed);
    }

    let ran = fs::read_to_string(lab.path("trace")).unwrap();
    let expected: Vec<_> =
        (0..NETWORKS).flat_map(|seed| (0..COMMANDS).map(move |status| format!("{seed}.{status}"))).collect();
    assert_eq!(ran.lines().collect::<Vec<_>>(), expected);
    assert!(faults > 0);
    lab.stop(server);
}

#[test]
fn a_file_a_text_and_a_stop_get_through_a_bad_network() {
    let lab = Lab::new();
    let (key, content) = (lab.key("ana"), noise(300_000));
    let file = lab.file("photo.jpg", &content);
    let server = lab.serve(&[]);
    let network = Lossy::to(([127, 0, 0, 1], server.port).into(), 7);
    let to = network.address.to_string();

    let sent = lab.run(&["send", "--json", "--udp", "--key", &key, &to, "--text", "hola", "--file", &file]);
    let stopped = lab.run(&["stop", "--udp", "--key", &key, &to]);

    assert_eq!(summary(&events_in(&sent.succeeded().stdout))["delivered"], 2);
    stopped.succeeded();
    assert_equal(&lab.inbox()["photo.jpg"], &content, "photo.jpg");
    let events = lab.ended(server);
    assert_eq!(events.iter().filter(|event| event["event"] == "text").count(), 1);
}
