//! The standard streams of this process (`stdio(3)`), and what else it passes on to those that it starts.

use std::fs::File;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::fs::MemfdFlags;
use rustix::process::Signal;

/// Takes another standard input, and one other stream as standard output and standard error (`dup2(2)`). The former standard output is
/// returned, closed on `exec`.
///
/// # Errors
/// `EMFILE`: no descriptor left.
#[doc(alias = "dup2")]
pub fn replace(input: impl AsFd, output: impl AsFd) -> io::Result<OwnedFd> {
    let former = rustix::io::fcntl_dupfd_cloexec(rustix::stdio::stdout(), FIRST_OTHER)?;
    rustix::stdio::dup2_stdin(input)?;
    rustix::stdio::dup2_stdout(&output)?;
    rustix::stdio::dup2_stderr(&output)?;
    Ok(former)
}

/// The first descriptor after the standard streams.
const FIRST_OTHER: i32 = 3;

/// Makes a pipe whose reading end does not block; both ends are closed on `exec` (`pipe2(2)`).
///
/// # Errors
/// `EMFILE`, `ENFILE`.
pub fn pipe() -> io::Result<(OwnedFd, OwnedFd)> {
    let (read, write) = rustix::pipe::pipe_with(rustix::pipe::PipeFlags::CLOEXEC)?;
    rustix::io::ioctl_fionbio(&read, true)?;
    Ok((read, write))
}

/// Copies a descriptor that this process was started with, closed on `exec`.
///
/// # Errors
/// `EBADF`: it was started without one of this number.
pub fn inherited(number: i32) -> io::Result<OwnedFd> {
    if number < 0 {
        return Err(io::Error::from_raw_os_error(libc::EBADF));
    }
    // SAFETY: the number is used for one call, which fails if no file is behind it, and the copy is a descriptor of its own.
    let descriptor = unsafe { BorrowedFd::borrow_raw(number) };
    Ok(rustix::io::fcntl_dupfd_cloexec(descriptor, number)?)
}

/// Makes a file that no directory has, with these bytes, to be read from its beginning (`memfd_create(2)`).
///
/// # Errors
/// `EMFILE`, `ENFILE`, `ENOMEM`; `ENOSYS` where a sandbox forbids it.
#[doc(alias = "memfd_create")]
pub fn file_in_memory(name: &str, bytes: &[u8]) -> io::Result<File> {
    use std::io::{Seek, Write};
    let mut file = File::from(rustix::fs::memfd_create(name, MemfdFlags::CLOEXEC)?);
    file.write_all(bytes)?;
    file.rewind()?;
    Ok(file)
}

/// Has the kernel end this process when the thread that made it ends (`PR_SET_PDEATHSIG`). To be said again after a change of
/// who this process is.
///
/// # Errors
/// None in practice.
#[doc(alias = "PR_SET_PDEATHSIG")]
pub fn end_with_parent() -> io::Result<()> {
    Ok(rustix::process::set_parent_process_death_signal(Some(Signal::KILL))?)
}

/// The number of the process that made this one; 1, or that of a subreaper, once it has ended (`getppid(2)`).
pub fn parent_id() -> Option<u32> {
    rustix::process::getppid().and_then(|pid| u32::try_from(pid.as_raw_nonzero().get()).ok())
}
