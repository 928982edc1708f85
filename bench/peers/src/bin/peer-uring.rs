//! A loop over `io_uring(7)` by hand, on one thread: what was received is sent from where it lies, one send of a connection after the other.
#![forbid(unsafe_code)]

use std::{
    collections::VecDeque,
    io,
    net::{Ipv4Addr, TcpListener},
    os::fd::{AsRawFd, OwnedFd, RawFd},
};

use clap::Parser;
use peers::{
    announce,
    ring::{Completion, Piece, Ring},
};
use rustix::net::{Shutdown, shutdown, sockopt::set_tcp_nodelay};

/// Echo over TCP with `io_uring(7)`, by hand
#[derive(Parser)]
struct Args {
    /// Port on 127.0.0.1; 0 lets the kernel choose
    port: u16,
}

/// A client, and what it is still to get.
struct Connection {
    socket: OwnedFd,
    /// The first of them is being sent.
    pieces: VecDeque<Piece>,
    /// Whether something can still come.
    is_receiving: bool,
}

struct Server {
    ring: Ring,
    /// By the number of the descriptor.
    connections: Vec<Option<Connection>>,
    /// Those that no buffer was left for.
    starved: Vec<RawFd>,
}

fn main() -> io::Result<()> {
    let args = Args::parse();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, args.port))?;
    // Those that are accepted inherit it.
    set_tcp_nodelay(&listener, true)?;
    let mut server = Server { ring: Ring::new()?, connections: Vec::new(), starved: Vec::new() };
    server.ring.accept(&listener)?;
    announce(listener.local_addr()?);
    let mut completions = Vec::new();
    loop {
        server.ring.wait(&mut completions)?;
        for completion in completions.drain(..) {
            match completion {
                Completion::Accepted(socket) => server.open(socket?)?,
                Completion::Received { socket, result, is_armed } => {
                    server.received(socket, result, is_armed)?;
                }
                Completion::Sent { socket, result } => server.sent(socket, result.ok())?,
            }
        }
        server.feed()?;
    }
}

impl Server {
    fn open(&mut self, socket: OwnedFd) -> io::Result<()> {
        self.ring.receive(&socket)?;
        let index = index(socket.as_raw_fd());
        if self.connections.len() <= index {
            self.connections.resize_with(index + 1, || None);
        }
        self.connections[index] = Some(Connection { socket, pieces: VecDeque::new(), is_receiving: true });
        Ok(())
    }

    fn received(
        &mut self,
        number: RawFd,
        result: io::Result<Option<Piece>>,
        is_armed: bool,
    ) -> io::Result<()> {
        let Some(connection) = &mut self.connections[index(number)] else { return Ok(()) };
        match result {
            Ok(Some(piece)) => {
                connection.push(&mut self.ring, piece)?;
                if !is_armed {
                    self.ring.receive(&connection.socket)?;
                }
            }
            Err(error) if error.raw_os_error() == Some(rustix::io::Errno::NOBUFS.raw_os_error()) => {
                self.starved.push(number);
            }
            // It has ended, or failed, which concerns nobody else.
            Ok(None) | Err(_) => connection.is_receiving = false,
        }
        self.close_if_done(number);
        Ok(())
    }

    /// Goes on after so many bytes, or gives the connection up when there are none to be sent.
    fn sent(&mut self, number: RawFd, sent: Option<u32>) -> io::Result<()> {
        let Some(connection) = &mut self.connections[index(number)] else { return Ok(()) };
        let Some(mut piece) = connection.pieces.pop_front() else { return Ok(()) };
        if let Some(bytes) = sent {
            piece.advance(bytes);
            if piece.length > 0 {
                connection.pieces.push_front(piece);
            } else {
                self.ring.release(piece);
            }
            if let Some(next) = connection.pieces.front() {
                self.ring.send(&connection.socket, next)?;
            }
        } else {
            self.ring.release(piece);
            connection.pieces.drain(..).for_each(|piece| self.ring.release(piece));
            // What still comes then is the end; a socket that has ended already is no error.
            let _ = shutdown(&connection.socket, Shutdown::Both);
        }
        self.close_if_done(number);
        Ok(())
    }

    /// Closes a connection of which neither side has anything to do.
    fn close_if_done(&mut self, number: RawFd) {
        let place = &mut self.connections[index(number)];
        place.take_if(|connection| !connection.is_receiving && connection.pieces.is_empty());
    }

    /// Receives again where no buffer was left; there may be one by now.
    fn feed(&mut self) -> io::Result<()> {
        for number in std::mem::take(&mut self.starved) {
            if let Some(connection) = &self.connections[index(number)] {
                self.ring.receive(&connection.socket)?;
            }
        }
        Ok(())
    }
}

impl Connection {
    /// Sends a piece, or has it sent after those before it.
    fn push(&mut self, ring: &mut Ring, piece: Piece) -> io::Result<()> {
        let waiting = self.pieces.len();
        let piece = match self.pieces.back_mut() {
            // The first one is with the kernel as it is.
            Some(last) if waiting > 1 => last.join(ring, piece),
            _ => Some(piece),
        };
        let Some(piece) = piece else { return Ok(()) };
        if waiting == 0 {
            ring.send(&self.socket, &piece)?;
        }
        self.pieces.push_back(piece);
        Ok(())
    }
}

/// Where a connection stands among all.
fn index(number: RawFd) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
