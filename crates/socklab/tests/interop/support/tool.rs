//! The tools that a machine may lack.

use std::env;
use std::io::{self, Write};
use std::process::{Command, Stdio};

/// Says that something is left out and why, or fails when nothing may be left out.
pub(crate) fn skip(what: &str, why: &str) {
    assert!(
        env::var_os("SOCKLAB_REQUIRE_TOOLS").is_none_or(|value| value != "1"),
        "{what} cannot run: {why}"
    );
    // Not by a macro, whose output the harness keeps to itself while a test passes.
    let _ = writeln!(io::stderr(), "SKIP: {what} ({why})");
}

/// The command of a tool, if this machine has it.
pub(crate) fn tool(name: &str) -> Option<Command> {
    let mut command = Command::new(name);
    command.env("LC_ALL", "C.UTF-8").stdout(Stdio::piped()).stderr(Stdio::piped());
    let found = env::var_os("PATH")
        .is_some_and(|path| env::split_paths(&path).any(|directory| directory.join(name).is_file()));
    if !found {
        skip(name, "it is not installed");
    }
    found.then_some(command)
}

/// OpenBSD's netcat: any `nc` that says so in its help.
pub(crate) fn netcat() -> Option<Command> {
    let mut command = tool("nc")?;
    let help = Command::new("nc").arg("-h").output().ok()?;
    let is_openbsd = String::from_utf8_lossy(&help.stderr).contains("OpenBSD netcat");
    if !is_openbsd {
        skip("nc", "it is not OpenBSD's");
        return None;
    }
    command.stdin(Stdio::null());
    Some(command)
}
