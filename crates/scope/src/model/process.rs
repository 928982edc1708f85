//! The life of the programs that are watched.

use serde::{Deserialize, Serialize};

use super::Pid;

/// Something that happened to a process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Process {
    /// To which one.
    pub pid: Pid,
    /// What.
    #[serde(flatten)]
    pub change: ProcessChange,
}

/// What happened to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum ProcessChange {
    /// It was started as one of the programs of this recording, or attached to.
    Started {
        /// Which of [`Header::programs`](super::Header::programs).
        program: usize,
    },
    /// It made a process.
    Forked {
        /// The new one.
        child: Pid,
    },
    /// It runs this program from here on (`execve(2)`).
    Executed {
        /// The file.
        file: String,
        /// The arguments, cut to [`ARGUMENTS_BYTES_MAX`] in all.
        arguments: Vec<String>,
    },
    /// It runs Python, and this is how its lines are known. Told once for a program, and not again for what it forks.
    Lines {
        /// How.
        from: LinesFrom,
    },
    /// It was sent a signal.
    Signalled {
        /// Its number (`signal(7)`).
        signal: u32,
    },
    /// It ended, with this wait status (`wait(2)`).
    Ended {
        /// The wait status.
        wait_status: u32,
    },
    /// It is no longer watched, and goes on.
    Released {},
}

/// How the lines of a Python program are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinesFrom {
    /// They are read from its stack at each call, which costs the program nothing.
    Stack,
    /// It tells them by a hook, which makes its Python code slower.
    Hook,
}

/// How many bytes of a command's arguments are kept.
pub const ARGUMENTS_BYTES_MAX: usize = 4096;
