//! Files that the user names by a path (`open(2)`). Links are followed, and no FIFO is waited for.

use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;

use rustix::fs::{Mode, OFlags};

/// Opens a file that exists to read it, whatever it is: [`status`](crate::directory::status) tells.
///
/// # Errors
/// `ENOENT`: it does not exist; `EACCES`: it may not be read.
pub fn open(path: &Path) -> io::Result<OwnedFd> {
    open_for(path, OFlags::RDONLY)
}

/// Opens a file that exists to read it and to write behind its end (`O_APPEND`), whatever it is.
///
/// # Errors
/// `ENOENT`: it does not exist; `EACCES`: it may not be read and written; `EISDIR`.
pub fn open_to_append(path: &Path) -> io::Result<OwnedFd> {
    open_for(path, OFlags::RDWR | OFlags::APPEND)
}

fn open_for(path: &Path, access: OFlags) -> io::Result<OwnedFd> {
    let flags = access | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    Ok(rustix::fs::open(path, flags, Mode::empty())?)
}
