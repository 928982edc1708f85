//! What several exercises ask.

pub(super) mod client;
pub(super) mod tcp;
pub(super) mod udp;

use std::time::Duration;

use crate::check::trial::Trial;
use crate::check::{Excerpt, Failure, Problem, Told};

/// How much of a processor a program may use that has nothing to do.
const IDLE_PERCENT: u32 = 20;

/// For how long it is looked at.
const IDLE_TIME: Duration = Duration::from_millis(500);

/// It starts, binds, and stays there.
pub(super) fn starts(trial: &mut Trial) -> Result<(), Problem> {
    trial.start()?;
    trial.expect_alive()
}

/// It does not use a processor while it has nothing to do.
pub(super) fn rests(trial: &Trial) -> Result<(), Problem> {
    rests_for(trial, IDLE_TIME)
}

/// The same, looked at for so long.
pub(super) fn rests_for(trial: &Trial, time: Duration) -> Result<(), Problem> {
    let used = trial.busy_percent(time, IDLE_PERCENT)?;
    if used < u64::from(IDLE_PERCENT) {
        return Ok(());
    }
    Err(Problem::failed(Told::Percent(IDLE_PERCENT.into()), Told::Percent(used)))
}

/// What is expected is a text of the program's, and this is what it wrote.
pub(super) fn said_otherwise(text: &[u8], output: &str) -> Problem {
    let said =
        if output.trim().is_empty() { Told::Nothing } else { Told::Text(Excerpt::of(output.as_bytes())) };
    Failure::new(Told::Text(Excerpt::of(text)), said).into()
}

/// Whether a text is in what a program wrote, however it is wrapped and indented.
pub(super) fn says(output: &str, text: &str) -> bool {
    collapsed(output).contains(&collapsed(text))
}

/// Whether a program wrote what a language writes when nobody catches an exception.
pub(super) fn complains(output: &str) -> bool {
    const COMPLAINTS: [&str; 6] = [
        "Traceback (most recent call last)",
        "Exception in thread",
        "throw er; // Unhandled",
        "node:internal/",
        "panicked at",
        "Segmentation fault",
    ];
    COMPLAINTS.iter().any(|complaint| output.contains(complaint))
}

fn collapsed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_makes_no_difference() {
        assert!(says("Recibido:  Hola   Mundo!\n", "Recibido: Hola Mundo!"));
        assert!(!says("Recibido: Hola", "Hola Mundo!"));
    }

    #[test]
    fn an_exception_that_nobody_catches_is_seen() {
        assert!(complains("Traceback (most recent call last):\n  File"));
        assert!(!complains("no hay servidor"));
    }
}
