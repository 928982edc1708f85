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
    Done,
    /// The network said no: refused, reset, unreachable, closed early.
    Network,
    /// The command cannot be carried out on this machine: a wrong flag, a name, a port in use, a file.
    Usage,
    /// Nothing came within the time limit.
    Silence,
    /// Something came and it is not what was sent: truncated, short, altered.
    Integrity,
    /// A rule or a key did not let it through.
    Denied,
    /// `socklab check`: the program does not do what is asked.
    NotMet,
    /// `socklab check`: nobody could tell.
    NotJudged,
    /// `socklab check`: the same trial did not end the same twice.
    Unstable,
    /// `socklab exec` does not know how the command ended, or whether it began; as `ssh(1)` has it.
    Unknown,
    /// `socklab exec` ends as the command did.
    Remote(u8),
}

impl Exit {
    /// Returns the number that the shell gets.
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Network | Self::NotMet => 1,
            Self::Usage => 2,
            Self::Silence | Self::NotJudged => 3,
            Self::Integrity | Self::Unstable => 4,
            Self::Denied => 5,
            Self::Unknown => 255,
            Self::Remote(status) => status,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
