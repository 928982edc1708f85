//! Copies of programs, for tests that execute them where somebody else may.

use std::path::Path;
use std::process::Command;

/// Copies a program, by another process: as long as a file is open for writing, nobody can execute it (`ETXTBSY` of `execve(2)`), and
/// a thread of this process that starts something at that moment would hand the open file on.
///
/// # Panics
/// When it cannot be copied.
pub(crate) fn copy(from: impl AsRef<Path>, to: impl AsRef<Path>) {
    let copied = Command::new("cp").arg("--").args([from.as_ref(), to.as_ref()]).status().unwrap();
    assert!(copied.success(), "cp: {copied}");
}
