//! Where messages lie in memory: `struct iovec`, `struct msghdr`, `struct mmsghdr` (`readv(2)`, `recvmsg(2)`, `recvmmsg(2)`).

use super::at::{At, bounded};

/// How many messages of `sendmmsg(2)` and `recvmmsg(2)` are read.
pub const MESSAGES_MAX: usize = 256;

/// How many pieces of memory are read in one call, over all its messages. The kernel takes 1,024 for one.
pub const PIECES_MAX: usize = 4_096;

/// The pieces of one message: where each begins, and its length.
pub(super) type Pieces = Vec<(u64, u64)>;

/// A `struct msghdr`.
#[derive(Clone, Copy)]
pub(super) struct Header {
    pub(super) name: u64,
    pub(super) name_bytes: u32,
    pieces: u64,
    count: u64,
    pub(super) flags: u32,
}

/// The bytes of a `struct msghdr`, and of a `struct mmsghdr`, which has a length behind it.
const HEADER_BYTES: usize = 56;
const COUNTED_BYTES: usize = 64;

impl Header {
    pub(super) fn read(at: &At<'_>, address: u64) -> Option<Self> {
        let bytes = at.array::<HEADER_BYTES>(address)?;
        Some(Self {
            name: long(&bytes, 0),
            name_bytes: half(&bytes, 8),
            pieces: long(&bytes, 16),
            count: long(&bytes, 24),
            flags: half(&bytes, 48),
        })
    }

    /// The pieces of its message.
    pub(super) fn pieces(&self, at: &mut At<'_>) -> Pieces {
        pieces(at, self.pieces, self.count)
    }
}

/// The addresses of the headers that `sendmmsg(2)` or `recvmmsg(2)` is given; the second argument is where, the third how many.
pub(super) fn headers(at: &At<'_>) -> impl Iterator<Item = u64> + use<> {
    let (first, count) = (at.values[1], bounded(at.values[2] & u64::from(u32::MAX), MESSAGES_MAX));
    (0..).step_by(COUNTED_BYTES).take(count).map(move |offset| first.wrapping_add(offset))
}

/// The length that the kernel wrote behind the header at this address.
pub(super) fn moved(at: &At<'_>, header: u64) -> u64 {
    at.u32(header.wrapping_add(HEADER_BYTES as u64)).unwrap_or_default().into()
}

/// Reads an array of `struct iovec`.
pub(super) fn pieces(at: &mut At<'_>, address: u64, count: u64) -> Pieces {
    const PIECE_BYTES: usize = 16;
    let count = bounded(count, at.pieces_left);
    at.pieces_left -= count;
    let bytes = at.bytes(address, count * PIECE_BYTES);
    bytes.chunks_exact(PIECE_BYTES).map(|piece| (long(piece, 0), long(piece, 8))).collect()
}

/// How many bytes the pieces have together.
pub(super) fn total(pieces: &[(u64, u64)]) -> u64 {
    pieces.iter().fold(0, |total, piece| total.saturating_add(piece.1))
}

/// The 64-bit number at this offset of a structure.
pub(super) fn long(bytes: &[u8], offset: usize) -> u64 {
    bytes.get(offset..).and_then(<[u8]>::first_chunk).map_or(0, |bytes| u64::from_ne_bytes(*bytes))
}

/// The 32-bit number at this offset.
pub(super) fn half(bytes: &[u8], offset: usize) -> u32 {
    bytes.get(offset..).and_then(<[u8]>::first_chunk).map_or(0, |bytes| u32::from_ne_bytes(*bytes))
}
