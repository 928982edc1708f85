//! Sessions over UDP: `wire::link` with a socket, a clock and keys (`docs/protocol.md`, sections 3.2 and 3.3).
//!
//! Both ends have a [`LinkStream`], which is read and written like a TCP connection: what is written arrives once and in
//! order, sealed if the session has a key. A task for each session moves its datagrams.
//!
//! Where to look: `client` how a session is opened; [`Listener`] how a server takes many of them on one socket, and
//! `table` what it remembers of them; `driver` the task of a session, and `path` the way its datagrams go; `stream` what
//! the program has of it.

mod client;
mod driver;
mod listener;
mod path;
mod seal;
mod stream;
mod table;

pub use client::{OpenError, connect};
pub use listener::{Admission, Counters, INBOX_DATAGRAMS_MAX, INCOMING_MAX, Incoming, Listener};
pub use stream::{End, LinkStream};
pub use table::{HALF_OPEN_AGE_MAX, HALF_OPEN_MAX, HALF_OPEN_OF_HOST_MAX};

use std::os::fd::AsFd;
use std::time::Duration;

use kernel::socket::{self, Buffer};
use tokio::time::Instant;

/// What is asked of the kernel for each direction of a socket, so that a burst finds room; it gives what it allows
/// (`net.core.rmem_max`).
const SOCKET_BUFFER_BYTES: usize = 1 << 20;

/// A link's time: since this was made.
#[derive(Debug, Clone, Copy)]
struct Clock(Instant);

impl Clock {
    fn start() -> Self {
        Self(Instant::now())
    }

    fn now(self) -> Duration {
        self.0.elapsed()
    }

    /// The moment that a link calls `at`.
    fn instant(self, at: Duration) -> Instant {
        // A link asks for nothing farther away than its silence may last.
        self.0.checked_add(at).unwrap_or(self.0)
    }
}

/// Makes room in the socket for bursts. What the kernel does not give is no error: then more is lost and repeated.
fn enlarge(socket: impl AsFd) {
    for buffer in [Buffer::Receive, Buffer::Send] {
        let _ = socket::set_buffer_bytes(&socket, buffer, SOCKET_BUFFER_BYTES);
    }
}
