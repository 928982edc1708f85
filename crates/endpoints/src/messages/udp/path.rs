//! The way a session's datagrams go: through a socket of its own, or through a server's.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use kernel::datagram::{self, Outgoing};
use tokio::io::Interest;
use tokio::net::UdpSocket;
use tokio::sync::mpsc;
use wire::datagram::DATAGRAM_BYTES_MAX;

/// How many datagrams are taken before anything else is done.
pub(super) const DATAGRAMS_AT_ONCE_MAX: usize = 64;

/// Where a session's datagrams come from.
#[derive(Debug)]
pub(super) enum Inlet {
    /// A client's socket, which is connected.
    Socket(Arc<UdpSocket>),
    /// Whoever reads a server's socket hands them out.
    Inbox(mpsc::Receiver<Vec<u8>>),
}

/// Where they go.
#[derive(Debug)]
pub(super) struct Outlet {
    pub(super) socket: Arc<UdpSocket>,
    /// To whom, and as what; on a socket that is connected both are known.
    pub(super) ends: Option<Ends>,
}

/// Between whom a datagram goes on a server's socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ends {
    /// The client.
    pub(super) peer: SocketAddr,
    /// The address of this machine that the client knows, where the socket has more than one.
    pub(super) local: Option<IpAddr>,
}

impl Inlet {
    /// Waits until something has arrived, and gives each datagram to `take`. When it is given up it has taken nothing.
    ///
    /// # Errors
    /// `ECONNREFUSED`: an ICMP message says that nobody has the port there. `BrokenPipe`: whoever handed them out has gone.
    pub(super) async fn receive(&mut self, mut take: impl FnMut(&[u8])) -> io::Result<()> {
        match self {
            Self::Socket(socket) => {
                socket.readable().await?;
                // One that is longer than any of ours comes with a byte too many, and so is none.
                let mut buffer = [0; DATAGRAM_BYTES_MAX + 1];
                for _ in 0..DATAGRAMS_AT_ONCE_MAX {
                    match socket.try_recv(&mut buffer) {
                        Ok(count) => take(&buffer[..count]),
                        Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                        Err(error) => return Err(error),
                    }
                }
            }
            Self::Inbox(inbox) => {
                take(&inbox.recv().await.ok_or(io::ErrorKind::BrokenPipe)?);
                for _ in 1..DATAGRAMS_AT_ONCE_MAX {
                    let Ok(datagram) = inbox.try_recv() else { break };
                    take(&datagram);
                }
            }
        }
        Ok(())
    }
}

impl Outlet {
    /// Sends a datagram, if the socket has room for it.
    ///
    /// # Errors
    /// `WouldBlock`: it has none; wait for [`Outlet::writable`]. Else what the kernel says, of this datagram or of an earlier
    /// one (`ECONNREFUSED`).
    pub(super) fn try_send(&self, datagram: &[u8]) -> io::Result<()> {
        match self.ends {
            None => self.socket.try_send(datagram).map(drop),
            Some(ends) => try_send(&self.socket, ends, datagram),
        }
    }

    /// Waits until the socket may have room.
    pub(super) async fn writable(&self) {
        // What is wrong with the socket is told by the next attempt to send.
        let _ = self.socket.writable().await;
    }
}

/// Sends a datagram from a server's socket, if it has room for it. It comes from the address that was asked: a client takes
/// none from another one.
pub(super) fn try_send(socket: &UdpSocket, ends: Ends, datagram: &[u8]) -> io::Result<()> {
    let Ends { peer, local } = ends;
    let outgoing = Outgoing { payload: datagram, peer: Some(peer), source: local };
    socket.try_io(Interest::WRITABLE, || datagram::send(socket, &outgoing))
}
