//! The way a session's datagrams go: through a socket of its own, or through a server's.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

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
    /// To whom, unless the socket is connected.
    pub(super) peer: Option<SocketAddr>,
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
        let sent = match self.peer {
            None => self.socket.try_send(datagram),
            Some(peer) => self.socket.try_send_to(datagram, peer),
        };
        sent.map(drop)
    }

    /// Waits until the socket may have room.
    pub(super) async fn writable(&self) {
        // What is wrong with the socket is told by the next attempt to send.
        let _ = self.socket.writable().await;
    }
}
