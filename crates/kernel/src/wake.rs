//! A way to wake a thread that waits in `epoll_wait` or `poll` (`eventfd(2)`).

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::event::{EventfdFlags, eventfd};

/// Wakes whoever waits for it to become readable. Waking twice before it is cleared wakes once.
#[derive(Debug)]
pub struct Wake(OwnedFd);

impl Wake {
    /// Makes one, not woken.
    ///
    /// # Errors
    /// `EMFILE`, `ENFILE`, `ENOMEM`: no descriptor or no memory left.
    pub fn new() -> io::Result<Self> {
        Ok(Self(eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?))
    }

    /// Makes it readable.
    pub fn wake(&self) {
        // The only possible failure is EAGAIN: the counter is at its maximum, so the waiter is awake already.
        let _ = rustix::io::write(&self.0, &1_u64.to_ne_bytes());
    }

    /// Makes it unreadable again.
    pub fn clear(&self) {
        let mut counter = [0; 8];
        // EAGAIN: nobody had woken it, which is what was asked for.
        let _ = rustix::io::read(&self.0, &mut counter);
    }
}

impl AsFd for Wake {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}
