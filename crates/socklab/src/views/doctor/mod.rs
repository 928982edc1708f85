//! What can be seen on this machine: as a table with what to do below it, and as events.

mod advice;
pub(crate) mod event;
mod profile;
mod reason;
mod table;

use scope::doctor::{Diagnosis, Surroundings};

pub(crate) use self::advice::say as what_to_do;
pub(crate) use self::profile::profile;

use crate::context::Context;
use crate::failure::Failure;
use crate::{json, terminal};

/// Shows a diagnosis.
///
/// # Errors
///
/// Those of [`terminal::print`].
pub(crate) fn show(
    surroundings: &Surroundings,
    diagnosis: &Diagnosis,
    context: &Context,
) -> Result<(), Failure> {
    let Context { words, color, .. } = context;
    let lines = if context.json {
        let since_start = context.started.elapsed();
        event::events(surroundings, diagnosis).iter().map(|event| json::line(since_start, event)).collect()
    } else {
        table::lines(diagnosis, *color, words)
    };
    terminal::print_lines(words, &lines)
}
