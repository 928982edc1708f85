//! `socklab doctor`: on this machine, as different users, and where things are forbidden.

use std::fs::{self, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use insta::assert_snapshot;
use rustix::process::geteuid;
use serde_json::Value;
use tempfile::TempDir;

use crate::executable;
use crate::support::{LANGS, assert_no_english, mistakes, socklab};

const MISTAKES: &[&[&str]] = &[&["now"], &["--apparmor-profil"], &["--apparmor-profile=file"]];

/// The user without rights, `nobody`.
const NOBODY: u32 = 65_534;

#[test]
fn each_mistake_gets_one_line_and_a_hint() {
    for lang in LANGS {
        assert_snapshot!(format!("doctor_mistakes_{lang}"), mistakes(lang, "doctor", MISTAKES));
    }
}

#[test]
fn the_profile_is_of_the_program_that_writes_it() {
    let run = socklab("en", &["doctor", "--apparmor-profile"]);

    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
    assert!(
        run.stdout.contains(&format!("profile socklab \"{}\"", env!("CARGO_BIN_EXE_socklab"))),
        "{}",
        run.stdout
    );
    assert!(run.stdout.contains("  userns,\n"), "{}", run.stdout);
}

#[test]
fn the_table_says_each_state_in_words_and_the_level() {
    for (lang, words, level) in
        [("en", ["yes", "partly", "no"], "level"), ("es", ["sí", "en parte", "no"], "nivel")]
    {
        let run = socklab(lang, &["doctor"]);

        let (rows, rest) =
            run.stdout.split_once("\n\n").unwrap_or_else(|| panic!("no level: {}", run.stdout));
        for row in rows.lines() {
            let said = row.get(2..).unwrap_or_default();
            assert!(
                row.starts_with(['+', '~', '-']) && words.iter().any(|word| said.starts_with(word)),
                "{row}"
            );
        }
        assert_eq!((rows.lines().count(), run.stderr.as_str()), (10, ""));
        assert!(rest.lines().next().is_some_and(|line| line.contains(level)), "{rest}");
        if lang == "es" {
            assert_no_english(&run.stdout);
        }
    }
}

#[test]
fn the_exit_code_is_that_of_the_level() {
    let here = Place::new();

    here.diagnose(&mut here.program());
}

#[test]
fn an_ordinary_user_is_told_what_root_would_see() {
    if !geteuid().is_root() {
        // The other tests have shown it.
        return;
    }
    let here = Place::new();

    let events = here.diagnose(here.program().uid(NOBODY).gid(NOBODY));

    assert_eq!(events.reason("kernel_events"), "not_root");
    assert_eq!(events.reason("packets_here"), "unprivileged");
    assert_eq!(events.summary()["user"], NOBODY);
}

#[test]
fn namespaces_that_are_turned_off_are_named_with_their_setting() {
    let here = Place::new();
    let Some(mut command) = here.restricted("echo 0 > /proc/sys/user/max_net_namespaces") else { return };

    let events = here.diagnose(&mut command);

    assert_eq!(events.reason("private_network"), "turned_off");
    assert_eq!(events.condition("private_network")["sysctl"], "user.max_net_namespaces");
    assert_eq!(events.summary()["level"], "C");
}

#[test]
fn root_without_the_privileges_of_root_records_all_the_same() {
    let here = Place::new();
    if !has("setpriv") {
        return skip("no setpriv");
    }
    let Some(mut command) = here.restricted("exec setpriv --bounding-set=-sys_admin --inh-caps=-all \"$@\"")
    else {
        return;
    };

    let events = here.diagnose(&mut command);

    // As root of a container is, by default.
    assert_eq!(events.condition("calls")["state"], "fine", "{events:?}");
    assert_eq!(events.condition("private_network")["state"], "missing", "{events:?}");
}

#[test]
fn who_is_traced_is_told_so() {
    let here = Place::new();
    if !has("strace") {
        return skip("no strace");
    }
    let mut command = Command::new("strace");
    command.args(["-f", "-o", "/dev/null"]).arg(&here.program);

    let events = here.diagnose(&mut command);

    assert_eq!(events.reason("calls"), "traced");
    assert_eq!(events.summary()["level"], Value::Null);
}

/// The program where everybody may execute it.
struct Place {
    program: PathBuf,
    _directory: TempDir,
}

impl Place {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        fs::set_permissions(directory.path(), Permissions::from_mode(0o755)).unwrap();
        let program = directory.path().join("socklab");
        executable::copy(env!("CARGO_BIN_EXE_socklab"), &program);
        Self { program, _directory: directory }
    }

    fn program(&self) -> Command {
        Command::new(&self.program)
    }

    /// The program as root of a user namespace in which a shell has done this; `None` where none can be made.
    fn restricted(&self, script: &str) -> Option<Command> {
        let in_namespace = |script: &str| {
            let mut command = Command::new("unshare");
            command.args(["--user", "--map-root-user", "sh", "-c", script, "sh"]);
            command
        };
        if !in_namespace("true").output().is_ok_and(|output| output.status.success()) {
            skip("no user namespace can be made by unshare");
            return None;
        }
        let mut command = in_namespace(&format!("{script}; exec \"$@\""));
        command.arg(&self.program);
        Some(command)
    }

    /// Runs the command with the arguments of a diagnosis, checks its form and its exit code, and returns what it told.
    fn diagnose(&self, command: &mut Command) -> Events {
        let output =
            command.args(["doctor", "--json"]).current_dir("/").stdin(Stdio::null()).output().unwrap();
        let events = Events::read(&output);
        let code = match events.summary()["level"].as_str() {
            Some("A" | "B") => 0,
            Some("C") => 5,
            _ => 2,
        };
        assert_eq!(output.status.code(), Some(code), "{events:?}");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "");
        assert!(self.program.exists());
        events
    }
}

fn has(tool: &str) -> bool {
    Command::new(tool).arg("--version").output().is_ok_and(|output| output.status.success())
}

#[derive(Debug)]
struct Events(Vec<Value>);

impl Events {
    fn read(output: &Output) -> Self {
        let lines = String::from_utf8_lossy(&output.stdout);
        Self(lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
    }

    fn condition(&self, name: &str) -> &Value {
        self.0.iter().find(|event| event["condition"] == name).unwrap()
    }

    fn reason(&self, name: &str) -> &str {
        self.condition(name)["reason"].as_str().unwrap_or_default()
    }

    fn summary(&self) -> &Value {
        self.0.last().unwrap()
    }
}

/// Says that a test cannot run here, or fails where all must.
fn skip(why: &str) {
    let may_be_left_out = std::env::var_os("SOCKLAB_REQUIRE_TOOLS").is_none_or(|value| value != "1");
    assert!(may_be_left_out, "{why}");
    let _ = writeln!(io::stderr(), "SKIP: {why}");
}
