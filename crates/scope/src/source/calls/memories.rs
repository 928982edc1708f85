//! The memory of the programs.

use std::cell::RefCell;

use foldhash::HashMap;
use kernel::memory::{self, Memory};

use crate::decode::Piece;
use crate::model::{Pid, Tid};

/// Of how many processes the memory is kept open; beyond, all is closed and opened again when it is read.
pub(super) const MEMORIES_MAX: usize = 64;

/// How many bytes are read ahead.
pub(super) const AHEAD_BYTES_MAX: usize = 1_024;

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
        let length = self.ahead.iter().fold(0_usize, |sum, (_, bytes)| sum.saturating_add(*bytes));
        if self.ahead.len() < 2 || length > AHEAD_BYTES_MAX {
            return self.ahead.clear();
        }
        self.ahead_bytes.resize(length, 0);
        if !memory::read_pieces(tid.0, &self.ahead, &mut self.ahead_bytes) {
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
            if *piece == address && *bytes >= length {
                return self.ahead_bytes.get(begin..begin + length);
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
