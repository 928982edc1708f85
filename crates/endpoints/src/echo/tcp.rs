//! Echo over TCP: one connection, one step at a time, never waiting.
//!
//! What comes is sent back at once from the worker's own buffer, so an idle connection holds none. What the kernel does
//! not take is held, and as long as anything is held nothing is read: a peer that does not read stops being read, and
//! costs the bytes of one `recv()` at the most ([`STREAM_BUFFER_BYTES`] unless told otherwise).
//!
//! [`STREAM_BUFFER_BYTES`]: super::config::STREAM_BUFFER_BYTES

use std::io;
use std::net::SocketAddr;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::{Duration, Instant};

use kernel::stream;

use super::EventSink;
use super::counters::Counters;
use super::event::{CloseReason, Event};
use super::peer::Peer;
use super::worker::WaitsFor;
use crate::events::Detail;
use crate::shaping::{Call, Pauses, Side};

/// How many reads a connection gets before the others have their turn.
const READS_PER_TURN: usize = 16;
/// After how long without a byte a connection has nothing on the way any more, and is closed without lingering.
const LINGER_QUIET: Duration = Duration::from_secs(1);

/// A connection that is being served: 56 bytes, and nothing else while it is idle.
#[derive(Debug)]
pub(super) struct Connection {
    socket: OwnedFd,
    /// When it last moved a byte, in milliseconds since the server started, modulo 2³².
    moved_at_ms: u32,
    pub(super) number: u32,
    pub(super) waits_for: WaitsFor,
    /// The peer has ended its stream, or the connection is broken: read on until that shows.
    pub(super) ended: bool,
    life: Life,
    /// The pause before the next call has passed.
    pause_served: bool,
    held: Option<Box<Held>>,
    pub(super) echoed_bytes: u64,
    pub(super) peer: Peer,
}

const _: () = assert!(
    size_of::<Connection>() == 56,
    "with the room for more, an idle connection costs 64 bytes at most"
);

/// How far a connection is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Life {
    /// Bytes are echoed.
    Open,
    /// The end of the peer's stream has been read, and it has been sent everything.
    Finished,
    /// This side has ended its stream; what still comes is read and dropped, until the peer has read everything too.
    Lingering,
}

/// Bytes that were received and not yet taken by the kernel.
#[derive(Debug)]
struct Held {
    bytes: Vec<u8>,
    sent: usize,
}

/// What a step needs from the worker.
pub(super) struct Turn<'a> {
    pub(super) now: Instant,
    pub(super) now_ms: u32,
    /// What is received goes here; its length is what each `recv()` asks for.
    pub(super) buffer: &'a mut [u8],
    /// What each `send()` offers at the most.
    pub(super) send_bytes: usize,
    pub(super) pauses: &'a Pauses,
    pub(super) counters: &'a Counters,
    pub(super) sink: &'a EventSink,
}

/// What a connection waits for after a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// The next edge.
    Edge,
    /// Its next turn: it has more to do.
    Turn,
    /// A pause to pass.
    Pause(Instant),
    /// Nothing: it is over.
    Close(CloseReason),
}

impl Connection {
    pub(super) fn new(socket: OwnedFd, number: u32, peer: SocketAddr, now_ms: u32) -> Self {
        Self {
            socket,
            moved_at_ms: now_ms,
            number,
            waits_for: WaitsFor::Edge,
            ended: false,
            life: Life::Open,
            pause_served: false,
            held: None,
            echoed_bytes: 0,
            peer: peer.into(),
        }
    }

    /// Whether there are bytes that the peer has not been sent.
    pub(super) fn holds(&self) -> bool {
        self.held.is_some()
    }

    /// Whether something can come that an event would only tell of.
    pub(super) fn may_be_looked_at(&self) -> bool {
        self.waits_for == WaitsFor::Edge && self.life == Life::Open && !self.holds()
    }

    /// Goes on as far as it can without waiting.
    pub(super) fn step(&mut self, turn: &mut Turn<'_>) -> Next {
        if self.life == Life::Lingering {
            return self.discard(turn);
        }
        let stepped = if turn.pauses.is_empty() { self.run(turn) } else { self.walk(turn) };
        match stepped {
            Ok(next) => next,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Next::Edge,
            Err(_) => {
                turn.counters.resets.add(1);
                Next::Close(CloseReason::PeerReset)
            }
        }
    }

    /// The way without pauses: straight from `recv()` to `send()`.
    fn run(&mut self, turn: &mut Turn<'_>) -> io::Result<Next> {
        while self.holds() {
            self.send_held(turn)?;
        }
        for _ in 0..READS_PER_TURN {
            let taken = self.receive(turn)?;
            if taken == 0 {
                return Ok(Next::Close(CloseReason::PeerClosed));
            }
            let mut sent = 0;
            while sent < taken {
                match self.send(&turn.buffer[sent..taken], turn) {
                    Ok(more) => sent += more,
                    Err(error) => {
                        if error.kind() == io::ErrorKind::WouldBlock {
                            self.hold(&turn.buffer[sent..taken]);
                        }
                        return Err(error);
                    }
                }
            }
            // Less than asked for means that there is no more (epoll(7)), unless an end of stream is to come.
            if taken < turn.buffer.len() && !self.ended {
                return Ok(Next::Edge);
            }
        }
        Ok(Next::Turn)
    }

    /// The way with pauses: one call, then whatever pause stands around it.
    fn walk(&mut self, turn: &mut Turn<'_>) -> io::Result<Next> {
        loop {
            let call = match (self.life, self.holds()) {
                (Life::Open, true) => Call::Send,
                (Life::Open, false) => Call::Recv,
                (Life::Finished | Life::Lingering, _) => Call::Close,
            };
            if !self.pause_served {
                self.pause_served = true;
                if let Some(pause) = turn.pauses.at(Side::Before, call) {
                    return Ok(Next::Pause(turn.now + pause));
                }
            }
            match call {
                Call::Close => return Ok(Next::Close(CloseReason::PeerClosed)),
                Call::Send => self.send_held(turn)?,
                _ => match self.receive(turn)? {
                    0 => self.life = Life::Finished,
                    taken => self.hold(&turn.buffer[..taken]),
                },
            }
            self.pause_served = false;
            if let Some(pause) = turn.pauses.at(Side::After, call) {
                return Ok(Next::Pause(turn.now + pause));
            }
        }
    }

    /// Ends this side's stream when the peer may still have bytes on the way or unread; says whether that is so. From now
    /// on it is idle for as long as it has lingered.
    ///
    /// Closing at once would answer what still comes with an RST, which destroys what the peer has not read yet
    /// (RFC 1122 §4.2.2.13).
    pub(super) fn linger(&mut self, now_ms: u32) -> bool {
        if self.idle(now_ms) > LINGER_QUIET || stream::shut_write(&self.socket).is_err() {
            return false;
        }
        self.life = Life::Lingering;
        self.moved_at_ms = now_ms;
        true
    }

    /// Whether only the peer's end is waited for.
    pub(super) fn lingers(&self) -> bool {
        self.life == Life::Lingering
    }

    /// Reads and drops what still comes, up to the peer's end.
    fn discard(&self, turn: &mut Turn<'_>) -> Next {
        for _ in 0..READS_PER_TURN {
            match stream::receive(&self.socket, turn.buffer) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Next::Edge,
                Ok(0) | Err(_) => return Next::Close(CloseReason::ServerStopped),
                Ok(_) => {}
            }
        }
        Next::Turn
    }

    fn hold(&mut self, bytes: &[u8]) {
        self.held = Some(Box::new(Held { bytes: bytes.to_vec(), sent: 0 }));
    }

    /// Gives what is held to one `send()`, and keeps what that did not take.
    fn send_held(&mut self, turn: &Turn<'_>) -> io::Result<()> {
        let Some(mut held) = self.held.take() else { return Ok(()) };
        let sent = self.send(&held.bytes[held.sent..], turn);
        held.sent += *sent.as_ref().unwrap_or(&0);
        if held.sent < held.bytes.len() {
            self.held = Some(held);
        }
        sent.map(drop)
    }

    fn receive(&mut self, turn: &mut Turn<'_>) -> io::Result<usize> {
        let taken = stream::receive(&self.socket, turn.buffer)?;
        self.moved_at_ms = turn.now_ms;
        turn.counters.tcp_received_bytes.add(taken);
        self.tell_call(Call::Recv, turn.buffer.len(), taken, turn.sink);
        Ok(taken)
    }

    fn send(&mut self, bytes: &[u8], turn: &Turn<'_>) -> io::Result<usize> {
        let piece = &bytes[..bytes.len().min(turn.send_bytes)];
        let taken = stream::send(&self.socket, piece)?;
        self.moved_at_ms = turn.now_ms;
        self.echoed_bytes += taken as u64;
        turn.counters.tcp_sent_bytes.add(taken);
        self.tell_call(Call::Send, piece.len(), taken, turn.sink);
        Ok(taken)
    }

    fn tell_call(&self, call: Call, asked_bytes: usize, took_bytes: usize, sink: &EventSink) {
        let connection = Some(self.number);
        sink.tell(Detail::Calls, || Event::Call { call, connection, asked_bytes, took_bytes });
    }

    /// How long no byte has moved.
    pub(super) fn idle(&self, now_ms: u32) -> Duration {
        Duration::from_millis(now_ms.wrapping_sub(self.moved_at_ms).into())
    }
}

impl AsFd for Connection {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}
