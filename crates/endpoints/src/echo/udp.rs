//! Echo over UDP: one datagram in, the same datagram out, in batches.
//!
//! A datagram of no bytes is a datagram and is echoed. One that is larger than the buffer is echoed as far as it fits,
//! and told with its true length. As long as replies wait for room to be sent, nothing more is received. Datagrams that
//! other echo servers send back are the matter of the [storm guard](super::storm).

use std::collections::VecDeque;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::Arc;
use std::time::{Duration, Instant};

use kernel::datagram::{BATCH_MAX, Outgoing, Receiver, Sender};
use kernel::error_queue;

use super::Errno;
use super::EventSink;
use super::config::DATAGRAM_BUFFER_BYTES_MAX;
use super::counters::Counters;
use super::event::{Event, RefusalRule};
use super::storm::{HOLD_MAX, HeldReply, Ruling, StormGuard};
use super::worker::WaitsFor;
use crate::access::{AccessList, Ruling as Access};
use crate::events::Detail;
use crate::shaping::{Call, Pauses, Side};
use crate::transport::Transport;

/// How many batches a socket gets before the others have their turn.
const BATCHES_PER_TURN: usize = 16;

/// A UDP socket that echoes.
#[derive(Debug)]
pub(super) struct DatagramEcho {
    socket: Arc<OwnedFd>,
    local: SocketAddr,
    receiver: Receiver,
    sender: Sender,
    /// Places in `receiver` of the datagrams that are still to be echoed, in order.
    unsent: VecDeque<usize>,
    guard: StormGuard,
    /// The socket that asks sources whether they are echo servers.
    probe: OwnedFd,
    answers: Receiver,
    /// The last batch was full, so there may be more where it came from.
    may_have_more: bool,
    /// How many came with the last batch.
    last_batch: usize,
    pub(super) waits_for: WaitsFor,
    pause_served: bool,
}

/// What a step needs from the worker.
pub(super) struct Turn<'a> {
    pub(super) now: Instant,
    pub(super) access: &'a AccessList,
    pub(super) pauses: &'a Pauses,
    pub(super) counters: &'a Counters,
    pub(super) sink: &'a EventSink,
}

/// What the socket waits for after a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// The next edge.
    Edge,
    /// Its next turn: it has more to do.
    Turn,
    /// A pause to pass.
    Pause(Instant),
}

impl DatagramEcho {
    /// Takes a bound socket with its address, and makes the socket for probes beside it.
    ///
    /// # Errors
    /// `EMFILE`, `ENFILE`, `ENOBUFS`: nothing left for the second socket.
    pub(super) fn new(
        (socket, local): (Arc<OwnedFd>, SocketAddr),
        slot_bytes: usize,
        one_by_one: bool,
    ) -> io::Result<Self> {
        let mut beside = local;
        beside.set_port(0);
        let probe = kernel::socket::open(kernel::socket::Transport::Udp, beside)?;
        kernel::socket::report_errors(probe.as_fd(), beside)?;
        kernel::socket::bind(&probe, beside)?;
        Ok(Self {
            socket,
            local,
            receiver: Receiver::new(if one_by_one { 1 } else { BATCH_MAX }, slot_bytes),
            sender: Sender::new(),
            unsent: VecDeque::with_capacity(BATCH_MAX),
            guard: StormGuard::new(),
            probe,
            answers: Receiver::new(1, DATAGRAM_BUFFER_BYTES_MAX),
            may_have_more: false,
            last_batch: 0,
            waits_for: WaitsFor::Edge,
            pause_served: false,
        })
    }

    /// The socket that probes leave from.
    pub(super) fn probe(&self) -> BorrowedFd<'_> {
        self.probe.as_fd()
    }

    /// Whether datagrams come one by one: where batches form, they are better waited for asleep.
    pub(super) fn comes_one_by_one(&self) -> bool {
        self.last_batch <= 1
    }

    /// Goes on as far as it can without waiting.
    pub(super) fn step(&mut self, turn: &Turn<'_>) -> Next {
        for _ in 0..BATCHES_PER_TURN {
            let call = if self.unsent.is_empty() { Call::Recv } else { Call::Send };
            if let Some(pause) = self.pause_before(call, turn.pauses) {
                return Next::Pause(turn.now + pause);
            }
            let done = if call == Call::Send { self.send(turn) } else { self.receive(turn) };
            if let Err(error) = done {
                debug_assert_eq!(error.kind(), io::ErrorKind::WouldBlock);
                return Next::Edge;
            }
            self.pause_served = false;
            if let Some(pause) = turn.pauses.at(Side::After, call) {
                return Next::Pause(turn.now + pause);
            }
            // A batch that was not full has emptied the socket: whatever comes next brings an edge of its own.
            if self.unsent.is_empty() && !self.may_have_more {
                return Next::Edge;
            }
        }
        Next::Turn
    }

    /// The pause that is due before a call, unless it has passed.
    fn pause_before(&mut self, call: Call, pauses: &Pauses) -> Option<Duration> {
        if std::mem::replace(&mut self.pause_served, true) {
            return None;
        }
        pauses.at(Side::Before, call)
    }

    /// Takes a batch and judges each datagram.
    fn receive(&mut self, turn: &Turn<'_>) -> io::Result<()> {
        let taken = match self.receiver.receive(&*self.socket) {
            Ok(taken) => taken,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Err(error),
            // An error that was pending on the socket has been collected: the next call goes on.
            Err(_) => {
                self.may_have_more = true;
                return Ok(());
            }
        };
        self.may_have_more = taken == self.receiver.slots();
        self.last_batch = taken;
        for place in 0..taken {
            self.judge(place, turn);
        }
        Ok(())
    }

    fn judge(&mut self, place: usize, turn: &Turn<'_>) {
        let Some(datagram) = self.receiver.get(place) else { return };
        let (peer, bytes, true_bytes) = (datagram.peer, datagram.payload.len(), datagram.true_bytes);
        turn.counters.datagrams.add(1);
        if let Some(rule) = refusal(turn.access, peer) {
            turn.counters.refused.add(1);
            turn.sink.tell(Detail::Peers, || Event::Refused { transport: Transport::Udp, peer, rule });
            return;
        }
        if self.is_own(peer, datagram.destination) {
            turn.counters.storm_ignored.add(1);
            return;
        }
        match self.guard.arrival(turn.now, peer, datagram.destination, datagram.payload) {
            Ruling::Ignore => {
                turn.counters.storm_ignored.add(1);
                return;
            }
            Ruling::Echo => self.unsent.push_back(place),
            Ruling::Probe => {
                let probe =
                    Outgoing { payload: datagram.payload, peer: Some(peer), source: datagram.destination };
                // A probe that cannot be sent is a probe that nobody answers: the reply goes out a little later.
                let _ = self.sender.send(&self.probe, std::iter::once(probe));
            }
        }
        if true_bytes > bytes {
            turn.counters.truncated.add(1);
        }
        turn.sink.tell(Detail::Peers, || Event::Datagram { peer, bytes, true_bytes });
        turn.sink.tell(Detail::Calls, || Event::Call {
            call: Call::Recv,
            connection: None,
            asked_bytes: self.receiver.slot_bytes(),
            took_bytes: bytes,
        });
    }

    /// Whether a datagram claims to come from the very socket that received it.
    fn is_own(&self, peer: SocketAddr, destination: Option<IpAddr>) -> bool {
        peer.port() == self.local.port() && peer.ip() == destination.unwrap_or(self.local.ip())
    }

    /// Sends the replies that wait. One that cannot be sent is told and left out; the others go on.
    fn send(&mut self, turn: &Turn<'_>) -> io::Result<()> {
        while !self.unsent.is_empty() {
            let replies = self.unsent.iter().filter_map(|&place| {
                let datagram = self.receiver.get(place)?;
                Some(Outgoing {
                    payload: datagram.payload,
                    peer: Some(datagram.peer),
                    source: datagram.destination,
                })
            });
            match self.sender.send(&*self.socket, replies) {
                Ok(sent) => {
                    turn.counters.replies.add(sent);
                    for place in self.unsent.drain(..sent) {
                        let bytes = self.receiver.get(place).map_or(0, |datagram| datagram.payload.len());
                        tell_sent(bytes, turn.sink);
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Err(error),
                Err(error) => {
                    let failed = self.unsent.pop_front().and_then(|place| self.receiver.get(place));
                    if let Some(datagram) = failed {
                        tell_failed(datagram.peer, datagram.payload.len(), &error, turn);
                    }
                }
            }
        }
        Ok(())
    }

    /// Looks at what came back to the probe socket: answers, and ICMP refusals.
    pub(super) fn collect_answers(&mut self, turn: &Turn<'_>) {
        while let Ok(Some(report)) = error_queue::take(&self.probe) {
            let held = report.destination.and_then(|peer| self.guard.refusal(turn.now, peer));
            if let Some(held) = held {
                self.release(&held, turn);
            }
        }
        loop {
            match self.answers.receive(&self.probe) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                // The pending error of a refusal, whose report has been taken above.
                Err(_) => {}
                Ok(_) => {
                    let Some(answer) = self.answers.get(0) else { continue };
                    let peer = answer.peer;
                    if self.guard.answer(turn.now, peer, answer.payload) {
                        turn.counters.storm_ignored.add(1);
                        turn.sink.tell(Detail::Quiet, || Event::StormStopped { peer });
                    }
                }
            }
        }
    }

    /// When [`DatagramEcho::expire`] will have something to do.
    pub(super) fn timeout(&self) -> Option<Instant> {
        self.guard.timeout()
    }

    /// Sends the replies whose probes nobody answered.
    pub(super) fn expire(&mut self, turn: &Turn<'_>) {
        while let Some(held) = self.guard.expire(turn.now) {
            self.release(&held, turn);
        }
    }

    /// Sends every reply that is held back: the server stops, and nobody will answer a probe any more.
    pub(super) fn release_all(&mut self, turn: &Turn<'_>) {
        while let Some(held) = self.guard.expire(turn.now + HOLD_MAX) {
            self.release(&held, turn);
        }
    }

    /// Sends one reply that was held back.
    fn release(&mut self, held: &HeldReply, turn: &Turn<'_>) {
        let reply = Outgoing { payload: &held.payload, peer: Some(held.peer), source: held.source };
        match self.sender.send(&*self.socket, std::iter::once(reply)) {
            Ok(sent) => {
                turn.counters.replies.add(sent);
                tell_sent(held.payload.len(), turn.sink);
            }
            Err(error) => tell_failed(held.peer, held.payload.len(), &error, turn),
        }
    }
}

impl AsFd for DatagramEcho {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

/// The rule by which an address is refused, if it is.
pub(crate) fn refusal(access: &AccessList, peer: SocketAddr) -> Option<RefusalRule> {
    if access.is_open() {
        return None;
    }
    match access.judge(peer.ip()) {
        Access::Allowed => None,
        Access::NotAllowed => Some(RefusalRule::NotAllowed),
        Access::Denied(rule) => Some(RefusalRule::Denied { rule: rule.to_string() }),
    }
}

fn tell_sent(bytes: usize, sink: &EventSink) {
    sink.tell(Detail::Calls, || Event::Call {
        call: Call::Send,
        connection: None,
        asked_bytes: bytes,
        took_bytes: bytes,
    });
}

fn tell_failed(peer: SocketAddr, bytes: usize, error: &io::Error, turn: &Turn<'_>) {
    turn.counters.send_failed.add(1);
    let errno = Errno::from(error);
    turn.sink.tell(Detail::Quiet, || Event::SendFailed { peer, bytes, errno });
}
