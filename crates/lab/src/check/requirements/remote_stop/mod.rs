//! 1.5.5: a message that ends the server.

use super::shared::udp::{self, NO_TEXT, comes_back, still_serves};
use super::shared::{complains, starts};
use crate::check::trial::Trial;
use crate::check::{Excerpt, Exit, Problem, Reason, Requirement, Told};

/// What a student reads of it.
pub(super) const TEXTS: [&str; 2] = [include_str!("en.md"), include_str!("es.md")];

/// What is asked of a server.
pub(super) const REQUIREMENTS: &[Requirement] = &[
    Requirement::of_server("starts", starts),
    Requirement::of_server("echoes", udp::echoes).after(&["starts"]),
    Requirement::of_server("ends", ends).after(&["echoes"]),
    Requirement::of_server("ends-well", ends_well).after(&["ends"]),
    Requirement::of_server("sentence", sentence).after(&["ends"]),
    Requirement::of_server("part", part).after(&["ends"]).hidden(),
    Requirement::of_server("empty", empty).after(&["part"]).hidden(),
    Requirement::of_server("suffix", suffix).after(&["sentence"]).robust(),
    Requirement::of_server("raw-bytes", raw_bytes).after(&["ends"]).robust(),
    Requirement::of_server("idle", udp::idle).after(&["echoes"]).robust(),
];

/// The message ends the process.
fn ends(trial: &mut Trial) -> Result<(), Problem> {
    trial.start()?;
    still_serves(trial)?;
    stop(trial).map(drop)
}

/// With status 0, and without an exception that nobody caught.
fn ends_well(trial: &mut Trial) -> Result<(), Problem> {
    trial.start()?;
    let exit = stop(trial)?;
    if !exit.is_success() {
        return Err(Problem::failed(Told::Ended(Exit::with_code(0)), Told::Ended(exit)));
    }
    let said = trial.output()?.text();
    if complains(&said) {
        let said = Told::Text(Excerpt::of(said.as_bytes()));
        return Err(Problem::failed(Told::Ended(Exit::with_code(0)), said));
    }
    Ok(())
}

/// A sentence that has the message in it is another message.
fn sentence(trial: &mut Trial) -> Result<(), Problem> {
    let word = word(trial)?;
    let sentences =
        [[b"no ", word.as_slice(), b" ahora"].concat(), [b"hoy no quiero ", word.as_slice()].concat()];
    not_ended_by(trial, &sentences)
}

/// A part of the message is another message.
fn part(trial: &mut Trial) -> Result<(), Problem> {
    let word = word(trial)?;
    let (begin, end) = word.split_at(word.len() / 2);
    let parts = [&word[..word.len().min(1)], begin, end, &word[..word.len().saturating_sub(1)]];
    let parts = parts.iter().filter(|part| !part.is_empty() && **part != word).map(|part| part.to_vec());
    not_ended_by(trial, &parts.collect::<Vec<_>>())
}

/// Nothing at all is another message.
fn empty(trial: &mut Trial) -> Result<(), Problem> {
    not_ended_by(trial, &[Vec::new()])
}

/// The message with something behind it is another message.
fn suffix(trial: &mut Trial) -> Result<(), Problem> {
    let word = word(trial)?;
    not_ended_by(trial, &[[word.as_slice(), b"E"].concat(), [word.as_slice(), b" mas tarde"].concat()])
}

/// Bytes that are no text do not end it.
fn raw_bytes(trial: &mut Trial) -> Result<(), Problem> {
    not_ended_by(trial, &[NO_TEXT.to_vec()])
}

/// None of these ends the server, nor stops it.
fn not_ended_by(trial: &Trial, messages: &[Vec<u8>]) -> Result<(), Problem> {
    trial.start()?;
    for message in messages {
        trial.udp()?.send(message)?;
        comes_back(&trial.udp()?, &trial.nonce(11))?;
    }
    Ok(())
}

/// Sends the message, and waits for the end.
fn stop(trial: &Trial) -> Result<Exit, Problem> {
    let word = word(trial)?;
    trial.udp()?.send(&word)?;
    trial.wait_exit()
}

/// The message, as the manifest says.
fn word(trial: &Trial) -> Result<Vec<u8>, Problem> {
    let undeclared = || Problem::from(Reason::Undeclared { field: "protocol.shutdown".to_owned() });
    trial.manifest().protocol.shutdown.clone().ok_or_else(undeclared)
}
