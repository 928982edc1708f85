//! Reports made by hand, for tests.

use std::time::Duration;

use super::{CheckReport, Evidence, Severity, State};
use crate::exercise::Exercise;

/// A report of an exercise's requirement, with nothing else in it.
pub(crate) fn report(id: &str, severity: Severity, state: State) -> CheckReport {
    CheckReport {
        exercise: Exercise::EchoUdp,
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
