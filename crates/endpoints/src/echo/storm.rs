//! The storm guard: two echo servers that are pointed at each other do not talk for ever.
//!
//! One datagram with a forged source makes two plain echo servers answer each other until one of them is stopped
//! (CERT CA-1996-01, VU#417980). From outside, such a loop and an honest client that sends the same bytes again after
//! each reply look alike: the same bytes come back from the same source, one at a time. Rules on ports do not help (an
//! echo server may have any) and rules on rates throttle honest clients. So the guard watches for *returns*, and when
//! there are several it asks the source a question that only an echo server answers:
//!
//! 1. A **return** is a datagram equal to one that was echoed to the same source less than [`QUICK`] ago. A client whose
//!    datagrams differ from each other never makes one.
//! 2. After [`RETURNS_MAX`] returns the next reply is held back and sent as a **probe** instead: the same bytes, from
//!    another port. One datagram in, one datagram out, nothing larger.
//! 3. Who sends the probe's bytes back to the probe's port is an **echo server**. The held reply is dropped, and the
//!    source is ignored until it has been quiet for [`BLOCKED`]. The loop is over.
//! 4. Who refuses the probe (ICMP: a connected socket) or goes on talking without having had a reply (it took the
//!    probe for one) is a **client**: the loop could not have done that. It is trusted for [`TRUSTED`].
//! 5. Who does neither gets the held reply after [`HOLD_MIN`], and is probed again later, with twice the wait each time.
//!    After [`UNANSWERED_MAX`] probes without an answer it is a client too, one that takes replies from nobody but the
//!    server, and is trusted as such. A late answer still proves it an echo server.
//!
//! No clock, no socket: time comes in as a value, and what to do goes out as one. Memory is fixed:
//! [`SOURCES_MAX`] sources, [`PROBES_MAX`] questions at once.
//!
//! What it does not do: an echo server that a firewall hides from the probe's port, and not from the server's own, looks
//! like a client that ignores strangers, and is trusted as one.

mod sources;

use std::hash::BuildHasher;
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use foldhash::quality::RandomState;

use sources::Sources;

/// How many returns a source may make before it is asked.
pub const RETURNS_MAX: u32 = 4;
/// A datagram that comes back later than this is no return: a loop so slow is no storm.
pub const QUICK: Duration = Duration::from_millis(200);
/// How long an echo server has to be quiet before it is listened to again.
pub const BLOCKED: Duration = Duration::from_secs(60);
/// How long a client is trusted.
pub const TRUSTED: Duration = Duration::from_secs(60);
/// How long the first probe waits for an answer before the reply it held back is sent.
pub const HOLD_MIN: Duration = Duration::from_millis(20);
/// The longest such wait.
pub const HOLD_MAX: Duration = Duration::from_millis(80);
/// How many probes a source may leave without an answer before it is taken for a client.
pub const UNANSWERED_MAX: u32 = 3;
/// How long a late answer to a probe still counts.
pub const ANSWER_MAX: Duration = Duration::from_secs(2);
/// How many sources are watched; a newcomer takes the place of the one that has been quiet longest.
pub const SOURCES_MAX: usize = 512;
/// How many questions are open at once; while so many are, others are echoed without one.
pub const PROBES_MAX: usize = 64;

/// What to do with a datagram.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ruling {
    /// Echo it.
    Echo,
    /// Do not echo it now: send its bytes as a probe. The guard keeps the reply.
    Probe,
    /// Ignore it: its source is an echo server.
    Ignore,
}

/// A reply that was held back while its source was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldReply {
    /// Who it is for.
    pub peer: SocketAddr,
    /// The local address that it shall come from.
    pub source: Option<IpAddr>,
    /// Its bytes.
    pub payload: Vec<u8>,
}

/// Watches the sources of one UDP echo server.
#[derive(Debug)]
pub struct StormGuard {
    hasher: RandomState,
    coin: Coin,
    sources: Sources,
    probes: Vec<Probe>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// Nothing is known; it has left so many probes without an answer.
    Unknown {
        unanswered: u32,
    },
    /// It is being asked, after so many probes without an answer.
    Asked {
        unanswered: u32,
    },
    Client {
        until: Instant,
    },
    EchoServer {
        until: Instant,
    },
}

/// A coin, to be tossed quickly. Nobody gains anything who foresees it: he cannot know which payloads share a place.
#[derive(Debug)]
struct Coin(u64);

impl Coin {
    /// The highest bit of Knuth's linear congruential generator (MMIX).
    fn toss(&mut self) -> bool {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 63 == 1
    }
}

/// A question that was asked.
#[derive(Debug)]
struct Probe {
    peer: SocketAddr,
    fingerprint: u32,
    release_at: Instant,
    forget_at: Instant,
    /// The reply that waits for the answer; gone once it was sent or dropped, while a late answer still counts.
    held: Option<HeldReply>,
    /// Its source has gone on without it: it took the probe for its reply, unless it refuses the probe after all.
    superseded: bool,
}

impl StormGuard {
    /// Makes a guard that knows nobody.
    pub fn new() -> Self {
        let hasher = RandomState::default();
        let coin = Coin(hasher.hash_one(0));
        Self { hasher, coin, sources: Sources::new(), probes: Vec::new() }
    }

    /// Judges a datagram that has arrived, and remembers its echo.
    ///
    /// `source` is the local address that the reply shall come from.
    pub fn arrival(
        &mut self,
        now: Instant,
        peer: SocketAddr,
        source: Option<IpAddr>,
        payload: &[u8],
    ) -> Ruling {
        let fingerprint = fingerprint(&self.hasher, payload);
        let entry = self.sources.entry(peer, now);
        entry.see(now);
        match entry.standing {
            Standing::Client { .. } => return Ruling::Echo,
            Standing::EchoServer { .. } => {
                entry.standing = Standing::EchoServer { until: now + BLOCKED };
                return Ruling::Ignore;
            }
            // A loop has nothing to send back, so this comes from a client that took the probe for its reply.
            Standing::Asked { .. } if entry.outstanding == 0 => {
                entry.standing = Standing::Client { until: now + TRUSTED };
                self.supersede(peer);
                return Ruling::Echo;
            }
            Standing::Unknown { .. } | Standing::Asked { .. } => {}
        }
        if entry.has_had(fingerprint) {
            entry.returns += 1;
            entry.outstanding = entry.outstanding.saturating_sub(1);
        }
        if let Standing::Unknown { unanswered } = entry.standing
            && entry.returns > RETURNS_MAX
            && make_room(&mut self.probes)
        {
            entry.returns = 0;
            entry.standing = Standing::Asked { unanswered };
            let held = Some(HeldReply { peer, source, payload: payload.to_vec() });
            let (release_at, forget_at) = (now + hold_after(unanswered), now + ANSWER_MAX);
            self.probes.push(Probe { peer, fingerprint, release_at, forget_at, held, superseded: false });
            return Ruling::Probe;
        }
        entry.echo(fingerprint, || self.coin.toss());
        Ruling::Echo
    }

    /// Takes what arrived at the probe's port; returns whether it proves `peer` an echo server.
    pub fn answer(&mut self, now: Instant, peer: SocketAddr, payload: &[u8]) -> bool {
        let fingerprint = fingerprint(&self.hasher, payload);
        let is_answer = |probe: &Probe| probe.peer == peer && probe.fingerprint == fingerprint;
        let Some(index) = self.probes.iter().position(is_answer) else { return false };
        self.probes.swap_remove(index);
        self.settle(peer, now, Standing::EchoServer { until: now + BLOCKED });
        true
    }

    /// Takes an ICMP refusal of a probe: `peer` is a client. Returns the reply that was held back.
    pub fn refusal(&mut self, now: Instant, peer: SocketAddr) -> Option<HeldReply> {
        let index = self.probes.iter().position(|probe| probe.peer == peer)?;
        let held = self.probes.swap_remove(index).held;
        self.settle(peer, now, Standing::Client { until: now + TRUSTED });
        held
    }

    /// When [`StormGuard::expire`] will have something to do.
    pub fn timeout(&self) -> Option<Instant> {
        self.probes
            .iter()
            .map(|probe| if probe.held.is_some() { probe.release_at } else { probe.forget_at })
            .min()
    }

    /// Gives back a reply whose probe nobody answered in time; to be called until there is none.
    pub fn expire(&mut self, now: Instant) -> Option<HeldReply> {
        self.probes.retain(|probe| probe.held.is_some() || now < probe.forget_at);
        for probe in self.probes.iter_mut().filter(|probe| probe.superseded && probe.release_at <= now) {
            probe.held = None;
        }
        let overdue = |probe: &&mut Probe| probe.held.is_some() && probe.release_at <= now;
        let probe = self.probes.iter_mut().find(overdue)?;
        let (held, fingerprint) = (probe.held.take()?, probe.fingerprint);
        if let Some(entry) = self.sources.find(held.peer)
            && let Standing::Asked { unanswered } = entry.standing
        {
            entry.standing = match unanswered + 1 {
                UNANSWERED_MAX.. => Standing::Client { until: now + TRUSTED },
                unanswered => Standing::Unknown { unanswered },
            };
            entry.echo(fingerprint, || true);
        }
        Some(held)
    }

    fn settle(&mut self, peer: SocketAddr, now: Instant, standing: Standing) {
        self.sources.entry(peer, now).standing = standing;
    }

    fn supersede(&mut self, peer: SocketAddr) {
        for probe in self.probes.iter_mut().filter(|probe| probe.peer == peer) {
            probe.superseded = true;
        }
    }
}

impl Default for StormGuard {
    fn default() -> Self {
        Self::new()
    }
}

/// How long the next probe waits for an answer.
fn hold_after(unanswered: u32) -> Duration {
    (HOLD_MIN * (1 << unanswered)).min(HOLD_MAX)
}

/// Whether one more question can be asked. One that waits only for a late answer gives its place up.
fn make_room(probes: &mut Vec<Probe>) -> bool {
    if probes.len() < PROBES_MAX {
        return true;
    }
    let settled = probes.iter().position(|probe| probe.held.is_none());
    settled.map(|index| probes.swap_remove(index)).is_some()
}

/// A short name for a payload, never 0.
fn fingerprint(hasher: &RandomState, payload: &[u8]) -> u32 {
    let [a, b, c, d, ..] = hasher.hash_one(payload).to_le_bytes();
    u32::from_le_bytes([a, b, c, d]) | 1
}

#[cfg(test)]
mod tests {
    use super::*;

    const PEER: &str = "127.0.0.1:7777";
    /// A round trip on loopback, roughly.
    const STEP: Duration = Duration::from_micros(70);

    #[test]
    fn a_loop_ends_after_a_handful_of_datagrams() {
        let (mut guard, mut now, peer) = start();
        let mut sent = 0;

        // The forged datagram, and then what the other echo server sends back.
        loop {
            now += STEP;
            match guard.arrival(now, peer, None, b"x") {
                Ruling::Echo => sent += 1,
                Ruling::Probe => break,
                Ruling::Ignore => panic!("nothing has been asked yet"),
            }
        }
        assert!(guard.answer(now + STEP, peer, b"x"));

        assert_eq!(sent, RETURNS_MAX + 1);
        assert_eq!(guard.arrival(now + 2 * STEP, peer, None, b"forged again"), Ruling::Ignore);
        assert_eq!(guard.expire(now + HOLD_MAX), None, "the reply that was held back is dropped");
    }

    #[test]
    fn several_forged_datagrams_at_once_end_too() {
        // So many guards that in some of them two payloads have one place.
        for tokens in [2, 3, 5, 30].repeat(500) {
            let (mut guard, mut now, peer) = start();
            let mut in_flight: Vec<Vec<u8>> = (0..tokens).map(|token| vec![token; 64]).collect();
            let mut probe: Option<Vec<u8>> = None;
            let mut sent = 0;
            while let Some(payload) = in_flight.pop() {
                now += STEP;
                match guard.arrival(now, peer, None, &payload) {
                    Ruling::Echo => in_flight.insert(0, payload),
                    Ruling::Probe => probe = Some(payload),
                    Ruling::Ignore => {}
                }
                sent += 1;
                assert!(sent < 100 * u32::from(tokens), "the storm of {tokens} goes on");
                if let Some(payload) = probe.take() {
                    assert!(guard.answer(now, peer, &payload));
                }
            }
        }
    }

    #[test]
    fn a_client_whose_datagrams_differ_is_never_asked() {
        let (mut guard, mut now, peer) = start();

        for number in 0..100_000_u32 {
            now += STEP;
            assert_eq!(guard.arrival(now, peer, None, &number.to_le_bytes()), Ruling::Echo);
        }
    }

    #[test]
    fn a_client_that_repeats_itself_is_asked_once_a_minute_and_loses_nothing() {
        let (mut guard, start, peer) = start();
        let mut now = start;
        let mut asked = 0_u64;

        // It waits for each reply, and takes the probe for one: the bytes are the same.
        for _ in 0..1_000_000 {
            now += STEP;
            match guard.arrival(now, peer, None, b"same") {
                Ruling::Echo => {}
                Ruling::Probe => asked += 1,
                Ruling::Ignore => panic!("an honest client was ignored"),
            }
            assert_eq!(guard.expire(now), None, "no reply is sent twice");
        }

        assert_eq!(asked, (now - start).as_secs() / 60 + 1);
    }

    #[test]
    fn a_connected_client_refuses_the_probe_and_gets_its_reply() {
        let (mut guard, mut now, peer) = start();
        now = until_probe(&mut guard, now, peer);

        let held = guard.refusal(now, peer);

        assert_eq!(held.map(|held| held.payload), Some(b"x".to_vec()));
        assert_eq!(guard.arrival(now + STEP, peer, None, b"x"), Ruling::Echo);
    }

    #[test]
    fn a_connected_client_with_several_datagrams_on_the_way_loses_none() {
        let (mut guard, mut now, peer) = start();
        now = until_probe(&mut guard, now, peer);

        // The next ones arrive before the refusal does: it is not that it took the probe for its reply.
        for _ in 0..8 {
            now += STEP / 10;
            assert_eq!(guard.arrival(now, peer, None, b"x"), Ruling::Echo);
        }

        assert_eq!(guard.refusal(now, peer).map(|held| held.payload), Some(b"x".to_vec()));
    }

    #[test]
    fn a_client_that_checks_the_source_gets_its_reply_late_but_gets_it() {
        let (mut guard, mut now, peer) = start();
        now = until_probe(&mut guard, now, peer);

        assert_eq!(guard.timeout(), Some(now + HOLD_MIN));
        assert_eq!(guard.expire(now + HOLD_MIN / 2), None);
        let held = guard.expire(now + HOLD_MIN).unwrap();
        assert_eq!(held.payload, b"x");

        let again = until_probe(&mut guard, now + HOLD_MIN, peer);
        assert_eq!(guard.timeout().map(|at| at.min(again + HOLD_MIN * 2)), guard.timeout(), "waits longer");
    }

    #[test]
    fn a_client_that_checks_the_source_is_trusted_after_a_few_probes() {
        let (mut guard, mut now, peer) = start();
        for _ in 0..UNANSWERED_MAX {
            until_probe(&mut guard, now, peer);
            now = guard.timeout().unwrap();
            assert_eq!(guard.expire(now).unwrap().payload, b"x");
        }

        for _ in 0..100_000 {
            now += STEP;
            assert_eq!(guard.arrival(now, peer, None, b"x"), Ruling::Echo);
        }
    }

    #[test]
    fn a_late_answer_proves_even_a_trusted_source_an_echo_server() {
        let (mut guard, mut now, peer) = start();
        for _ in 0..UNANSWERED_MAX {
            now = until_probe(&mut guard, now, peer) + HOLD_MAX;
            guard.expire(now).unwrap();
        }
        assert_eq!(guard.arrival(now + STEP, peer, None, b"x"), Ruling::Echo);

        assert!(guard.answer(now + 2 * STEP, peer, b"x"));

        assert_eq!(guard.arrival(now + 3 * STEP, peer, None, b"x"), Ruling::Ignore);
    }

    #[test]
    fn a_late_answer_still_proves_an_echo_server() {
        let (mut guard, mut now, peer) = start();
        now = until_probe(&mut guard, now, peer);
        guard.expire(now + HOLD_MIN).unwrap();

        assert!(guard.answer(now + ANSWER_MAX / 2, peer, b"x"));

        assert_eq!(guard.arrival(now + ANSWER_MAX / 2 + STEP, peer, None, b"x"), Ruling::Ignore);
    }

    #[test]
    fn an_answer_to_no_question_proves_nothing() {
        let (mut guard, now, peer) = start();

        assert!(!guard.answer(now, peer, b"x"));

        assert_eq!(guard.arrival(now, peer, None, b"x"), Ruling::Echo);
    }

    #[test]
    fn somebody_else_cannot_answer_for_a_client() {
        let (mut guard, mut now, peer) = start();
        now = until_probe(&mut guard, now, peer);

        assert!(!guard.answer(now, "127.0.0.1:8888".parse().unwrap(), b"x"));
        assert!(!guard.answer(now, peer, b"guessed"));
    }

    #[test]
    fn a_slow_repeat_is_no_return() {
        let (mut guard, mut now, peer) = start();

        for _ in 0..1000 {
            now += QUICK + STEP;
            assert_eq!(guard.arrival(now, peer, None, b"tick"), Ruling::Echo);
        }
    }

    #[test]
    fn memory_and_questions_have_a_limit() {
        let (mut guard, mut now, _) = start();
        let mut asked = 0;

        for _ in 0..=RETURNS_MAX + 1 {
            now += STEP;
            for port in 1..=200 {
                let peer = SocketAddr::from(([10, 0, 0, 1], port));
                asked += usize::from(guard.arrival(now, peer, None, b"x") == Ruling::Probe);
            }
        }
        for port in 1..=u16::MAX {
            guard.arrival(now, SocketAddr::from(([10, 0, 0, 2], port)), None, b"x");
        }

        assert_eq!(asked, PROBES_MAX);
        assert!(guard.sources.count() <= SOURCES_MAX);
    }

    #[test]
    fn a_blocked_echo_server_is_heard_again_after_a_long_silence() {
        let (mut guard, mut now, peer) = start();
        now = until_probe(&mut guard, now, peer);
        guard.answer(now, peer, b"x");

        assert_eq!(guard.arrival(now + BLOCKED / 2, peer, None, b"x"), Ruling::Ignore);
        assert_eq!(guard.arrival(now + BLOCKED, peer, None, b"x"), Ruling::Ignore, "it was not quiet");
        assert_eq!(guard.arrival(now + BLOCKED * 2, peer, None, b"x"), Ruling::Echo);
    }

    fn start() -> (StormGuard, Instant, SocketAddr) {
        (StormGuard::new(), Instant::now(), PEER.parse().unwrap())
    }

    /// Repeats a datagram until the guard asks its source; returns when that was.
    fn until_probe(guard: &mut StormGuard, mut now: Instant, peer: SocketAddr) -> Instant {
        for _ in 0..RETURNS_MAX + 3 {
            now += STEP;
            if guard.arrival(now, peer, None, b"x") == Ruling::Probe {
                return now;
            }
        }
        panic!("the guard did not ask");
    }
}
