//! 2.5.3: `recv()` of less than the message, and what it takes then.

mod line;

use std::time::Duration;

use self::line::Line;
use super::shared::{rests, starts};
use crate::check::signatures::Signature;
use crate::check::trial::Trial;
use crate::check::{Ability, Failure, Problem, Requirement};

/// What a student reads of it.
pub(super) const TEXTS: [&str; 2] = [include_str!("en.md"), include_str!("es.md")];

/// What is asked of a server.
pub(super) const REQUIREMENTS: &[Requirement] = &[
    Requirement::of_server("starts", starts),
    Requirement::of_server("sizes", sizes).after(&["starts"]),
    Requirement::of_server("byte-by-byte", byte_by_byte).after(&["sizes"]),
    Requirement::of_server("two-halves", two_halves).after(&["byte-by-byte"]),
    Requirement::of_server("split-character", split_character).after(&["byte-by-byte"]).hidden(),
    Requirement::of_server("together", together).after(&["sizes"]).hidden(),
    Requirement::of_server("end-of-stream", end_of_stream).after(&["sizes"]),
    Requirement::of_server("reset", reset).after(&["end-of-stream"]).robust(),
    Requirement::of_server("large", large).after(&["sizes"]).robust(),
    Requirement::of_server("small-window", small_window)
        .after(&["sizes"])
        .robust()
        .taking(&[Ability::Networks]),
];

/// How much time passes between two bytes.
const BETWEEN_BYTES: Duration = Duration::from_millis(10);

/// And between two halves: longer than anybody takes for the end who takes a pause for it.
const BETWEEN_HALVES: Duration = Duration::from_millis(700);

/// A message that no buffer of a student's has room for, in buffers of the program's, and at least and at most in bytes: a program
/// that receives few bytes at a time takes long for many.
const LARGE_BUFFERS: usize = 1000;
const LARGE_BYTES: [usize; 2] = [10_000, 200_000];

/// One that the kernel has no room for where it keeps little, once the client does not read.
const FLOOD_BYTES: usize = 20_000;

/// How much room a client has that does not read.
const SMALL_BUFFER: usize = 4096;

/// A message arrives whole, however long.
fn sizes(trial: &mut Trial) -> Result<(), Problem> {
    trial.start()?;
    let mut line = Line::open(trial)?;
    for bytes in lengths(line.buffer()) {
        let message = trial.nonce(bytes);
        line.echoes(&message).map_err(|problem| sized(trial, problem, bytes, line.buffer()))?;
    }
    Ok(())
}

/// The lengths around a buffer's, and longer ones.
fn lengths(buffer: usize) -> Vec<usize> {
    let all = [1, buffer.saturating_sub(1), buffer, buffer + 1, 2 * buffer, 1000, 5000];
    all.into_iter().filter(|bytes| *bytes > 0).collect()
}

/// Names the cause, if the length that failed shows it.
fn sized(trial: &Trial, problem: Problem, bytes: usize, buffer: usize) -> Problem {
    let problem = super::shared::tcp::signed_if_unread(trial, problem);
    let is_full = bytes.is_multiple_of(buffer);
    let got_nothing = problem.failure().is_some_and(|it| it.observed == crate::check::Told::Nothing);
    if is_full && got_nothing { problem.signed(Signature::ShortReceiveIsEnd) } else { problem }
}

/// Also if each byte is a segment of its own.
fn byte_by_byte(trial: &mut Trial) -> Result<(), Problem> {
    trial.start()?;
    let message = trial.nonce(40);
    Line::open(trial)?.echoes_slowly(&message, &[1], BETWEEN_BYTES)
}

/// Also if the second half comes much later.
fn two_halves(trial: &mut Trial) -> Result<(), Problem> {
    trial.start()?;
    let message = trial.nonce(40);
    let late = Line::open(trial)?.echoes_slowly(&message, &[24], BETWEEN_HALVES);
    late.map_err(|problem| problem.signed(Signature::PauseIsEnd))
}

/// Also if a letter of several bytes comes in parts.
fn split_character(trial: &mut Trial) -> Result<(), Problem> {
    trial.start()?;
    let message = ["a", &"ñ".repeat(12), &trial.text(12)].concat();
    Line::open(trial)?.echoes_slowly(message.as_bytes(), &[2], BETWEEN_BYTES)
}

/// Several messages that come in one segment are several messages.
fn together(trial: &mut Trial) -> Result<(), Problem> {
    trial.start()?;
    let line = Line::open(trial)?;
    if !line.framing().can_repeat() {
        return Ok(());
    }
    let messages = [trial.nonce(11), trial.nonce(11), trial.nonce(11)];
    line.echoes_together(&messages)
}

/// A client that has gone is no work, and the next one is served.
fn end_of_stream(trial: &mut Trial) -> Result<(), Problem> {
    trial.start()?;
    let mut line = Line::open(trial)?;
    line.echoes(&trial.nonce(11))?;
    line.close()?;
    trial.settle()?;
    trial.expect_alive()?;
    rests(trial).map_err(|problem| problem.signed(Signature::EndIgnored))?;
    line.echoes(&trial.nonce(11))
}

/// A client that breaks off in the middle of a message does not end the server.
fn reset(trial: &mut Trial) -> Result<(), Problem> {
    trial.start()?;
    let mut line = Line::open(trial)?;
    line.close()?;
    let peer = trial.tcp()?;
    let message = line.framed(&trial.nonce(40)).unwrap_or_default();
    peer.send(&message[..message.len() / 2])?;
    trial.settle()?;
    peer.reset()?;
    trial.settle()?;
    trial.expect_alive()?;
    line.echoes(&trial.nonce(11))
}

/// A large message arrives whole.
fn large(trial: &mut Trial) -> Result<(), Problem> {
    trial.start()?;
    let line = Line::open(trial)?;
    let message = trial.nonce((line.buffer() * LARGE_BUFFERS).clamp(LARGE_BYTES[0], LARGE_BYTES[1]));
    line.echoes_much(&message, None)
}

/// Also if the client reads late what comes back.
fn small_window(trial: &mut Trial) -> Result<(), Problem> {
    trial.small_buffers()?;
    trial.start()?;
    let message = trial.nonce(FLOOD_BYTES);
    Line::open(trial)?.echoes_much(&message, Some(SMALL_BUFFER))
}

/// What is missing of a reply.
fn differs(expected: &[u8], came: &[u8]) -> Problem {
    Failure::of_bytes(expected, came).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_stand_around_the_buffer() {
        assert_eq!(lengths(16), [1, 15, 16, 17, 32, 1000, 5000]);
        assert_eq!(lengths(1), [1, 1, 2, 2, 1000, 5000]);
    }
}
