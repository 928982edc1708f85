//! The memory of the programs.

use std::cell::RefCell;

use foldhash::HashMap;
use kernel::memory::{self, Memory};

use crate::model::{Pid, Tid};

/// Of how many processes the memory is kept open; beyond, all is closed and opened again when it is read.
pub(super) const MEMORIES_MAX: usize = 64;

/// What is open of it. Each call has its arguments read, so what can be done once for a process is.
#[derive(Debug, Default)]
pub(super) struct Memories(RefCell<HashMap<Pid, Option<Memory>>>);

impl Memories {
    /// Reads the memory of a process, one of whose threads stands still, and returns how many bytes there were. What cannot be
    /// read is as good as not there: the thread may have been killed.
    pub(super) fn read(&self, pid: Pid, tid: Tid, address: u64, buffer: &mut [u8]) -> usize {
        let mut open = self.0.borrow_mut();
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
        self.0.get_mut().remove(&pid);
    }
}
