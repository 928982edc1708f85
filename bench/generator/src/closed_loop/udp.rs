//! UDP: one connected socket per peer, so that each has its own source port and an ICMP error finds its way back.

use std::{
    io::{self, ErrorKind},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    time::{Duration, Instant},
};

use mio::{Events, Interest, Poll, Token, net::UdpSocket};

use super::{EVENTS_MAX, POLL_MAX};
use crate::{
    DATAGRAM_BYTES_MAX, LoadError,
    datagram::{DatagramStream, Echo},
    pattern::Pattern,
    recorder::Recorder,
};

/// Silence after which a datagram counts as lost and the source sends its next one.
const LOST_AFTER: Duration = Duration::from_millis(250);

/// Opens the sources, runs until the recorder has its window, and waits for every echo still under way or lost.
pub(crate) fn run(
    target: SocketAddr,
    peers: usize,
    size_bytes: usize,
    pattern: &Pattern,
    recorder: &mut Recorder<'_>,
) -> Result<(), LoadError> {
    let failed = |call| move |source| LoadError::Call { call, peer: 0, source };
    let mut poll = Poll::new().map_err(failed("epoll_create1"))?;
    let mut sources = (0..peers)
        .map(|peer| Source::open(target, peer, size_bytes, &poll))
        .collect::<Result<Vec<_>, _>>()?;
    let mut events = Events::with_capacity(EVENTS_MAX);
    let mut buffer = vec![0; DATAGRAM_BYTES_MAX];

    let mut swept_at = Instant::now();
    recorder.tick(swept_at);
    for source in &mut sources {
        source.send_next(pattern)?;
    }
    let mut waiting = peers;
    while waiting > 0 {
        match poll.poll(&mut events, Some(POLL_MAX)) {
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            result => result.map_err(failed("epoll_wait"))?,
        }
        for event in &events {
            let source = &mut sources[event.token().0];
            while let Some(echo) = source.receive(pattern, &mut buffer)? {
                match echo {
                    Echo::Late => recorder.late(),
                    Echo::Current => {
                        recorder.echo(source.sent_at, Instant::now());
                        waiting -= source.go_on(recorder, pattern)?;
                    }
                }
            }
        }
        let now = Instant::now();
        recorder.tick(now);
        if now - swept_at >= POLL_MAX {
            swept_at = now;
            for source in sources.iter_mut().filter(|source| source.has_lost(now)) {
                recorder.lost();
                waiting -= source.go_on(recorder, pattern)?;
            }
        }
    }
    Ok(())
}

/// One socket and the datagram it waits for.
struct Source {
    socket: UdpSocket,
    peer: usize,
    stream: DatagramStream,
    datagram: Vec<u8>,
    sent_at: Instant,
    is_waiting: bool,
}

impl Source {
    fn open(target: SocketAddr, peer: usize, size_bytes: usize, poll: &Poll) -> Result<Self, LoadError> {
        let connect = || {
            let any: IpAddr =
                if target.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
            let mut socket = UdpSocket::bind(SocketAddr::new(any, 0))?;
            socket.connect(target)?;
            poll.registry().register(&mut socket, Token(peer), Interest::READABLE)?;
            Ok(socket)
        };
        let socket = connect().map_err(|source| LoadError::Connect { target, peer, source })?;
        let stream = DatagramStream::new(peer, size_bytes);
        let datagram = Vec::with_capacity(size_bytes);
        Ok(Self { socket, peer, stream, datagram, sent_at: Instant::now(), is_waiting: false })
    }

    fn send_next(&mut self, pattern: &Pattern) -> Result<(), LoadError> {
        self.stream.next(pattern, &mut self.datagram);
        self.sent_at = Instant::now();
        self.is_waiting = true;
        match self.socket.send(&self.datagram) {
            Ok(_) => Ok(()),
            // The kernel had no room: the datagram is lost before the network could lose it, and is counted as such.
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => Ok(()),
            Err(source) => Err(self.failed("send", source)),
        }
    }

    /// After an echo or a loss: sends the next datagram, or rests when the window is over.
    ///
    /// Returns how many sources stopped waiting by this: 0 or 1.
    fn go_on(&mut self, recorder: &Recorder<'_>, pattern: &Pattern) -> Result<usize, LoadError> {
        if recorder.is_over() {
            self.is_waiting = false;
            return Ok(1);
        }
        self.send_next(pattern)?;
        Ok(0)
    }

    /// Takes one datagram, verified; `None` when there is none.
    fn receive(&mut self, pattern: &Pattern, buffer: &mut [u8]) -> Result<Option<Echo>, LoadError> {
        let count = match self.socket.recv(buffer) {
            Ok(count) => count,
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(None),
            Err(source) => return Err(self.failed("recv", source)),
        };
        match self.stream.judge(pattern, &buffer[..count]) {
            // An echo that comes a second time is nothing that anybody waits for.
            Ok(Echo::Current) if !self.is_waiting => Ok(Some(Echo::Late)),
            Ok(echo) => Ok(Some(echo)),
            Err(mismatch) => Err(LoadError::Corrupt { peer: self.peer, mismatch }),
        }
    }

    fn has_lost(&self, now: Instant) -> bool {
        self.is_waiting && now.saturating_duration_since(self.sent_at) > LOST_AFTER
    }

    fn failed(&self, call: &'static str, source: io::Error) -> LoadError {
        LoadError::Call { call, peer: self.peer, source }
    }
}
