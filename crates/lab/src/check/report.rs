//! What came of one requirement, with all that shows it.

use std::time::Duration;

use scope::model::Place;
use serde::{Deserialize, Serialize};

use super::signatures::Signature;
use super::step::{Step, seconds};
use super::{Blocked, Isolation, Reason, Role, Severity, State, Told};
use crate::exercise::Exercise;

/// How many lines of a timeline a report has, the last ones.
pub const TIMELINE_LINES_MAX: usize = 400;

/// How many lines of a program's own source a report has, of its last calls.
pub const SOURCE_LINES_MAX: usize = 8;

/// A requirement that was put to a program, and what came of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CheckReport {
    /// Of which exercise.
    pub exercise: Exercise,
    /// The name of the requirement.
    pub id: String,
    /// How much it matters.
    pub severity: Severity,
    /// What came of it.
    pub state: State,
    /// Whether students are told of it only after the date that the teacher gave.
    pub hidden: bool,
    /// What a right program does; only of a failure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<Told>,
    /// What this one did; only of a failure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed: Option<Told>,
    /// What shows the cause of a failure, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<Signature>,
    /// Why it was not tried, or could not be told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<Why>,
    /// What was done, in order.
    #[serde(default)]
    pub steps: Vec<Step>,
    /// What else was seen.
    #[serde(default)]
    pub evidence: Evidence,
    /// How long it took, in seconds.
    #[serde(rename = "seconds", with = "seconds")]
    pub took: Duration,
    /// How the program was kept from everything else; `None` if it was not run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub isolation: Option<Isolation>,
    /// Of an unstable one, the trial that passed; this report is that of the one that failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other: Option<Box<CheckReport>>,
}

impl CheckReport {
    /// A report of a requirement that says no more than this.
    pub fn blank(exercise: Exercise, id: &str, severity: Severity, state: State) -> Self {
        Self {
            exercise,
            id: id.to_owned(),
            severity,
            state,
            hidden: false,
            expected: None,
            observed: None,
            signature: None,
            why: None,
            steps: Vec::new(),
            evidence: Evidence::default(),
            took: Duration::ZERO,
            isolation: None,
            other: None,
        }
    }
}

/// Why a requirement was not tried, or nobody could tell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// Another one did not pass: its name.
    Needs(String),
    /// It cannot be found out here.
    CannotTell(Reason),
    /// We are broken: what could not be done.
    Broken(String),
}

/// What was seen of a program during a trial.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// Its calls and packets, as lines of a script (`docs/script.md`); the last [`TIMELINE_LINES_MAX`].
    #[serde(default)]
    pub timeline: Vec<String>,
    /// Lines of the timeline that were left out before those.
    #[serde(default)]
    pub lines_left_out: u64,
    /// Counters of the network that grew, by name: `TcpExt.TCPAbortOnClose`.
    #[serde(default)]
    pub counters: Vec<(String, u64)>,
    /// What each program waited in when it was over.
    #[serde(default)]
    pub blocked_in: Vec<(Role, Blocked)>,
    /// Where in their own sources the last calls on sockets stand that the programs made, where that is known; a line once, the last
    /// one at the end, at most [`SOURCE_LINES_MAX`] of each program.
    #[serde(default)]
    pub source: Vec<SourceLine>,
    /// What each program wrote.
    #[serde(default)]
    pub output: Vec<(Role, Output)>,
}

/// A line of a program's own source that made a call on a socket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceLine {
    /// Whose.
    pub role: Role,
    /// The call: `recvfrom`.
    pub call: String,
    /// Which line.
    #[serde(flatten)]
    pub place: Place,
}

/// What a program wrote to standard output and standard error.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Output {
    /// The first bytes, at most half of [`OUTPUT_BYTES_MAX`](super::trial::OUTPUT_BYTES_MAX).
    pub head: scope::model::Bytes,
    /// The last ones behind these, likewise.
    pub tail: scope::model::Bytes,
    /// How many there were between the two, which were not kept.
    pub left_out_bytes: u64,
}

impl Output {
    /// Returns what was kept as text; what is none is replaced.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes()).into_owned()
    }

    /// Returns what was kept.
    pub fn bytes(&self) -> Vec<u8> {
        [self.head.0.as_slice(), &self.tail.0].concat()
    }
}
