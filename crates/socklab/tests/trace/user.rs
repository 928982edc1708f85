//! All of this without privileges, by the user of `./test` or, where that is missing, by nobody.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use rustix::process::geteuid;
use scope::model::Note;

use crate::executable;
use crate::support::program::Program;
use crate::support::{BINARY, Lab, Recording, binary};

/// The user that `./test` makes.
const USER: &str = "socklab-test";
/// The user without rights, `nobody`.
const NOBODY: u32 = 65_534;

#[test]
fn an_ordinary_user_can_do_all_of_it() {
    if !geteuid().is_root() {
        // The other tests have shown it.
        return;
    }
    let lab = Lab::new();
    let tests = copy(&lab, &std::env::current_exe().unwrap(), "tests");
    let binary = copy(&lab, Path::new(&binary()), "socklab");

    let mut run = Command::new(tests);
    run.env(BINARY, binary);
    let run = ordinary(&mut run).output().unwrap();

    assert!(
        run.status.success(),
        "{}{}",
        String::from_utf8_lossy(&run.stdout),
        String::from_utf8_lossy(&run.stderr)
    );
}

#[test]
fn a_program_that_should_get_privileges_gets_none_and_that_is_told() {
    if !geteuid().is_root() {
        // Only root can make such a program.
        return;
    }
    let lab = Lab::new();
    let Some(program) = lab.compiled("privileged") else { return };
    fs::set_permissions(&program[0], Permissions::from_mode(0o4755)).unwrap();
    let binary = copy(&lab, Path::new(&binary()), "socklab");
    let place = tempfile::tempdir().unwrap();
    fs::set_permissions(place.path(), Permissions::from_mode(0o777)).unwrap();
    let file = place.path().join("run.jsonl");
    let alone = ordinary(&mut Command::new(&program[0])).status().unwrap();

    let mut command = Command::new(binary);
    command.args(["--lang", "en", "trace", "-o"]).arg(&file).arg("--").arg(&program[0]);
    command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    let finished = Program::start(ordinary(&mut command)).finish();

    assert_eq!(alone.code(), Some(1), "its directory takes privileges away from programs");
    assert_eq!(finished.code(), Some(0), "{finished:?}");
    let recording = Recording::read(&file);
    assert!(matches!(recording.notes()[..], [Note::NoPrivilege { .. }]), "{:?}", recording.notes());
    assert!(finished.stderr.contains("privilege"), "{finished:?}");
}

/// A copy where everybody can run it.
fn copy(lab: &Lab, from: &Path, name: &str) -> String {
    executable::copy(from, lab.path(name));
    lab.argument(name)
}

/// Has a command run without rights, and without what the environment says of this user's own places.
fn ordinary(command: &mut Command) -> &mut Command {
    let (user, group) = ids();
    command.uid(user).gid(group).current_dir("/").env_remove("TMPDIR").env_remove("XDG_RUNTIME_DIR");
    command.env("PATH", "/usr/local/bin:/usr/bin:/bin").env("HOME", "/nonexistent")
}

/// The numbers of the user and of the group (`passwd(5)`).
fn ids() -> (u32, u32) {
    let users = fs::read_to_string("/etc/passwd").unwrap();
    let mut of_user = users.lines().filter(|line| line.split(':').next() == Some(USER));
    of_user.next().map_or((NOBODY, NOBODY), |line| {
        let fields: Vec<_> = line.split(':').collect();
        (fields[2].parse().unwrap(), fields[3].parse().unwrap())
    })
}
