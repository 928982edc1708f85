//! The reading end of a pipe (`pipe(7)`).

use std::io;
use std::os::fd::AsFd;

/// Takes bytes that were written; 0 means that nobody has the writing end any more.
///
/// # Errors
/// `EAGAIN`: a non-blocking end has nothing.
pub fn read(pipe: impl AsFd, buffer: &mut [u8]) -> io::Result<usize> {
    Ok(rustix::io::read(pipe, buffer)?)
}

/// How many bytes were written and not yet read (`FIONREAD`).
///
/// # Errors
/// None in practice.
#[doc(alias = "FIONREAD")]
pub fn waiting_bytes(pipe: impl AsFd) -> io::Result<u64> {
    Ok(rustix::io::ioctl_fionread(pipe)?)
}
