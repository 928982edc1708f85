//! The bytes that are sent, so that every one that comes back can be checked.
//!
//! The bytes of stream *s* are a window that slides over a fixed table of pseudo-random bytes and starts at a place of
//! its own. The table's length is a prime, so that no power of two (a page, a buffer, a message) maps an offset onto equal
//! bytes: a message that is lost, duplicated, swapped with its neighbour or delivered to another stream never matches.
//! Comparing is one `memcmp` per message, cheap enough to be done always.

use thiserror::Error;

/// Length of the table: a prime just below 64 KiB.
const PERIOD_BYTES: usize = 65_521;
/// Distance between the starts of two neighbouring streams: another prime, so all streams start apart.
const STREAM_STEP_BYTES: usize = 7_919;

/// The source of every byte sent, and the judge of every byte received.
pub struct Pattern {
    /// One period followed by as much again as one message may need, so that any message is one slice.
    table: Vec<u8>,
}

/// How an echo differs from what was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Mismatch {
    /// A byte has another value.
    #[error("byte {offset} of the stream is {actual:#04x}, sent was {expected:#04x}")]
    Byte {
        /// Offset in the stream.
        offset: u64,
        /// The byte sent.
        expected: u8,
        /// The byte received.
        actual: u8,
    },
    /// More bytes, or fewer, than were sent.
    #[error("{actual} bytes, sent were {expected}")]
    Length {
        /// Bytes sent and not yet echoed.
        expected: usize,
        /// Bytes received.
        actual: usize,
    },
    /// A datagram carries the number of one that was never sent.
    #[error("datagram {actual}, the last one sent was {sent}")]
    Sequence {
        /// Highest number sent.
        sent: u64,
        /// Number received.
        actual: u64,
    },
}

impl Pattern {
    /// Makes the table for messages of at most `size_bytes_max` bytes.
    pub fn for_messages_of(size_bytes_max: usize) -> Self {
        let table = (0..PERIOD_BYTES + size_bytes_max).map(|index| byte_at(index % PERIOD_BYTES)).collect();
        Self { table }
    }

    /// The `count` bytes at `offset` of `stream`.
    ///
    /// # Panics
    /// If `count` is more than the table was made for.
    pub fn slice(&self, stream: usize, offset: u64, count: usize) -> &[u8] {
        let start = (position(offset) + (stream % PERIOD_BYTES) * STREAM_STEP_BYTES) % PERIOD_BYTES;
        &self.table[start..start + count]
    }

    /// Compares `received` with the bytes at `offset` of `stream`.
    ///
    /// # Errors
    /// The first byte that differs.
    pub fn check(&self, stream: usize, offset: u64, received: &[u8]) -> Result<(), Mismatch> {
        let expected = self.slice(stream, offset, received.len());
        if expected == received {
            return Ok(());
        }
        let pairs = expected.iter().zip(received).zip(offset..);
        let different = pairs.into_iter().find(|((expected, actual), _)| expected != actual);
        different
            .map_or(Ok(()), |((&expected, &actual), offset)| Err(Mismatch::Byte { offset, expected, actual }))
    }
}

fn position(offset: u64) -> usize {
    usize::try_from(offset % PERIOD_BYTES as u64).expect("the remainder is below the period")
}

/// A well-mixed byte for each index: the finalizer of `SplitMix64`.
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
    fn what_was_sent_is_accepted_at_any_offset() {
        let pattern = Pattern::for_messages_of(SIZE_BYTES);
        for offset in [0, 1, 65_520, 65_521, u64::from(u32::MAX) + 7] {
            let sent = pattern.slice(3, offset, SIZE_BYTES).to_vec();
            assert_eq!(pattern.check(3, offset, &sent), Ok(()));
        }
    }

    #[test]
    fn one_altered_byte_is_found_where_it_is() {
        let pattern = Pattern::for_messages_of(SIZE_BYTES);
        let mut received = pattern.slice(0, 640, SIZE_BYTES).to_vec();
        let expected = received[17];
        received[17] ^= 1;

        let verdict = pattern.check(0, 640, &received);

        assert_eq!(verdict, Err(Mismatch::Byte { offset: 657, expected, actual: expected ^ 1 }));
    }

    #[test]
    fn bytes_of_another_offset_are_refused() {
        let pattern = Pattern::for_messages_of(SIZE_BYTES);
        for shift in [1, 64, 1024, 4096, 65_536, 1_048_576] {
            assert!(pattern.check(0, 0, pattern.slice(0, shift, SIZE_BYTES)).is_err(), "shift {shift}");
        }
    }

    #[test]
    fn bytes_of_another_stream_are_refused() {
        let pattern = Pattern::for_messages_of(SIZE_BYTES);
        for stream in 1..10_000 {
            assert!(pattern.check(0, 0, pattern.slice(stream, 0, SIZE_BYTES)).is_err(), "stream {stream}");
        }
    }
}
