//! Recording programs by the binary.

use std::env;
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, BufReader, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use rustix::fs::{CWD, Mode, mkfifoat};
use scope::model::archive;
use serde_json::Value;

use crate::recording::Recording;

/// Where the programs say that they are about to wait.
const WAITS: &str = "SOCKLAB_WAITS";

/// The user and group that tests of an ordinary user run as when they are root's own.
const NOBODY: &str = "65534";

/// A program of a recording: its name, when it starts, and its command.
pub(crate) struct Part {
    name: String,
    after: &'static str,
    command: Vec<OsString>,
}

/// Records the roles of a program that makes a mistake. `None`: this machine cannot.
pub(crate) fn wrong(rule: &str, roles: &[&str]) -> Option<Recording> {
    record(&parts(rule, roles, "wrong")?)
}

/// Records the roles of a program that makes a mistake, until so many waits have lasted so many seconds.
pub(crate) fn wrong_for_ever(rule: &str, roles: &[&str], waits: usize, seconds: &str) -> Option<Recording> {
    let mut parts = parts(rule, roles, "wrong")?;
    let command = python("stop.py", &[&waits.to_string(), seconds])?;
    parts.push(Part { name: "stop".to_owned(), after: "0s", command });
    record(&parts)
}

/// Records the roles of a program that is right, in which nothing may be found.
pub(crate) fn right(rule: &str, roles: &[&str]) {
    let Some(parts) = parts(rule, roles, "right") else { return };
    assert_innocent(&parts);
}

/// Records programs that are right, in which nothing may be found.
pub(crate) fn assert_innocent(parts: &[Part]) {
    let Some(recording) = record(parts) else { return };
    assert!(recording.findings.is_empty(), "{:#?}", recording.findings);
    assert!(recording.has_ended_well(), "{}", recording.stderr);
}

/// A program of another suite or a tool, which starts when the one before it listens.
pub(crate) fn part(name: &str, command: Vec<OsString>) -> Part {
    Part { name: name.to_owned(), after: "listening", command }
}

/// The command of a program beside this suite, if this machine has Python.
pub(crate) fn python(program: &str, arguments: &[&str]) -> Option<Vec<OsString>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/findings/programs").join(program);
    let own = [interpreter()?.as_os_str().to_owned(), "-B".into(), path.into()];
    Some(own.into_iter().chain(arguments.iter().map(OsString::from)).collect())
}

fn parts(rule: &str, roles: &[&str], way: &str) -> Option<Vec<Part>> {
    let of_role = |role: &&str| Some(part(role, python(&format!("{rule}.py"), &[role, way])?));
    roles.iter().map(of_role).collect()
}

/// Records programs to their end.
fn record(parts: &[Part]) -> Option<Recording> {
    record_by(Command::new(env!("CARGO_BIN_EXE_socklab")), parts)
}

/// Records programs by an ordinary user, in which nothing may be found.
pub(crate) fn assert_innocent_as_ordinary_user(parts: &[Part]) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_socklab"));
    if rustix::process::geteuid().is_root() {
        if !is_for_everybody(Path::new(env!("CARGO_BIN_EXE_socklab"))) {
            return skip("a recording of an ordinary user", "others may not run this build");
        }
        if tool("setpriv", &[]).is_none() {
            return;
        }
        command = Command::new("setpriv");
        command.args(["--reuid", NOBODY, "--regid", NOBODY, "--clear-groups", env!("CARGO_BIN_EXE_socklab")]);
    }
    let Some(recording) = record_by(command, parts) else { return };
    assert!(recording.findings.is_empty(), "{:#?}", recording.findings);
}

fn record_by(mut command: Command, parts: &[Part]) -> Option<Recording> {
    let directory = tempfile::tempdir().unwrap();
    let (archive, waits) = (directory.path().join("archive.jsonl"), directory.path().join("waits"));
    mkfifoat(CWD, &waits, Mode::RUSR | Mode::WUSR).unwrap();
    File::create(&archive).unwrap();
    for path in [directory.path(), &archive] {
        let all = std::os::unix::fs::PermissionsExt::from_mode(0o777);
        std::fs::set_permissions(path, all).unwrap();
    }
    command
        .args(["--json", "trace", "--output"])
        .arg(&archive)
        .env(WAITS, &waits)
        .env("HOME", directory.path());
    for (index, part) in parts.iter().enumerate() {
        command.args(["--as", &part.name]);
        if index > 0 {
            command.args(["--after", part.after]);
        }
        command.arg("--").args(&part.command);
    }
    let output = command.stdin(Stdio::null()).output().unwrap();
    let observations = archive::read(&mut BufReader::new(File::open(&archive).unwrap()));
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    let observations = observations.unwrap_or_else(|error| panic!("{error}: {stderr}"));
    let events = String::from_utf8(output.stdout).unwrap();
    let events = events.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let findings = events.filter(|event| event["event"] == "finding").collect();
    let recording = Recording { observations, findings, stderr };
    if !recording.has_packets() {
        skip("a recording with packets", "no private network can be had");
        return None;
    }
    Some(recording)
}

/// The interpreter itself: the one on the path may be a script that looks for it anew each time. The system's own comes first,
/// which every user may run.
fn interpreter() -> Option<&'static PathBuf> {
    static FOUND: OnceLock<Option<PathBuf>> = OnceLock::new();
    let found = FOUND.get_or_init(|| {
        let system = PathBuf::from("/usr/bin/python3");
        if system.is_file() {
            return Some(system);
        }
        let ask = ["-c", "import sys; print(sys.executable)"];
        let output =
            Command::new("python3").args(ask).output().ok().filter(|output| output.status.success())?;
        Some(String::from_utf8(output.stdout).unwrap().trim().into())
    });
    if found.is_none() {
        skip("Python", "it is not installed");
    }
    found.as_ref()
}

/// Whether others may run a file: it and the directories above it let them.
fn is_for_everybody(path: &Path) -> bool {
    path.ancestors().all(|path| path.metadata().is_ok_and(|found| found.mode() & 0o001 != 0))
}

/// The command of a tool, if this machine has it.
pub(crate) fn tool(name: &str, arguments: &[&str]) -> Option<Vec<OsString>> {
    let paths = env::var_os("PATH")?;
    let Some(found) = env::split_paths(&paths).map(|path| path.join(name)).find(|path| path.is_file()) else {
        skip(name, "it is not installed");
        return None;
    };
    Some(std::iter::once(found.into()).chain(arguments.iter().map(OsString::from)).collect())
}

/// Says that something is left out and why, or fails when nothing may be left out.
pub(crate) fn skip(what: &str, why: &str) {
    let is_required = env::var_os("SOCKLAB_REQUIRE_TOOLS").is_some_and(|value| value == "1");
    assert!(!is_required, "{what} cannot run: {why}");
    // Not by a macro, whose output the harness keeps to itself while a test passes.
    let _ = writeln!(io::stderr(), "SKIP: {what} ({why})");
}
