//! Echo over UDP: one datagram in, the same datagram out, in batches.
//!
//! A datagram of no bytes is a datagram and is echoed. One that is larger than the buffer is echoed as far as it fits,
//! and told with its true length. As long as replies wait for room to be sent, nothing more is received. Datagrams that
//! other echo servers send back are the matter of the [storm guard](super::storm).

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::{Duration, Instant};

use kernel::datagram::{self, BATCH_MAX, Outgoing, Received, Receiver, Sender};
use kernel::epoll::Registration;
use kernel::{error_queue, socket};

use super::Errno;
use super::EventSink;
use super::config::DATAGRAM_BUFFER_BYTES_MAX;
use super::counters::Counters;
use super::event::{Event, RefusalRule};
use super::storm::{HOLD_MAX, HeldReply, Ruling, StormGuard};
use super::unsent::Unsent;
use super::worker::WaitsFor;
use crate::access::{AccessList, Ruling as Access};
use crate::events::Detail;
use crate::listen::Bound;
use crate::shaping::{Call, Pauses, Side};
use crate::transport::Transport;

/// How many batches a socket gets before the others have their turn.
const BATCHES_PER_TURN: usize = 16;

/// A UDP socket that echoes.
#[derive(Debug)]
pub(super) struct DatagramEcho {
    socket: OwnedFd,
    local: SocketAddr,
    receiver: Receiver,
    sender: Sender,
    /// What is still to be echoed, in order.
    unsent: Unsent,
    guard: StormGuard,
    /// The socket that asks sources whether they are echo servers.
    probe: OwnedFd,
    answers: Receiver,
    /// The last batch was full, so there may be more where it came from.
    may_have_more: bool,
    /// How many datagrams came with the last batch.
    last_batch: usize,
    pub(super) waits_for: WaitsFor,
    /// It is registered for room to send, too.
    is_told_of_room: bool,
    pause_served: bool,
}

/// How many datagrams one call takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AtOnce {
    /// One: for who has just seen that there was none.
    One,
    /// As many as there are.
    Batch,
}

/// What a datagram is judged by.
struct Judge<'a> {
    guard: &'a mut StormGuard,
    probe: &'a OwnedFd,
    asked_bytes: usize,
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
    /// Takes a bound socket, and makes the socket for probes beside it.
    ///
    /// # Errors
    /// `EMFILE`, `ENFILE`, `ENOBUFS`: nothing left for the second socket.
    pub(super) fn new(bound: Bound, slot_bytes: usize, one_by_one: bool) -> io::Result<Self> {
        let mut beside = bound.local;
        beside.set_port(0);
        let probe = socket::open(socket::Transport::Udp, beside)?;
        socket::report_errors(probe.as_fd(), beside)?;
        socket::bind(&probe, beside)?;
        if !one_by_one && slot_bytes >= DATAGRAM_BUFFER_BYTES_MAX {
            // A kernel that is too old for that hands over each datagram by itself, which is as right.
            let _ = socket::coalesce_datagrams(bound.socket.as_fd());
        }
        Ok(Self {
            socket: bound.socket,
            local: bound.local,
            receiver: Receiver::new(if one_by_one { 1 } else { BATCH_MAX }, slot_bytes),
            sender: if one_by_one { Sender::new() } else { Sender::segmenting() },
            unsent: Unsent::new(),
            guard: StormGuard::new(),
            probe,
            answers: Receiver::new(1, DATAGRAM_BUFFER_BYTES_MAX),
            may_have_more: false,
            last_batch: 0,
            waits_for: WaitsFor::Edge,
            is_told_of_room: false,
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
            let done = if call == Call::Send { self.send(turn) } else { self.receive(turn, AtOnce::Batch) };
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

    /// Takes what is there and echoes it, if nothing waits to be sent and no pause is to be made; says whether anything was.
    ///
    /// It may leave others, of which the next event tells: their edge has come, and no call but `epoll_wait` takes it away.
    pub(super) fn look(&mut self, turn: &Turn<'_>, at_once: AtOnce) -> bool {
        let may_look = self.waits_for == WaitsFor::Edge && self.unsent.is_empty() && turn.pauses.is_empty();
        if !may_look || self.receive(turn, at_once).is_err() {
            return false;
        }
        // What the kernel has no room for waits for its edge.
        let _ = self.send(turn);
        true
    }

    /// Whether a reply waits for room to be sent.
    pub(super) fn wants_room(&self) -> bool {
        self.waits_for == WaitsFor::Edge && !self.unsent.is_empty()
    }

    /// What it is to be registered for, if that is not what it is registered for.
    ///
    /// With each datagram that its addressee takes, room to send comes back. A server that wants none shall not be woken for it.
    pub(super) fn other_registration(&mut self) -> Option<Registration> {
        let wants_room = self.wants_room();
        let is_other = std::mem::replace(&mut self.is_told_of_room, wants_room) != wants_room;
        is_other.then_some(if wants_room { Registration::ReadWrite } else { Registration::Read })
    }

    /// The pause that is due before a call, unless it has passed.
    fn pause_before(&mut self, call: Call, pauses: &Pauses) -> Option<Duration> {
        if std::mem::replace(&mut self.pause_served, true) {
            return None;
        }
        pauses.at(Side::Before, call)
    }

    /// Takes a batch and judges each datagram.
    fn receive(&mut self, turn: &Turn<'_>, at_once: AtOnce) -> io::Result<()> {
        let at_most = match at_once {
            AtOnce::One => 1,
            AtOnce::Batch => self.receiver.slots(),
        };
        let taken = match self.receiver.receive_up_to(at_most, &self.socket) {
            Ok(taken) => taken,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Err(error),
            // An error that was pending on the socket has been collected: the next call goes on.
            Err(_) => {
                self.may_have_more = true;
                return Ok(());
            }
        };
        self.may_have_more = taken == self.receiver.slots();
        self.last_batch = 0;
        for place in 0..taken {
            self.judge_all(place, turn);
        }
        Ok(())
    }

    /// Judges the datagrams at a place: one, unless the kernel handed several over as one.
    fn judge_all(&mut self, place: usize, turn: &Turn<'_>) {
        let Some(received) = self.receiver.get(place) else { return };
        let datagrams = received.datagrams().count();
        self.last_batch += datagrams;
        turn.counters.datagrams.add(datagrams);
        let (peer, transport) = (received.peer, Transport::Udp);
        if let Some(rule) = refusal(turn.access, peer) {
            turn.counters.refused.add(datagrams);
            for rule in std::iter::repeat_n(rule, datagrams) {
                turn.sink.tell(Detail::Peers, || Event::Refused { transport, peer, rule });
            }
            return;
        }
        if self.is_own(peer, received.destination) {
            turn.counters.storm_ignored.add(datagrams);
            return;
        }
        let asked_bytes = self.receiver.slot_bytes();
        let mut judge_with = Judge { guard: &mut self.guard, probe: &self.probe, asked_bytes };
        let mut start = 0;
        for payload in received.datagrams() {
            if judge(&mut judge_with, &received, payload, turn) {
                self.unsent.add((place, start), payload.len(), &received);
            }
            start += payload.len();
        }
    }

    /// Whether a datagram claims to come from the very socket that received it.
    fn is_own(&self, peer: SocketAddr, destination: Option<IpAddr>) -> bool {
        peer.port() == self.local.port() && peer.ip() == destination.unwrap_or(self.local.ip())
    }

    /// Sends the replies that wait. One that cannot be sent is told and left out; the others go on.
    fn send(&mut self, turn: &Turn<'_>) -> io::Result<()> {
        while !self.unsent.is_empty() {
            match self.sender.send(&self.socket, self.unsent.replies(&self.receiver)) {
                Ok(sent) => {
                    turn.counters.replies.add(sent);
                    self.unsent.take(sent, |datagrams, bytes| tell_sent(datagrams, bytes, turn.sink));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Err(error),
                Err(error) => {
                    if let Some((peer, bytes)) = self.unsent.first() {
                        tell_failed(peer, bytes, &error, turn);
                    }
                    self.unsent.take(1, |_, _| {});
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
        match self.sender.send(&self.socket, std::iter::once(reply)) {
            Ok(sent) => {
                turn.counters.replies.add(sent);
                tell_sent(sent, held.payload.len(), turn.sink);
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

/// Judges a datagram, and asks its source if the guard wants that; says whether it is to be echoed.
fn judge(echo: &mut Judge<'_>, received: &Received<'_>, payload: &[u8], turn: &Turn<'_>) -> bool {
    let (peer, source) = (received.peer, received.destination);
    let ruling = echo.guard.arrival(turn.now, peer, source, payload);
    match ruling {
        Ruling::Ignore => {
            turn.counters.storm_ignored.add(1);
            return false;
        }
        Ruling::Echo => {}
        Ruling::Probe => {
            let probe = Outgoing { payload, peer: Some(peer), source };
            // A probe that cannot be sent is a probe that nobody answers: the reply goes out a little later.
            let _ = datagram::send(echo.probe, &probe);
        }
    }
    // Where the kernel hands several over as one, nothing is cut.
    let bytes = payload.len();
    let true_bytes = if received.segment_bytes.is_some() { bytes } else { received.true_bytes };
    if true_bytes > bytes {
        turn.counters.truncated.add(1);
    }
    turn.sink.tell(Detail::Peers, || Event::Datagram { peer, bytes, true_bytes });
    turn.sink.tell(Detail::Calls, || Event::Call {
        call: Call::Recv,
        connection: None,
        asked_bytes: echo.asked_bytes,
        took_bytes: bytes,
    });
    ruling == Ruling::Echo
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

fn tell_sent(datagrams: usize, bytes: usize, sink: &EventSink) {
    for _ in 0..datagrams {
        sink.tell(Detail::Calls, || Event::Call {
            call: Call::Send,
            connection: None,
            asked_bytes: bytes,
            took_bytes: bytes,
        });
    }
}

fn tell_failed(peer: SocketAddr, bytes: usize, error: &io::Error, turn: &Turn<'_>) {
    turn.counters.send_failed.add(1);
    let errno = Errno::from(error);
    turn.sink.tell(Detail::Quiet, || Event::SendFailed { peer, bytes, errno });
}
