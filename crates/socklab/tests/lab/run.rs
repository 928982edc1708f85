//! Running experiments by the binary, and what it says of them.

use std::collections::BTreeMap;
use std::env;
use std::io::{self, Write};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::{Command, Stdio};

use scope::model::{Level, archive};
use scope::timeline::Timeline;
use serde_json::Value;

/// The user and group that an ordinary user is when the tests are root's own.
const NOBODY: &str = "65534";

/// An experiment that was run.
#[derive(Debug)]
pub(crate) struct Run {
    /// The recordings of its scenes, by name.
    pub(crate) scenes: BTreeMap<String, Timeline>,
    /// What it claims, in order.
    pub(crate) claims: Vec<Claim>,
    /// Which prediction came true.
    pub(crate) outcome: Option<String>,
}

/// A claim as `--json` has it.
#[derive(Debug)]
pub(crate) struct Claim {
    pub(crate) id: String,
    pub(crate) state: String,
    /// Its values, whatever their unit.
    values: BTreeMap<String, Value>,
    pub(crate) text: String,
    evidence: usize,
}

/// Runs an experiment; the arguments are its flags. `None`: this machine cannot.
pub(crate) fn run(exercise: &str, arguments: &[&str]) -> Option<Run> {
    run_by(Command::new(env!("CARGO_BIN_EXE_socklab")), exercise, arguments)
}

/// Runs an experiment as an ordinary user.
pub(crate) fn run_as_ordinary_user(exercise: &str) -> Option<Run> {
    let binary = env!("CARGO_BIN_EXE_socklab");
    let mut command = Command::new(binary);
    if rustix::process::geteuid().is_root() {
        let is_open = |path: &Path| path.metadata().is_ok_and(|found| found.mode() & 0o001 != 0);
        if !Path::new(binary).ancestors().all(is_open) {
            skip("an experiment of an ordinary user", "others may not run this build");
            return None;
        }
        command = Command::new("setpriv");
        command.args(["--reuid", NOBODY, "--regid", NOBODY, "--clear-groups", binary]);
    }
    run_by(command, exercise, &[])
}

fn run_by(mut command: Command, exercise: &str, arguments: &[&str]) -> Option<Run> {
    command.args(["--lang", "en", "--json", "lab", "run", exercise, "--yes"]).args(arguments);
    let output = command.current_dir("/").stdin(Stdio::null()).output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{stderr}");
    let run = Run::read(std::str::from_utf8(&output.stdout).unwrap());
    if run.scenes.values().any(|scene| scene.header.level != Level::A) {
        skip("an experiment", "no private network can be had");
        return None;
    }
    Some(run)
}

impl Run {
    fn read(events: &str) -> Self {
        let mut run = Self { scenes: BTreeMap::new(), claims: Vec::new(), outcome: None };
        let (mut scene, mut lines) = (String::new(), String::new());
        for line in events.lines() {
            let event: Value = serde_json::from_str(line).unwrap();
            match event["event"].as_str().unwrap() {
                "scene" => event["scene"].as_str().unwrap().clone_into(&mut scene),
                "claim" => run.claims.push(Claim::read(&event)),
                "answer" => run.outcome = event["outcome"].as_str().map(str::to_owned),
                // Those of a recording have a number.
                name if event["id"].is_u64() => {
                    lines.extend([line, "\n"]);
                    if name == "summary" {
                        let recording = archive::read(&mut std::mem::take(&mut lines).as_bytes()).unwrap();
                        run.scenes.insert(scene.clone(), Timeline::build(recording).unwrap());
                    }
                }
                _ => {}
            }
        }
        run
    }

    /// A claim that was made.
    pub(crate) fn claim(&self, id: &str) -> &Claim {
        let found = self.claims.iter().find(|claim| claim.id == id);
        found.unwrap_or_else(|| panic!("no claim {id}: {:#?}", self.claims))
    }

    /// Fails unless these claims were made, in this order, and all of them hold.
    pub(crate) fn holds(&self, ids: &[&str]) {
        let made: Vec<_> = self.claims.iter().map(|claim| claim.id.as_str()).collect();
        assert_eq!(made, ids);
        for claim in &self.claims {
            assert_eq!(claim.state, "holds", "{claim:#?}");
            assert!(claim.evidence > 0 && !claim.text.is_empty(), "{claim:#?}");
        }
    }

    /// Fails unless this is what a claim says, and returns it.
    pub(crate) fn is(&self, id: &str, state: &str) -> &Claim {
        let claim = self.claim(id);
        assert_eq!(claim.state, state, "{claim:#?}");
        claim
    }
}

impl Claim {
    fn read(event: &Value) -> Self {
        let text = |name: &str| event[name].as_str().unwrap().to_owned();
        let value = |named: &Value| {
            let mut fields = named.as_object().unwrap().clone();
            let name = fields.remove("name").unwrap().as_str().unwrap().to_owned();
            (name, fields.into_iter().next().unwrap().1)
        };
        Self {
            id: text("id"),
            state: text("state"),
            values: event["values"].as_array().unwrap().iter().map(value).collect(),
            text: text("text"),
            evidence: event["evidence"].as_array().unwrap().len(),
        }
    }

    /// A number that it has.
    pub(crate) fn number(&self, name: &str) -> u64 {
        self.values[name].as_u64().unwrap_or_else(|| panic!("{name}: {self:#?}"))
    }

    /// Seconds that it has.
    pub(crate) fn seconds(&self, name: &str) -> f64 {
        self.values[name].as_f64().unwrap_or_else(|| panic!("{name}: {self:#?}"))
    }

    /// A word that it has.
    pub(crate) fn word(&self, name: &str) -> &str {
        self.values[name].as_str().unwrap_or_else(|| panic!("{name}: {self:#?}"))
    }
}

/// Says that something is left out and why, or fails when nothing may be left out.
fn skip(what: &str, why: &str) {
    let is_required = env::var_os("SOCKLAB_REQUIRE_TOOLS").is_some_and(|value| value == "1");
    assert!(!is_required, "{what} cannot run: {why}");
    // Not by a macro, whose output the harness keeps to itself while a test passes.
    let _ = writeln!(io::stderr(), "SKIP: {what} ({why})");
}
