//! Connections that have echoed once and then stay open, silent.

use std::{
    io::{self, ErrorKind, Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use crate::{LoadError, pattern::Pattern};

/// Longest wait for the echo of one connection.
const ECHO_MAX: Duration = Duration::from_secs(10);

/// Open TCP connections, each with the pattern of its own stream.
///
/// They are opened one after the other and each one echoes before the next is opened: the listener's queue holds one
/// connection at most, so no SYN is ever dropped, whatever backlog the server asked for. All have the same source address:
/// [`crate::PEERS_MAX`] connections to one port fit in the default range of 28,232 ephemeral ports, `ip(7)`.
pub struct IdleConnections {
    streams: Vec<TcpStream>,
    pattern: Pattern,
    size_bytes: usize,
}

impl IdleConnections {
    /// Opens `count` connections, each of which echoes `size_bytes` bytes once.
    ///
    /// # Errors
    /// The first connection that cannot be opened or does not echo what it was sent.
    pub fn open(target: SocketAddr, count: usize, size_bytes: usize) -> Result<Self, LoadError> {
        let mut idle =
            Self { streams: Vec::new(), pattern: Pattern::for_messages_of(size_bytes), size_bytes };
        for peer in 0..count {
            let stream = connect(target).map_err(|source| LoadError::Connect { target, peer, source })?;
            idle.echo(peer, &stream)?;
            idle.streams.push(stream);
        }
        Ok(idle)
    }

    /// Sends the same bytes through every connection once more, and verifies them.
    ///
    /// # Errors
    /// The first connection that is no longer alive.
    pub fn verify(&self) -> Result<(), LoadError> {
        self.streams.iter().enumerate().try_for_each(|(peer, stream)| self.echo(peer, stream))
    }

    fn echo(&self, peer: usize, mut stream: &TcpStream) -> Result<(), LoadError> {
        let failed = |call| move |source| LoadError::Call { call, peer, source };
        let message = self.pattern.slice(peer, 0, self.size_bytes);
        let mut echo = vec![0; self.size_bytes];
        stream.write_all(message).map_err(failed("send"))?;
        stream.read_exact(&mut echo).map_err(|source| match source.kind() {
            ErrorKind::UnexpectedEof => LoadError::Closed(peer),
            _ => failed("recv")(source),
        })?;
        self.pattern.check(peer, 0, &echo).map_err(|mismatch| LoadError::Corrupt { peer, mismatch })
    }
}

fn connect(target: SocketAddr) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(target)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(ECHO_MAX))?;
    Ok(stream)
}
