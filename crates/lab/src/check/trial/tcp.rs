//! Our side over TCP.

use std::net::SocketAddr;
use std::time::Duration;

use super::absent;
use crate::check::Problem;

/// A connection with the student's program, made by either.
#[derive(Debug)]
pub struct TcpPeer {}

/// Where the student's client connects to.
#[derive(Debug)]
pub struct Listener {}

/// What a stream came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StreamEnd {
    /// Its end (FIN).
    Closed,
    /// It was broken off (RST).
    Reset,
    /// Nothing more came within the time of an exchange.
    Silent,
    /// There is more than was asked for, or that is taken.
    More,
}

impl TcpPeer {
    /// Its own address.
    pub fn address(&self) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], 0))
    }

    /// Sends all of these; waits for room as long as an exchange may take after the last progress.
    ///
    /// # Errors
    /// A program that breaks the connection off, or never takes them, has failed.
    pub fn send(&self, _bytes: &[u8]) -> Result<(), Problem> {
        absent()
    }

    /// Sends these in pieces of these sizes, from the first size again when they are used up, each in a segment of its own, and
    /// lets `pause` pass behind each.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub fn send_slowly(&self, _bytes: &[u8], _sizes: &[usize], _pause: Duration) -> Result<(), Problem> {
        absent()
    }

    /// Hands these to the kernel as far as it takes them at once; tells how many.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub fn send_some(&self, _bytes: &[u8]) -> Result<usize, Problem> {
        absent()
    }

    /// Receives until so many bytes have come, or no more will; accumulates whatever comes.
    ///
    /// # Errors
    /// [`Reason::Overloaded`](crate::check::Reason::Overloaded).
    pub fn receive(&self, _bytes: usize) -> Result<(Vec<u8>, StreamEnd), Problem> {
        absent()
    }

    /// Sees that exactly these come next; what follows is not looked at.
    ///
    /// # Errors
    /// Others, or fewer, are the failure.
    pub fn expect(&self, _bytes: &[u8]) -> Result<(), Problem> {
        absent()
    }

    /// Receives exactly so many bytes.
    ///
    /// # Errors
    /// Fewer are the failure.
    pub fn receive_exact(&self, _bytes: usize) -> Result<Vec<u8>, Problem> {
        absent()
    }

    /// Receives until the stream ends, is broken off, or comes to rest; at most [`FILE_BYTES_MAX`](super::FILE_BYTES_MAX).
    ///
    /// # Errors
    /// [`Reason::Overloaded`](crate::check::Reason::Overloaded).
    pub fn receive_until_end(&self) -> Result<(Vec<u8>, StreamEnd), Problem> {
        absent()
    }

    /// Takes what is there; does not wait.
    ///
    /// # Errors
    /// [`Problem::Broken`].
    pub fn look(&self) -> Result<(Vec<u8>, StreamEnd), Problem> {
        absent()
    }

    /// Sees that nothing comes: waits until the program has come to rest, then looks once.
    ///
    /// # Errors
    /// What has come is the failure.
    pub fn expect_silence(&self) -> Result<(), Problem> {
        absent()
    }

    /// Ends our stream (`shutdown(2)`, `SHUT_WR`) and goes on receiving.
    ///
    /// # Errors
    /// None so far: a connection that is gone is seen by the next call.
    pub fn half_close(&self) -> Result<(), Problem> {
        absent()
    }

    /// Breaks the connection off (RST).
    ///
    /// # Errors
    /// [`Problem::Broken`].
    pub fn reset(self) -> Result<(), Problem> {
        absent()
    }

    /// Closes, which breaks off if there are bytes that nobody has received.
    ///
    /// # Errors
    /// [`Problem::Broken`].
    pub fn close(self) -> Result<(), Problem> {
        absent()
    }

    /// Asks for so many bytes of memory for what comes (`SO_RCVBUF`).
    ///
    /// # Errors
    /// [`Problem::Broken`].
    pub fn set_receive_buffer(&self, _bytes: usize) -> Result<(), Problem> {
        absent()
    }
}

impl Listener {
    /// Waits for a connection as long as an exchange may take; `None` if none came, or the client has ended.
    ///
    /// # Errors
    /// [`Reason::Overloaded`](crate::check::Reason::Overloaded).
    pub fn accept(&self) -> Result<Option<TcpPeer>, Problem> {
        absent()
    }

    /// Sees that a connection comes.
    ///
    /// # Errors
    /// None is the failure.
    pub fn expect_connection(&self) -> Result<TcpPeer, Problem> {
        absent()
    }
}
