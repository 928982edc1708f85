//! The archive: a recording as JSON Lines.
//!
//! The lines are socklab's events, so each begins with the version of their schema; `docs/events.md` has them all.

use std::io::{self, BufRead, Read, Write};

use serde::{Deserialize, Serialize};

use super::{Observation, What};

/// The version of the schema of events.
pub const VERSION: u8 = 1;

/// How long a line may be: a packet of 64 KiB in base64, and what is around it.
pub const LINE_BYTES_MAX: u64 = 1024 * 1024;

/// How many observations a recording may have when it is read; more are an error.
pub const OBSERVATIONS_MAX: usize = 20_000_000;

#[derive(Serialize, Deserialize)]
struct Line<T> {
    v: u8,
    #[serde(flatten)]
    observation: T,
}

/// Writes an observation as one line; those that are only for live views ([`What::Waiting`]) are left out.
///
/// # Errors
///
/// What the writer says.
pub fn write(writer: &mut impl Write, observation: &Observation) -> io::Result<()> {
    if matches!(observation.what, What::Waiting(_)) {
        return Ok(());
    }
    serde_json::to_writer(&mut *writer, &Line { v: VERSION, observation })?;
    writer.write_all(b"\n")
}

/// What is wrong with an archive.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// It could not be read.
    #[error("read: {0}")]
    Read(#[source] io::Error),
    /// A line is not an observation.
    #[error("line {line}: {cause}")]
    Line {
        /// Which one, from 1.
        line: usize,
        /// What is wrong with it.
        cause: serde_json::Error,
    },
    /// A line is longer than [`LINE_BYTES_MAX`].
    #[error("line {line}: longer than {LINE_BYTES_MAX} bytes")]
    TooLong {
        /// Which one, from 1.
        line: usize,
    },
    /// The archive is of a newer socklab.
    #[error("line {line}: version {version} of the events, and this program knows {VERSION}")]
    Version {
        /// Which line, from 1.
        line: usize,
        /// What it says.
        version: u8,
    },
    /// The first line is not a `recording`.
    #[error("the first line is no recording")]
    NoHeader,
    /// There are more than [`OBSERVATIONS_MAX`] lines.
    #[error("more than {OBSERVATIONS_MAX} lines")]
    TooMany,
}

/// Reads a whole archive. An archive that was cut in its last line (the disk was full, the tracer was killed) is read as far
/// as it goes: that line is left out.
///
/// # Errors
///
/// [`ArchiveError`], which names the line.
pub fn read(reader: &mut impl BufRead) -> Result<Vec<Observation>, ArchiveError> {
    let mut observations = Vec::new();
    let mut text = Vec::new();
    for line in 1.. {
        text.clear();
        let length =
            reader.take(LINE_BYTES_MAX).read_until(b'\n', &mut text).map_err(ArchiveError::Read)? as u64;
        if length == LINE_BYTES_MAX {
            return Err(ArchiveError::TooLong { line });
        }
        if text.last() != Some(&b'\n') {
            break;
        }
        if observations.len() == OBSERVATIONS_MAX {
            return Err(ArchiveError::TooMany);
        }
        let read: Line<Observation> =
            serde_json::from_slice(&text).map_err(|cause| ArchiveError::Line { line, cause })?;
        if read.v != VERSION {
            return Err(ArchiveError::Version { line, version: read.v });
        }
        observations.push(read.observation);
    }
    match observations.first() {
        Some(Observation { what: What::Recording(_), .. }) => Ok(observations),
        _ => Err(ArchiveError::NoHeader),
    }
}
