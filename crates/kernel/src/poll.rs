//! Waiting for one or a few descriptors (`poll(2)`).

use std::io;
use std::os::fd::BorrowedFd;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

/// What a descriptor is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interest {
    /// Bytes, a connection or an end of stream to take.
    pub read: bool,
    /// Room for bytes to send.
    pub write: bool,
    /// The end of the peer's stream, without looking at the bytes before it (`POLLRDHUP`).
    pub end: bool,
}

impl Interest {
    /// Something to take.
    pub const READ: Self = Self { read: true, write: false, end: false };
    /// Room to send.
    pub const WRITE: Self = Self { read: false, write: true, end: false };
    /// Either.
    pub const BOTH: Self = Self { read: true, write: true, end: false };
    /// The peer's end.
    pub const END: Self = Self { read: false, write: false, end: true };
}

/// What a descriptor is ready for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Readiness {
    /// A read would not block: there are bytes, an end of stream, a reset, or an error to collect.
    pub read: bool,
    /// A write would not block.
    pub write: bool,
    /// An error is pending, on the socket or in its error queue (`POLLERR`).
    pub error: bool,
}

impl Readiness {
    /// Whether anything at all is to be had.
    pub fn any(self) -> bool {
        self != Self::default()
    }
}

/// Waits until the descriptor is ready as asked or `deadline` has passed; for ever without one.
///
/// The readiness is empty when the time has passed. A signal handler that runs meanwhile does not end the wait.
///
/// # Errors
/// `ENOMEM`; the descriptor is valid by type.
pub fn wait(fd: BorrowedFd<'_>, interest: Interest, deadline: Option<Instant>) -> io::Result<Readiness> {
    let [readiness] = wait_all([(fd, interest)], deadline)?;
    Ok(readiness)
}

/// Waits for two descriptors as [`wait`] does for one: until either is ready.
///
/// # Errors
/// `ENOMEM`; the descriptors are valid by type.
pub fn wait_either(
    first: (BorrowedFd<'_>, Interest),
    second: (BorrowedFd<'_>, Interest),
    deadline: Option<Instant>,
) -> io::Result<[Readiness; 2]> {
    wait_all([first, second], deadline)
}

/// Waits for any number of descriptors as [`wait`] does for one: until one of them is ready. The answers stand in the order
/// of the questions; a descriptor of which nothing is wanted is not looked at, and never ready.
///
/// # Errors
/// `ENOMEM`; `EINVAL`: more descriptors than this process may have open. All are valid by type.
pub fn wait_any(
    waits: &[(BorrowedFd<'_>, Interest)],
    deadline: Option<Instant>,
) -> io::Result<Vec<Readiness>> {
    // A descriptor in the list is told of hang-ups and errors even when nothing is asked of it.
    let is_wanted = |interest: Interest| interest.read || interest.write || interest.end;
    let asked = || waits.iter().filter(|(_, interest)| is_wanted(*interest));
    let mut fds: Vec<_> = asked().map(|&(fd, interest)| question(fd, interest)).collect();
    wait_for(&mut fds, deadline)?;
    let mut answers = fds.iter().map(readiness);
    let answer = |&(_, interest): &(BorrowedFd<'_>, Interest)| {
        if is_wanted(interest) { answers.next().unwrap_or_default() } else { Readiness::default() }
    };
    Ok(waits.iter().map(answer).collect())
}

fn wait_all<const N: usize>(
    waits: [(BorrowedFd<'_>, Interest); N],
    deadline: Option<Instant>,
) -> io::Result<[Readiness; N]> {
    let mut fds = waits.map(|(fd, interest)| question(fd, interest));
    wait_for(&mut fds, deadline)?;
    Ok(std::array::from_fn(|index| readiness(&fds[index])))
}

fn question(fd: BorrowedFd<'_>, interest: Interest) -> PollFd<'_> {
    let mut flags = PollFlags::empty();
    flags.set(PollFlags::IN, interest.read);
    flags.set(PollFlags::OUT, interest.write);
    flags.set(PollFlags::RDHUP, interest.end);
    PollFd::from_borrowed_fd(fd, flags)
}

fn wait_for(fds: &mut [PollFd<'_>], deadline: Option<Instant>) -> io::Result<()> {
    loop {
        let timeout = deadline.map(|at| timespec(at.saturating_duration_since(Instant::now())));
        match poll(fds, timeout.as_ref()) {
            Ok(_) => return Ok(()),
            Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

fn readiness(fd: &PollFd<'_>) -> Readiness {
    let flags = fd.revents();
    Readiness {
        read: flags.intersects(PollFlags::IN | PollFlags::HUP | PollFlags::RDHUP),
        write: flags.contains(PollFlags::OUT),
        error: flags.contains(PollFlags::ERR),
    }
}

/// A duration as the kernel takes it; the longest possible one when it does not fit.
pub(crate) fn timespec(duration: Duration) -> Timespec {
    Timespec::try_from(duration).unwrap_or(Timespec { tv_sec: i64::MAX, tv_nsec: 0 })
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::net::{TcpListener, TcpStream};
    use std::os::fd::AsFd;

    use super::*;

    #[test]
    fn answers_stand_in_the_order_of_the_questions_and_what_is_not_asked_has_none() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut talks = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (hears, _) = listener.accept().unwrap();
        let gone = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (left, _) = listener.accept().unwrap();
        drop(gone);
        talks.write_all(b"x").unwrap();

        let nothing = Interest { read: false, write: false, end: false };
        let asked =
            [(listener.as_fd(), Interest::READ), (left.as_fd(), nothing), (hears.as_fd(), Interest::READ)];
        let ready = wait_any(&asked, None).unwrap();

        assert_eq!(ready.iter().map(|ready| ready.any()).collect::<Vec<_>>(), [false, false, true]);
    }
}
