//! Connections that are opened, have one echo and are closed by an RST.

use std::{
    io::{self, Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    time::{Duration, Instant},
};

use rustix::net::sockopt::set_socket_linger;

use crate::{BothEnds, Messages, Tally, patience::Patience, tcp::SMALL_BYTES_MAX};

/// The most places: no listening socket has more connections waiting.
const PLACES_MAX: usize = 64;

/// A listening socket, and some places where one connection follows the other.
pub(crate) struct Connections {
    messages: Messages,
    listener: TcpListener,
    address: SocketAddr,
    places: usize,
    clients: Vec<TcpStream>,
    servers: Vec<TcpStream>,
    opened: u64,
    buffer: Vec<u8>,
}

impl Connections {
    /// Listens.
    ///
    /// # Errors
    /// When a call fails, or when messages are so large that one end would wait for the other to read.
    pub(crate) fn listen(places: usize, size_bytes: usize) -> io::Result<Self> {
        if size_bytes > SMALL_BYTES_MAX {
            let message = format!("messages of connections like these have {SMALL_BYTES_MAX} bytes at most");
            return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
        }
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        Ok(Self {
            messages: Messages::new(size_bytes),
            address: listener.local_addr()?,
            listener,
            places: places.min(PLACES_MAX),
            clients: Vec::new(),
            servers: Vec::new(),
            opened: 0,
            buffer: vec![0; size_bytes],
        })
    }
}

impl BothEnds for Connections {
    fn exchange(&mut self, tally: &mut Tally) -> io::Result<Duration> {
        let Self { messages, listener, address, clients, servers, buffer, .. } = self;
        let numbers = self.opened..self.opened + self.places as u64;
        for number in numbers.clone() {
            let mut client = TcpStream::connect(*address)?;
            client.write_all(messages.number(number))?;
            clients.push(client);
        }
        let since = Instant::now();
        for _ in numbers.clone() {
            // Accepted so late, a connection has its message: the server has no need to ask twice.
            let (mut server, _) = Patience::until_done(|| listener.accept())?;
            server.read_exact(buffer)?;
            server.write_all(buffer)?;
            servers.push(server);
        }
        let mut as_server = since.elapsed();
        for (mut client, number) in clients.drain(..).zip(numbers.clone()) {
            client.read_exact(buffer)?;
            tally.compare(buffer, messages.number(number));
            set_socket_linger(&client, Some(Duration::ZERO))?;
        }
        let since = Instant::now();
        servers.clear();
        as_server += since.elapsed();
        self.opened = numbers.end;
        Ok(as_server)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_connection_has_its_echo() {
        let mut connections = Connections::listen(2, 64).unwrap();
        let mut tally = Tally::default();
        for _ in 0..3 {
            connections.exchange(&mut tally).unwrap();
        }
        assert_eq!(tally, Tally { echoes: 6, bytes: 384, wrong: 0 });
    }

    #[test]
    fn a_message_that_may_not_fit_is_refused() {
        assert!(Connections::listen(1, SMALL_BYTES_MAX).is_ok());
        assert!(Connections::listen(1, SMALL_BYTES_MAX + 1).is_err());
    }
}
