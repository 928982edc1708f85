//! What a trial is to do: everything that its process is told.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::manifest::Manifest;
use super::step::seconds;
use crate::exercise::Exercise;

/// One requirement, to be put to one student's program.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrialPlan {
    /// Of which exercise.
    pub exercise: Exercise,
    /// The name of the requirement.
    pub requirement: String,
    /// The program, or both of a pair; no two have the same role.
    pub programs: Vec<Program>,
    /// What was said of them, and of their messages.
    pub manifest: Manifest,
    /// What unpredictable contents are made of; the same seed makes the same ones.
    pub seed: u64,
    /// How long waits may last.
    pub limits: Limits,
    /// How the programs are to be kept from everything else.
    pub isolation: Isolation,
    /// The processor that the trial runs on; `None` is whichever it begins on.
    pub cpu: Option<u32>,
}

/// A student's program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Program {
    /// What it is to be.
    pub role: Role,
    /// The command and its arguments; not empty.
    pub command: Vec<String>,
    /// Where it is run.
    pub directory: PathBuf,
    /// What is added to its environment.
    #[serde(default)]
    pub environment: Vec<(String, String)>,
    /// The port that it listens on or connects to.
    pub port: u16,
    /// What it has as standard input.
    pub input: Input,
}

/// What a program is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// It waits for peers.
    Server,
    /// It begins to talk.
    Client,
}

/// What a program has as standard input.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Input {
    /// Nothing: `/dev/null`.
    #[default]
    Null,
    /// A pipe that nobody writes to.
    Empty,
    /// A terminal at which somebody may type.
    Keyboard,
}

/// How a program is kept from everything that is not its affair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Isolation {
    /// Not at all: in this machine's network, as this user.
    None,
    /// A network of its own, and no view of other processes, but this machine's files.
    NoMounts,
    /// Everything: users, processes, files, network.
    Full,
}

/// How long waits may last. Time counts only while neither the program nor we are kept from a processor.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Limits {
    /// Until a server waits for peers, in seconds.
    #[serde(with = "seconds")]
    pub start: Duration,
    /// For a reply, a connection, an output.
    #[serde(with = "seconds")]
    pub exchange: Duration,
    /// Until a program has ended that is to end.
    #[serde(with = "seconds")]
    pub exit: Duration,
    /// For the whole trial.
    #[serde(with = "seconds")]
    pub trial: Duration,
}

impl Limits {
    /// As long as the slowest right program needs on an ordinary machine.
    pub const USUAL: Self = Self {
        start: Duration::from_secs(10),
        exchange: Duration::from_secs(5),
        exit: Duration::from_secs(5),
        trial: Duration::from_secs(30),
    };

    /// All of them times `scale`.
    #[must_use]
    pub fn scaled(self, scale: f64) -> Self {
        let scaled = |time: Duration| Duration::try_from_secs_f64(time.as_secs_f64() * scale).unwrap_or(time);
        Self {
            start: scaled(self.start),
            exchange: scaled(self.exchange),
            exit: scaled(self.exit),
            trial: scaled(self.trial),
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::USUAL
    }
}
