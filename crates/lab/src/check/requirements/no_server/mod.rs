//! 1.5.1: a client without a server.

use std::time::Duration;

use super::shared::{client, complains};
use crate::check::trial::Trial;
use crate::check::{Excerpt, Problem, Requirement, Told};

/// What a student reads of it.
pub(super) const TEXTS: [&str; 2] = [include_str!("en.md"), include_str!("es.md")];

/// What is asked of a client.
pub(super) const REQUIREMENTS: &[Requirement] = &[
    Requirement::of_client("ends", ends),
    Requirement::of_client("says-so", says_so).after(&["ends"]),
    Requirement::of_client("prints-reply", prints_reply),
    Requirement::of_client("slow-reply", slow_reply).after(&["prints-reply"]).hidden(),
    Requirement::of_client("mute-server", mute_server).after(&["ends"]).robust().hidden(),
];

/// How long somebody waits who knows that nobody may answer.
const PATIENCE: Duration = Duration::from_secs(12);

/// How long a server thinks that is not dead.
const THOUGHT: Duration = Duration::from_millis(600);

/// Without a server it ends by itself.
fn ends(trial: &mut Trial) -> Result<(), Problem> {
    trial.start()?;
    trial.client()?.wait_exit_within(PATIENCE).map(drop)
}

/// And says why, in words of its own.
fn says_so(trial: &mut Trial) -> Result<(), Problem> {
    trial.start()?;
    let exit = trial.client()?.wait_exit_within(PATIENCE)?;
    if exit.signal().is_some() {
        return Err(Problem::failed(Told::Something, Told::Ended(exit)));
    }
    let said = trial.output()?.text();
    if said.trim().is_empty() {
        return Err(Problem::failed(Told::Something, Told::Nothing));
    }
    if complains(&said) {
        return Err(Problem::failed(Told::Something, Told::Text(Excerpt::of(said.as_bytes()))));
    }
    Ok(())
}

/// With a server it prints the reply, as ever.
fn prints_reply(trial: &mut Trial) -> Result<(), Problem> {
    client::answered_udp(trial, Duration::ZERO)
}

/// Also when the server thinks for a while.
fn slow_reply(trial: &mut Trial) -> Result<(), Problem> {
    client::answered_udp(trial, THOUGHT)
}

/// With a server that never answers, which no ICMP message tells of, it ends as well.
fn mute_server(trial: &mut Trial) -> Result<(), Problem> {
    let (_server, _) = client::asked_udp(trial)?;
    trial.client()?.wait_exit_within(PATIENCE).map(drop)
}
