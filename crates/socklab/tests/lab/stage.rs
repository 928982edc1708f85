//! Stages: what they run ends with them.

use std::io::Write;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::binary;

/// A scene of a program that waits for ever.
const ORDER: &str = r#"{"scene":{"programs":[{"name":"waits","when":"at_once","act":{"actor":[
    {"socket":{"socket":0,"transport":"udp","v6":false}},{"bind":{"socket":0,"address":"127.0.0.1:3500"}},
    {"receive":{"socket":0,"bytes":8,"how":"plain","until":"once"}}]}}],
    "settings":[],"limit":{"secs":600,"nanos":0}}}"#;

#[test]
fn what_a_stage_runs_ends_with_it() {
    let mut stage =
        Command::new(binary()).arg("stage").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    stage.stdin.take().unwrap().write_all(ORDER.as_bytes()).unwrap();
    let started = lines_of(&mut stage).find_map(|line| {
        let message: serde_json::Value = serde_json::from_str(&line).unwrap();
        let process = &message["observation"];
        (process["change"] == "started").then(|| process["pid"].as_u64().unwrap())
    });
    let actor = format!("/proc/{}", started.unwrap());
    assert!(std::fs::exists(&actor).unwrap());

    stage.kill().unwrap();
    stage.wait().unwrap();

    let limit = Instant::now() + Duration::from_secs(60);
    while std::fs::exists(&actor).unwrap() {
        assert!(Instant::now() < limit, "{actor} goes on");
        std::thread::yield_now();
    }
}

#[test]
fn an_order_that_is_none_is_told() {
    let mut stage =
        Command::new(binary()).arg("stage").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    stage.stdin.take().unwrap().write_all(b"{}").unwrap();

    let told: Vec<_> = lines_of(&mut stage).collect();

    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].starts_with(r#"{"failed":{"order":"#), "{told:?}");
    stage.wait().unwrap();
}

fn lines_of(stage: &mut std::process::Child) -> impl Iterator<Item = String> + use<> {
    use std::io::{BufRead, BufReader};
    BufReader::new(stage.stdout.take().unwrap()).lines().map(Result::unwrap)
}
