//! Our side over UDP.

use std::net::SocketAddr;

use super::absent;
use crate::check::Problem;

/// A datagram that came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// Its bytes, whole.
    pub bytes: Vec<u8>,
    /// From where.
    pub from: SocketAddr,
}

/// A client of the student's server.
#[derive(Debug)]
pub struct UdpPeer {}

/// A server for the student's client.
#[derive(Debug)]
pub struct UdpServer {}

impl UdpPeer {
    /// Its own address.
    pub fn address(&self) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], 0))
    }

    /// Sends a datagram to the server.
    ///
    /// # Errors
    /// [`Problem::Broken`].
    pub fn send(&self, _bytes: &[u8]) -> Result<(), Problem> {
        absent()
    }

    /// Waits for a datagram as long as an exchange may take; `None` if none came, or an ICMP message that nobody has the port.
    ///
    /// # Errors
    /// [`Reason::Overloaded`](crate::check::Reason::Overloaded); a server that has ended has failed.
    pub fn receive(&self) -> Result<Option<Received>, Problem> {
        absent()
    }

    /// Takes a datagram that is there; does not wait.
    ///
    /// # Errors
    /// [`Problem::Broken`].
    pub fn look(&self) -> Result<Option<Received>, Problem> {
        absent()
    }

    /// Sees that the next datagram is this one, and comes from the port that was asked.
    ///
    /// # Errors
    /// Another one, none, or one from elsewhere is the failure.
    pub fn expect(&self, _bytes: &[u8]) -> Result<(), Problem> {
        absent()
    }
}

impl UdpServer {
    /// Waits for a datagram of the client's, as long as an exchange may take; `None` if none came, or the client has ended.
    ///
    /// # Errors
    /// [`Reason::Overloaded`](crate::check::Reason::Overloaded).
    pub fn receive(&self) -> Result<Option<Received>, Problem> {
        absent()
    }

    /// Sees that a datagram comes.
    ///
    /// # Errors
    /// None is the failure.
    pub fn expect_any(&self) -> Result<Received, Problem> {
        absent()
    }

    /// Sends a datagram to whoever sent that one, from where that one was sent to.
    ///
    /// # Errors
    /// [`Problem::Broken`].
    pub fn reply(&self, _to: &Received, _bytes: &[u8]) -> Result<(), Problem> {
        absent()
    }
}
