//! Programs that wait for their start: a process that becomes the program when it is told to (`fork(2)`, `execve(2)`).
//!
//! It is there before it runs, so a tracer can attach to it first. It keeps the standard streams, the directory, the process group
//! and the terminal of this process. As long as it waits it ends as soon as nobody can tell it to go any more.

mod guest;
mod leaks;

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::pipe::{PipeFlags, pipe_with};
use rustix::thread::set_no_new_privs;

use crate::process::Image;
use crate::seccomp::Filter;
use crate::signals;

use self::leaks::close_early;

pub use self::guest::{Connections, prepare_guest};

/// A process that waits to become a program.
#[derive(Debug)]
pub struct Prepared {
    id: u32,
    go: Go,
}

/// What tells a prepared process to go on. Whoever drops it unused ends the process.
#[derive(Debug)]
pub struct Go(OwnedFd);

/// In what a program differs from what this process would have executed itself.
#[derive(Debug, Clone, Copy, Default)]
pub struct Manner<'fd> {
    /// Whether set-user-ID programs get what they are meant to; takes `CAP_SYS_ADMIN`.
    pub keep_privileges: bool,
    /// Whether what it writes to standard output goes where standard error goes (`dup2(2)`).
    pub output_to_error: bool,
    /// What it has as standard input, output and error, if that is not what this process has.
    pub terminal: Option<BorrowedFd<'fd>>,
}

/// Makes a process that becomes the program when told to. `filter` holds for it from then on.
///
/// If the program cannot be executed, the process ends with the error number as its exit code: who traces it knows the difference,
/// since it has not executed anything. The caller waits for it.
///
/// # Errors
/// `EMFILE`, `ENFILE`: no descriptor left; `EAGAIN`, `ENOMEM`: no process could be made.
#[doc(alias = "fork")]
pub fn prepare(image: &Image, filter: &Filter, manner: Manner<'_>) -> io::Result<Prepared> {
    let (wait, go) = pipe_with(PipeFlags::CLOEXEC)?;
    // A signal whose handler ran in the child would run it on a copy of this process' memory.
    let mask = signals::block_for_now()?;
    // SAFETY: the child makes only system calls, on memory that was made before, and ends by `_exit(2)` or `execve(2)`: it takes no
    // lock that another thread may have held, and runs no destructor.
    let id = unsafe { libc::fork() };
    if id == 0 {
        let error = run(image, filter, manner, wait.as_fd());
        // SAFETY: ends the process at once, without anything that `exit(3)` would run.
        unsafe { libc::_exit(error.raw_os_error().unwrap_or(libc::EINVAL)) }
    }
    let error = io::Error::last_os_error();
    mask.restore();
    let id = u32::try_from(id).map_err(|_| error)?;
    Ok(Prepared { id, go: Go(go) })
}

/// What the child does; returns only what went wrong.
fn run(image: &Image, filter: &Filter, manner: Manner<'_>, wait: BorrowedFd<'_>) -> io::Error {
    signals::forget_handlers();
    close_early(&[wait, manner.terminal.unwrap_or(wait)]);
    let ready = signals::unblock_all().and_then(|()| wait_for_go(wait));
    match ready.and_then(|()| manner.take_on()).and_then(|()| filter.install()) {
        Ok(()) => image.become_it(),
        Err(error) => error,
    }
}

/// Waits until somebody says that it may go on. The process has no copy of the other end any more.
fn wait_for_go(wait: BorrowedFd<'_>) -> io::Result<()> {
    match rustix::io::retry_on_intr(|| rustix::io::read(wait, &mut [0])) {
        Ok(1) => Ok(()),
        _ => Err(io::Error::from_raw_os_error(libc::ECANCELED)),
    }
}

impl Manner<'_> {
    /// Changes this process. Runs between `fork(2)` and `execve(2)`, before the filter that could see its calls.
    fn take_on(self) -> io::Result<()> {
        if let Some(terminal) = self.terminal {
            rustix::stdio::dup2_stdin(terminal)?;
            rustix::stdio::dup2_stdout(terminal)?;
            rustix::stdio::dup2_stderr(terminal)?;
        }
        if self.output_to_error {
            rustix::stdio::dup2_stdout(rustix::stdio::stderr())?;
        }
        if !self.keep_privileges {
            set_no_new_privs(true)?;
        }
        Ok(())
    }
}

impl Prepared {
    /// The number of the process.
    pub fn id(&self) -> u32 {
        self.id
    }

    /// Takes what tells it to go on.
    pub fn into_go(self) -> Go {
        self.go
    }
}

impl Go {
    /// Tells the process to become the program. From any thread.
    ///
    /// # Errors
    /// `EPIPE`: it has ended.
    pub fn go(self) -> io::Result<()> {
        rustix::io::write(&self.0, &[1])?;
        Ok(())
    }
}
