//! A connection that waits no longer than it is told, and ends a wait when the program is told to stop.

use std::io;
use std::net::SocketAddr;
use std::os::fd::{AsFd, OwnedFd};
use std::time::Instant;

use kernel::poll::{self, Interest};
use kernel::wake::Wake;
use kernel::{socket, stream};

/// A TCP socket, and what ends its waits.
pub(super) struct Conversation<'a> {
    socket: OwnedFd,
    stop: &'a Wake,
}

/// Why a wait or a call did not end well.
#[derive(Debug)]
pub(super) enum Halt {
    /// The program was told to stop.
    Stopped,
    /// The time is over.
    TimedOut,
    /// What the kernel said.
    Failed(io::Error),
}

impl From<io::Error> for Halt {
    fn from(error: io::Error) -> Self {
        Self::Failed(error)
    }
}

impl<'a> Conversation<'a> {
    pub(super) fn new(socket: OwnedFd, stop: &'a Wake) -> Self {
        Self { socket, stop }
    }

    /// Completes a handshake with a peer.
    pub(super) fn connect(&self, peer: SocketAddr, deadline: Instant) -> Result<(), Halt> {
        match socket::connect(&self.socket, peer) {
            Err(error) if error.raw_os_error() == Some(wire::errno::EINPROGRESS) => {
                self.wait(Interest::WRITE, deadline)?;
                socket::pending_error(&self.socket)?.map_or(Ok(()), |error| Err(error.into()))
            }
            connected => Ok(connected?),
        }
    }

    pub(super) fn local_address(&self) -> io::Result<SocketAddr> {
        socket::local_address(&self.socket)
    }

    /// Sends everything, as Python's `sendall()` does; `deadline` says how long one wait for room may last.
    pub(super) fn send_all(&self, mut bytes: &[u8], deadline: impl Fn() -> Instant) -> Result<(), Halt> {
        while !bytes.is_empty() {
            match stream::send(&self.socket, bytes) {
                Ok(sent) => bytes = &bytes[sent..],
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.wait(Interest::WRITE, deadline())?;
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// Takes what one `recv()` brings; 0 is the end of the peer's stream.
    pub(super) fn receive(&self, buffer: &mut [u8], deadline: Instant) -> Result<usize, Halt> {
        loop {
            self.wait(Interest::READ, deadline)?;
            match stream::receive(&self.socket, buffer) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                taken => return Ok(taken?),
            }
        }
    }

    /// Ends this side's stream.
    pub(super) fn shut_write(&self) -> Result<(), Halt> {
        Ok(stream::shut_write(&self.socket)?)
    }

    /// Lets a time pass.
    pub(super) fn pause(stop: &Wake, until: Instant) -> Result<(), Halt> {
        let stopped = poll::wait(stop.as_fd(), Interest::READ, Some(until))?;
        if stopped.any() { Err(Halt::Stopped) } else { Ok(()) }
    }

    fn wait(&self, interest: Interest, deadline: Instant) -> Result<(), Halt> {
        let stop = (self.stop.as_fd(), Interest::READ);
        let [ready, stopped] = poll::wait_either((self.socket.as_fd(), interest), stop, Some(deadline))?;
        match (stopped.any(), ready.any()) {
            (true, _) => Err(Halt::Stopped),
            (false, true) => Ok(()),
            (false, false) => Err(Halt::TimedOut),
        }
    }
}
