//! All of this without privileges.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use rustix::process::geteuid;

use crate::executable;
use crate::support::SUPERVISOR;

/// The user without rights, `nobody`.
const NOBODY: u32 = 65_534;

#[test]
fn an_ordinary_user_can_do_all_of_it() {
    if !geteuid().is_root() {
        // The other tests have shown it.
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
    let copy = |from: &Path, name: &str| {
        let to = folder.path().join(name);
        executable::copy(from, &to);
        to
    };
    let tests = copy(&std::env::current_exe().unwrap(), "tests");
    let supervisor = copy(Path::new(env!("CARGO_BIN_EXE_socklab")), "socklab");

    let mut run = Command::new(tests);
    run.args(["--test-threads", "2"]).env(SUPERVISOR, supervisor).env_remove("TMPDIR");
    let run = run.current_dir("/").uid(NOBODY).gid(NOBODY).output().unwrap();

    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stdout));
}
