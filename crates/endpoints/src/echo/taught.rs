//! Echo as the practical's two scripts do it, faults included, so that an experiment can show the difference.
//!
//! One thread for a socket, one client at a time, one `recv()` of 1024 bytes (or as `--buffer` says), and a `send()`
//! whose result nobody looks at. An empty message is not answered. A datagram is cut without a word to the client. The
//! UDP server answers whoever it seems to come from, another echo server included: there is no storm guard here.
//!
//! Two things differ from the scripts: the server can be told to stop while it waits, and a client that resets its
//! connection ends that client's turn, not the server.

use std::io;
use std::net::SocketAddr;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;
use std::time::Instant;

use kernel::datagram::{Outgoing, Receiver, Sender};
use kernel::poll::{self, Interest};
use kernel::{socket, stream};

use super::accept::refuse;
use super::event::{CloseReason, Event};
use super::shared::{Post, Shared};
use super::udp::refusal;
use crate::events::Detail;
use crate::listen::Bound;

use crate::shaping::{Call, Side};
use crate::transport::Transport;

/// A script's worth of server: one socket.
pub(super) struct Taught {
    pub(super) index: usize,
    pub(super) shared: Arc<Shared>,
    pub(super) bound: Bound,
}

/// The server was told to stop, or a call failed.
enum End {
    Stopped,
    Failed(io::Error),
}

impl From<io::Error> for End {
    fn from(error: io::Error) -> Self {
        Self::Failed(error)
    }
}

impl Taught {
    /// Serves until it is told to stop.
    ///
    /// # Errors
    /// What `recv(2)` or `accept(2)` said of the server's own socket: the script would have ended there too.
    pub(super) fn run(self) -> io::Result<()> {
        let ended = match self.bound.transport {
            Transport::Udp => self.serve_datagrams(),
            Transport::Tcp => self.serve_connections(),
        };
        match ended {
            Ok(()) | Err(End::Stopped) => Ok(()),
            Err(End::Failed(error)) => Err(error),
        }
    }

    fn serve_datagrams(&self) -> Result<(), End> {
        let mut receiver = Receiver::new(1, self.shared.config.recv_bytes(Transport::Udp));
        let mut sender = Sender::new();
        loop {
            self.tell(|| Event::Waiting);
            let socket = &self.bound.socket;
            self.around(Call::Recv, |taught| taught.take(socket, || receiver.receive(socket)))?;
            let Some(datagram) = receiver.get(0) else { continue };
            let (peer, bytes, true_bytes) = (datagram.peer, datagram.payload.len(), datagram.true_bytes);
            self.post().counters.datagrams.add(1);
            let access = self.shared.access();
            if let Some(rule) = refusal(&access, peer) {
                self.post().counters.refused.add(1);
                self.tell(|| Event::Refused { transport: Transport::Udp, peer, rule });
                continue;
            }
            self.post().counters.truncated.add(usize::from(true_bytes > bytes));
            self.tell(|| Event::Datagram { peer, bytes, true_bytes });
            if bytes > 0 {
                let reply =
                    Outgoing { payload: datagram.payload, peer: Some(peer), source: datagram.destination };
                let sent = self.around(Call::Send, |taught| {
                    Ok(sender.send(&taught.bound.socket, std::iter::once(reply)).unwrap_or_default())
                })?;
                self.post().counters.replies.add(sent);
            }
        }
    }

    fn serve_connections(&self) -> Result<(), End> {
        loop {
            let listener = &self.bound.socket;
            let (client, peer) =
                self.around(Call::Accept, |taught| taught.take(listener, || socket::accept(listener)))?;
            let access = self.shared.access();
            let admitted = refusal(&access, peer).map_or_else(|| self.shared.enter(), Err);
            let number = match admitted {
                Ok(number) => number,
                Err(rule) => {
                    refuse(&self.shared, &self.post().counters, &client, peer, rule);
                    continue;
                }
            };
            self.post().counters.connections.add(1);
            self.post().counters.open_connections.add(1);
            let (echoed_bytes, reason) = match self.serve(&client, number, peer) {
                Ok(bytes) => (bytes as u64, CloseReason::AsTaught),
                Err(End::Failed(_)) => (0, CloseReason::PeerReset),
                Err(End::Stopped) => return Err(End::Stopped),
            };
            self.around(Call::Close, |_| {
                drop(client);
                Ok(())
            })?;
            self.shared.leave();
            self.post().counters.open_connections.drop_one();
            self.tell(|| Event::Closed { connection: number, peer, echoed_bytes, reason });
        }
    }

    /// One `recv()`, one `send()`; returns how many bytes the kernel took back.
    fn serve(&self, client: &OwnedFd, number: u32, peer: SocketAddr) -> Result<usize, End> {
        let mut buffer = vec![0; self.shared.config.recv_bytes(Transport::Tcp)];
        let receive = || stream::receive(client, &mut buffer);
        let taken = self.around(Call::Recv, |taught| taught.take(client, receive))?;
        self.post().counters.tcp_received_bytes.add(taken);
        self.tell(|| Event::Connected { connection: number, peer });
        self.tell_call(Call::Recv, number, buffer.len(), taken);
        if taken == 0 {
            return Ok(0);
        }
        let offered = taken.min(self.shared.config.send_bytes.unwrap_or(usize::MAX));
        let sent = self.around(Call::Send, |taught| {
            taught.wait(client, Interest::WRITE)?;
            Ok(stream::send(client, &buffer[..offered])?)
        })?;
        self.post().counters.tcp_sent_bytes.add(sent);
        self.tell_call(Call::Send, number, offered, sent);
        Ok(sent)
    }

    /// Makes a call that may find nothing, although the socket was ready, until it finds something.
    fn take<T>(&self, socket: &OwnedFd, mut take: impl FnMut() -> io::Result<T>) -> Result<T, End> {
        loop {
            self.wait(socket, Interest::READ)?;
            match take() {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                taken => return Ok(taken?),
            }
        }
    }

    /// Makes a call with its pauses around it. This thread serves nobody else, so a pause is a wait, as `sleep()` is.
    fn around<T>(&self, call: Call, perform: impl FnOnce(&Self) -> Result<T, End>) -> Result<T, End> {
        self.pause(Side::Before, call)?;
        let result = perform(self)?;
        self.pause(Side::After, call)?;
        Ok(result)
    }

    fn pause(&self, side: Side, call: Call) -> Result<(), End> {
        let Some(pause) = self.shared.config.pauses.at(side, call) else { return Ok(()) };
        let until = Instant::now() + pause;
        while poll::wait(self.post().wake.as_fd(), Interest::READ, Some(until))?.any() {
            self.heed_wake()?;
        }
        Ok(())
    }

    /// Waits until the socket is ready, or until the server is told to stop.
    fn wait(&self, socket: &OwnedFd, interest: Interest) -> Result<(), End> {
        loop {
            let wake = (self.post().wake.as_fd(), Interest::READ);
            let [ready, woken] = poll::wait_either((socket.as_fd(), interest), wake, None)?;
            if woken.any() {
                self.heed_wake()?;
            }
            if ready.any() {
                return Ok(());
            }
        }
    }

    fn heed_wake(&self) -> Result<(), End> {
        self.post().wake.clear();
        if self.shared.is_stopping() { Err(End::Stopped) } else { Ok(()) }
    }

    fn tell_call(&self, call: Call, connection: u32, asked_bytes: usize, took_bytes: usize) {
        let connection = Some(connection);
        self.shared.sink.tell(Detail::Calls, || Event::Call { call, connection, asked_bytes, took_bytes });
    }

    fn tell(&self, event: impl FnOnce() -> Event) {
        self.shared.sink.tell(Detail::Peers, event);
    }

    fn post(&self) -> &Post {
        &self.shared.posts[self.index]
    }
}
