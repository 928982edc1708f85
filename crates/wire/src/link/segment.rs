//! A segment's bytes: the header of `docs/protocol.md`, section 3.3, and the data behind it.

use super::LinkError;

/// The bytes of a segment before its ranges and its data.
pub const HEADER_BYTES: usize = 22;
/// The most bytes of a segment: what a datagram has room for after its own header and the tag of a sealed segment.
pub const SEGMENT_BYTES_MAX: usize = 1_166;
/// The most data of a segment that is made here: there is always room for every range.
pub const DATA_BYTES_MAX: usize = 1_096;
/// How many ranges a segment has at the most.
pub const RANGES_MAX: usize = 3;

/// The bytes of a range.
const RANGE_BYTES: usize = 16;

const FIN: u8 = 1;
const RESET: u8 = 2;

/// Places in a stream: from the first up to, and without, the last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Range {
    pub(super) from: u64,
    pub(super) to: u64,
}

/// Up to [`RANGES_MAX`] ranges.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Ranges {
    list: [Range; RANGES_MAX],
    count: usize,
}

/// A segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Segment<'a> {
    /// Where its data begins in the sender's stream.
    pub(super) offset: u64,
    /// How many bytes the sender has received without a gap, the FIN included.
    pub(super) ack: u64,
    /// How many bytes after `ack` it will take.
    pub(super) window: u32,
    /// The stream ends after this data.
    pub(super) is_fin: bool,
    /// The session is over.
    pub(super) is_reset: bool,
    /// What has been received beyond `ack`.
    pub(super) ranges: Ranges,
    pub(super) data: &'a [u8],
}

impl<'a> Segment<'a> {
    /// Reads a segment. Flags without a meaning here are not looked at.
    pub(super) fn parse(bytes: &'a [u8]) -> Result<Self, LinkError> {
        let short = LinkError::Short(bytes.len());
        let (header, rest) = bytes.split_first_chunk::<HEADER_BYTES>().ok_or(short)?;
        let ack = u64_at(header, 8);
        let (flags, count) = (header[20], usize::from(header[21]));
        if count > RANGES_MAX {
            return Err(LinkError::Ranges(count));
        }
        let (ranges, data) = rest.split_at_checked(count * RANGE_BYTES).ok_or(short)?;
        Ok(Self {
            offset: u64_at(header, 0),
            ack,
            window: u32::from_be_bytes([header[16], header[17], header[18], header[19]]),
            is_fin: flags & FIN != 0,
            is_reset: flags & RESET != 0,
            ranges: Ranges::parse(ranges, ack)?,
            data,
        })
    }

    /// Appends the header and the ranges; the data is to follow, and need not be in the segment.
    pub(super) fn encode_head(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.offset.to_be_bytes());
        out.extend_from_slice(&self.ack.to_be_bytes());
        out.extend_from_slice(&self.window.to_be_bytes());
        let flags = if self.is_fin { FIN } else { 0 } | if self.is_reset { RESET } else { 0 };
        let count = self.ranges.as_slice().len();
        out.extend_from_slice(&[flags, u8::try_from(count).unwrap_or_default()]);
        for range in self.ranges.as_slice() {
            out.extend_from_slice(&range.from.to_be_bytes());
            out.extend_from_slice(&range.to.to_be_bytes());
        }
    }

    /// Whether the segment takes place in its sender's stream, and so wants to be acknowledged.
    pub(super) fn has_content(&self) -> bool {
        self.is_fin || !self.data.is_empty()
    }
}

impl Ranges {
    pub(super) fn as_slice(&self) -> &[Range] {
        &self.list[..self.count]
    }

    /// Adds a range that is not among them yet, while there is room.
    pub(super) fn add(&mut self, range: Range) {
        if self.count < RANGES_MAX && !self.as_slice().contains(&range) {
            self.list[self.count] = range;
            self.count += 1;
        }
    }

    /// Each range has to have something in it, and none may touch what `ack` says, which would contradict it.
    fn parse(bytes: &[u8], ack: u64) -> Result<Self, LinkError> {
        let mut ranges = Self::default();
        for bytes in bytes.chunks_exact(RANGE_BYTES) {
            let range = Range { from: u64_at(bytes, 0), to: u64_at(bytes, 8) };
            if range.from <= ack || range.to <= range.from {
                return Err(LinkError::Range { from: range.from, to: range.to });
            }
            ranges.add(range);
        }
        Ok(ranges)
    }
}

/// The number at `place`, which must be there with its eight bytes.
fn u64_at(bytes: &[u8], place: usize) -> u64 {
    bytes[place..place + 8].iter().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::datagram::{DATAGRAM_BYTES_MAX, SEGMENT_HEADER_BYTES};
    use crate::handshake::TAG_BYTES;

    #[test]
    fn the_longest_segment_fills_a_sealed_datagram() {
        assert_eq!(SEGMENT_BYTES_MAX, DATAGRAM_BYTES_MAX - SEGMENT_HEADER_BYTES - TAG_BYTES);
        assert_eq!(DATA_BYTES_MAX, SEGMENT_BYTES_MAX - HEADER_BYTES - RANGES_MAX * RANGE_BYTES);
    }

    #[test]
    fn a_segment_has_the_bytes_of_the_document() {
        let mut ranges = Ranges::default();
        ranges.add(Range { from: 0x31, to: 0x32 });
        let segment = Segment {
            offset: 0x11,
            ack: 0x22,
            window: 0x33,
            is_fin: true,
            is_reset: false,
            ranges,
            data: b"data",
        };

        let bytes = encoded(&segment);

        let expected =
            b"\0\0\0\0\0\0\0\x11\0\0\0\0\0\0\0\x22\0\0\0\x33\x01\x01\0\0\0\0\0\0\0\x31\0\0\0\0\0\0\0\x32data";
        assert_eq!(bytes, expected);
        assert_eq!(Segment::parse(&bytes), Ok(segment));
    }

    #[test]
    fn every_prefix_that_cuts_the_head_is_short() {
        let mut ranges = Ranges::default();
        ranges.add(Range { from: 5, to: 6 });
        ranges.add(Range { from: 8, to: 9 });
        let bytes = encoded(&Segment { ranges, ..empty() });

        for length in 0..bytes.len() {
            assert_eq!(Segment::parse(&bytes[..length]), Err(LinkError::Short(length)));
        }
    }

    #[test]
    fn ranges_that_say_nothing_or_contradict_the_ack_are_errors() {
        for (ack, from, to) in [(0, 5, 5), (0, 5, 4), (5, 5, 6), (5, 4, 6), (u64::MAX, u64::MAX, 0)] {
            let mut ranges = Ranges::default();
            ranges.add(Range { from, to });
            let bytes = encoded(&Segment { ack, ranges, ..empty() });
            assert_eq!(Segment::parse(&bytes), Err(LinkError::Range { from, to }));
        }
    }

    #[test]
    fn more_than_three_ranges_are_an_error() {
        let mut bytes = encoded(&empty());
        bytes[21] = 4;
        bytes.extend_from_slice(&[0xff; 4 * RANGE_BYTES]);

        assert_eq!(Segment::parse(&bytes), Err(LinkError::Ranges(4)));
    }

    #[test]
    fn unknown_flags_change_nothing() {
        let mut bytes = encoded(&empty());
        bytes[20] = 0xfc;

        assert_eq!(Segment::parse(&bytes), Ok(empty()));
    }

    fn empty() -> Segment<'static> {
        let ranges = Ranges::default();
        Segment { offset: 0, ack: 0, window: 0, is_fin: false, is_reset: false, ranges, data: b"" }
    }

    fn encoded(segment: &Segment<'_>) -> Vec<u8> {
        let mut bytes = Vec::new();
        segment.encode_head(&mut bytes);
        bytes.extend_from_slice(segment.data);
        bytes
    }
}
