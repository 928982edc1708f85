//! The sockets that datagrams go through.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use kernel::address::unspecified;
use kernel::datagram::{Outgoing, Receiver, Sender};
use kernel::error_queue::{self, Report};
use kernel::poll::{self, Interest};
use kernel::socket;

use crate::listen::{Bound, StartError};
use crate::transport::Transport;

/// How long room for a datagram is waited for before it is given up.
const SEND_WAIT: Duration = Duration::from_millis(100);
/// How many reports are taken from an error queue at once.
const REPORTS_MAX: usize = 64;

/// Sockets, and room for what goes through them.
pub(in crate::chat) struct Post {
    pub(in crate::chat) sockets: Vec<Bound>,
    sender: Sender,
    receiver: Receiver,
}

/// A datagram that has come.
#[derive(Debug)]
pub(in crate::chat) struct Letter {
    pub(in crate::chat) from: SocketAddr,
    pub(in crate::chat) bytes: Vec<u8>,
    /// How many bytes the buffer has cut off.
    pub(in crate::chat) lost_bytes: usize,
    /// The local address that it was sent to, where that is not the socket's own.
    pub(in crate::chat) to: Option<IpAddr>,
}

/// Where a datagram goes.
#[derive(Debug, Clone, Copy)]
pub(in crate::chat) struct Way {
    /// Through which socket.
    pub(in crate::chat) socket: usize,
    pub(in crate::chat) to: SocketAddr,
    /// The local address that it shall come from; `None` leaves the choice to the kernel.
    pub(in crate::chat) from: Option<IpAddr>,
}

impl Post {
    pub(in crate::chat) fn new(sockets: Vec<Bound>, buffer_bytes: usize) -> Self {
        Self { sockets, sender: Sender::new(), receiver: Receiver::new(1, buffer_bytes) }
    }

    /// Makes a socket to talk with an address of this family.
    ///
    /// # Errors
    /// [`StartError`]: no descriptor left, or none of this family.
    pub(in crate::chat) fn socket_for(peer: SocketAddr) -> Result<Bound, StartError> {
        let transport = Transport::Udp;
        let failed = |call| move |source| StartError::Socket { call, transport, address: peer, source };
        let socket = socket::open(transport.into(), peer).map_err(failed("socket"))?;
        socket::report_errors(socket.as_fd(), peer).map_err(failed("setsockopt"))?;
        let any = SocketAddr::new(unspecified(peer.ip()), 0);
        // Named now, so that it can be said from which port the talk goes.
        socket::bind(&socket, any).map_err(failed("bind"))?;
        let local = socket::local_address(&socket).map_err(failed("getsockname"))?;
        Ok(Bound { transport, socket, local })
    }

    /// Sends a datagram, and waits a moment for room if there is none.
    ///
    /// # Errors
    /// Those of [`Sender::send`]; the error of an earlier datagram is in the error queue, too.
    pub(in crate::chat) fn send(&mut self, way: Way, payload: &[u8]) -> io::Result<()> {
        let socket = &self.sockets[way.socket].socket;
        let datagram = Outgoing { payload, peer: Some(way.to), source: way.from };
        match self.sender.send(socket, std::iter::once(datagram)) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                poll::wait(socket.as_fd(), Interest::WRITE, Some(Instant::now() + SEND_WAIT))?;
                self.sender.send(socket, std::iter::once(datagram)).map(drop)
            }
            sent => sent.map(drop),
        }
    }

    /// Takes a datagram, if one waits.
    ///
    /// # Errors
    /// That of an earlier datagram, which is in the error queue, too.
    pub(in crate::chat) fn receive(&mut self, socket: usize) -> io::Result<Option<Letter>> {
        match self.receiver.receive(&self.sockets[socket].socket) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(None),
            received => received?,
        };
        let letter = self.receiver.get(0).map(|received| Letter {
            from: received.peer,
            bytes: received.payload.to_vec(),
            lost_bytes: received.true_bytes - received.payload.len(),
            to: received.destination,
        });
        Ok(letter)
    }

    /// What ICMP has said of datagrams that were sent through a socket.
    pub(in crate::chat) fn reports(&self, socket: usize) -> Vec<Report> {
        let next = || error_queue::take(&self.sockets[socket].socket).ok().flatten();
        let is_of_the_network = |report: &Report| report.errno != wire::errno::EMSGSIZE;
        std::iter::from_fn(next).take(REPORTS_MAX).filter(is_of_the_network).collect()
    }
}
