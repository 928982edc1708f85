//! Whether a student's program does what an exercise asks: requirements, each put to the program in a trial of its own.

mod verdict;

pub use self::verdict::{Check, Severity, State, Verdict};
