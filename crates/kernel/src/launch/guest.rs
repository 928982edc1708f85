//! A guest's process, which waits for its start behind its walls.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::pipe::{PipeFlags, pipe_with};

use super::{Go, Prepared, wait_for_go};
use crate::confine::{Confinement, answer, fork_with, reap};
use crate::process::{FIRST_OTHER, Image, close_all_but};
use crate::seccomp::Filter;
use crate::signals;
use crate::step::{Step, StepError, at, check, encode};

/// How a guest is connected with the world.
#[derive(Debug, Clone, Copy)]
pub struct Connections<'fd> {
    /// Its standard input, output and error.
    pub streams: [BorrowedFd<'fd>; 3],
    /// Its network (`network_namespaces(7)`); none is that of this thread.
    pub network: Option<BorrowedFd<'fd>>,
}

/// Makes a process as [`prepare`](super::prepare) does, in the confinement: when this returns, all walls are around it.
///
/// It is a child of this thread, made by a process between the two, which has joined the namespace of processes in its place.
///
/// # Errors
/// The step that was refused. [`Step::Streams`], [`Step::Channel`]: no descriptor left.
pub fn prepare_guest(
    image: &Image,
    filter: &Filter,
    confinement: &Confinement,
    connections: Connections<'_>,
) -> Result<Prepared, StepError> {
    let (wait, go) = at(Step::Channel, pipe_with(PipeFlags::CLOEXEC))?;
    let (told, tell) = at(Step::Channel, pipe_with(PipeFlags::CLOEXEC))?;
    let (number, tell_number) = at(Step::Channel, pipe_with(PipeFlags::CLOEXEC))?;
    let guest = Guest {
        image,
        filter,
        confinement,
        network: connections.network,
        streams: above_standard(connections.streams)?,
    };
    let mask = at(Step::Fork, signals::block_for_now())?;
    let between = fork_with(libc::SIGCHLD);
    if between == 0 {
        guest.fork([&wait, &tell, &tell_number]);
    }
    let between = check(Step::Fork, between);
    mask.restore();
    reap(between?.unsigned_abs());
    drop((tell, tell_number));
    let mut id = [0; ID_BYTES];
    at(Step::Channel, rustix::io::retry_on_intr(|| rustix::io::read(&number, &mut id)))?;
    let id = u32::from_ne_bytes(id);
    answer(&told).inspect_err(|_| reap(id))?;
    Ok(Prepared { id, go: Go(go) })
}

/// The size of a process' number.
const ID_BYTES: usize = 4;

/// Has the streams under numbers that none of them is to become.
fn above_standard([input, output, error]: [BorrowedFd<'_>; 3]) -> Result<[OwnedFd; 3], StepError> {
    let above = |stream| at(Step::Streams, rustix::io::fcntl_dupfd_cloexec(stream, FIRST_OTHER));
    Ok([above(input)?, above(output)?, above(error)?])
}

/// What a guest's process needs to become the program.
struct Guest<'a> {
    image: &'a Image,
    filter: &'a Filter,
    confinement: &'a Confinement,
    network: Option<BorrowedFd<'a>>,
    streams: [OwnedFd; 3],
}

impl Guest<'_> {
    /// What the process between does: it makes the guest's, tells its number, and is no more.
    fn fork(&self, [wait, tell, tell_number]: [&OwnedFd; 3]) -> ! {
        match self.confinement.fork_for_parent() {
            Ok(0) => self.run([wait, tell]),
            Ok(id) => {
                // Whoever reads it is there, or nobody needs it any more.
                let _ = rustix::io::write(tell_number, &id.to_ne_bytes());
            }
            Err(error) => {
                let _ = rustix::io::write(tell, &encode(Err(error)));
            }
        }
        // SAFETY: ends the process at once, without anything that `exit(3)` would run.
        unsafe { libc::_exit(0) }
    }

    /// What the guest's process does.
    fn run(&self, [wait, tell]: [&OwnedFd; 2]) -> ! {
        let entered = self.confinement.enter(self.network, &self.streams);
        let error = match rustix::io::write(tell, &encode(entered)) {
            Ok(_) if entered.is_ok() => self.execute(wait.as_fd()),
            _ => io::Error::from_raw_os_error(libc::ECANCELED),
        };
        // SAFETY: ends the process at once, without anything that `exit(3)` would run.
        unsafe { libc::_exit(error.raw_os_error().unwrap_or(libc::EINVAL)) }
    }

    /// Becomes the program when told to; returns only what went wrong.
    fn execute(&self, wait: BorrowedFd<'_>) -> io::Error {
        let alone = close_all_but(FIRST_OTHER, wait).and_then(|()| wait_for_go(wait));
        match alone.and_then(|()| self.filter.install()).and_then(|()| self.confinement.refuse_calls()) {
            Ok(()) => self.image.become_it(),
            Err(error) => error,
        }
    }
}
