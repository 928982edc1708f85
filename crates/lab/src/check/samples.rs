//! Reports made by hand, for tests.

use super::{CheckReport, Severity, State};
use crate::exercise::Exercise;

/// A report of an exercise's requirement, with nothing else in it.
pub(crate) fn report(id: &str, severity: Severity, state: State) -> CheckReport {
    CheckReport::blank(Exercise::EchoUdp, id, severity, state)
}
