//! TCP: one connection per peer.

use std::{
    io::{self, ErrorKind, Read, Write},
    net::SocketAddr,
    time::{Duration, Instant},
};

use mio::{Events, Interest, Poll, Token, net::TcpStream};

use super::{EVENTS_MAX, POLL_MAX};
use crate::{
    LoadError,
    pattern::{Mismatch, Pattern},
    recorder::Recorder,
};

/// Silence on all connections after which the load is given up.
const STALL_MAX: Duration = Duration::from_secs(5);
/// Bytes of the one buffer that all connections read into.
const READ_BYTES: usize = 256 * 1024;

/// Opens the connections, runs until the recorder has its window, and waits for every echo still under way.
pub(crate) fn run(
    target: SocketAddr,
    peers: usize,
    size_bytes: usize,
    pattern: &Pattern,
    recorder: &mut Recorder<'_>,
) -> Result<(), LoadError> {
    let failed = |call| move |source| LoadError::Call { call, peer: 0, source };
    let mut poll = Poll::new().map_err(failed("epoll_create1"))?;
    let mut connections =
        (0..peers).map(|peer| Connection::open(target, peer, &poll)).collect::<Result<Vec<_>, _>>()?;
    let mut events = Events::with_capacity(EVENTS_MAX);
    let mut buffer = vec![0; READ_BYTES];

    let mut heard_at = Instant::now();
    recorder.tick(heard_at);
    for connection in &mut connections {
        connection.send_next(size_bytes, pattern)?;
    }
    let mut waiting = peers;
    while waiting > 0 {
        match poll.poll(&mut events, Some(POLL_MAX)) {
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            result => result.map_err(failed("epoll_wait"))?,
        }
        for event in &events {
            let connection = &mut connections[event.token().0];
            connection.write(pattern)?;
            if !connection.read(pattern, &mut buffer)? {
                continue;
            }
            heard_at = Instant::now();
            recorder.echo(connection.sent_at, heard_at);
            if recorder.is_over() {
                waiting -= 1;
            } else {
                connection.send_next(size_bytes, pattern)?;
            }
        }
        let now = Instant::now();
        recorder.tick(now);
        if now - heard_at > STALL_MAX {
            return Err(LoadError::Stalled { after: STALL_MAX, waiting, peers });
        }
    }
    Ok(())
}

/// One connection and how far its stream has gone.
struct Connection {
    stream: TcpStream,
    peer: usize,
    /// End of the message under way, as an offset in the stream; `received <= sent <= message_end`.
    message_end: u64,
    sent: u64,
    received: u64,
    sent_at: Instant,
    /// Whether the echo of the message under way is complete, so that nothing is due.
    is_idle: bool,
}

impl Connection {
    /// Connects with a blocking call: one after the other, the listener's queue never overflows.
    fn open(target: SocketAddr, peer: usize, poll: &Poll) -> Result<Self, LoadError> {
        let connect = || {
            let stream = std::net::TcpStream::connect(target)?;
            stream.set_nodelay(true)?;
            stream.set_nonblocking(true)?;
            let mut stream = TcpStream::from_std(stream);
            poll.registry().register(&mut stream, Token(peer), Interest::READABLE | Interest::WRITABLE)?;
            Ok(stream)
        };
        let stream = connect().map_err(|source| LoadError::Connect { target, peer, source })?;
        Ok(Self {
            stream,
            peer,
            message_end: 0,
            sent: 0,
            received: 0,
            sent_at: Instant::now(),
            is_idle: true,
        })
    }

    /// Begins the next message.
    fn send_next(&mut self, size_bytes: usize, pattern: &Pattern) -> Result<(), LoadError> {
        self.message_end += size_bytes as u64;
        self.is_idle = false;
        self.sent_at = Instant::now();
        self.write(pattern)
    }

    /// Writes what the kernel takes of the message under way.
    fn write(&mut self, pattern: &Pattern) -> Result<(), LoadError> {
        while self.sent < self.message_end {
            let rest = pattern.slice(self.peer, self.sent, bytes_between(self.sent, self.message_end));
            match self.stream.write(rest) {
                Ok(count) => self.sent += count as u64,
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(source) => return Err(self.failed("send", source)),
            }
        }
        Ok(())
    }

    /// Reads and verifies what has come; tells whether that completed the echo of the message under way.
    fn read(&mut self, pattern: &Pattern, buffer: &mut [u8]) -> Result<bool, LoadError> {
        loop {
            match self.stream.read(buffer) {
                Ok(0) => return Err(LoadError::Closed(self.peer)),
                Ok(count) => self.accept(pattern, &buffer[..count])?,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(false),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(source) => return Err(self.failed("recv", source)),
            }
            // Once complete nothing more is due, so the last `recv` that only says EAGAIN is spared: whatever comes
            // later is a new edge.
            if self.received == self.message_end && !self.is_idle {
                self.is_idle = true;
                return Ok(true);
            }
        }
    }

    fn accept(&mut self, pattern: &Pattern, received: &[u8]) -> Result<(), LoadError> {
        let due = bytes_between(self.received, self.sent);
        let verdict = if received.len() > due {
            Err(Mismatch::Length { expected: due, actual: received.len() })
        } else {
            pattern.check(self.peer, self.received, received)
        };
        verdict.map_err(|mismatch| LoadError::Corrupt { peer: self.peer, mismatch })?;
        self.received += received.len() as u64;
        Ok(())
    }

    fn failed(&self, call: &'static str, source: io::Error) -> LoadError {
        LoadError::Call { call, peer: self.peer, source }
    }
}

fn bytes_between(start: u64, end: u64) -> usize {
    usize::try_from(end - start).expect("a message fits in memory")
}
