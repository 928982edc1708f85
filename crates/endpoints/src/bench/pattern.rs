//! The bytes that are sent, so that every one that comes back can be checked.
//!
//! The bytes of a stream are a window that slides over a table of pseudo-random bytes from a place of the stream's own. The table's length is
//! a prime, so that no power of two (a page, a buffer, a message) leads from an offset to one with equal bytes: what is lost, doubled,
//! swapped with its neighbour or sent to another stream never matches. Comparing is one `memcmp`, cheap enough to be done always.

use thiserror::Error;

/// The length of the table: a prime just below 64 KiB.
const PERIOD_BYTES: usize = 65_521;
/// How far the starts of two neighbouring streams are apart: another prime, so that all starts differ.
const STREAM_STEP_BYTES: usize = 7_919;
/// The most bytes that are sent, or compared, at once.
pub(super) const CHUNK_BYTES: usize = 256 << 10;
/// How many of the bytes that are wrong are told.
const SHOWN_BYTES: usize = 16;

/// The source of every byte that is sent, and the judge of every byte that comes back.
#[derive(Debug)]
pub(super) struct Pattern {
    /// One period, and as much of the next one as makes any chunk one slice.
    table: Vec<u8>,
}

/// How an echo differs from what was sent.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Mismatch {
    /// A byte has another value.
    #[error("byte {offset} is {actual:#04x}, sent was {expected:#04x}")]
    Byte {
        /// Its place in the stream.
        offset: u64,
        /// What was sent.
        expected: u8,
        /// What came.
        actual: u8,
        /// What came, from that byte on; the first 16 bytes of it at the most.
        received: Vec<u8>,
    },
    /// More came than was sent, or of a datagram less.
    #[error("{actual} bytes came where {expected} were to come")]
    Length {
        /// How many were sent and had not come back yet.
        expected: usize,
        /// How many came.
        actual: usize,
    },
    /// A datagram has the number of one that was never sent.
    #[error("datagram {actual} came, the last one that was sent is {sent}")]
    Number {
        /// The highest number that was sent.
        sent: u64,
        /// What came.
        actual: u64,
    },
}

impl Pattern {
    /// Makes the table.
    pub(super) fn new() -> Self {
        Self { table: (0..PERIOD_BYTES + CHUNK_BYTES).map(|index| byte_at(index % PERIOD_BYTES)).collect() }
    }

    /// The bytes at this offset of a stream, as many as asked for but at most [`CHUNK_BYTES`].
    pub(super) fn slice(&self, stream: usize, offset: u64, count: usize) -> &[u8] {
        let period = PERIOD_BYTES as u64;
        let start = offset % period + stream as u64 % period * STREAM_STEP_BYTES as u64;
        // It is below the period, so it fits.
        let start = usize::try_from(start % period).unwrap_or_default();
        &self.table[start..start + count.min(CHUNK_BYTES)]
    }

    /// Compares what came with the bytes at this offset of a stream.
    ///
    /// # Errors
    /// The first byte that differs.
    pub(super) fn check(&self, stream: usize, offset: u64, received: &[u8]) -> Result<(), Mismatch> {
        for (index, chunk) in received.chunks(CHUNK_BYTES).enumerate() {
            let offset = offset + (index * CHUNK_BYTES) as u64;
            let expected = self.slice(stream, offset, chunk.len());
            if expected != chunk {
                return different(offset, expected, chunk);
            }
        }
        Ok(())
    }
}

/// Finds the first byte that differs.
fn different(offset: u64, expected: &[u8], received: &[u8]) -> Result<(), Mismatch> {
    let Some(index) = expected.iter().zip(received).position(|(expected, actual)| expected != actual) else {
        return Ok(());
    };
    Err(Mismatch::Byte {
        offset: offset + index as u64,
        expected: expected[index],
        actual: received[index],
        received: received[index..].iter().copied().take(SHOWN_BYTES).collect(),
    })
}

/// A well-mixed byte for each index: the last step of `SplitMix64`.
fn byte_at(index: usize) -> u8 {
    let mut word = (index as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word.to_le_bytes()[7]
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE_BYTES: usize = 64;

    #[test]
    fn what_was_sent_is_right_at_any_offset() {
        let pattern = Pattern::new();
        for offset in [0, 1, 65_520, 65_521, u64::from(u32::MAX) + 7] {
            let sent = pattern.slice(3, offset, SIZE_BYTES).to_vec();
            assert_eq!(pattern.check(3, offset, &sent), Ok(()));
        }
    }

    #[test]
    fn a_wrong_byte_is_found_where_it_is_in_any_chunk() {
        let pattern = Pattern::new();
        let mut received =
            [pattern.slice(0, 640, CHUNK_BYTES), pattern.slice(0, 640 + CHUNK_BYTES as u64, 64)].concat();
        let wrong = CHUNK_BYTES + 17;
        let expected = received[wrong];
        received[wrong] ^= 1;

        let verdict = pattern.check(0, 640, &received).unwrap_err();

        let Mismatch::Byte { offset, received: shown, .. } = verdict.clone() else { panic!("{verdict}") };
        assert_eq!((offset, shown[0], shown.len()), (640 + wrong as u64, expected ^ 1, SHOWN_BYTES));
    }

    #[test]
    fn bytes_of_another_place_or_stream_are_wrong() {
        let pattern = Pattern::new();
        for shift in [1, 64, 1024, 4096, 65_536, 1_048_576] {
            assert!(pattern.check(0, 0, pattern.slice(0, shift, SIZE_BYTES)).is_err(), "{shift}");
        }
        for stream in 1..10_000 {
            assert!(pattern.check(0, 0, pattern.slice(stream, 0, SIZE_BYTES)).is_err(), "{stream}");
        }
    }
}
