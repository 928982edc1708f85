//! `socklab grade` with a class of which everything is known, made by `make_class.py`: it says of each program what is true, and
//! whoever kills it half-way loses nothing.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;

use crate::support::place::left;
use crate::support::run::MARK;
use crate::support::table::tests;
use crate::support::tools;

/// How many are done when the grader is killed.
const DONE_BEFORE: usize = 3;

#[test]
fn a_class_is_graded_rightly_and_whoever_is_killed_half_way_goes_on() {
    let Some(class) = Class::new(&["--submissions", "4", "--exercises", "2"]) else { return };
    let whole = class.grade("whole");
    assert!(whole.wait_with_output().unwrap().status.success());

    let mut killed = class.grade("killed");
    let lines = BufReader::new(killed.stdout.take().unwrap()).lines().map_while(Result::ok);
    let done = lines.filter(|line| line.contains(r#""event":"graded""#)).take(DONE_BEFORE).count();
    killed.kill().unwrap();
    killed.wait().unwrap();
    let before = class.journal("killed");
    assert!(class.grade("killed").wait_with_output().unwrap().status.success());

    assert_eq!(done, DONE_BEFORE);
    for file in ["results.jsonl", "results.csv"] {
        assert_eq!(class.read("whole", file), class.read("killed", file), "{file}");
    }
    let after = class.journal("killed");
    assert!((DONE_BEFORE..8).contains(&before.len()), "{}", before.len());
    assert_eq!((&after[..before.len()], after.len()), (&before[..], 8));
    assert_eq!(class.found("killed"), class.expected());
    assert_eq!(left(&class.mark(), &class.temporary, class.place.path()), [""; 0]);
}

#[test]
fn whoever_is_told_to_stop_does_so_at_once_and_no_trial_that_it_ended_is_a_result() {
    let Some(class) = Class::new(&["--submissions", "2", "--exercises", "2"]) else { return };
    let mut stopped = class.grade("out");
    let mut lines = BufReader::new(stopped.stdout.take().unwrap()).lines().map_while(Result::ok);
    assert!(lines.any(|line| line.contains(r#""event":"graded""#)));
    let pid = Pid::from_child(&stopped);
    kill_process(pid, Signal::TERM).unwrap();
    let ended = stopped.wait().unwrap();
    let before = class.journal("out");
    assert!(class.grade("out").wait_with_output().unwrap().status.success());

    assert_eq!(ended.code(), Some(2));
    assert!((1..4).contains(&before.len()), "{before:?}");
    assert_eq!(class.journal("out")[..before.len()], before);
    assert_eq!(class.found("out"), class.expected());
    assert_eq!(left(&class.mark(), &class.temporary, class.place.path()), [""; 0]);
}

/// A class, and where it is graded.
struct Class {
    place: TempDir,
    temporary: PathBuf,
}

/// What came of each submission and exercise: the verdict, and what failed that is required.
type Found = BTreeMap<(String, String), (String, Option<String>)>;

impl Class {
    /// Makes one; `None` without Python.
    fn new(arguments: &[&str]) -> Option<Self> {
        let python = tools::find("python3")?;
        let place = tempfile::tempdir().unwrap();
        let script = tests().join("check/make_class.py");
        let made = Command::new(python).arg(script).arg(place.path()).args(arguments).status().unwrap();
        assert!(made.success());
        let temporary = place.path().join("temporary");
        fs::create_dir(&temporary).unwrap();
        Some(Self { place, temporary })
    }

    /// Begins to grade it, or goes on.
    fn grade(&self, output: &str) -> Child {
        let mut command = Command::new(env!("CARGO_BIN_EXE_socklab"));
        command.args(["grade", "submissions", "--json", "--output", output]).current_dir(self.place.path());
        command.env("SOCKLAB_LANG", "en").env("TMPDIR", &self.temporary).env(MARK, self.mark());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap()
    }

    fn mark(&self) -> String {
        format!("class-{}", self.place.path().display())
    }

    fn read(&self, output: &str, file: &str) -> String {
        fs::read_to_string(self.place.path().join(output).join(file)).unwrap()
    }

    /// The tasks of a journal, in the order in which they were done.
    fn journal(&self, output: &str) -> Vec<String> {
        let text = self.read(output, "journal.jsonl");
        // The last line may not be whole, and the first one is none of them.
        let records = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let records = records.filter(|record| record["submission"].is_string());
        records.map(|record| format!("{} {}", record["submission"], record["exercise"])).collect()
    }

    fn found(&self, output: &str) -> Found {
        let text = self.read(output, "results.jsonl");
        text.lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap())
            .map(|record| found(&record))
            .collect()
    }

    fn expected(&self) -> Found {
        let text = fs::read_to_string(self.place.path().join("expected.json")).unwrap();
        let all: Vec<Value> = serde_json::from_str(&text).unwrap();
        let one = |it: Value| {
            let fails = it["fails"].as_str().map(str::to_owned);
            (task(&it), (it["verdict"].as_str().unwrap().to_owned(), fails))
        };
        all.into_iter().map(one).collect()
    }
}

fn found(record: &Value) -> ((String, String), (String, Option<String>)) {
    let empty = Vec::new();
    let checks = record["checks"].as_array().unwrap_or(&empty);
    let failed = |check: &&Value| check["severity"] == "required" && check["state"] == "fail";
    let failed: Vec<_> = checks.iter().filter(failed).filter_map(|check| check["id"].as_str()).collect();
    let verdict = record["verdict"].as_str().unwrap_or_else(|| panic!("{record}"));
    (task(record), (verdict.to_owned(), (!failed.is_empty()).then(|| failed.join(" "))))
}

fn task(record: &Value) -> (String, String) {
    let text = |key: &str| record[key].as_str().unwrap().to_owned();
    (text("submission"), text("exercise"))
}
