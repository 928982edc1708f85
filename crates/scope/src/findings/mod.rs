//! What a timeline shows that its programs' authors should know: one file for each rule.
//!
//! A rule looks at a [`Timeline`] and finds what happened, with the entries that prove it; without such evidence it finds
//! nothing. Words for people are made of the facts elsewhere.

use serde::Serialize;

use crate::model::{EventId, Time};

/// Something that a rule found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    /// When it became certain.
    #[serde(rename = "t")]
    pub at: Time,
    /// How much it matters.
    pub severity: Severity,
    /// The observations that prove it, in the order of time.
    pub evidence: Vec<EventId>,
}

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth knowing; the program may be right.
    Advice,
    /// Works by luck: other timing or other sizes will break it.
    Fragile,
    /// Something failed, was lost, or waits for ever.
    Fault,
}
