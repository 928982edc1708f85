//! What came of a check of a program.

use serde::{Deserialize, Serialize};

use crate::exercise::Exercise;

/// How much a requirement matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Decides.
    Required,
    /// Decides only when the teacher is strict; else a warning.
    Robust,
    /// Worth saying.
    Advice,
}

/// What came of one requirement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// The program does it.
    Pass,
    /// It does not.
    Fail,
    /// It does not, and that does not decide.
    Warn,
    /// Not tried: another requirement failed before, or this machine lacks what it takes.
    Skip,
    /// The checker could not tell.
    Error,
    /// It failed once and passed once, under the same conditions.
    Unstable,
}

/// What came of all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Exit code 0.
    Pass,
    /// Exit code 1.
    Fail,
    /// Exit code 3: the checker could not judge.
    Error,
    /// Exit code 4.
    Unstable,
}

/// A requirement that was put to a program.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Check {
    /// Of which exercise.
    pub exercise: Exercise,
    /// The name of the requirement: `near-miss`.
    pub id: String,
    /// How much it matters.
    pub severity: Severity,
    /// What came of it.
    pub state: State,
}
