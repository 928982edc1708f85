//! The memory of the programs.

use std::cell::RefCell;

use foldhash::HashMap;
use kernel::memory::{self, Memory};

use crate::decode::Piece;
use crate::model::{Pid, Tid};

/// Of how many processes the memory is kept open; beyond, all is closed and opened again when it is read.
pub(super) const MEMORIES_MAX: usize = 64;

/// How many bytes are read ahead.
pub(super) const AHEAD_BYTES_MAX: usize = 65_536;

/// What is open of it. Each call has its arguments read, so what can be done once for a process is.
#[derive(Debug, Default)]
pub(super) struct Memories {
    open: RefCell<HashMap<Pid, Option<Memory>>>,
    /// The pieces that were read ahead for the call that is looked at, one behind the other.
    ahead: Vec<Piece>,
    ahead_bytes: Vec<u8>,
}

impl Memories {
    /// Reads several pieces at once that will be asked for, if there are several: until [`forget_ahead`](Self::forget_ahead), which
    /// is to be called at each stop, [`read`](Self::read) is answered with them.
    pub(super) fn read_ahead(&mut self, tid: Tid, pieces: impl IntoIterator<Item = Piece>) {
        self.ahead.clear();
        self.ahead.extend(pieces.into_iter().filter(|(address, bytes)| *address != 0 && *bytes > 0));
        if self.ahead.len() < 2 {
            return self.ahead.clear();
        }
        join(&mut self.ahead);
        let length = self.ahead.iter().fold(0_usize, |sum, (_, bytes)| sum.saturating_add(*bytes));
        if length > AHEAD_BYTES_MAX {
            return self.ahead.clear();
        }
        if self.ahead_bytes.len() < length {
            self.ahead_bytes.resize(length, 0);
        }
        if !memory::read_pieces(tid.0, &self.ahead, &mut self.ahead_bytes[..length]) {
            self.ahead.clear();
        }
    }

    /// What was read ahead is not what is there any more.
    pub(super) fn forget_ahead(&mut self) {
        self.ahead.clear();
    }

    /// What was read ahead from this address on.
    fn ahead(&self, address: u64, length: usize) -> Option<&[u8]> {
        let mut begin = 0;
        for (piece, bytes) in &self.ahead {
            let within = address.checked_sub(*piece).and_then(|within| usize::try_from(within).ok());
            if let Some(within) = within.filter(|within| within.saturating_add(length) <= *bytes) {
                return self.ahead_bytes.get(begin + within..begin + within + length);
            }
            begin += bytes;
        }
        None
    }

    /// Reads the memory of a process, one of whose threads stands still, and returns how many bytes there were. What cannot be
    /// read is as good as not there: the thread may have been killed.
    pub(super) fn read(&self, pid: Pid, tid: Tid, address: u64, buffer: &mut [u8]) -> usize {
        if let Some(bytes) = self.ahead(address, buffer.len()) {
            buffer.copy_from_slice(bytes);
            return bytes.len();
        }
        let mut open = self.open.borrow_mut();
        if open.len() >= MEMORIES_MAX && !open.contains_key(&pid) {
            open.clear();
        }
        match open.entry(pid).or_insert_with(|| Memory::open(pid.0).ok()) {
            Some(memory) => memory.read(address, buffer),
            // Without `/proc`, or without a descriptor that is left.
            None => memory::read(tid.0, address, buffer).unwrap_or(0),
        }
    }

    /// The process has ended, or has another memory (`execve(2)`).
    pub(super) fn forget(&mut self, pid: Pid) {
        self.open.get_mut().remove(&pid);
    }
}

/// What is in one page costs little more than one of it.
const PAGE_BYTES: u64 = 4_096;

/// Puts pieces in order and joins those that lie in one page, which is there if one of them is. No more remain than can be read at once.
fn join(pieces: &mut Vec<Piece>) {
    let end = |piece: &Piece| piece.0.saturating_add(piece.1 as u64);
    pieces.sort_unstable();
    pieces.dedup_by(|next, last| {
        let joined = end(next).max(end(last));
        let is_in_page = joined.saturating_sub(1) / PAGE_BYTES == last.0 / PAGE_BYTES;
        if is_in_page {
            last.1 = usize::try_from(joined - last.0).unwrap_or(last.1);
        }
        is_in_page
    });
    pieces.truncate(memory::PIECES_MAX);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_in_one_page_is_read_as_one_piece() {
        let joined = |pieces: &[Piece]| {
            let mut pieces = pieces.to_vec();
            join(&mut pieces);
            pieces
        };

        assert_eq!(joined(&[(0x1ff8, 8), (0x1100, 16), (0x1000, 8)]), [(0x1000, 0x1000)]);
        assert_eq!(joined(&[(0x1000, 64), (0x1010, 8)]), [(0x1000, 64)]);
        assert_eq!(joined(&[(0x1ff8, 9), (0x1000, 8)]), [(0x1000, 8), (0x1ff8, 9)]);
        assert_eq!(joined(&[(u64::MAX, 9), (0x1000, 8)]), [(0x1000, 8), (u64::MAX, 9)]);
        let many: Vec<Piece> = (1..=memory::PIECES_MAX as u64 + 1).map(|page| (page << 12, 8)).collect();
        assert_eq!(joined(&many).len(), memory::PIECES_MAX);
    }

    #[test]
    fn what_was_read_ahead_is_what_is_there() {
        let text = *b"what is there";
        let (tid, address) = (kernel::process::own_id(), u64::try_from(text.as_ptr().addr()).unwrap());
        let mut memories = Memories::default();

        memories.read_ahead(Tid(tid), [(address, 4), (address + 5, 2), (0, 3), (address, 0)]);
        assert_eq!(memories.ahead(address + 5, 2), Some(&b"is"[..]));
        assert_eq!(memories.ahead(address + 1, 6), Some(&b"hat is"[..]));
        assert_eq!(memories.ahead(address, 8), None);
        memories.forget_ahead();
        assert_eq!(memories.ahead(address, 1), None);
    }
}
