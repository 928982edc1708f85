//! 1.5.3: a buffer that is smaller than the message.

use super::shared::starts;
use super::shared::udp::NO_TEXT;
use crate::check::trial::{Trial, UdpPeer};
use crate::check::{Failure, Problem, Requirement, Told};

/// What a student reads of it.
pub(super) const TEXTS: [&str; 2] = [include_str!("en.md"), include_str!("es.md")];

/// What is asked of a server.
pub(super) const REQUIREMENTS: &[Requirement] = &[
    Requirement::of_server("starts", starts),
    Requirement::of_server("first-bytes", first_bytes).after(&["starts"]),
    Requirement::of_server("nothing-later", nothing_later).after(&["first-bytes"]),
    Requirement::of_server("survives", survives).after(&["first-bytes"]),
    Requirement::of_server("cut-character", cut_character).after(&["survives"]).hidden(),
    Requirement::of_server("raw-bytes", raw_bytes).after(&["survives"]).robust(),
];

/// The longest payload of a datagram over IPv4 (`ip(7)`): 65,535 less two headers.
const DATAGRAM_BYTES: usize = 65_507;

/// Of each message comes back what the buffer has room for.
fn first_bytes(trial: &mut Trial) -> Result<(), Problem> {
    trial.start()?;
    let buffer = buffer(trial)?;
    for bytes in lengths(buffer) {
        let message = trial.nonce(bytes);
        let came = comes_back_cut(&trial.udp()?, &message, buffer);
        if came.is_err() && !trial.is_alive()? {
            // Whether it survives is another question: the message before may have ended it.
            trial.restart()?;
            comes_back_cut(&trial.udp()?, &message, buffer)?;
        } else {
            came?;
        }
    }
    Ok(())
}

/// The rest of a message does not come later: it is gone.
fn nothing_later(trial: &mut Trial) -> Result<(), Problem> {
    trial.start()?;
    let buffer = buffer(trial)?;
    if !trial.is_alive()? {
        trial.restart()?;
    }
    let peer = trial.udp()?;
    comes_back_cut(&peer, &trial.nonce(doubled(buffer)), buffer)?;
    let is_end = |failure: &Failure| matches!(failure.observed, Told::Ended(_));
    match trial.expect_silence(&peer) {
        // Whether it survives is another question.
        Err(problem) if problem.failure().is_some_and(is_end) => Ok(()),
        other => other,
    }
}

/// No length ends it.
fn survives(trial: &mut Trial) -> Result<(), Problem> {
    trial.start()?;
    let buffer = buffer(trial)?;
    for bytes in lengths(buffer) {
        trial.expect_alive()?;
        comes_back_cut(&trial.udp()?, &trial.nonce(bytes), buffer)?;
        trial.settle()?;
    }
    trial.expect_alive()
}

/// A letter of which the buffer has the first byte only does not end it.
fn cut_character(trial: &mut Trial) -> Result<(), Problem> {
    trial.start()?;
    let buffer = buffer(trial)?;
    let mut message = trial.nonce(buffer.saturating_sub(1).min(DATAGRAM_BYTES - 2));
    message.extend("ñ".bytes());
    comes_back_cut(&trial.udp()?, &message, buffer)?;
    trial.expect_alive()?;
    comes_back_cut(&trial.udp()?, &trial.nonce(11), buffer)
}

/// Bytes that are no text do not end it.
fn raw_bytes(trial: &mut Trial) -> Result<(), Problem> {
    trial.start()?;
    let buffer = buffer(trial)?;
    comes_back_cut(&trial.udp()?, NO_TEXT, buffer)?;
    trial.expect_alive()?;
    comes_back_cut(&trial.udp()?, &trial.nonce(11), buffer)
}

/// How many bytes of a message the program takes: what comes back of the longest one; if that is something else, the room that it gives
/// to the call that it waits in.
fn buffer(trial: &Trial) -> Result<usize, Problem> {
    trial.settle()?;
    let waits = trial.blocked_in()?.filter(|blocked| blocked.call == "recvfrom" || blocked.call == "read");
    let room = waits.and_then(|blocked| usize::try_from(blocked.values[2]).ok());
    let peer = trial.udp()?;
    let message = trial.nonce(DATAGRAM_BYTES);
    peer.send(&message)?;
    let reply = peer.receive()?.map(|reply| reply.bytes).unwrap_or_default();
    trial.settle()?;
    if reply.is_empty() {
        return Err(Failure::of_bytes(&message, b"").into());
    }
    Ok(if message.starts_with(&reply) { reply.len() } else { room.unwrap_or(reply.len()) })
}

/// The lengths around a buffer's, each once.
fn lengths(buffer: usize) -> Vec<usize> {
    let around = [
        1,
        buffer.saturating_sub(1),
        buffer,
        buffer.saturating_add(1),
        doubled(buffer),
        1024,
        DATAGRAM_BYTES,
    ];
    let mut all: Vec<usize> =
        around.into_iter().filter(|bytes| (1..=DATAGRAM_BYTES).contains(bytes)).collect();
    all.sort_unstable();
    all.dedup();
    all
}

fn doubled(buffer: usize) -> usize {
    buffer.saturating_mul(2).min(DATAGRAM_BYTES)
}

/// The beginning comes back.
fn comes_back_cut(peer: &UdpPeer, message: &[u8], buffer: usize) -> Result<(), Problem> {
    peer.send(message)?;
    let expected = &message[..buffer.min(message.len())];
    let reply = peer.receive()?.map(|reply| reply.bytes).unwrap_or_default();
    if reply == expected { Ok(()) } else { Err(Failure::of_bytes(expected, &reply).into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_stand_around_the_buffer() {
        assert_eq!(lengths(8), [1, 7, 8, 9, 16, 1024, 65_507]);
        assert_eq!(lengths(1), [1, 2, 1024, 65_507]);
        assert_eq!(lengths(65_536), [1, 1024, 65_507]);
    }
}
