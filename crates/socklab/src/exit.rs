//! How a run of socklab ended, as a shell sees it.

use std::process::ExitCode;

use serde::Serialize;

/// The exit codes; the same ones with and without `--json`.
///
/// A signal is not among them. After cleaning up, it is raised again with its default action, so that a shell
/// shows 130 (`SIGINT`) or 143 (`SIGTERM`) and a parent process learns the truth from `wait(2)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Exit {
    /// What was asked for was done.
    Done = 0,
    /// The network said no: refused, reset, unreachable, closed early.
    Network = 1,
    /// The command cannot be carried out on this machine: a wrong flag, a name, a port in use, a file.
    Usage = 2,
    /// Nothing came within the time limit.
    Silence = 3,
    /// Something came and it is not what was sent: truncated, short, altered.
    Integrity = 4,
    /// A rule or a key did not let it through.
    Denied = 5,
}

impl Exit {
    /// Returns the number that the shell gets.
    pub(crate) fn code(self) -> u8 {
        self as u8
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
