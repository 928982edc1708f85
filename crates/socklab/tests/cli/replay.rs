//! `socklab replay`, on recordings made by hand.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use insta::assert_snapshot;
use scope::model::{ProcessChange, Protocol, archive};
use scope::testing::Story;
use serde_json::Value;
use tempfile::{TempDir, tempdir};

use crate::support::{LANGS, Run, assert_no_english, command, mistakes, socklab};

const MISTAKES: &[&[&str]] = &[&[], &["/nowhere/run.jsonl"], &["a.jsonl", "b.jsonl"], &["--al", "a.jsonl"]];

#[test]
fn each_mistake_gets_one_line_and_a_hint() {
    for lang in LANGS {
        assert_snapshot!(format!("replay_mistakes_{lang}"), mistakes(lang, "replay", MISTAKES));
    }
}

#[test]
fn a_recording_is_shown_again_in_both_languages() {
    let recording = Recording::new(&archived());
    for lang in LANGS {
        let run = recording.replay(lang, &[]);

        assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
        if lang == "es" {
            assert_no_english(&run.stdout);
        }
        assert_snapshot!(format!("replay_{lang}"), run.stdout);
    }
}

#[test]
fn standard_input_is_read_too() {
    let recording = Recording::new(&archived());

    let run = command(&["replay", "-"]).stdin(File::open(&recording.path).unwrap()).output().unwrap();

    let shown = String::from_utf8(run.stdout).unwrap();
    assert_eq!(shown, recording.replay("en", &[]).stdout);
}

#[test]
fn as_events_it_is_the_recording_itself() {
    let archived = archived();
    let recording = Recording::new(&archived);

    let run = recording.replay("en", &["--json"]);

    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
    let is_finding = |line: &&str| serde_json::from_str::<Value>(line).unwrap()["event"] == "finding";
    let written: Vec<_> = run.stdout.lines().filter(|line| !is_finding(line)).collect();
    assert_eq!(written, archived.lines().collect::<Vec<_>>());
}

#[test]
fn what_is_no_recording_names_the_line() {
    let good = archived();
    let first = good.lines().next().unwrap();
    let broken = [
        String::new(),
        good.lines().nth(1).unwrap().to_owned() + "\n",
        format!("{first}\n{{\"v\":1,\"t\":0.1,\"id\":3\n"),
        format!("{first}\n{{\"v\":1,\"t\":0.1,\"id\":3,\"event\":\"party\"}}\n"),
        format!("{first}\nhola\n"),
        first.replacen("\"v\":1", "\"v\":2", 1) + "\n",
        format!("{first}\n{}\n", "x".repeat(1024 * 1024)),
    ];
    for lang in LANGS {
        let mut said = String::new();
        for archive in &broken {
            let recording = Recording::new(archive);
            let run = recording.replay(lang, &[]);

            assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""));
            let _ = writeln!(said, "{}", run.stderr.replace(recording.path.to_str().unwrap(), "run.jsonl"));
        }
        if lang == "es" {
            assert_no_english(&said);
        }
        assert_snapshot!(format!("replay_broken_{lang}"), said);
    }
}

#[test]
fn what_is_no_script_is_told_however_long_it_is() {
    let recording = Recording::new(&archived());

    for (lang, told) in [("en", "so it is no script"), ("es", "así que no es un guion")] {
        let run = recording.replay(lang, &["--expect", "/dev/zero"]);

        assert_eq!(run.code, Some(2));
        assert!(run.stderr.contains(told) && run.stderr.contains("docs/script.md"), "{}", run.stderr);
    }
}

#[test]
fn a_recording_that_was_cut_is_shown_as_far_as_it_goes() {
    let archived = archived();
    let recording = Recording::new(&archived[..archived.len() - 200]);

    let run = recording.replay("en", &[]);

    assert_eq!(run.code, Some(0));
    assert!(run.stdout.ends_with("the recording was cut: its end is missing\n"), "{}", run.stdout);
}

#[test]
fn a_reader_that_goes_is_no_error() {
    let recording = Recording::new(&archived());
    for json in [&[][..], &["--json"]] {
        let arguments = [&["replay", recording.path.to_str().unwrap()], json].concat();
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);

        let run = command(&arguments).stdout(Stdio::from(writer)).output().unwrap();

        assert_eq!((run.status.code(), run.stderr.as_slice()), (Some(0), &[][..]));
    }
}

/// A recording in a file.
struct Recording {
    path: PathBuf,
    _directory: TempDir,
}

impl Recording {
    fn new(archived: &str) -> Self {
        let directory = tempdir().unwrap();
        let path = directory.path().join("run.jsonl");
        fs::write(&path, archived).unwrap();
        Self { path, _directory: directory }
    }

    fn replay(&self, lang: &str, flags: &[&str]) -> Run {
        let path: &Path = &self.path;
        socklab(lang, &[&["replay", path.to_str().unwrap()], flags].concat())
    }
}

/// A client that asks by UDP and is answered.
fn archived() -> String {
    let (client, server) = ("127.0.0.1:40001", "127.0.0.1:3500");
    let mut story = Story::new(&["server", "client"]);
    let pids = [story.pid(0), story.pid(1)];
    let asked = story.at_us(10_000).line("/home/ana/server.py", 3).socket(pids[0], 3, Protocol::Udp);
    story.line("/home/ana/server.py", 4).bind(asked, server);
    let asking = story.at_us(80_000).line("/home/ana/client.py", 3).socket(pids[1], 3, Protocol::Udp);
    story.line("/home/ana/server.py", 6).at_us(10_100).taking_us(70_000);
    story.receive(asked, 1024, b"hola", Some(client));
    story.at_us(80_050).line("/home/ana/client.py", 4).send(asking, b"hola", Some(server));
    story.at_us(80_055).datagram(client, server, b"hola");
    story.at_us(80_120).line("/home/ana/server.py", 7).send(asked, b"HOLA", Some(client));
    story.at_us(80_125).datagram(server, client, b"HOLA");
    story.at_us(80_150).line("/home/ana/client.py", 5).receive(asking, 1024, b"HOLA", Some(server));
    for (pid, wait_status) in [(pids[1], 0), (pids[0], 15)] {
        story.at_us(90_000).process(pid, ProcessChange::Ended { wait_status });
    }
    let mut archived = Vec::new();
    for observation in story.finish() {
        archive::write(&mut archived, &observation).unwrap();
    }
    archived.flush().unwrap();
    String::from_utf8(archived).unwrap()
}
