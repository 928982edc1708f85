//! The reading end of a pipe (`pipe(7)`).

use std::io;
use std::os::fd::{AsFd, OwnedFd};

use rustix::fs::{OFlags, fcntl_setfl};
use rustix::pipe::{PipeFlags, pipe_with};

/// Makes a pipe whose reading end, the first one, never waits. Its writing end does, as programs expect.
///
/// # Errors
/// `EMFILE`, `ENFILE`: no descriptor left.
#[doc(alias = "O_NONBLOCK")]
pub fn make() -> io::Result<(OwnedFd, OwnedFd)> {
    let (read, write) = pipe_with(PipeFlags::CLOEXEC)?;
    fcntl_setfl(&read, OFlags::NONBLOCK)?;
    Ok((read, write))
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reading_end_does_not_wait_for_whoever_writes() {
        let (reading, writing) = make().unwrap();
        let mut buffer = [0; 8];

        assert_eq!(read(&reading, &mut buffer).unwrap_err().kind(), io::ErrorKind::WouldBlock);
        rustix::io::write(&writing, b"hello").unwrap();
        assert_eq!(read(&reading, &mut buffer).unwrap(), 5);
        drop(writing);
        assert_eq!(read(&reading, &mut buffer).unwrap(), 0);
    }
}
