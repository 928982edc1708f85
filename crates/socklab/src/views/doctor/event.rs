//! A diagnosis as events of `--json`. The schema is in `docs/events.md`.

use scope::doctor::{Capabilities, Diagnosis, Standing, Surroundings, Sysctls};
use scope::model::Level;
use serde::Serialize;

/// An event of `socklab doctor`. None of it is translated.
#[derive(Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub(crate) enum Event<'d> {
    /// How a condition stands.
    Condition(&'d Standing),
    /// The last event: what a recording would show, and what else is known of this machine.
    Summary {
        /// The level; none if nothing can be recorded.
        level: Option<Level>,
        /// Whether it has what only root is told.
        kernel_events: bool,
        /// The release of the kernel.
        kernel: &'d str,
        /// The number of the user.
        user: u32,
        /// The privileges of the user, as a number in hexadecimal.
        capabilities: Capabilities,
        /// Whether this is a container.
        container: bool,
        /// How many processors can be used.
        processors: usize,
        /// Who traces this process.
        tracer: Option<u32>,
        /// The settings of the kernel that matter.
        sysctls: &'d Sysctls,
    },
}

/// The events of a diagnosis.
pub(crate) fn events<'d>(surroundings: &'d Surroundings, diagnosis: &'d Diagnosis) -> Vec<Event<'d>> {
    let summary = Event::Summary {
        level: diagnosis.level,
        kernel_events: diagnosis.has_kernel_events,
        kernel: &surroundings.kernel,
        user: surroundings.user,
        capabilities: surroundings.capabilities,
        container: surroundings.is_container,
        processors: surroundings.processors,
        tracer: surroundings.tracer,
        sysctls: &surroundings.sysctls,
    };
    diagnosis.standings.iter().map(Event::Condition).chain([summary]).collect()
}
