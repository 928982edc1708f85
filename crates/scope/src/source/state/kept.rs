//! Copies of descriptors that are kept from one look to the next.
//!
//! To make a copy and to close it takes longer than the look itself. But a copy is one more reference: a socket lives as long as
//! it does. So whoever has copies kept says when a program is about to close a socket, and the copy goes before the program does
//! it. What nobody can say is that a socket goes with `execve(2)` (`FD_CLOEXEC`): it lives until that has been done, and the program
//! with it stands still.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use foldhash::{HashMap, HashSet};

use crate::model::SocketId;

/// How many copies are kept; with one more, all are closed and made again when they are needed.
pub const KEPT_MAX: usize = 64;

/// The copies.
#[derive(Debug, Default)]
pub(super) struct Kept {
    is_on: bool,
    copies: HashMap<SocketId, OwnedFd>,
    /// What somebody is closing just now, until he has; so no more than there are descriptors.
    barred: HashSet<SocketId>,
}

impl Kept {
    /// Whether copies are kept from now on; if not, those that are there go.
    pub(super) fn set(&mut self, is_on: bool) {
        self.is_on = is_on;
        self.copies.clear();
    }

    /// The copy of a socket, if there is one.
    pub(super) fn get(&self, id: SocketId) -> Option<BorrowedFd<'_>> {
        self.copies.get(&id).map(OwnedFd::as_fd)
    }

    /// Keeps a copy, or closes it if that may not be.
    pub(super) fn keep(&mut self, id: SocketId, copy: OwnedFd) {
        if !self.is_on || self.barred.contains(&id) {
            return;
        }
        if self.copies.len() >= KEPT_MAX {
            self.copies.clear();
        }
        self.copies.insert(id, copy);
    }

    /// Keeps no copy of this socket until [`closed`](Self::closed).
    pub(super) fn bar(&mut self, id: SocketId) {
        self.copies.remove(&id);
        if self.is_on {
            self.barred.insert(id);
        }
    }

    /// Somebody has closed it. Others may have it still; a copy that was made meanwhile goes.
    pub(super) fn closed(&mut self, id: SocketId) {
        self.copies.remove(&id);
        self.barred.remove(&id);
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;

    use super::*;

    const SOCKET: SocketId = SocketId(7);

    fn copy() -> OwnedFd {
        File::open("/dev/null").unwrap().into()
    }

    #[test]
    fn nothing_is_kept_of_what_is_being_closed() {
        let mut kept = Kept::default();
        kept.keep(SOCKET, copy());
        assert!(kept.get(SOCKET).is_none());

        kept.set(true);
        kept.keep(SOCKET, copy());
        kept.bar(SOCKET);
        assert!(kept.get(SOCKET).is_none());
        kept.keep(SOCKET, copy());
        assert!(kept.get(SOCKET).is_none());

        kept.closed(SOCKET);
        kept.keep(SOCKET, copy());
        assert!(kept.get(SOCKET).is_some());
    }

    #[test]
    fn no_more_copies_are_kept_than_the_limit() {
        let mut kept = Kept::default();
        kept.set(true);
        for id in 0..=KEPT_MAX as u64 {
            kept.keep(SocketId(id), copy());
        }

        assert_eq!(kept.copies.len(), 1);
    }
}
