//! A process of ours that has a private network and runs one scene or one trial in it, since entering such a network cannot be undone.
//!
//! [`Stage::spawn`] starts this binary again with the verb `stage`, gives it an [`Order`] and hears [`Message`]s: lines of JSON. Whoever
//! drops a [`Stage`] ends it, and with it whatever it runs: programs that are traced end with their tracer. It also ends with the
//! process that started it.

mod perform;
mod process;

pub(crate) use self::perform::Teller;
pub use self::perform::perform;
pub use self::process::Stage;

use scope::model::{Observation, Time};
use serde::{Deserialize, Serialize};

use crate::check::{CheckReport, TrialPlan};
use crate::experiments::{Output, Refused, ScenePlan};

/// The longest order, in bytes.
pub const ORDER_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// The longest message, in bytes: a packet of the largest size that the loopback has, or what programs wrote, in base64.
pub const MESSAGE_BYTES_MAX: u64 = 1024 * 1024;

/// The verb of the binary by which a stage is started.
pub const VERB: &str = "stage";

/// What a stage is to do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// Run a scene of an experiment.
    Scene(ScenePlan),
    /// Put a requirement to a program.
    Trial(Box<TrialPlan>),
}

/// What a stage tells.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Message {
    /// What this machine does not let be seen or set; before any observation.
    Limits(Limits),
    /// Something was seen.
    Observation(Observation),
    /// Nothing will be told that happened before this time.
    Settled(Time),
    /// Programs wrote something.
    Output(Output),
    /// What came of a trial.
    Judged(Box<CheckReport>),
    /// The stage could not do what it was to do: the last message.
    Failed(StageError),
    /// It has done all of it: the last message.
    Done,
}

/// What a machine does not let be seen or set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Why there is no private network.
    pub private: Option<Failed>,
    /// Why packets cannot be captured.
    pub packets: Option<Failed>,
    /// The settings that the kernel refused.
    pub refused: Vec<Refused>,
}

/// A step that the kernel refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failed {
    /// What was done: `unshare`.
    pub operation: String,
    /// What the kernel said (`errno(3)`).
    pub errno: i32,
}

/// Why a stage did not do what it was to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StageError {
    /// The kernel refused something on the way.
    #[error("{operation}: error {errno}")]
    System {
        /// What was done.
        operation: String,
        /// What it said.
        errno: i32,
    },
    /// A program of the scene could not be started.
    #[error("start the programs: {cause}")]
    Start {
        /// What failed.
        cause: String,
    },
    /// The order is none, or is longer than [`ORDER_BYTES_MAX`].
    #[error("the order cannot be read: {cause}")]
    Order {
        /// Why.
        cause: String,
    },
    /// A message is none, or is longer than [`MESSAGE_BYTES_MAX`].
    #[error("a message cannot be read: {cause}")]
    Message {
        /// Why.
        cause: String,
    },
    /// The stage ended before it had done all: something killed it.
    #[error("the stage ended early")]
    Ended,
    /// The stage was not heard to its end: it took longer than anything that it can do.
    #[error("the stage hangs")]
    Late,
}

impl StageError {
    pub(crate) fn system(operation: &str, error: &std::io::Error) -> Self {
        Self::System { operation: operation.to_owned(), errno: error.raw_os_error().unwrap_or_default() }
    }
}
