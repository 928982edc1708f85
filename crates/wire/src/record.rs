//! Records: the protection of a sealed session over TCP (`docs/protocol.md` §3.1).
//!
//! Each direction is a sequence of records, numbered from 0, so that one that was changed, left out, repeated or moved does
//! not open. What they contain, joined, is frames; where a record ends means nothing.

use crate::handshake::{Keys, NotOpened, TAG_BYTES};
use crate::pending::Pending;

pub use crate::handshake::PLAIN_BYTES_MAX;

/// The bytes of a record before what is sealed.
const LENGTH_BYTES: usize = 2;

/// The fewest sealed bytes of a record: one byte and its tag.
const SEALED_BYTES_MIN: usize = 1 + TAG_BYTES;

/// Seals what a side sends.
#[derive(Debug)]
pub struct Sealer {
    keys: Keys,
    number: u64,
}

impl Sealer {
    /// The sealer of a session that has sent nothing. There must not be two with the same keys on one side.
    pub fn new(keys: Keys) -> Self {
        Self { keys, number: 0 }
    }

    /// Appends `plain` to `out` as records, as few as hold it; none if it is empty.
    pub fn seal(&mut self, plain: &[u8], out: &mut Vec<u8>) {
        out.reserve(plain.len() + plain.len().div_ceil(PLAIN_BYTES_MAX) * (LENGTH_BYTES + TAG_BYTES));
        for part in plain.chunks(PLAIN_BYTES_MAX) {
            let length = u16::try_from(part.len() + TAG_BYTES).unwrap_or(u16::MAX);
            out.extend_from_slice(&length.to_be_bytes());
            self.keys.seal(self.number, part, out);
            self.number += 1;
        }
    }
}

/// Opens what the peer sends, however the bytes were cut on their way.
///
/// It keeps what has come and is not yet a whole record. Who opens all records before each [`push`](Self::push) makes it
/// hold at most one record and what was pushed last.
#[derive(Debug)]
pub struct Opener {
    keys: Keys,
    number: u64,
    pending: Pending,
}

impl Opener {
    /// The opener of a session in which nothing has come.
    pub fn new(keys: Keys) -> Self {
        Self { keys, number: 0, pending: Pending::default() }
    }

    /// Takes bytes in, in the order in which they came.
    pub fn push(&mut self, bytes: &[u8]) {
        self.pending.push(bytes);
    }

    /// Opens the next record and appends what it contains to `plain`; says whether there was one, whole.
    ///
    /// # Errors
    ///
    /// [`RecordError`] if what comes next is no record of this session; then `plain` is as it was, and the answer stays the
    /// same.
    pub fn next(&mut self, plain: &mut Vec<u8>) -> Result<bool, RecordError> {
        let Some((length, rest)) = self.pending.left().split_first_chunk() else { return Ok(false) };
        let length = usize::from(u16::from_be_bytes(*length));
        if length < SEALED_BYTES_MIN {
            return Err(RecordError::Length { bytes: length });
        }
        let Some(sealed) = rest.get(..length) else { return Ok(false) };
        self.keys.open(self.number, sealed, plain)?;
        self.pending.take(LENGTH_BYTES + length);
        self.number += 1;
        Ok(true)
    }

    /// Whether nothing is left of what came. If not, and nothing more will come, the stream was cut within a record.
    pub fn is_empty(&self) -> bool {
        self.pending.is_empty()
    }
}

/// Bytes that are no record of this session. The session ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// It is too short for a byte and its tag.
    #[error("record of {bytes} sealed bytes, fewer than {SEALED_BYTES_MIN}")]
    Length {
        /// How many it has.
        bytes: usize,
    },
    /// It was changed, left out, repeated or moved, or was sealed with other keys.
    #[error("record that was not sealed by the peer as the next one")]
    NotOpened(#[from] NotOpened),
}
