//! Puts a program to the check, and reads what it says.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;
use toml::Table;

use super::table::{Entry, Expected};
use super::tools;

/// What the check said of a program.
#[derive(Debug)]
pub(crate) struct Said {
    /// Its exit code; `None` if a signal ended it.
    pub(crate) code: Option<i32>,
    /// The report, as JSON.
    pub(crate) report: Value,
    /// What it said beside that.
    pub(crate) stderr: String,
}

/// Processes of a check have this in their environment, if they are to be found.
pub(crate) const MARK: &str = "SOCKLAB_TEST_MARK";

/// Puts a program to the check; `None` if a tool is missing that it needs.
pub(crate) fn check(entry: &Entry) -> Option<Said> {
    let directory = tempfile::tempdir().unwrap();
    prepare(entry, &directory, None)?;
    Some(run(entry, directory.path(), &[]))
}

/// Makes the program, and writes its manifest beside it. A mark becomes the last word of its command line.
pub(crate) fn prepare(entry: &Entry, directory: &TempDir, mark: Option<&str>) -> Option<()> {
    let mut manifest = entry.manifest.clone();
    manifest.insert("exercise".to_owned(), entry.exercise.clone().into());
    if entry.path.is_dir() {
        for role in ["server", "client"] {
            let mut command = tools::made(&one_of(&entry.path, role), directory.path())?;
            if role == "client" {
                command.extend(entry.arguments.clone());
            }
            say_how(&mut manifest, role, command);
        }
    } else {
        let mut command = tools::made(&entry.path, directory.path())?;
        command.extend(mark.map(str::to_owned));
        say_how(&mut manifest, role(entry), command);
    }
    fs::write(directory.path().join("socklab.toml"), manifest.to_string()).unwrap();
    Some(())
}

/// Runs the check in the directory that was prepared, with this added to its environment.
pub(crate) fn run(entry: &Entry, directory: &Path, environment: &[(&str, String)]) -> Said {
    let mut command = Command::new(env!("CARGO_BIN_EXE_socklab"));
    command.args(["check", &entry.exercise, "--format", "json", "--seed", "7", "--hints", "3"]);
    command.args(entry.only.iter().flat_map(|id| ["--only", id]));
    command.envs(environment.iter().map(|(name, value)| (*name, value)));
    let done =
        command.current_dir(directory).env("SOCKLAB_LANG", "en").stdin(Stdio::null()).output().unwrap();
    let stderr = String::from_utf8_lossy(&done.stderr).into_owned();
    let report = serde_json::from_slice(&done.stdout);
    let report = report.unwrap_or_else(|error| panic!("{}: {error}: {stderr}", entry.path.display()));
    Said { code: done.status.code(), report, stderr }
}

/// What is wrong with what was said; empty if all is right.
pub(crate) fn wrong(entry: &Entry, said: &Said) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut expect = |what: &str, is: String, should: String| {
        if is != should {
            wrong.push(format!("{what} is {is}, not {should}"));
        }
    };
    let failed = said.ids("required", "fail");
    let warned = said.ids("robust", "warn");
    match &entry.expected {
        Expected::Pass => {
            expect("the exit code", format!("{:?}", said.code), "Some(0)".to_owned());
            expect("what failed", failed.join(" "), String::new());
            expect("what warned", warned.join(" "), String::new());
        }
        Expected::PassRequired => {
            expect("the exit code", format!("{:?}", said.code), "Some(0)".to_owned());
            expect("what failed", failed.join(" "), String::new());
        }
        Expected::Fail { id, signature } => {
            expect("the exit code", format!("{:?}", said.code), "Some(1)".to_owned());
            expect("what failed", failed.join(" "), id.clone());
            if signature.is_some() {
                expect("the signature", format!("{:?}", said.signature(id)), format!("{signature:?}"));
            }
        }
        Expected::Warn { id, signature } => {
            expect("the exit code", format!("{:?}", said.code), "Some(0)".to_owned());
            expect("what failed", failed.join(" "), String::new());
            expect("what warned", warned.join(" "), id.clone());
            if signature.is_some() {
                expect("the signature", format!("{:?}", said.signature(id)), format!("{signature:?}"));
            }
        }
    }
    let unclear = [said.ids("", "error"), said.ids("", "unstable")].concat();
    expect("what could not be told", unclear.join(" "), String::new());
    wrong
}

impl Said {
    /// The requirements of this severity, or of any if it is empty, in this state.
    fn ids(&self, severity: &str, state: &str) -> Vec<String> {
        let checks = self.report["checks"].as_array().unwrap_or_else(|| panic!("{}", self.report));
        let is_meant = |check: &&Value| {
            (severity.is_empty() || check["severity"] == severity) && check["state"] == state
        };
        checks.iter().filter(is_meant).map(|check| check["id"].as_str().unwrap().to_owned()).collect()
    }

    fn signature(&self, id: &str) -> Option<String> {
        let checks = self.report["checks"].as_array().unwrap();
        let check = checks.iter().find(|check| check["id"] == id)?;
        check["signature"].as_str().map(str::to_owned)
    }

    /// The most memory that a program held when it was ended for it, in bytes; 0 if none was.
    pub(crate) fn held_bytes(&self) -> u64 {
        let checks = self.report["checks"].as_array().unwrap();
        let steps = checks.iter().filter_map(|check| check["steps"].as_array()).flatten();
        steps.filter_map(|step| step["resident_bytes"].as_u64()).max().unwrap_or_default()
    }

    /// How long each requirement took, in seconds.
    pub(crate) fn seconds(&self) -> BTreeMap<String, f64> {
        let checks = self.report["checks"].as_array().unwrap();
        let of = |check: &Value| Some((check["id"].as_str()?.to_owned(), check["seconds"].as_f64()?));
        checks.iter().filter_map(of).collect()
    }
}

/// Whether a program is a server or a client: as the table says, or as its name begins.
fn role(entry: &Entry) -> &str {
    let name = entry.path.file_name().unwrap().to_str().unwrap();
    match &entry.role {
        Some(role) => role,
        None if name.starts_with("client") => "client",
        None => "server",
    }
}

fn one_of(directory: &Path, role: &str) -> std::path::PathBuf {
    let mut files = fs::read_dir(directory).unwrap().map(|file| file.unwrap().path());
    files.find(|path| path.file_stem().unwrap() == role).unwrap()
}

fn say_how(manifest: &mut Table, role: &str, command: Vec<String>) {
    let side = manifest.entry(role).or_insert_with(|| Table::new().into());
    side.as_table_mut().unwrap().insert("run".to_owned(), command.into());
}
