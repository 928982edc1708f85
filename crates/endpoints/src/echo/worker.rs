//! A worker: one thread, one epoll instance, its own connections.
//!
//! Its listeners are its own if the kernel steers (`steer`). Else all workers share them: the kernel wakes one for a new
//! connection (`EPOLLEXCLUSIVE`), and that one leaves it to the least loaded worker when it has clearly more itself. A UDP
//! socket belongs to one worker, so that a peer's datagrams keep their order. Nothing here waits but `epoll_wait`.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::io;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::time::{Duration, Instant};

use kernel::epoll::{Epoll, Ready, Registration};
use kernel::process;
use slab::Slab;

use super::accept::{AcceptPause, Listener, PLACES};
use super::config::{DRAIN_MAX, LINGER_MAX};
use super::counters::Counters;
use super::event::{CloseReason, Event};
use super::shared::Shared;
use super::spin::Spin;
use super::tcp::{self, Connection};
use super::token::Token;
use super::udp::{self, DatagramEcho};
use crate::access::AccessList;
use crate::events::Detail;
use crate::shaping::Pauses;
use crate::transport::Transport;

/// How often idle connections are looked for, at the least and at the most.
const SWEEP_MIN: Duration = Duration::from_millis(20);
const SWEEP_MAX: Duration = Duration::from_secs(1);
/// How often in a row the last socket is looked at before all are.
const LOOKS_AT_LAST: usize = 8;
/// How often a worker that stops looks whether it is done.
const STOP_TICK: Duration = Duration::from_millis(20);
/// After how long without a byte a connection of a server that stops has nothing more on the way.
const DRAIN_QUIET: Duration = Duration::from_millis(50);

/// A worker's whole state.
pub(super) struct Worker {
    pub(super) index: usize,
    pub(super) shared: Arc<Shared>,
    pub(super) epoll: Epoll,
    pub(super) listeners: Vec<Listener>,
    /// Whether nobody else has these listeners, and so nobody else can take what comes there.
    pub(super) has_own_listeners: bool,
    datagrams: Vec<DatagramEcho>,
    pub(super) connections: Slab<Connection>,
    /// What each stream `recv()` fills; no connection owns one.
    buffer: Vec<u8>,
    /// Sockets that have more to do than one turn gave them.
    ready: VecDeque<Token>,
    pub(super) timers: BinaryHeap<Reverse<(Instant, Timer)>>,
    sweep_at: Option<Instant>,
    pub(super) access: Arc<AccessList>,
    access_version: u64,
    /// When it was told to stop.
    pub(super) stopping_since: Option<Instant>,
    pub(super) now: Instant,
    spin: Spin,
    /// The last wait brought one request at the most.
    is_alone: bool,
    /// The socket that the last event was about, and whether the one before was about the same.
    last: Token,
    is_again: bool,
}

/// What makes a socket go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WaitsFor {
    /// The next edge.
    Edge,
    /// The worker's next turn.
    Turn,
    /// A pause to pass; what else happens to it is looked at then.
    Pause,
}

/// What happens when a time has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Timer {
    /// A listener accepts, after a pause or because something may be left again.
    Accept { listener: usize },
    /// A connection goes on; its number tells whether the place is still the same connection's.
    Connection { place: usize, number: u32 },
    /// A UDP socket goes on.
    Datagrams { index: usize },
}

impl Worker {
    /// Makes a worker and registers its sockets.
    ///
    /// # Errors
    /// `EMFILE`, `ENFILE`, `ENOMEM`, `ENOSPC`: no descriptor, memory or epoll watch left.
    pub(super) fn new(
        index: usize,
        shared: Arc<Shared>,
        listeners: &[Arc<OwnedFd>],
        has_own_listeners: bool,
        datagrams: Vec<DatagramEcho>,
    ) -> io::Result<Self> {
        let epoll = Epoll::new()?;
        epoll.add(&shared.posts[index].wake, Token::Wake.pack(), Registration::Read)?;
        for (listener, socket) in listeners.iter().enumerate() {
            epoll.add(socket, Token::Listener(listener).pack(), Registration::ReadExclusive)?;
        }
        for (index, echo) in datagrams.iter().enumerate() {
            epoll.add(echo, Token::Datagrams(index).pack(), Registration::Read)?;
            epoll.add(echo.probe(), Token::Probe(index).pack(), Registration::Read)?;
        }
        let now = Instant::now();
        let sweep_at = shared.config.idle_timeout.map(|timeout| now + sweep_interval(timeout));
        Ok(Self {
            index,
            epoll,
            listeners: listeners.iter().cloned().map(Listener::new).collect(),
            has_own_listeners,
            datagrams,
            // Room that nobody uses is memory that nobody has touched.
            connections: Slab::with_capacity(PLACES),
            buffer: vec![0; shared.config.recv_bytes(Transport::Tcp)],
            ready: VecDeque::new(),
            timers: BinaryHeap::new(),
            sweep_at,
            access: shared.access(),
            access_version: shared.access_version(),
            stopping_since: None,
            now,
            spin: Spin::new(shared.spinning()),
            is_alone: true,
            last: Token::Wake,
            is_again: false,
            shared,
        })
    }

    /// Serves until it is told to stop and has nothing left in hand.
    ///
    /// # Errors
    /// None in practice: what `epoll_wait(2)` can say, the types exclude.
    pub(super) fn run(mut self) -> io::Result<()> {
        for listener in 0..self.listeners.len() {
            self.accept(listener);
        }
        while !self.is_done() {
            let events = self.wait()?;
            self.now = Instant::now();
            self.notice();
            for index in 0..events {
                if let Some(ready) = self.epoll.event(index) {
                    self.handle(ready);
                }
            }
            self.is_alone = events <= 1
                && self.ready.is_empty()
                && self.datagrams.iter().all(DatagramEcho::comes_one_by_one);
            // Only those that were ready before this turn, so that events get theirs too.
            for _ in 0..self.ready.len() {
                if let Some(token) = self.ready.pop_front() {
                    self.go_on(token);
                }
            }
            self.fire_timers();
        }
        Ok(())
    }

    /// Waits for events: looks for some if that pays, and sleeps then.
    fn wait(&mut self) -> io::Result<usize> {
        let timeout = self.timeout();
        let looks_for = self.spin.wait(self.is_alone).min(timeout.unwrap_or(Duration::MAX));
        if looks_for.is_zero() {
            return self.sleep(timeout);
        }
        let found = self.look(Instant::now() + looks_for)?;
        if self.spin.looked(found.is_some(), &self.shared.posts[self.index].counters.waits) {
            self.spin.review(process::involuntary_switches(), &self.shared.posts[self.index].counters.waits);
        }
        found.map_or_else(|| self.sleep(self.timeout()), Ok)
    }

    /// Looks for something to do until a time: at all sockets, and, if one of them is the only one that has had something of late,
    /// at that one itself more often, which takes fewer calls than to be told of it first. If it found anything, it says how many
    /// events are still to be handled.
    fn look(&mut self, until: Instant) -> io::Result<Option<usize>> {
        let looks_at_last = if self.is_again { LOOKS_AT_LAST } else { 0 };
        let mut at_once = udp::AtOnce::Batch;
        loop {
            for _ in 0..looks_at_last {
                self.now = Instant::now();
                if self.look_at_last(at_once) {
                    return Ok(Some(0));
                }
                at_once = udp::AtOnce::One;
            }
            let events = self.epoll.wait(Some(Duration::ZERO))?;
            let is_stale = events == 1 && self.epoll.event(0).is_some_and(|ready| self.is_stale(ready));
            if events > 0 && !is_stale {
                return Ok(Some(events));
            }
            self.now = Instant::now();
            if self.now >= until {
                return Ok(None);
            }
        }
    }

    /// Serves the last socket if something has come there.
    fn look_at_last(&mut self, at_once: udp::AtOnce) -> bool {
        match self.last {
            Token::Connection(place) => {
                let echoed = |connection: &Connection| connection.echoed_bytes;
                let Some(before) =
                    self.connections.get(place).filter(|one| one.may_be_looked_at()).map(echoed)
                else {
                    return false;
                };
                self.step(place);
                self.connections.get(place).map(echoed) != Some(before)
            }
            Token::Datagrams(index) => {
                let (echo, turn) = self.datagram_turn(index);
                let has_found = echo.look(&turn, at_once);
                self.watch_room(index);
                has_found
            }
            Token::Wake | Token::Listener(_) | Token::Probe(_) => false,
        }
    }

    /// Whether an event tells of room to send that nobody waits for: what came was found without it.
    fn is_stale(&self, ready: Ready) -> bool {
        !ready.readable
            && match Token::unpack(ready.token) {
                Token::Connection(place) => self.connections.get(place).is_none_or(|one| !one.holds()),
                Token::Datagrams(index) => !self.datagrams[index].wants_room(),
                Token::Wake | Token::Listener(_) | Token::Probe(_) => false,
            }
    }

    /// Waits for events, asleep if there are none.
    fn sleep(&mut self, timeout: Option<Duration>) -> io::Result<usize> {
        let waits = &self.shared.posts[self.index].counters.waits;
        match timeout {
            Some(Duration::ZERO) => self.epoll.wait(timeout),
            Some(_) => {
                waits.naps.add(1);
                self.epoll.wait(timeout)
            }
            None => {
                waits.sleeps.add(1);
                let events = self.epoll.wait(None);
                waits.wakes.add(1);
                events
            }
        }
    }

    /// Looks at what other threads may have asked for.
    fn notice(&mut self) {
        let version = self.shared.access_version();
        if version != self.access_version {
            self.access_version = version;
            self.access = self.shared.access();
        }
        if self.shared.is_stopping() && self.stopping_since.is_none() {
            self.begin_to_stop();
        }
    }

    fn handle(&mut self, ready: Ready) {
        if self.is_stale(ready) {
            return;
        }
        let last = std::mem::replace(&mut self.last, Token::unpack(ready.token));
        self.is_again = last == self.last;
        match self.last {
            Token::Wake => {
                self.shared.posts[self.index].wake.clear();
                for listener in 0..self.listeners.len() {
                    self.accept(listener);
                }
            }
            Token::Listener(listener) => self.accept(listener),
            Token::Probe(index) => {
                let (echo, turn) = self.datagram_turn(index);
                echo.collect_answers(&turn);
            }
            Token::Connection(place) => {
                // An event may be left over from a connection that has just been closed.
                if let Some(connection) = self.connections.get_mut(place) {
                    connection.ended |= ready.ended;
                    if connection.waits_for == WaitsFor::Edge {
                        self.step(place);
                    }
                }
            }
            Token::Datagrams(index) => {
                if self.datagrams[index].waits_for == WaitsFor::Edge {
                    self.step_datagrams(index);
                }
            }
        }
    }

    fn go_on(&mut self, token: Token) {
        match token {
            Token::Connection(place) => {
                if let Some(connection) = self.connections.get_mut(place)
                    && connection.waits_for == WaitsFor::Turn
                {
                    connection.waits_for = WaitsFor::Edge;
                    self.step(place);
                }
            }
            Token::Datagrams(index) => {
                if self.datagrams[index].waits_for == WaitsFor::Turn {
                    self.step_datagrams(index);
                }
            }
            Token::Wake | Token::Listener(_) | Token::Probe(_) => {}
        }
    }

    fn fire_timers(&mut self) {
        while let Some(&Reverse((at, timer))) = self.timers.peek()
            && at <= self.now
        {
            self.timers.pop();
            match timer {
                Timer::Accept { listener } => {
                    if let Some(listener) = self.listeners.get_mut(listener) {
                        listener.pause = AcceptPause::Served;
                    }
                    self.accept(listener);
                }
                Timer::Connection { place, number } => {
                    if let Some(connection) = self.connections.get_mut(place)
                        && connection.number == number
                    {
                        connection.waits_for = WaitsFor::Edge;
                        self.step(place);
                    }
                }
                Timer::Datagrams { index } => self.step_datagrams(index),
            }
        }
        for index in 0..self.datagrams.len() {
            let (echo, turn) = self.datagram_turn(index);
            echo.expire(&turn);
        }
        if self.sweep_at.is_some_and(|at| at <= self.now) {
            self.close_idle();
        }
    }

    /// Lets a connection go on, and sees to what it waits for then.
    pub(super) fn step(&mut self, place: usize) {
        let config = &self.shared.config;
        let Some(connection) = self.connections.get_mut(place) else { return };
        let next = connection.step(&mut tcp::Turn {
            now: self.now,
            now_ms: self.shared.millis(self.now),
            buffer: &mut self.buffer,
            send_bytes: config.send_bytes.unwrap_or(usize::MAX),
            pauses: pauses(&self.shared, self.stopping_since),
            counters: &self.shared.posts[self.index].counters,
            sink: &self.shared.sink,
        });
        match next {
            tcp::Next::Edge => {}
            tcp::Next::Turn => {
                connection.waits_for = WaitsFor::Turn;
                self.ready.push_back(Token::Connection(place));
            }
            tcp::Next::Pause(until) => self.pause(place, until),
            tcp::Next::Close(reason) => self.close(place, reason),
        }
    }

    pub(super) fn pause(&mut self, place: usize, until: Instant) {
        let Some(connection) = self.connections.get_mut(place) else { return };
        connection.waits_for = WaitsFor::Pause;
        self.timers.push(Reverse((until, Timer::Connection { place, number: connection.number })));
    }

    fn close(&mut self, place: usize, reason: CloseReason) {
        let Some(connection) = self.connections.try_remove(place) else { return };
        self.shared.leave();
        self.counters().open_connections.drop_one();
        let Connection { number, peer, echoed_bytes, .. } = connection;
        self.shared.sink.tell(Detail::Peers, || Event::Closed {
            connection: number,
            peer: peer.into(),
            echoed_bytes,
            reason,
        });
    }

    /// Lets a UDP socket go on, and sees to what it waits for then.
    fn step_datagrams(&mut self, index: usize) {
        let (echo, turn) = self.datagram_turn(index);
        match echo.step(&turn) {
            udp::Next::Edge => echo.waits_for = WaitsFor::Edge,
            udp::Next::Turn => {
                echo.waits_for = WaitsFor::Turn;
                self.ready.push_back(Token::Datagrams(index));
            }
            udp::Next::Pause(until) => {
                echo.waits_for = WaitsFor::Pause;
                self.timers.push(Reverse((until, Timer::Datagrams { index })));
            }
        }
        self.watch_room(index);
    }

    /// Has this worker told of room to send at a UDP socket as long as a reply waits for it.
    fn watch_room(&mut self, index: usize) {
        let echo = &mut self.datagrams[index];
        if let Some(registration) = echo.other_registration() {
            // It cannot fail for a socket that is registered; `epoll_ctl(2)` needs no memory for this.
            let _ = self.epoll.modify(&*echo, Token::Datagrams(index).pack(), registration);
        }
    }

    /// A UDP socket, and what a step of it needs.
    fn datagram_turn(&mut self, index: usize) -> (&mut DatagramEcho, udp::Turn<'_>) {
        let turn = udp::Turn {
            now: self.now,
            access: &self.access,
            pauses: pauses(&self.shared, self.stopping_since),
            counters: &self.shared.posts[self.index].counters,
            sink: &self.shared.sink,
        };
        (&mut self.datagrams[index], turn)
    }

    fn close_idle(&mut self) {
        let Some(timeout) = self.shared.config.idle_timeout else { return };
        self.sweep_at = Some(self.now + sweep_interval(timeout));
        let now_ms = self.shared.millis(self.now);
        let is_idle = |connection: &Connection| {
            connection.idle(now_ms) >= timeout && connection.waits_for != WaitsFor::Pause
        };
        self.close_all(is_idle, CloseReason::Idle);
    }

    /// Takes what is in the queues, gives the listeners up, and lets everybody go on without a pause.
    fn begin_to_stop(&mut self) {
        self.stopping_since = Some(self.now);
        for listener in 0..self.listeners.len() {
            self.accept(listener);
        }
        self.listeners.clear();
        for place in self.places(|_| true) {
            self.connections[place].waits_for = WaitsFor::Edge;
            self.step(place);
        }
        for index in 0..self.datagrams.len() {
            self.datagrams[index].waits_for = WaitsFor::Edge;
            self.step_datagrams(index);
            let (echo, turn) = self.datagram_turn(index);
            echo.release_all(&turn);
        }
    }

    /// Whether it was told to stop and has nothing left in hand; gives up on peers that take too long.
    fn is_done(&mut self) -> bool {
        let Some(since) = self.stopping_since else { return false };
        if self.now >= since + DRAIN_MAX {
            self.close_all(|_| true, CloseReason::ServerGaveUp);
        }
        self.end_streams(since);
        self.connections.is_empty()
    }

    /// Ends this side's stream on each connection that has become quiet, or on all when the time for that is over;
    /// closes those whose peer has had the time to read everything.
    fn end_streams(&mut self, since: Instant) {
        let now_ms = self.shared.millis(self.now);
        let is_late = self.now >= since + LINGER_MAX;
        for place in self.places(|connection| !connection.holds()) {
            let connection = &mut self.connections[place];
            let quiet = connection.idle(now_ms);
            let is_over = if connection.lingers() {
                quiet >= LINGER_MAX
            } else {
                (is_late || quiet >= DRAIN_QUIET) && !connection.linger(now_ms)
            };
            if is_over {
                self.close(place, CloseReason::ServerStopped);
            }
        }
    }

    fn close_all(&mut self, which: impl Fn(&Connection) -> bool, reason: CloseReason) {
        for place in self.places(which) {
            self.close(place, reason);
        }
    }

    /// Where the connections are that are meant.
    fn places(&self, which: impl Fn(&Connection) -> bool) -> Vec<usize> {
        let meant = |(place, connection): (usize, &Connection)| which(connection).then_some(place);
        self.connections.iter().filter_map(meant).collect()
    }

    /// How long it may wait for events.
    fn timeout(&self) -> Option<Duration> {
        if !self.ready.is_empty() {
            return Some(Duration::ZERO);
        }
        let timer = self.timers.peek().map(|Reverse((at, _))| *at);
        let guards = self.datagrams.iter().filter_map(DatagramEcho::timeout).min();
        let stop = self.stopping_since.map(|_| self.now + STOP_TICK);
        let next = [timer, guards, self.sweep_at, stop].into_iter().flatten().min()?;
        Some(next.saturating_duration_since(Instant::now()))
    }

    pub(super) fn counters(&self) -> &Counters {
        &self.shared.posts[self.index].counters
    }
}

/// The pauses that hold now: whoever is told to stop does not dawdle.
fn pauses(shared: &Shared, stopping_since: Option<Instant>) -> &Pauses {
    match stopping_since {
        None => &shared.config.pauses,
        Some(_) => const { &Pauses::NONE },
    }
}

/// How often idle connections are looked for: a quarter of the time they may be idle, within limits.
fn sweep_interval(timeout: Duration) -> Duration {
    (timeout / 4).clamp(SWEEP_MIN, SWEEP_MAX)
}
