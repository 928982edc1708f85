//! The link: a reliable byte stream in each direction, over datagrams that get lost, doubled and late
//! (`docs/protocol.md`, section 3.3).
//!
//! A [`Link`] is one side of it, as a value: no clock, no socket, no keys. Its owner
//!
//! 1. gives it the segments that arrive, with their numbers ([`Link::receive`]), bytes to send ([`Link::write`],
//!    [`Link::finish`]) and the time, when [`Link::poll_timeout`] says so ([`Link::handle_timeout`]);
//! 2. after any of these takes what is to be sent, until there is nothing ([`Link::poll_transmit`]), and what can be
//!    read ([`Link::readable`], [`Link::consume`]), which may again leave something to be sent;
//! 3. looks at [`Link::state`], and lets go of it when it [`is_over`](Link::is_over).
//!
//! Time is counted from any moment that the owner chose. Segments are plain here: whoever seals them uses the number
//! that goes with each as the nonce, and opens what arrives before it comes here.
//!
//! Whatever arrives, a link takes no more memory than [`SEND_BUFFER_BYTES_MAX`], [`RECEIVE_BUFFER_BYTES_MAX`] and
//! [`OVERHEAD_BYTES_MAX`] together, and one with nothing in hand takes little ([`Link::held_bytes`]).
//!
//! It does not find out how long datagrams may be (they have at most 1,200 bytes), nor does it spread what it sends over
//! a round trip.

mod acks;
mod congestion;
mod receive;
mod replay;
mod ring;
mod rtt;
mod segment;
mod send;

use std::time::Duration;

use self::acks::Acks;
use self::congestion::Congestion;
use self::receive::{Incoming, Taken};
use self::replay::Replay;
use self::rtt::Rtt;
use self::segment::{Ranges, Segment};
use self::send::{Outgoing, Piece};

pub use self::acks::ACK_DELAY_MAX;
pub use self::congestion::CONGESTION_BYTES_MAX;
pub use self::receive::{GAPS_MAX, RECEIVE_BUFFER_BYTES_MAX};
pub use self::replay::NUMBERS_MAX;
pub use self::rtt::{RTO_MAX, RTO_MIN};
pub use self::segment::{DATA_BYTES_MAX, HEADER_BYTES, RANGES_MAX, SEGMENT_BYTES_MAX};
pub use self::send::{FLIGHTS_MAX, SEND_BUFFER_BYTES_MAX};

/// How long a peer may be silent while it owes an acknowledgement; then it is gone.
pub const SILENCE_MAX: Duration = Duration::from_secs(30);
/// How long after the last of them a side that has finished, or has sent a RESET, answers what its peer repeats: as long
/// as a peer waits whose acknowledgement was lost.
pub const LINGER_MAX: Duration = Duration::from_secs(30);
/// The most memory that a link takes beside the bytes of its two buffers and itself.
pub const OVERHEAD_BYTES_MAX: usize = 36 * 1_024;

/// How long a client waits for a first segment before it repeats its own; twice as long each time, up to [`RTO_MAX`].
const GREETING_WAIT: Duration = Duration::from_millis(250);

/// What has become of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// At least one direction goes on.
    Open,
    /// Both directions ended in order; the peer may not know yet, so what it repeats is answered.
    Lingering,
    /// Both directions ended in order.
    Closed,
    /// The peer, or this side, has ended the session with a RESET; what the peer had ended in order can still be read.
    Reset,
    /// The peer has been silent for [`SILENCE_MAX`] while it owed an acknowledgement.
    Gone,
}

/// A segment that is not taken. The link is as it was before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// Its number has come before, or is too far behind to know.
    #[error("segment {0} came again, or too late")]
    Repeated(u64),
    /// Fewer bytes than its head has.
    #[error("segment of {0} bytes is cut short")]
    Short(usize),
    /// More ranges than there can be.
    #[error("segment with {0} ranges")]
    Ranges(usize),
    /// A range with nothing in it, or one that contradicts what is acknowledged.
    #[error("segment with a range from {from} to {to}")]
    Range {
        /// Where it begins.
        from: u64,
        /// Where it ends.
        to: u64,
    },
    /// Something is acknowledged that was never sent.
    #[error("segment acknowledges up to {ack}, and {sent} is sent")]
    Ack {
        /// Up to where.
        ack: u64,
        /// Up to where something was sent.
        sent: u64,
    },
    /// Its data ends beyond the last number.
    #[error("segment at {0} ends nowhere")]
    Offset(u64),
    /// Data after the end of the stream, or another end.
    #[error("segment ends at {end}, against an end at {fin}")]
    Fin {
        /// Where its data ends.
        end: u64,
        /// The end that is known, or the least that it can be.
        fin: u64,
    },
}

/// What a link has counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Statistics {
    /// Segments sent, with or without data.
    pub sent: u64,
    /// Of these, the ones whose data had been sent before.
    pub retransmitted: u64,
    /// How often nothing was acknowledged in time.
    pub timeouts: u64,
    /// Segments taken.
    pub received: u64,
    /// Segments that came again, or too late.
    pub repeated: u64,
    /// The average round trip, once one was measured.
    pub rtt: Option<Duration>,
}

/// One side of a session over UDP.
#[derive(Debug)]
pub struct Link {
    state: State,
    incoming: Incoming,
    outgoing: Outgoing,
    replay: Replay,
    congestion: Congestion,
    rtt: Rtt,
    acks: Acks,
    /// The number of the next segment.
    number: u64,
    /// The end of the window that the peer was told last.
    told_edge: u64,
    /// When what waits for an acknowledgement counts as lost.
    expires_at: Option<Duration>,
    /// When to ask whether the peer takes something again.
    probe_at: Option<Duration>,
    /// Since when an acknowledgement is due and nothing has come.
    silent_since: Option<Duration>,
    lingers_until: Option<Duration>,
    /// A FIN was sent before the peer's had come: the peer cannot know that its own is acknowledged.
    finished_first: bool,
    /// A RESET is to be sent.
    owes_reset: bool,
    greeting: Greeting,
    statistics: Statistics,
}

/// What each side does so that both know that the link is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Greeting {
    /// The client sends a segment, and another one at this time, and then after waits that double, until one comes.
    Sent {
        again_at: Duration,
        wait: Duration,
    },
    /// The server answers the first segment, whatever is in it.
    Awaited,
    Over,
}

impl Link {
    /// Makes the client's side of a session that the server has just accepted.
    pub fn client(now: Duration) -> Self {
        Self { greeting: Greeting::Sent { again_at: now, wait: GREETING_WAIT }, ..Self::server() }
    }

    /// Makes the server's side of a session that it has just accepted.
    pub fn server() -> Self {
        let incoming = Incoming::new();
        Self {
            state: State::Open,
            told_edge: incoming.edge(),
            incoming,
            outgoing: Outgoing::new(),
            replay: Replay::default(),
            congestion: Congestion::default(),
            rtt: Rtt::default(),
            acks: Acks::default(),
            number: 0,
            expires_at: None,
            probe_at: None,
            silent_since: None,
            lingers_until: None,
            finished_first: false,
            owes_reset: false,
            greeting: Greeting::Awaited,
            statistics: Statistics::default(),
        }
    }

    /// Whether a segment with this number would be looked at: ask before the work of opening it.
    pub fn is_new(&self, number: u64) -> bool {
        self.replay.is_new(number)
    }

    /// Takes a segment that has arrived.
    ///
    /// # Errors
    /// [`LinkError`]: it came again, which is ordinary, or it is not what a peer could have sent. Drop it.
    pub fn receive(&mut self, now: Duration, number: u64, segment: &[u8]) -> Result<(), LinkError> {
        if !self.replay.is_new(number) {
            self.statistics.repeated += 1;
            return Err(LinkError::Repeated(number));
        }
        let segment = Segment::parse(segment)?;
        let is_going_on = matches!(self.state, State::Open | State::Lingering);
        if is_going_on && !segment.is_reset {
            self.outgoing.check(&segment)?;
            self.incoming.check(&segment)?;
        }
        self.replay.mark(number);
        self.statistics.received += 1;
        if segment.is_reset {
            self.end(State::Reset);
        } else if is_going_on {
            self.silent_since = self.silent_since.map(|_| now);
            if self.greeting == Greeting::Awaited {
                self.acks.urge();
            }
            self.greeting = Greeting::Over;
            self.take_acknowledgement(now, &segment);
            self.take_content(now, &segment);
            self.settle(now);
        } else {
            self.owes_reset = self.lingers_until.is_some();
        }
        Ok(())
    }

    /// Takes bytes to send, as many as there is room for; returns how many.
    pub fn write(&mut self, bytes: &[u8]) -> usize {
        self.outgoing.write(bytes)
    }

    /// How many bytes [`Link::write`] would take: none after [`Link::finish`] or the end.
    pub fn write_room(&self) -> usize {
        self.outgoing.room()
    }

    /// Ends this side's stream after what was written.
    pub fn finish(&mut self) {
        self.outgoing.finish();
    }

    /// Whether this side's stream has ended and the peer has acknowledged all of it.
    pub fn is_write_finished(&self) -> bool {
        self.outgoing.is_fin_acked()
    }

    /// How many bytes of this side's stream the peer has acknowledged without a gap.
    pub fn acknowledged(&self) -> u64 {
        self.outgoing.start()
    }

    /// Ends the session at once, and tells the peer. What was not acknowledged is dropped, and what was not read too, unless
    /// the peer's stream had ended in order.
    pub fn reset(&mut self, now: Duration) {
        if matches!(self.state, State::Open | State::Lingering) {
            self.end(State::Reset);
            self.owes_reset = true;
            self.lingers_until = Some(now.saturating_add(LINGER_MAX));
        }
    }

    /// The next bytes of the peer's stream, as far as they lie in a row; empty when there are none now.
    pub fn readable(&self) -> &[u8] {
        self.incoming.readable()
    }

    /// Takes bytes away that were read.
    pub fn consume(&mut self, count: usize) {
        self.incoming.consume(count);
        // The peer is told of the room when it might be waiting for it, and not of each byte (RFC 1122 §4.2.3.3).
        let quarter = RECEIVE_BUFFER_BYTES_MAX as u64 / 4;
        let left = self.told_edge.saturating_sub(self.incoming.next());
        let gained = self.incoming.edge().saturating_sub(self.told_edge);
        if self.state == State::Open
            && !self.incoming.is_complete()
            && left < 2 * quarter
            && gained >= quarter
        {
            self.acks.urge();
        }
    }

    /// Copies the next bytes of the peer's stream and takes them away; returns how many.
    pub fn read(&mut self, out: &mut [u8]) -> usize {
        let readable = self.readable();
        let count = readable.len().min(out.len());
        out[..count].copy_from_slice(&readable[..count]);
        self.consume(count);
        count
    }

    /// Whether the peer's stream has ended in order and all of it has come; some of it may still be to read.
    pub fn is_read_complete(&self) -> bool {
        self.incoming.is_complete()
    }

    /// Whether the peer's stream has ended in order and all of it was read.
    pub fn is_read_finished(&self) -> bool {
        self.incoming.is_complete() && self.readable().is_empty()
    }

    /// Appends the next segment to send to `out` and returns its number; `None` when there is nothing to send now.
    pub fn poll_transmit(&mut self, now: Duration, out: &mut Vec<u8>) -> Option<u64> {
        // No number is used twice, and the last one is not for us (Noise, section 5.1).
        let number = Some(self.number).filter(|number| *number < u64::MAX)?;
        let piece = match self.state {
            State::Open => self.choose(now),
            _ => None,
        };
        let is_reset = self.state == State::Reset && self.owes_reset;
        let is_ack = matches!(self.state, State::Open | State::Lingering) && self.acks.is_due(now);
        let is_greeting = self.greets_at().is_some_and(|at| at <= now);
        if piece.is_none() && !is_reset && !is_ack && !is_greeting {
            return None;
        }
        self.write_segment(piece, is_reset, out);
        self.expect_greeting(now);
        self.number += 1;
        self.statistics.sent += 1;
        Some(number)
    }

    /// When [`Link::handle_timeout`] will have something to do.
    pub fn poll_timeout(&self) -> Option<Duration> {
        let gone_at = self.silent_since.map(|since| since.saturating_add(SILENCE_MAX));
        let ack_at = self.acks.due_at();
        let clocks = [self.greets_at(), self.expires_at, self.probe_at, ack_at, gone_at, self.lingers_until];
        clocks.into_iter().flatten().min()
    }

    /// Does what has become due.
    pub fn handle_timeout(&mut self, now: Duration) {
        let is_due = |at: Option<Duration>| at.is_some_and(|at| at <= now);
        if is_due(self.silent_since.map(|since| since.saturating_add(SILENCE_MAX))) {
            self.end(State::Gone);
        }
        if is_due(self.lingers_until) {
            self.lingers_until = None;
            self.owes_reset = false;
            self.acks.sent();
            self.state = if self.state == State::Lingering { State::Closed } else { self.state };
        }
        if is_due(self.acks.due_at()) {
            self.acks.urge();
        }
        if is_due(self.expires_at) {
            self.expire(now);
        }
    }

    /// What has become of it.
    pub fn state(&self) -> State {
        self.state
    }

    /// Whether nothing more is to be sent, ever, nor answered.
    pub fn is_over(&self) -> bool {
        match self.state {
            State::Open | State::Lingering => false,
            State::Closed | State::Gone => true,
            State::Reset => self.lingers_until.is_none(),
        }
    }

    /// What it has counted.
    pub fn statistics(&self) -> Statistics {
        Statistics { rtt: self.rtt.smooth(), ..self.statistics }
    }

    /// How many bytes of memory it takes beside itself.
    pub fn held_bytes(&self) -> usize {
        self.incoming.held_bytes() + self.outgoing.held_bytes()
    }

    fn take_acknowledgement(&mut self, now: Duration, segment: &Segment<'_>) {
        let flight = self.outgoing.in_flight();
        let progress = self.outgoing.acknowledge(now, segment, self.rtt.shortest());
        if let Some(took) = progress.took() {
            self.rtt.measure(took);
        }
        if progress.bytes > 0 {
            self.rtt.undouble();
            self.congestion.acknowledged(progress.bytes, progress.number, flight);
            self.expires_at = Some(now.saturating_add(self.rtt.timeout()));
        }
        if let Some(lost) = progress.lost {
            self.congestion.lost(lost, self.number, flight);
        }
        if !self.outgoing.awaits() {
            self.expires_at = None;
            self.silent_since = None;
        }
        if !self.outgoing.is_blocked() {
            self.probe_at = None;
        }
    }

    fn take_content(&mut self, now: Duration, segment: &Segment<'_>) {
        if !segment.has_content() {
            return;
        }
        match self.incoming.take(segment) {
            Taken::InOrder if !segment.is_fin => self.acks.owe(now),
            Taken::InOrder | Taken::Otherwise => self.acks.urge(),
        }
        self.lingers_until = self.lingers_until.map(|_| now.saturating_add(LINGER_MAX));
    }

    /// Goes on to the end once both streams have ended.
    fn settle(&mut self, now: Duration) {
        let is_done = self.outgoing.is_fin_acked() && self.incoming.is_complete();
        if self.state != State::Open || !is_done {
            return;
        }
        if self.finished_first {
            self.state = State::Lingering;
            self.lingers_until = Some(now.saturating_add(LINGER_MAX));
        } else {
            // Every FIN that was sent carried the acknowledgement of the peer's, and one of them has come.
            self.end(State::Closed);
        }
    }

    /// Ends, and forgets what nobody will ask for. After an end in order the rest can still be read.
    fn end(&mut self, state: State) {
        self.state = state;
        self.outgoing.clear();
        if state == State::Reset && !self.incoming.is_complete() {
            self.incoming.clear();
        }
        self.acks.sent();
        (self.expires_at, self.probe_at, self.silent_since, self.lingers_until) = (None, None, None, None);
        self.owes_reset = false;
    }

    /// Everything on its way counts as lost.
    fn expire(&mut self, now: Duration) {
        self.statistics.timeouts += 1;
        // That a peer takes nothing says nothing about the path.
        if !self.outgoing.is_probing() {
            let is_again = self.rtt.is_doubled();
            self.congestion.timed_out(is_again, self.number, self.outgoing.in_flight());
        }
        self.rtt.double();
        self.outgoing.expire();
        self.expires_at = Some(now.saturating_add(self.rtt.timeout()));
    }

    /// Chooses what to send, and sets the clocks for it.
    fn choose(&mut self, now: Duration) -> Option<Piece> {
        let mut piece = self.outgoing.take_piece(now, self.number, self.congestion.window());
        if piece.is_none() && self.outgoing.is_blocked() {
            let probe_at = *self.probe_at.get_or_insert(now.saturating_add(self.rtt.timeout()));
            if probe_at <= now {
                self.probe_at = None;
                piece = self.outgoing.take_probe(now, self.number);
            }
        }
        let piece = piece?;
        self.expires_at = self.expires_at.or(Some(now.saturating_add(self.rtt.timeout())));
        self.silent_since = self.silent_since.or(Some(now));
        self.finished_first |= piece.is_fin && !self.incoming.is_complete();
        self.statistics.retransmitted += u64::from(piece.is_repeated);
        Some(piece)
    }

    /// When the client sends a segment again, if only to be heard.
    fn greets_at(&self) -> Option<Duration> {
        match self.greeting {
            Greeting::Sent { again_at, .. } if self.state == State::Open => Some(again_at),
            _ => None,
        }
    }

    /// Any segment is a greeting; sets the clocks for the answer.
    fn expect_greeting(&mut self, now: Duration) {
        if let Greeting::Sent { wait, .. } = self.greeting {
            self.greeting = Greeting::Sent {
                again_at: now.saturating_add(wait),
                wait: wait.saturating_mul(2).min(RTO_MAX),
            };
            self.silent_since = self.silent_since.or(Some(now));
        }
    }

    fn write_segment(&mut self, piece: Option<Piece>, is_reset: bool, out: &mut Vec<u8>) {
        let nothing = Piece { offset: self.outgoing.next(), bytes: 0, is_fin: false, is_repeated: false };
        let piece = piece.unwrap_or(nothing);
        let segment = Segment {
            offset: piece.offset,
            ack: self.incoming.next(),
            window: self.incoming.window(),
            is_fin: piece.is_fin,
            is_reset,
            ranges: if is_reset { Ranges::default() } else { self.incoming.ranges() },
            data: &[],
        };
        segment.encode_head(out);
        self.outgoing.copy(&piece, out);
        self.told_edge = self.incoming.edge();
        self.acks.sent();
        self.owes_reset = false;
    }
}
