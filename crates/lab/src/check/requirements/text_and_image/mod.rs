//! 2.5.4: a text and an image on one connection.

mod transfer;

use std::time::Duration;

use self::transfer::{Transfer, arrives, sends};
use super::signs;
use crate::check::trial::{Manner, Trial};
use crate::check::{Ability, Problem, Requirement};

/// What a student reads of it.
pub(super) const TEXTS: [&str; 2] = [include_str!("en.md"), include_str!("es.md")];

/// What is asked of a pair.
pub(super) const REQUIREMENTS: &[Requirement] = &[
    pair("delivers", delivers),
    pair("text", text).after(&["delivers"]),
    pair("together", together).after(&["delivers"]),
    pair("in-pieces", in_pieces).after(&["together"]),
    pair("large", large).after(&["delivers"]),
    pair("again", again).after(&["delivers"]),
    pair("any-content", any_content).after(&["again"]).hidden(),
    pair("empty-image", empty_image).after(&["again"]).robust(),
    pair("huge-image", huge_image).after(&["large"]).robust(),
    pair("broken-off", broken_off).after(&["again"]).robust(),
    pair("two-clients", two_clients).after(&["again"]).robust(),
];

const fn pair(id: &'static str, judge: fn(&mut Trial) -> Result<(), Problem>) -> Requirement {
    Requirement::of_pair(id, judge).taking(&[Ability::Networks])
}

/// An image with bytes of every value.
const IMAGE_BYTES: usize = 5 * 1024;
/// One whose length needs more than two bytes.
const LARGE_BYTES: usize = 100_000;
/// One that takes many segments.
const HUGE_BYTES: usize = 5_000_000;

/// How many bytes of the beginning come one by one.
const PIECES_BYTES: u64 = 400;
/// How much time passes between two of them.
const BETWEEN: Duration = Duration::from_millis(2);
/// How long nothing may come before what was kept is passed on.
const REST: Duration = Duration::from_secs(1);
/// How many bytes of a transfer pass before it is broken off.
const BROKEN_AT_BYTES: u64 = 700;

/// The text is printed, and the image is the same.
fn delivers(trial: &mut Trial) -> Result<(), Problem> {
    trial.server()?.start()?;
    arrives(trial, &Transfer::of(trial, IMAGE_BYTES))
}

/// Also if the text has letters of several bytes.
fn text(trial: &mut Trial) -> Result<(), Problem> {
    trial.server()?.start()?;
    let transfer = Transfer { text: trial.text(30), image: trial.binary(IMAGE_BYTES) };
    let counted = |problem: Problem| problem.signed(crate::check::signatures::Signature::CharactersCounted);
    arrives(trial, &transfer).map_err(counted)
}

/// Also if all that was sent comes at once, some time later.
fn together(trial: &mut Trial) -> Result<(), Problem> {
    trial.server()?.start()?;
    trial.relay(Manner::Coalesced { rest: REST })?;
    arrives(trial, &Transfer::of(trial, IMAGE_BYTES))
}

/// Also if it comes in pieces of one byte.
fn in_pieces(trial: &mut Trial) -> Result<(), Problem> {
    trial.server()?.start()?;
    trial.relay(Manner::Fragmented { bytes: PIECES_BYTES, piece_bytes: 1, pause: BETWEEN })?;
    arrives(trial, &Transfer::of(trial, IMAGE_BYTES))
}

/// A large image is the same, too.
fn large(trial: &mut Trial) -> Result<(), Problem> {
    trial.server()?.start()?;
    arrives(trial, &Transfer::of(trial, LARGE_BYTES))
}

/// Whatever is in the image, it is the image: what the program puts between the two, the text, and the beginning of its own stream.
fn any_content(trial: &mut Trial) -> Result<(), Problem> {
    /// How much of the beginning of the stream is put into the image.
    const BEGINNING: usize = 12;
    trial.server()?.start()?;
    let first = Transfer::of(trial, IMAGE_BYTES);
    arrives(trial, &first)?;
    let [stream, _] = trial.relayed()?;
    let between = signs::between(&stream, first.text.as_bytes(), &first.image).unwrap_or_default();
    let beginning = &stream[..stream.len().min(BEGINNING)];
    let half = trial.binary(100);
    let image = [&half, between, first.text.as_bytes(), between, beginning, &half, between].concat();
    arrives(trial, &Transfer { text: first.text.clone(), image })
}

/// The same server takes several, one after the other.
fn again(trial: &mut Trial) -> Result<(), Problem> {
    trial.server()?.start()?;
    (0..3).try_for_each(|_| arrives(trial, &Transfer::of(trial, IMAGE_BYTES)))
}

/// An image of no byte is an image, and one of one byte.
fn empty_image(trial: &mut Trial) -> Result<(), Problem> {
    trial.server()?.start()?;
    [0, 1].into_iter().try_for_each(|bytes| arrives(trial, &Transfer::of(trial, bytes)))
}

/// An image of millions of bytes is the same, too.
fn huge_image(trial: &mut Trial) -> Result<(), Problem> {
    trial.server()?.start()?;
    arrives(trial, &Transfer::of(trial, HUGE_BYTES))
}

/// A client that breaks off does not end the server, and the next one is served.
fn broken_off(trial: &mut Trial) -> Result<(), Problem> {
    let server = trial.server()?;
    server.start()?;
    trial.relay(Manner::Reset { bytes: BROKEN_AT_BYTES })?;
    sends(trial, &Transfer::of(trial, IMAGE_BYTES))?;
    trial.settle()?;
    trial.relay(Manner::Faithful)?;
    server.expect_alive()?;
    arrives(trial, &Transfer::of(trial, IMAGE_BYTES))
}

/// Two transfers at once do not mix.
fn two_clients(trial: &mut Trial) -> Result<(), Problem> {
    let server = trial.server()?;
    server.start()?;
    let transfers = [Transfer::of(trial, IMAGE_BYTES), Transfer::of(trial, IMAGE_BYTES)];
    let mut streams = Vec::new();
    for transfer in &transfers {
        arrives(trial, transfer)?;
        let [stream, answer] = trial.relayed()?;
        if !answer.is_empty() {
            // Two that talk with each other cannot be said again from memory.
            return Ok(());
        }
        streams.push(stream);
    }
    server.restart()?;
    transfer::both_at_once(trial, &streams, &transfers)
}
