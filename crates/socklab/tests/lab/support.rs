//! Running `socklab lab`.

use std::env;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::Command;

use rustix::process::geteuid;
use serde_json::Value;

use crate::executable;

/// The user without rights, `nobody`.
const NOBODY: u32 = 65_534;

/// A command that has run.
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

pub(crate) fn binary() -> PathBuf {
    env!("CARGO_BIN_EXE_socklab").into()
}

/// Runs `socklab lab` with these arguments, without a terminal.
pub(crate) fn lab(lang: &str, arguments: &[&str]) -> Ran {
    run(command(binary(), lang, arguments))
}

/// The same as a user without rights, if there are rights to be without.
pub(crate) fn lab_as_nobody(lang: &str, arguments: &[&str]) -> Option<Ran> {
    if !geteuid().is_root() {
        return None;
    }
    // Where the build is, others may not look.
    let directory = tempfile::Builder::new().permissions(open()).tempdir().unwrap();
    let copy = directory.path().join("socklab");
    executable::copy(binary(), &copy);
    let mut command = command(copy, lang, arguments);
    command.uid(NOBODY).gid(NOBODY).current_dir("/").env_remove("XDG_RUNTIME_DIR");
    Some(run(command))
}

fn open() -> std::fs::Permissions {
    use std::os::unix::fs::PermissionsExt;
    std::fs::Permissions::from_mode(0o755)
}

fn command(binary: PathBuf, lang: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(binary);
    command.args(["--lang", lang, "lab"]).args(arguments).stdin(std::process::Stdio::null());
    command
}

fn run(mut command: Command) -> Ran {
    let output = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Ran { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

impl Ran {
    /// The events of one name.
    pub(crate) fn events(&self, name: &str) -> impl Iterator<Item = Value> {
        let all: Vec<Value> = self.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        all.into_iter().filter(move |event| event["event"] == name)
    }
}
