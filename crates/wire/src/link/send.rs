//! The sending half: what is not acknowledged yet, what of it is on its way, and what is lost.
//!
//! Places count from the beginning of this side's stream; its FIN is one place after the last byte. Every transmission
//! has a number of its own, so it is known which was sent later than which, also when the same bytes are sent again.

use std::collections::VecDeque;
use std::time::Duration;

use super::LinkError;
use super::ring::Ring;
use super::segment::{DATA_BYTES_MAX, Range, Segment};

/// The most bytes that wait to be sent or acknowledged; [`Link::write`](super::Link::write) takes no more.
pub const SEND_BUFFER_BYTES_MAX: usize = 256 * 1_024;
/// The most segments that wait for an acknowledgement, however short they are.
pub const FLIGHTS_MAX: usize = 512;

/// How many bytes a peer is believed to take before it has said anything.
const EDGE_INITIAL: u64 = 16 * 1_024;
/// So many later transmissions have to be acknowledged before an earlier one counts as lost (RFC 5681 §3.2).
const LATER: usize = 3;
/// An idle link keeps no more places for flights than this.
const IDLE_FLIGHTS: usize = 16;

/// What is to be sent and to be acknowledged.
#[derive(Debug)]
pub(super) struct Outgoing {
    /// The bytes from `start` on.
    ring: Ring,
    /// The first place that is not acknowledged, as far as it is a byte.
    start: u64,
    /// The first place that was never sent.
    next: u64,
    /// The first place that the peer does not take yet.
    edge: u64,
    /// Whether the peer has said so, or `edge` is a guess.
    is_edge_told: bool,
    /// Nothing more will be written: a FIN belongs after the last byte.
    is_finished: bool,
    is_fin_acked: bool,
    /// What was sent and is not acknowledged without a gap: every place from the first of these to `next`.
    flights: VecDeque<Flight>,
    /// The bytes of those that are on their way.
    in_flight: usize,
    /// How many of them are lost.
    lost: usize,
    /// The highest numbers that were acknowledged, the highest first.
    acked: [u64; LATER],
    /// What was sent with a lower number has been looked at whether it is lost.
    judged: u64,
}

/// Places that were sent together.
#[derive(Clone, Copy, Debug)]
struct Flight {
    places: Range,
    /// The number of the first transmission, and of the last.
    first_number: u64,
    number: u64,
    /// When the last one was.
    sent_at: Duration,
    fate: Fate,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    OnItsWay,
    Lost,
    /// It has come, and something before it has not.
    Received,
}

/// What to send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) offset: u64,
    pub(super) bytes: usize,
    pub(super) is_fin: bool,
    /// It was sent before.
    pub(super) is_repeated: bool,
}

/// What an acknowledgement has brought.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Progress {
    /// Bytes that are acknowledged now and were not before.
    pub(super) bytes: usize,
    /// The highest number of their transmissions.
    pub(super) number: u64,
    /// The newest of them that was sent only once: its number, and how long its acknowledgement took.
    timed: Option<(u64, Duration)>,
    /// The highest number of what counts as lost now and did not before.
    pub(super) lost: Option<u64>,
}

impl Outgoing {
    pub(super) fn new() -> Self {
        Self {
            ring: Ring::new(SEND_BUFFER_BYTES_MAX),
            start: 0,
            next: 0,
            edge: EDGE_INITIAL,
            is_edge_told: false,
            is_finished: false,
            is_fin_acked: false,
            flights: VecDeque::new(),
            in_flight: 0,
            lost: 0,
            acked: [0; LATER],
            judged: 0,
        }
    }

    /// Takes bytes to send, as many as there is room for; returns how many.
    pub(super) fn write(&mut self, bytes: &[u8]) -> usize {
        let count = if self.is_finished { 0 } else { bytes.len().min(self.ring.room()) };
        self.ring.put(self.ring.len(), &bytes[..count]);
        count
    }

    /// How many bytes [`Outgoing::write`] would take.
    pub(super) fn room(&self) -> usize {
        if self.is_finished { 0 } else { self.ring.room() }
    }

    /// Lets a FIN follow what was written.
    pub(super) fn finish(&mut self) {
        self.is_finished = true;
    }

    /// Whether everything is acknowledged, the FIN included.
    pub(super) fn is_fin_acked(&self) -> bool {
        self.is_fin_acked
    }

    /// The first byte that is not acknowledged.
    pub(super) fn start(&self) -> u64 {
        self.start
    }

    /// The first place that was never sent.
    pub(super) fn next(&self) -> u64 {
        self.next
    }

    /// Whether something waits for an acknowledgement.
    pub(super) fn awaits(&self) -> bool {
        !self.flights.is_empty()
    }

    /// The bytes that are on their way.
    pub(super) fn in_flight(&self) -> usize {
        self.in_flight
    }

    /// Whether there are bytes to send, nothing is on its way, and the peer takes nothing.
    pub(super) fn is_blocked(&self) -> bool {
        self.flights.is_empty() && self.unsent() > 0 && self.edge <= self.next
    }

    /// Whether what waits for an acknowledgement lies where the peer takes nothing.
    pub(super) fn is_probing(&self) -> bool {
        self.flights.front().is_some_and(|flight| self.is_beyond(flight, self.edge))
    }

    /// Whether the segment acknowledges what was never sent.
    pub(super) fn check(&self, segment: &Segment<'_>) -> Result<(), LinkError> {
        let highest = segment.ranges.as_slice().iter().map(|range| range.to).fold(segment.ack, u64::max);
        if highest > self.next {
            return Err(LinkError::Ack { ack: highest, sent: self.next });
        }
        Ok(())
    }

    /// Takes what the segment acknowledges. An acknowledgement that comes sooner than `rtt_min` after something was sent
    /// again is for what was sent before.
    pub(super) fn acknowledge(
        &mut self,
        now: Duration,
        segment: &Segment<'_>,
        rtt_min: Duration,
    ) -> Progress {
        let mut progress = Progress::default();
        while let Some(flight) = self.flights.pop_front() {
            if flight.places.to > segment.ack {
                self.flights.push_front(flight);
                break;
            }
            self.receive(flight, now, rtt_min, &mut progress);
        }
        self.cut_front(segment.ack, &mut progress);
        for range in segment.ranges.as_slice() {
            let first = self.flights.partition_point(|flight| flight.places.from < range.from);
            let behind = self.flights.partition_point(|flight| flight.places.to <= range.to);
            for index in first..behind {
                self.receive(self.flights[index], now, rtt_min, &mut progress);
                self.flights[index].fate = Fate::Received;
            }
        }
        self.forget(segment.ack);
        self.open(segment.ack.saturating_add(u64::from(segment.window)));
        progress.lost = self.find_lost();
        progress
    }

    /// Chooses what to send now, with `number`, when `window` bytes may be on their way: what is lost, else what is new.
    pub(super) fn take_piece(&mut self, now: Duration, number: u64, window: usize) -> Option<Piece> {
        self.repeat(now, number, window).or_else(|| self.advance(now, number, window))
    }

    /// Sends one byte that the peer has not asked for, so that it says how much it takes.
    pub(super) fn take_probe(&mut self, now: Duration, number: u64) -> Option<Piece> {
        self.is_blocked().then(|| self.launch(now, number, 1, false))
    }

    /// Appends a piece's bytes to `out`.
    pub(super) fn copy(&self, piece: &Piece, out: &mut Vec<u8>) {
        if piece.bytes > 0 {
            self.ring.copy(distance(self.start, piece.offset), piece.bytes, out);
        }
    }

    /// Counts everything that is on its way as lost.
    pub(super) fn expire(&mut self) {
        for flight in &mut self.flights {
            if flight.fate == Fate::OnItsWay {
                flight.fate = Fate::Lost;
                self.lost += 1;
            }
        }
        // The first one is not acknowledged, whatever a range said.
        if let Some(first) = self.flights.front_mut().filter(|first| first.fate == Fate::Received) {
            first.fate = Fate::Lost;
            self.lost += 1;
        }
        self.in_flight = 0;
    }

    /// Forgets what was not sent or acknowledged, and its memory.
    pub(super) fn clear(&mut self) {
        self.ring.clear();
        self.flights = VecDeque::new();
        (self.in_flight, self.lost) = (0, 0);
        (self.start, self.is_finished) = (self.next, true);
    }

    /// How many bytes of memory it takes.
    pub(super) fn held_bytes(&self) -> usize {
        self.ring.capacity() + self.flights.capacity() * size_of::<Flight>()
    }

    /// The place after the last byte that was written.
    fn end(&self) -> u64 {
        self.start + self.ring.len() as u64
    }

    fn unsent(&self) -> usize {
        distance(self.next, self.end())
    }

    /// Whether a flight has a byte beyond `edge`; a FIN needs no room.
    fn is_beyond(&self, flight: &Flight, edge: u64) -> bool {
        flight.places.to.min(self.end()) > edge
    }

    fn repeat(&mut self, now: Duration, number: u64, window: usize) -> Option<Piece> {
        if self.lost == 0 {
            return None;
        }
        let end = self.end();
        let flight = self.flights.iter_mut().find(|flight| flight.fate == Fate::Lost)?;
        let bytes = flight.bytes();
        if self.in_flight > 0 && self.in_flight + bytes > window {
            return None;
        }
        (flight.fate, flight.number, flight.sent_at) = (Fate::OnItsWay, number, now);
        self.lost -= 1;
        self.in_flight += bytes;
        let Range { from, to } = flight.places;
        Some(Piece { offset: from, bytes: distance(from, to.min(end)), is_fin: to > end, is_repeated: true })
    }

    fn advance(&mut self, now: Duration, number: u64, window: usize) -> Option<Piece> {
        let unsent = self.unsent();
        let room = distance(self.next, self.edge);
        let bytes = unsent.min(room).min(DATA_BYTES_MAX);
        let is_fin = self.is_finished && bytes == unsent && self.next <= self.end();
        if bytes == 0 && !is_fin || self.flights.len() >= FLIGHTS_MAX {
            return None;
        }
        // What the peer's window would cut short waits for more room, as long as an acknowledgement will tell of it
        // (RFC 1122 §4.2.3.4).
        let is_cut = bytes < unsent && bytes < DATA_BYTES_MAX;
        if self.in_flight > 0 && (is_cut || self.in_flight + bytes > window) {
            return None;
        }
        Some(self.launch(now, number, bytes, is_fin))
    }

    /// Notes that the next bytes are sent.
    fn launch(&mut self, now: Duration, number: u64, bytes: usize, is_fin: bool) -> Piece {
        let offset = self.next;
        self.next += bytes as u64 + u64::from(is_fin);
        let places = Range { from: offset, to: self.next };
        let flight = Flight { places, first_number: number, number, sent_at: now, fate: Fate::OnItsWay };
        self.in_flight += flight.bytes();
        self.flights.push_back(flight);
        Piece { offset, bytes, is_fin, is_repeated: false }
    }

    /// Notes that a flight has come.
    fn receive(&mut self, flight: Flight, now: Duration, rtt_min: Duration, progress: &mut Progress) {
        match flight.fate {
            Fate::Received => return,
            Fate::OnItsWay => self.in_flight -= flight.bytes(),
            Fate::Lost => self.lost -= 1,
        }
        let took = now.saturating_sub(flight.sent_at);
        let was_repeated = flight.number != flight.first_number;
        let number = if was_repeated && took < rtt_min { flight.first_number } else { flight.number };
        if !was_repeated {
            progress.timed = progress.timed.max(Some((number, took)));
        }
        progress.bytes += flight.bytes();
        progress.number = progress.number.max(number);
        if let Some(place) = self.acked.iter().position(|acked| *acked < number) {
            self.acked[place..].rotate_right(1);
            self.acked[place] = number;
        }
    }

    /// Takes away what of the first flight is acknowledged.
    fn cut_front(&mut self, ack: u64, progress: &mut Progress) {
        let Some(flight) = self.flights.front_mut().filter(|flight| flight.places.from < ack) else { return };
        let bytes = distance(flight.places.from, ack);
        flight.places.from = ack;
        progress.bytes += bytes;
        progress.number = progress.number.max(flight.first_number);
        if flight.fate == Fate::OnItsWay {
            self.in_flight -= bytes;
        }
    }

    /// Forgets the bytes before `ack`.
    fn forget(&mut self, ack: u64) {
        let end = self.end();
        self.is_fin_acked |= self.is_finished && ack > end;
        let count = distance(self.start, ack.min(end));
        self.ring.consume(count);
        self.start += count as u64;
        if self.flights.is_empty() {
            self.flights.shrink_to(IDLE_FLIGHTS);
        }
    }

    /// Takes where the peer's window ends now. What was sent beyond the old end was dropped there.
    fn open(&mut self, edge: u64) {
        let old = self.edge;
        self.edge = if self.is_edge_told { old.max(edge) } else { edge };
        if self.edge > old && self.is_edge_told {
            for index in 0..self.flights.len() {
                let flight = self.flights[index];
                if flight.fate == Fate::OnItsWay && self.is_beyond(&flight, old) {
                    self.lose(index);
                }
            }
        }
        self.is_edge_told = true;
    }

    /// Finds what is lost by what came later; returns the highest number of it.
    fn find_lost(&mut self) -> Option<u64> {
        let [.., third] = self.acked;
        if self.judged == third {
            return None;
        }
        self.judged = third;
        let mut highest = None;
        for index in 0..self.flights.len() {
            let flight = self.flights[index];
            if flight.fate == Fate::OnItsWay && flight.number < third {
                self.lose(index);
                highest = highest.max(Some(flight.number));
            }
        }
        highest
    }

    fn lose(&mut self, index: usize) {
        let flight = &mut self.flights[index];
        flight.fate = Fate::Lost;
        self.in_flight -= flight.bytes();
        self.lost += 1;
    }
}

impl Progress {
    /// How long a round trip took, if that can be told: what is acknowledged was sent only once, and nothing newer was
    /// acknowledged with it. Else the first acknowledgement may have been lost, and this one be much later.
    pub(super) fn took(&self) -> Option<Duration> {
        self.timed.filter(|(number, _)| *number == self.number).map(|(_, took)| took)
    }
}

impl Flight {
    fn bytes(&self) -> usize {
        distance(self.places.from, self.places.to)
    }
}

/// How far it is from one place to a later one, within a buffer.
fn distance(from: u64, to: u64) -> usize {
    usize::try_from(to.saturating_sub(from)).unwrap_or(usize::MAX)
}
