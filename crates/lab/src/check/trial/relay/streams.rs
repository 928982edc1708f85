//! Connections, each with a thread for each direction.

use std::io;
use std::net::SocketAddr;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use kernel::poll::{self, Interest};
use kernel::socket::{self, Transport};
use kernel::stream;

use super::super::network::settled_sockets;
use super::{Manner, Shared, TICK, lock, spawn};

/// How much is taken at once.
const PIECE_BYTES: usize = 64 * 1024;

/// How long a piece is waited for until it is received, and how much time passes between two looks.
const TAKEN_MAX: Duration = Duration::from_secs(2);
const BETWEEN_LOOKS: Duration = Duration::from_millis(1);

/// The client says what the server hears.
const CLIENT: usize = 0;
const SERVER: usize = 1;

/// Takes connections until all is over.
pub(super) fn relay(listener: &OwnedFd, shared: &Arc<Shared>) {
    while !shared.is_over() {
        let ready = poll::wait(listener.as_fd(), Interest::READ, Some(Instant::now() + TICK));
        if !ready.is_ok_and(|ready| ready.read) {
            continue;
        }
        if let Ok((client, _)) = socket::accept(listener)
            && shared.has_room()
        {
            // A connection that cannot be relayed is closed.
            let _ = connect(client, shared);
        }
    }
}

fn connect(client: OwnedFd, shared: &Arc<Shared>) -> io::Result<()> {
    let address = shared.server();
    let made = shared.door.run(move || -> io::Result<OwnedFd> {
        let socket = socket::open(Transport::Tcp, address)?;
        match socket::connect(&socket, address) {
            Err(error) if error.raw_os_error() != Some(wire::errno::EINPROGRESS) => Err(error),
            _ => Ok(socket),
        }
    });
    let server = made.map_err(|_| io::Error::other("the network is gone"))??;
    poll::wait(server.as_fd(), Interest::WRITE, None)?;
    if let Some(error) = socket::pending_error(&server)? {
        socket::set_abortive_close(&client)?;
        return Err(error);
    }
    for socket in [&client, &server] {
        socket::set_no_delay(socket, true)?;
    }
    *lock(&shared.passed) = [Vec::new(), Vec::new()];
    let ends = Arc::new([client, server]);
    let manner = shared.manner();
    for side in [CLIENT, SERVER] {
        let direction =
            Direction { side, ends: Arc::clone(&ends), shared: Arc::clone(shared), manner: manner.clone() };
        spawn(move || direction.run())?;
    }
    Ok(())
}

/// What one side says, on its way to the other.
struct Direction {
    side: usize,
    ends: Arc<[OwnedFd; 2]>,
    shared: Arc<Shared>,
    manner: Manner,
}

/// Whether there is more to pass on.
#[derive(PartialEq, Eq)]
enum Next {
    More,
    End,
}

impl Direction {
    fn run(self) {
        let mut passed = 0;
        // What is broken off on one side is broken off on the other.
        if self.pass_all(&mut passed).is_err() {
            self.break_off();
        }
    }

    fn pass_all(&self, passed: &mut u64) -> io::Result<()> {
        let mut piece = vec![0; PIECE_BYTES];
        loop {
            let Some(taken) = self.receive(&mut piece, None)? else { return Ok(()) };
            if taken == 0 {
                self.end();
                return Ok(());
            }
            let mut bytes = piece[..taken].to_vec();
            self.shared.keep(self.side, &bytes);
            self.shared.hold(bytes.len());
            let next = self.gather(&mut bytes).and_then(|next| Ok((next, self.pass(&bytes, passed)?)));
            self.shared.let_go(bytes.len());
            match next? {
                (_, Next::End) => return Ok(()),
                (Next::End, Next::More) => {
                    self.end();
                    return Ok(());
                }
                (Next::More, Next::More) => {}
            }
        }
    }

    /// Takes what comes until nothing has come for so long, if that is the manner.
    fn gather(&self, bytes: &mut Vec<u8>) -> io::Result<Next> {
        let Manner::Coalesced { rest } = self.manner else { return Ok(Next::More) };
        let mut piece = vec![0; PIECE_BYTES];
        while bytes.len() < super::FILE_BYTES_MAX {
            match self.receive(&mut piece, Some(rest))? {
                None => return Ok(Next::More),
                Some(0) => return Ok(Next::End),
                Some(taken) => {
                    self.shared.keep(self.side, &piece[..taken]);
                    self.shared.hold(taken);
                    bytes.extend_from_slice(&piece[..taken]);
                }
            }
        }
        Ok(Next::More)
    }

    fn pass(&self, bytes: &[u8], passed: &mut u64) -> io::Result<Next> {
        let before = *passed;
        *passed += bytes.len() as u64;
        let left = |limit: u64| usize::try_from(limit.saturating_sub(before)).unwrap_or(usize::MAX);
        match self.manner {
            Manner::Delayed { by } => {
                thread::sleep(by);
                self.send(bytes)?;
            }
            Manner::Fragmented { bytes: limit, piece_bytes, pause } => {
                let (small, rest) = bytes.split_at(left(limit).min(bytes.len()));
                let mut is_heard = true;
                for piece in small.chunks(usize::try_from(piece_bytes.max(1)).unwrap_or(usize::MAX)) {
                    self.send(piece)?;
                    // Else it could be received with the next one. Who does not receive now is not waited for again.
                    is_heard = is_heard && self.is_taken()?;
                    thread::sleep(pause);
                }
                self.send(rest)?;
            }
            Manner::Truncated { bytes: limit } | Manner::Reset { bytes: limit } if self.side == CLIENT => {
                self.send(&bytes[..left(limit).min(bytes.len())])?;
                if *passed >= limit {
                    return self.cut().map(|()| Next::End);
                }
            }
            Manner::Faithful | Manner::Coalesced { .. } | Manner::Truncated { .. } | Manner::Reset { .. } => {
                self.send(bytes)?;
            }
        }
        Ok(Next::More)
    }

    /// Ends both streams early, or breaks both connections off.
    fn cut(&self) -> io::Result<()> {
        if matches!(self.manner, Manner::Reset { .. }) {
            self.break_off();
        } else {
            for end in self.ends.iter() {
                stream::shut_write(end)?;
            }
        }
        Ok(())
    }

    /// Breaks both connections off.
    fn break_off(&self) {
        for end in self.ends.iter() {
            // One that is gone already is as good.
            let _ = socket::set_abortive_close(end);
            let _ = socket::disconnect(end);
        }
    }

    /// Takes a piece: 0 bytes are the end. `None` if nothing came within the time, or all is over.
    fn receive(&self, piece: &mut [u8], limit: Option<Duration>) -> io::Result<Option<usize>> {
        let until = limit.map(|limit| Instant::now() + limit);
        loop {
            match stream::receive(&self.ends[self.side], piece) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                received => return received.map(Some),
            }
            let now = Instant::now();
            if self.shared.is_over() || until.is_some_and(|until| now >= until) {
                return Ok(None);
            }
            let until = until.map_or(now + TICK, |until| until.min(now + TICK));
            poll::wait(self.ends[self.side].as_fd(), Interest::READ, Some(until))?;
        }
    }

    fn send(&self, bytes: &[u8]) -> io::Result<()> {
        let to = &self.ends[1 - self.side];
        let mut rest = bytes;
        while !rest.is_empty() && !self.shared.is_over() {
            match stream::send(to, rest) {
                Ok(taken) => rest = &rest[taken..],
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    poll::wait(to.as_fd(), Interest::WRITE, Some(Instant::now() + TICK))?;
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Waits until the other side has received all that was sent to it, for a while; tells whether it has.
    fn is_taken(&self) -> io::Result<bool> {
        let to = &self.ends[1 - self.side];
        let ours = socket::local_address(to)?;
        let until = Instant::now() + TAKEN_MAX;
        while Instant::now() < until && !self.shared.is_over() {
            // We are in the client's network ourselves.
            let sockets = if self.side == CLIENT {
                let sockets = self.shared.door.run(settled_sockets);
                sockets.map_err(|_| io::Error::other("the network is gone"))?
            } else {
                settled_sockets()
            };
            let is_theirs =
                |peer: SocketAddr| (peer.ip().to_canonical(), peer.port()) == (ours.ip(), ours.port());
            let sockets = sockets?;
            let theirs = sockets.iter().find(|entry| is_theirs(entry.peer));
            if theirs.is_none_or(|entry| entry.recv_queue == 0) {
                return Ok(true);
            }
            thread::sleep(BETWEEN_LOOKS);
        }
        Ok(false)
    }

    fn end(&self) {
        // The other side may be gone by now.
        let _ = stream::shut_write(&self.ends[1 - self.side]);
    }
}
