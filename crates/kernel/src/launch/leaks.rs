//! What a process that waits for its start must not keep open (`fork(2)`).
//!
//! `execve(2)` closes what is marked so, but a process that waits has not come to that yet. Meanwhile its copies of others' pipes
//! keep those from ending: two that wait could each hold the end whose closing the other waits for, for ever.

use std::mem::MaybeUninit;
use std::os::fd::{AsRawFd, BorrowedFd, RawFd};

use rustix::fs::{CWD, Mode, OFlags, RawDir, openat};
use rustix::io::{FdFlags, fcntl_getfd};

/// Room for what one `getdents64(2)` tells: some forty numbers.
const ENTRIES_BYTES: usize = 1024;

/// Closes now what `execve(2)` would close, but for those to be kept.
///
/// It makes system calls only, so that it may run in the copy of a process that had threads. Without `/proc` nothing is closed
/// before its time.
pub(super) fn close_early(kept: &[BorrowedFd<'_>]) {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let Ok(directory) = openat(CWD, c"/proc/self/fd", flags, Mode::empty()) else { return };
    let own = directory.as_raw_fd();
    let mut room = [MaybeUninit::uninit(); ENTRIES_BYTES];
    let mut entries = RawDir::new(&directory, &mut room);
    while let Some(Ok(entry)) = entries.next() {
        let number = entry.file_name().to_str().ok().and_then(|name| name.parse().ok());
        let Some(number) = number.filter(|number| *number != own) else { continue };
        if kept.iter().all(|kept| kept.as_raw_fd() != number) && closes_at_exec(number) {
            // SAFETY: this is the child's copy, which nothing uses after this; its owner's destructor never runs here.
            unsafe { libc::close(number) };
        }
    }
}

fn closes_at_exec(number: RawFd) -> bool {
    // SAFETY: the descriptor was listed a moment ago and is not closed by anybody else: this process has one thread.
    let descriptor = unsafe { BorrowedFd::borrow_raw(number) };
    fcntl_getfd(descriptor).is_ok_and(|flags| flags.contains(FdFlags::CLOEXEC))
}
