//! A text and an image on their way from a client to a server, both of a student's.

use std::time::Duration;

use crate::check::manifest::TextIn;
use crate::check::trial::{FILE_BYTES_MAX, Guest, Trial};
use crate::check::{Excerpt, Failure, File, Problem, Told};

use super::super::shared::{said_otherwise, says};

/// In how many pieces each of two transfers is sent, and how much time passes between two: what one server has not taken it may leave
/// for as long as it serves another client, so that nothing tells when to go on.
const TURNS: usize = 4;
const BETWEEN_TURNS: Duration = Duration::from_millis(20);

/// What is sent.
pub(super) struct Transfer {
    pub(super) text: String,
    pub(super) image: Vec<u8>,
}

impl Transfer {
    /// One that nobody can foresee, with an image of so many bytes, of every value.
    pub(super) fn of(trial: &Trial, image_bytes: usize) -> Self {
        let text = String::from_utf8_lossy(&trial.nonce(24)).into_owned();
        Self { text, image: trial.binary(image_bytes) }
    }
}

/// The client sends both, and both arrive.
pub(super) fn arrives(trial: &Trial, transfer: &Transfer) -> Result<(), Problem> {
    sends(trial, transfer)?;
    have_arrived(trial, std::slice::from_ref(transfer))
}

/// The client sends both, and ends or waits.
pub(super) fn sends(trial: &Trial, transfer: &Transfer) -> Result<(), Problem> {
    let client = trial.client()?;
    client.end()?;
    client.start_with(&transfer.text, &transfer.image)?;
    match client.wait_exit() {
        // Some wait for the server's end; what counts is what arrives.
        Err(Problem::Failed(_)) => Ok(()),
        other => other.map(drop),
    }
}

/// All of these have arrived.
pub(super) fn have_arrived(trial: &Trial, transfers: &[Transfer]) -> Result<(), Problem> {
    let server = trial.server()?;
    let missing =
        || transfers.iter().find_map(|transfer| missing(trial, &server, transfer).transpose()).transpose();
    trial.settle_taking()?;
    if missing()?.is_none() {
        return Ok(());
    }
    // Nothing tells of a file that is written: what is not there when the server has come to rest does not come.
    trial.rest()?;
    missing()?.map_or(Ok(()), Err)
}

/// What has not arrived of this.
fn missing(trial: &Trial, server: &Guest, transfer: &Transfer) -> Result<Option<Problem>, Problem> {
    let files = server.files()?;
    let told = told(trial, server, &files)?;
    if !says(&told, &transfer.text) {
        return Ok(Some(said_otherwise(transfer.text.as_bytes(), &told)));
    }
    let image = transfer.image.as_slice();
    let is_it = |file: &File| file.total_bytes == image.len() as u64 && file.bytes.0 == image;
    if files.iter().any(is_it) {
        return Ok(None);
    }
    let likest = files.into_iter().max_by_key(|file| common(&file.bytes.0, image));
    let Some(file) = likest else {
        return Ok(Some(Problem::failed(Told::Bytes(Excerpt::of(image)), Told::Nothing)));
    };
    Ok(Some(Failure::of_bytes(image, &file.bytes.0).into()))
}

/// What the server has told of the texts that it received.
fn told(trial: &Trial, server: &Guest, files: &[File]) -> Result<String, Problem> {
    match &trial.manifest().server.text_in {
        TextIn::Stdout => Ok(server.output()?.text()),
        TextIn::File(name) => {
            let file = files.iter().find(|file| file.name == *name);
            Ok(file.map(|file| String::from_utf8_lossy(&file.bytes.0).into_owned()).unwrap_or_default())
        }
    }
}

/// How many bytes two begin with that are the same.
fn common(one: &[u8], other: &[u8]) -> usize {
    one.iter().zip(other).take(FILE_BYTES_MAX).take_while(|(one, other)| one == other).count()
}

/// Says again what two clients said, by turns, and sees that each arrives: the second ends only when the first has arrived, since a
/// server may write one over the other.
pub(super) fn both_at_once(
    trial: &Trial,
    streams: &[Vec<u8>],
    transfers: &[Transfer],
) -> Result<(), Problem> {
    let mut peers = Vec::new();
    for stream in streams {
        let pieces: Vec<_> = stream.chunks(stream.len().div_ceil(TURNS).max(1)).collect();
        peers.push((trial.tcp()?, pieces));
    }
    for turn in 0..TURNS - 1 {
        for (peer, pieces) in &peers {
            peer.send(pieces.get(turn).copied().unwrap_or_default())?;
            trial.pause(BETWEEN_TURNS)?;
        }
    }
    for ((peer, pieces), transfer) in peers.into_iter().zip(transfers) {
        peer.send(pieces.get(TURNS - 1).copied().unwrap_or_default())?;
        peer.half_close()?;
        have_arrived(trial, std::slice::from_ref(transfer))?;
        peer.close()?;
    }
    Ok(())
}
