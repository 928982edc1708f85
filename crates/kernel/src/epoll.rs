//! Many descriptors, one wait (`epoll(7)`), always edge-triggered.

use std::fmt;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::time::Duration;

use rustix::buffer::spare_capacity;
use rustix::event::epoll::{self, CreateFlags, Event, EventData, EventFlags};
use rustix::io::Errno;

use crate::poll::timespec;

/// How many events one wait brings at the most; the rest come with the next one.
pub const EVENTS_MAX: usize = 256;

/// What a descriptor is registered for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Registration {
    /// Readable and writable edges.
    ReadWrite,
    /// Readable edges, each told to one of the `Epoll`s that share the descriptor (`EPOLLEXCLUSIVE`).
    ReadExclusive,
    /// Readable edges.
    Read,
}

impl Registration {
    fn flags(self) -> EventFlags {
        let what = match self {
            Self::ReadWrite => EventFlags::IN | EventFlags::OUT | EventFlags::RDHUP,
            Self::ReadExclusive => EventFlags::IN | EventFlags::EXCLUSIVE,
            Self::Read => EventFlags::IN,
        };
        what | EventFlags::ET
    }
}

/// An epoll instance and room for what it tells.
pub struct Epoll {
    fd: OwnedFd,
    events: Vec<Event>,
}

impl Epoll {
    /// Makes an empty one.
    ///
    /// # Errors
    /// `EMFILE`, `ENFILE`, `ENOMEM`: no descriptor or no memory left.
    pub fn new() -> io::Result<Self> {
        Ok(Self { fd: epoll::create(CreateFlags::CLOEXEC)?, events: Vec::with_capacity(EVENTS_MAX) })
    }

    /// Registers a descriptor; its events carry `token`. Closing the descriptor's last copy ends the registration.
    ///
    /// # Errors
    /// `ENOSPC`: `/proc/sys/fs/epoll/max_user_watches` is reached; `ENOMEM`.
    pub fn add(&self, fd: impl AsFd, token: u64, registration: Registration) -> io::Result<()> {
        Ok(epoll::add(&self.fd, fd, EventData::new_u64(token), registration.flags())?)
    }

    /// Registers a descriptor for something else than before. What it is ready for now is told as an edge.
    ///
    /// # Errors
    /// `ENOENT`: it is not registered; `EINVAL`: one that is, or shall be, [shared](Registration::ReadExclusive).
    pub fn modify(&self, fd: impl AsFd, token: u64, registration: Registration) -> io::Result<()> {
        Ok(epoll::modify(&self.fd, fd, EventData::new_u64(token), registration.flags())?)
    }

    /// Ends the registration of a descriptor.
    ///
    /// # Errors
    /// `ENOENT`: it is not registered.
    pub fn remove(&self, fd: impl AsFd) -> io::Result<()> {
        Ok(epoll::delete(&self.fd, fd)?)
    }

    /// Waits for events, at most for `timeout` (for ever without one); returns how many there are.
    ///
    /// # Errors
    /// None in practice; a signal handler that runs meanwhile ends the wait with no event.
    pub fn wait(&mut self, timeout: Option<Duration>) -> io::Result<usize> {
        let timeout = timeout.map(timespec);
        self.events.clear();
        match epoll::wait(&self.fd, spare_capacity(&mut self.events), timeout.as_ref()) {
            Ok(_) | Err(Errno::INTR) => Ok(self.events.len()),
            Err(error) => Err(error.into()),
        }
    }

    /// The event at `index` of the last wait.
    pub fn event(&self, index: usize) -> Option<Ready> {
        let event = self.events.get(index)?;
        let ends = EventFlags::RDHUP | EventFlags::HUP | EventFlags::ERR;
        let flags = event.flags;
        Some(Ready {
            token: event.data.u64(),
            readable: flags.intersects(ends | EventFlags::IN),
            ended: flags.intersects(ends),
        })
    }
}

/// A descriptor that is ready.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ready {
    /// What it was registered with.
    pub token: u64,
    /// There is something to read, an end or an error too; if not, there is only room to write.
    pub readable: bool,
    /// The peer has ended its stream or the connection is broken: read until the end of stream or the error shows,
    /// no other edge will come.
    pub ended: bool,
}

impl fmt::Debug for Epoll {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Epoll").field("fd", &self.fd).finish_non_exhaustive()
    }
}
