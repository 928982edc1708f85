//! Whether a student's program does what an exercise asks: requirements, each put to the program in a trial of its own.
//!
//! A [`Requirement`] drives the program through a [`Trial`](trial::Trial) as its other side, and says by a [`Problem`] what it did
//! in place of what was expected.

pub mod discovery;
mod engine;
pub mod judgement;
pub mod manifest;
pub mod pattern;
mod plan;
pub mod points;
mod probes;
mod report;
mod requirement;
pub mod requirements;
#[cfg(test)]
pub(crate) mod samples;
pub mod signatures;
mod step;
pub mod texts;
mod told;
pub mod trial;
mod verdict;

pub use self::discovery::Assumed;
pub use self::engine::{Options, PARALLEL_MAX, Progress, calibrate, judge};
pub use self::judgement::Judgement;
pub use self::plan::{Input, Isolation, Limits, Program, Role, TrialPlan};
pub use self::report::{
    CheckReport, Evidence, Output, SOURCE_LINES_MAX, SourceLine, TIMELINE_LINES_MAX, Why,
};
pub use self::requirement::{Ability, Judge, Requirement, Whose};
pub use self::step::{Act, STEPS_MAX, Step};
pub use self::told::{Blocked, EXCERPT_BYTES_MAX, Excerpt, Exit, Failure, File, Problem, Reason, Told};
pub use self::trial::relay::Manner;
pub use self::verdict::{Check, Severity, State, Verdict};
