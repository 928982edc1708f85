//! TCP: one connection, blocking or spinning.

use std::{
    io::{self, Read, Write},
    net::{SocketAddr, TcpStream},
    time::{Duration, Instant},
};

use super::RECEIVE_MAX;
use crate::{LoadError, Waiting, pattern::Pattern, recorder::Recorder, retry::retry};

/// Silence after which the load is given up.
const STALL_MAX: Duration = Duration::from_secs(5);
/// The number of the only peer.
const PEER: usize = 0;

/// Sends and waits until the recorder has its window.
pub(crate) fn run(
    target: SocketAddr,
    waiting: Waiting,
    size_bytes: usize,
    pattern: &Pattern,
    recorder: &mut Recorder<'_>,
) -> Result<(), LoadError> {
    let mut stream =
        open(target, waiting).map_err(|source| LoadError::Connect { target, peer: PEER, source })?;
    let mut buffer = vec![0; size_bytes];
    let mut offset = 0;
    recorder.tick(Instant::now());
    while !recorder.is_over() {
        let message = pattern.slice(PEER, offset, size_bytes);
        let sent_at = Instant::now();
        exchange(&mut stream, message, &mut buffer)?;
        let received_at = Instant::now();
        let verdict = pattern.check(PEER, offset, &buffer);
        verdict.map_err(|mismatch| LoadError::Corrupt { peer: PEER, mismatch })?;
        offset += size_bytes as u64;
        recorder.echo(sent_at, received_at);
    }
    Ok(())
}

fn open(target: SocketAddr, waiting: Waiting) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(target)?;
    stream.set_nodelay(true)?;
    match waiting {
        Waiting::Block => stream.set_read_timeout(Some(RECEIVE_MAX))?,
        Waiting::Spin => stream.set_nonblocking(true)?,
    }
    Ok(stream)
}

/// Moves one message there and back.
///
/// Sending all of it first cannot block both ends: a ping-pong message is small enough for the socket buffers of one.
fn exchange(stream: &mut TcpStream, message: &[u8], echo: &mut [u8]) -> Result<(), LoadError> {
    let failed = |call| move |source| LoadError::Call { call, peer: PEER, source };
    let mut sent = 0;
    while sent < message.len() {
        sent += retry(STALL_MAX, || stream.write(&message[sent..])).map_err(failed("send"))?;
    }
    let mut received = 0;
    while received < message.len() {
        match retry(STALL_MAX, || stream.read(&mut echo[received..])).map_err(failed("recv"))? {
            0 => return Err(LoadError::Closed(PEER)),
            count => received += count,
        }
    }
    Ok(())
}
