//! A network in virtual time between two links, and programs at both ends that write, read and check.

use std::collections::BTreeMap;
use std::time::Duration;

use wire::link::{
    HEADER_BYTES, Link, OVERHEAD_BYTES_MAX, RECEIVE_BUFFER_BYTES_MAX, SEND_BUFFER_BYTES_MAX, State,
};

pub(crate) const fn ms(count: u64) -> Duration {
    Duration::from_millis(count)
}

/// Random numbers that a seed determines (`SplitMix64`).
pub(crate) struct Random(u64);

/// What the network does to a datagram.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Conditions {
    /// How many of a hundred are lost.
    pub(crate) lost: u64,
    /// How many of a hundred come twice.
    pub(crate) doubled: u64,
    /// How long each is on its way.
    pub(crate) delay: Duration,
    /// How much longer some are, so that they overtake each other.
    pub(crate) jitter: Duration,
    /// How long a datagram keeps the next one of its direction waiting.
    pub(crate) spacing: Duration,
}

/// What a program at one end does.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Program {
    /// How many bytes it sends before it ends its stream.
    pub(crate) bytes: u64,
    /// The most bytes that it writes at once.
    pub(crate) written_at_once: usize,
    /// How many bytes it reads at once, and how long it waits afterwards.
    pub(crate) read_at_once: usize,
    pub(crate) read_pause: Duration,
    /// Whether it ends its own stream only when the peer's has ended.
    pub(crate) ends_last: bool,
}

/// A datagram that was sent.
#[derive(Clone)]
pub(crate) struct Sent {
    /// Counted from the beginning.
    pub(crate) at: Duration,
    pub(crate) to: usize,
    pub(crate) number: u64,
    pub(crate) segment: Vec<u8>,
}

/// One side: a link and its program.
pub(crate) struct Side {
    pub(crate) link: Link,
    pub(crate) program: Program,
    pub(crate) written: u64,
    pub(crate) read: u64,
    /// When something arrived last.
    pub(crate) heard_at: Duration,
    reads_at: Duration,
}

/// Two sides and what is between them.
pub(crate) struct Network {
    pub(crate) now: Duration,
    pub(crate) sides: [Side; 2],
    pub(crate) conditions: Conditions,
    /// Everything that was sent.
    pub(crate) record: Vec<Sent>,
    /// Decides about each datagram instead of chance: whether it arrives.
    pub(crate) passes: Option<fn(&Sent) -> bool>,
    begin: Duration,
    /// When the line to each side is free again.
    free_at: [Duration; 2],
    on_the_way: BTreeMap<(Duration, u64), Sent>,
    random: Random,
}

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        if bound == 0 { 0 } else { self.number() % bound }
    }

    pub(crate) fn percent(&mut self, chance: u64) -> bool {
        self.below(100) < chance
    }
}

impl Sent {
    pub(crate) fn is_fin(&self) -> bool {
        self.segment[20] & 1 != 0
    }

    pub(crate) fn ack(&self) -> u64 {
        u64::from_be_bytes(self.segment[8..16].try_into().unwrap())
    }

    pub(crate) fn data_bytes(&self) -> usize {
        self.segment.len() - HEADER_BYTES - 16 * usize::from(self.segment[21])
    }
}

impl Conditions {
    /// Nothing is lost, and a round trip takes 10 ms.
    pub(crate) const GOOD: Self =
        Self { lost: 0, doubled: 0, delay: ms(5), jitter: Duration::ZERO, spacing: Duration::ZERO };
}

impl Program {
    /// Writes and reads as fast as it can.
    pub(crate) const fn sends(bytes: u64) -> Self {
        let all = usize::MAX;
        Self { bytes, written_at_once: all, read_at_once: all, read_pause: Duration::ZERO, ends_last: false }
    }
}

impl Side {
    fn new(link: Link, program: Program) -> Self {
        Self { link, program, written: 0, read: 0, heard_at: Duration::ZERO, reads_at: Duration::ZERO }
    }

    /// Whether its program has nothing left to do.
    pub(crate) fn is_done(&self) -> bool {
        self.link.is_read_finished() && self.link.is_write_finished()
    }

    fn wants_to_read(&self) -> bool {
        self.program.read_at_once > 0 && !self.link.readable().is_empty()
    }

    fn write(&mut self, me: usize) {
        let mut bytes = Vec::new();
        loop {
            let left = self.program.bytes - self.written;
            let count = self.link.write_room().min(self.program.written_at_once);
            let count = usize::try_from(left).unwrap().min(count);
            if count == 0 {
                break;
            }
            bytes.clear();
            bytes.extend((self.written..).take(count).map(|place| byte_at(me, place)));
            assert_eq!(self.link.write(&bytes), count);
            self.written += count as u64;
            if self.program.written_at_once < usize::MAX {
                break;
            }
        }
        if self.written == self.program.bytes && (!self.program.ends_last || self.link.is_read_finished()) {
            self.link.finish();
        }
    }

    fn read(&mut self, me: usize, now: Duration) {
        if now < self.reads_at {
            return;
        }
        let mut left = self.program.read_at_once;
        while left > 0 && !self.link.readable().is_empty() {
            let readable = self.link.readable();
            let count = readable.len().min(left);
            for (place, byte) in (self.read..).zip(&readable[..count]) {
                assert_eq!(*byte, byte_at(1 - me, place), "byte {place} of side {}", 1 - me);
            }
            self.link.consume(count);
            self.read += count as u64;
            left -= count;
            self.reads_at = now + self.program.read_pause;
        }
    }
}

impl Network {
    pub(crate) fn new(seed: u64, conditions: Conditions, programs: [Program; 2]) -> Self {
        let now = Duration::from_secs(seed % 1_000);
        let [client, server] = programs;
        Self {
            now,
            sides: [Side::new(Link::client(now), client), Side::new(Link::server(), server)],
            conditions,
            record: Vec::new(),
            passes: None,
            on_the_way: BTreeMap::new(),
            begin: now,
            free_at: [now; 2],
            random: Random::new(seed),
        }
    }

    /// Goes on until both programs are done, for `limit` of virtual time at the most; returns how long it took.
    pub(crate) fn run(&mut self, limit: Duration) -> Duration {
        let begin = self.now;
        self.run_until(Self::is_done, limit);
        assert!(self.is_done(), "not done after {limit:?}: {:?}", self.states());
        self.now.saturating_sub(begin)
    }

    /// Goes on until `done`, or until `limit` of virtual time has passed, or nothing will ever happen.
    pub(crate) fn run_until(&mut self, done: impl Fn(&Self) -> bool, limit: Duration) {
        let end = self.now + limit;
        loop {
            self.act();
            let next = self.next_event().filter(|next| *next <= end && !done(self));
            let Some(next) = next else { return };
            self.now = self.now.max(next);
            self.deliver();
            for side in &mut self.sides {
                if side.link.poll_timeout().is_some_and(|at| at <= self.now) {
                    side.link.handle_timeout(self.now);
                }
            }
        }
    }

    /// Whether both programs have sent, received and ended everything.
    pub(crate) fn is_done(&self) -> bool {
        self.sides.iter().all(Side::is_done)
    }

    /// Goes on until both links are over.
    pub(crate) fn run_out(&mut self) {
        self.run_until(
            |network| network.sides.iter().all(|side| side.link.is_over()),
            Duration::from_secs(600),
        );
    }

    pub(crate) fn states(&self) -> [State; 2] {
        [self.sides[0].link.state(), self.sides[1].link.state()]
    }

    /// What a side has sent.
    pub(crate) fn sent_by(&self, side: usize) -> impl Iterator<Item = &Sent> {
        self.record.iter().filter(move |sent| sent.to != side)
    }

    /// When a side sent the segments that have data or a FIN.
    pub(crate) fn times_of_content(&self, side: usize) -> Vec<Duration> {
        self.sent_by(side).filter(|sent| sent.data_bytes() > 0 || sent.is_fin()).map(|sent| sent.at).collect()
    }

    /// Lets programs read and write, and takes from the links what they have to send.
    pub(crate) fn act(&mut self) {
        for me in 0..2 {
            let side = &mut self.sides[me];
            side.read(me, self.now);
            side.write(me);
            let mut segment = Vec::new();
            while let Some(number) = self.sides[me].link.poll_transmit(self.now, &mut segment) {
                let at = self.now.saturating_sub(self.begin);
                self.send(&Sent { at, to: 1 - me, number, segment: std::mem::take(&mut segment) });
                let side = &mut self.sides[me];
                side.write(me);
            }
            assert_within_bounds(&self.sides[me].link);
        }
    }

    fn send(&mut self, sent: &Sent) {
        self.record.push(sent.clone());
        let is_lost = match self.passes {
            Some(passes) => !passes(sent),
            None => self.random.percent(self.conditions.lost),
        };
        let left_at = self.now.max(self.free_at[sent.to]) + self.conditions.spacing;
        self.free_at[sent.to] = left_at;
        let copies = if is_lost { 0 } else { 1 + u64::from(self.random.percent(self.conditions.doubled)) };
        for copy in 0..copies {
            let jitter = u64::try_from(self.conditions.jitter.as_micros()).unwrap();
            let late = Duration::from_micros(self.random.below(jitter));
            // Two datagrams with one arrival are told apart by the order in which they were sent.
            let order = self.record.len() as u64 * 2 + copy;
            self.on_the_way.insert((left_at + self.conditions.delay + late, order), sent.clone());
        }
    }

    fn deliver(&mut self) {
        while let Some(entry) = self.on_the_way.first_entry().filter(|entry| entry.key().0 <= self.now) {
            let sent = entry.remove();
            self.sides[sent.to].heard_at = self.now;
            let link = &mut self.sides[sent.to].link;
            let is_new = link.is_new(sent.number);
            let taken = link.receive(self.now, sent.number, &sent.segment);
            assert_eq!(taken.is_ok(), is_new, "an honest peer's segment is an error: {taken:?}");
            assert_within_bounds(link);
        }
    }

    fn next_event(&self) -> Option<Duration> {
        let arrival = self.on_the_way.first_key_value().map(|(order, _)| order.0);
        let timeouts = self.sides.iter().filter_map(|side| side.link.poll_timeout());
        let reads = self.sides.iter().filter(|side| side.wants_to_read()).map(|side| side.reads_at);
        timeouts.chain(reads).chain(arrival).min()
    }
}

/// The byte at a place of a side's stream.
pub(crate) fn byte_at(side: usize, place: u64) -> u8 {
    u8::try_from((place * 31 + place / 251 + side as u64 * 101) % 256).unwrap()
}

fn assert_within_bounds(link: &Link) {
    let bound = SEND_BUFFER_BYTES_MAX + RECEIVE_BUFFER_BYTES_MAX + OVERHEAD_BYTES_MAX;
    assert!(link.held_bytes() <= bound, "{} bytes held", link.held_bytes());
}
