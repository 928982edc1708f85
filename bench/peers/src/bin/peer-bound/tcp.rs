//! Connections that stay open, both ends of each in this thread.

use std::{
    io::{self, ErrorKind, Read, Write},
    net::{Ipv4Addr, TcpListener, TcpStream},
    ops::Range,
    time::{Duration, Instant},
};

use peers::BUFFER_BYTES;

use crate::{BothEnds, Messages, Tally, patience::Patience};

/// How many connections have a message under way at once: with more of 5,000, their sockets would leave the caches between one end's turn
/// and the other's. One alone when messages are large.
const BATCH_MAX: usize = 4;
/// The largest messages that are small: there is always room for them.
pub(crate) const SMALL_BYTES_MAX: usize = 1024;

/// Connections that have their turn in batches.
pub(crate) struct Streams {
    messages: Messages,
    pairs: Vec<Pair>,
    batch: usize,
    /// Where the next batch begins.
    next: usize,
    /// How many messages were sent before.
    sent: u64,
    buffer: Vec<u8>,
}

/// Both ends of a connection, and how far its message is.
struct Pair {
    client: TcpStream,
    server: TcpStream,
    sent: usize,
    /// What the server has and its client did not take yet.
    pending: Vec<u8>,
    returned: usize,
    is_right: bool,
}

impl Streams {
    /// Opens so many connections.
    ///
    /// # Errors
    /// When a call fails; most likely there are too few descriptors.
    pub(crate) fn open(connections: usize, size_bytes: usize) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let pairs: Vec<_> = (0..connections).map(|_| Pair::open(&listener)).collect::<io::Result<_>>()?;
        let batch = if size_bytes > SMALL_BYTES_MAX { 1 } else { BATCH_MAX };
        let messages = Messages::new(size_bytes);
        Ok(Self { messages, pairs, batch, next: 0, sent: 0, buffer: vec![0; BUFFER_BYTES] })
    }

    fn next_batch(&mut self) -> Range<usize> {
        let start = self.next;
        let end = self.pairs.len().min(start + self.batch);
        self.next = end % self.pairs.len();
        start..end
    }
}

impl BothEnds for Streams {
    fn exchange(&mut self, tally: &mut Tally) -> io::Result<Duration> {
        let (batch, first) = (self.next_batch(), self.sent);
        let Self { messages, pairs, buffer, .. } = self;
        let pairs = &mut pairs[batch];
        let message = |number: u64| messages.number(first + number);
        let (mut as_server, mut patience) = (Duration::ZERO, Patience::default());
        loop {
            for (pair, number) in pairs.iter_mut().zip(0..) {
                pair.send(message(number))?;
            }
            let since = Instant::now();
            for pair in pairs.iter_mut() {
                pair.echo(buffer)?;
            }
            as_server += since.elapsed();
            let mut are_done = true;
            for (pair, number) in pairs.iter_mut().zip(0..) {
                are_done &= pair.receive(message(number), buffer)?;
            }
            if are_done {
                break;
            }
            patience.wait()?;
        }
        for pair in pairs.iter_mut() {
            tally.count(pair.is_right, pair.returned);
            (pair.sent, pair.returned, pair.is_right) = (0, 0, true);
        }
        self.sent += pairs.len() as u64;
        Ok(as_server)
    }
}

impl Pair {
    fn open(listener: &TcpListener) -> io::Result<Self> {
        let client = TcpStream::connect(listener.local_addr()?)?;
        let (server, _) = listener.accept()?;
        for end in [&client, &server] {
            end.set_nodelay(true)?;
            end.set_nonblocking(true)?;
        }
        Ok(Self { client, server, sent: 0, pending: Vec::new(), returned: 0, is_right: true })
    }

    /// The client: sends what there is room for.
    fn send(&mut self, message: &[u8]) -> io::Result<()> {
        if self.sent < message.len() {
            self.sent += or_none(self.client.write(&message[self.sent..]))?;
        }
        Ok(())
    }

    /// The server: sends back what is there.
    fn echo(&mut self, buffer: &mut [u8]) -> io::Result<()> {
        if self.pending.is_empty() {
            let count = or_none(self.server.read(buffer))?;
            let sent = if count == 0 { 0 } else { or_none(self.server.write(&buffer[..count]))? };
            self.pending.extend_from_slice(&buffer[sent..count]);
        } else {
            let sent = or_none(self.server.write(&self.pending))?;
            self.pending.drain(..sent);
        }
        Ok(())
    }

    /// The client: takes what has come back and compares it; says whether that is all.
    fn receive(&mut self, message: &[u8], buffer: &mut [u8]) -> io::Result<bool> {
        if self.returned < message.len() {
            let count = or_none(self.client.read(buffer))?;
            let end = self.returned + count;
            self.is_right &= message.get(self.returned..end) == Some(&buffer[..count]);
            self.returned = end;
        }
        Ok(self.returned >= message.len())
    }
}

/// Nothing when the call would block.
fn or_none(result: io::Result<usize>) -> io::Result<usize> {
    match result {
        Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(0),
        result => result,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_connection_has_its_turn_and_its_echo() {
        let connections = BATCH_MAX + 1;
        let mut streams = Streams::open(connections, 64).unwrap();
        let mut tally = Tally::default();
        // Each time they all have had their turn, the second batch is one alone.
        for _ in 0..4 {
            streams.exchange(&mut tally).unwrap();
        }
        let echoes = 2 * connections as u64;
        assert_eq!(tally, Tally { echoes, bytes: 64 * echoes, wrong: 0 });
    }

    #[test]
    fn a_message_that_does_not_fit_at_once_is_echoed_in_pieces() {
        let size_bytes = 8 << 20;
        let mut tally = Tally::default();
        Streams::open(1, size_bytes).unwrap().exchange(&mut tally).unwrap();
        assert_eq!(tally, Tally { echoes: 1, bytes: size_bytes as u64, wrong: 0 });
    }
}
