//! UDP: one connected socket, blocking or spinning.

use std::{
    io::{self, ErrorKind},
    net::{Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket},
    time::Instant,
};

use super::RECEIVE_MAX;
use crate::{
    DATAGRAM_BYTES_MAX, LoadError, Waiting,
    datagram::{DatagramStream, Echo},
    pattern::Pattern,
    recorder::Recorder,
    retry::retry,
};

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
    let failed = |call| move |source| LoadError::Call { call, peer: PEER, source };
    let socket = open(target, waiting).map_err(|source| LoadError::Connect { target, peer: PEER, source })?;
    let mut stream = DatagramStream::new(PEER, size_bytes);
    let mut datagram = Vec::with_capacity(size_bytes);
    let mut buffer = vec![0; DATAGRAM_BYTES_MAX];
    recorder.tick(Instant::now());
    while !recorder.is_over() {
        stream.next(pattern, &mut datagram);
        let sent_at = Instant::now();
        retry(RECEIVE_MAX, || socket.send(&datagram)).map_err(failed("send"))?;
        if receive(&socket, &stream, pattern, &mut buffer, recorder)? {
            recorder.echo(sent_at, Instant::now());
        } else {
            recorder.lost();
            recorder.tick(Instant::now());
        }
    }
    Ok(())
}

fn open(target: SocketAddr, waiting: Waiting) -> io::Result<UdpSocket> {
    let socket = match target {
        SocketAddr::V4(_) => UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))?,
        SocketAddr::V6(_) => UdpSocket::bind((Ipv6Addr::UNSPECIFIED, 0))?,
    };
    socket.connect(target)?;
    match waiting {
        Waiting::Block => socket.set_read_timeout(Some(RECEIVE_MAX))?,
        Waiting::Spin => socket.set_nonblocking(true)?,
    }
    Ok(socket)
}

/// Waits for the echo of the datagram under way; `false` when it does not come in time.
fn receive(
    socket: &UdpSocket,
    stream: &DatagramStream,
    pattern: &Pattern,
    buffer: &mut [u8],
    recorder: &mut Recorder<'_>,
) -> Result<bool, LoadError> {
    loop {
        let count = match retry(RECEIVE_MAX, || socket.recv(buffer)) {
            Ok(count) => count,
            Err(error) if error.kind() == ErrorKind::TimedOut => return Ok(false),
            Err(source) => {
                return Err(LoadError::Call { call: "recv", peer: PEER, source });
            }
        };
        match stream.judge(pattern, &buffer[..count]) {
            Ok(Echo::Current) => return Ok(true),
            Ok(Echo::Late) => recorder.late(),
            Err(mismatch) => {
                return Err(LoadError::Corrupt { peer: PEER, mismatch });
            }
        }
    }
}
