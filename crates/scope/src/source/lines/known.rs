//! What the tracer knows of the lines of the programs, whichever way it does.

use std::sync::Arc;

use super::frames::Frames;
use super::{Mark, Places};
use crate::decode::Piece;
use crate::model::{Pid, Place, Tid};

/// The lines of all programs.
#[derive(Debug, Default)]
pub struct Lines {
    /// What programs have told.
    places: Places,
    /// What is read from those that need not tell.
    frames: Frames,
}

impl Lines {
    /// Takes a mark that a thread has told. Returns whether the thread is to be answered "yes". `read` reads the program's memory: from
    /// an address into a buffer, and returns how many bytes there were.
    pub fn told(
        &mut self,
        (pid, tid): (Pid, Tid),
        mark: Mark,
        read: &dyn Fn(u64, &mut [u8]) -> usize,
    ) -> bool {
        match mark {
            Mark::Question { place, library } => self.frames.try_out((pid, tid), &place, &library, read),
            mark => {
                self.places.told(pid, tid, mark);
                false
            }
        }
    }

    /// The thread could not be answered, and so goes on telling.
    pub fn is_not_answered(&mut self, pid: Pid) {
        self.frames.executed(pid);
    }

    /// Returns where the program is, as the thread goes into the kernel.
    pub fn place(
        &mut self,
        pid: Pid,
        tid: Tid,
        read: &dyn Fn(u64, &mut [u8]) -> usize,
    ) -> Option<Arc<Place>> {
        if self.frames.understands(pid) {
            return self.frames.place(pid, tid, read);
        }
        self.places.place(pid, tid, read).cloned()
    }

    /// Whether the lines of a process are read, and not told.
    pub fn are_read(&self, pid: Pid) -> bool {
        self.frames.understands(pid)
    }

    /// A process reads or closes something that is no socket, and so may get code that it did not have.
    pub fn passes(&mut self, pid: Pid) {
        self.frames.passes(pid);
    }

    /// Where [`place`](Self::place) is going to read, unless the thread has moved.
    pub fn ahead(&self, tid: Tid) -> impl Iterator<Item = Piece> {
        self.places.slot(tid).into_iter().chain(self.frames.ahead(tid).iter().copied())
    }

    /// A thread has made a process (`fork(2)`, not a thread), which has its memory.
    pub fn forked(&mut self, parent: (Pid, Tid), child: Pid) {
        if !self.places.knows(child) {
            self.places.forked(parent, child);
        }
        if !self.frames.understands(child) {
            self.frames.forked(parent, child);
        }
    }

    /// A process runs a new program. To be called for the thread that remains, too.
    pub fn executed(&mut self, pid: Pid) {
        self.places.executed(pid);
        self.frames.executed(pid);
    }

    /// A thread has ended; the last one of a process has its number, and what is known of that goes with it.
    pub fn ended(&mut self, tid: Tid) {
        self.places.ended(tid);
        self.frames.ended(tid);
    }
}
