//! The sources that are watched, and what is known of each.

use std::hash::BuildHasher;
use std::net::SocketAddr;
use std::time::Instant;

use foldhash::quality::RandomState;

use super::{QUICK, SOURCES_MAX, Standing};

/// A source belongs to one set of places, by its hash, and takes any of the places there.
const WAYS: usize = 4;
const SETS: usize = SOURCES_MAX / WAYS;
/// How many recent echoes of a source are remembered, one for each remainder of their fingerprint.
const FINGERPRINTS: usize = 64;

/// The sources, each in its place.
#[derive(Debug)]
pub(super) struct Sources {
    hasher: RandomState,
    sets: Vec<[Option<Box<Source>>; WAYS]>,
    /// Who was looked for last, and where he is: many datagrams in a row may come from one source.
    last: Option<(SocketAddr, Place)>,
}

/// A set, and a place in it.
type Place = (usize, usize);

/// What is known of one source.
#[derive(Debug)]
pub(super) struct Source {
    peer: SocketAddr,
    last_seen: Instant,
    pub(super) standing: Standing,
    /// Returns since the source was last quiet or asked.
    pub(super) returns: u32,
    /// Echoes that have not come back: what a loop may still have in its hands.
    pub(super) outstanding: u32,
    /// Fingerprints of recent echoes, 0 for none.
    echoes: [u32; FINGERPRINTS],
}

impl Sources {
    pub(super) fn new() -> Self {
        let sets = (0..SETS).map(|_| [const { None }; WAYS]).collect();
        Self { hasher: RandomState::default(), sets, last: None }
    }

    /// How many are watched.
    #[cfg(test)]
    pub(super) fn count(&self) -> usize {
        self.sets.iter().flatten().flatten().count()
    }

    /// What is known of a source. A newcomer is given a free place, or that of whoever has been quiet longest.
    pub(super) fn entry(&mut self, peer: SocketAddr, now: Instant) -> &mut Source {
        let (set, way) = match self.last {
            Some((last, place)) if last == peer => place,
            _ => self.place_for(peer),
        };
        self.last = Some((peer, (set, way)));
        let place = &mut self.sets[set][way];
        if place.as_ref().is_some_and(|source| source.peer != peer) {
            *place = None;
        }
        place.get_or_insert_with(|| Box::new(Source::new(peer, now)))
    }

    /// What is known of a source, if it is watched.
    pub(super) fn find(&mut self, peer: SocketAddr) -> Option<&mut Source> {
        let set = self.set_of(peer);
        self.sets[set].iter_mut().flatten().find(|source| source.peer == peer).map(Box::as_mut)
    }

    /// Where a source is, or shall be.
    fn place_for(&self, peer: SocketAddr) -> Place {
        let set = self.set_of(peer);
        let places = &self.sets[set];
        let is_peer = |place: &Option<Box<Source>>| place.as_ref().is_some_and(|source| source.peer == peer);
        let seen = |way: &usize| places[*way].as_ref().map(|source| source.last_seen);
        let way = places.iter().position(is_peer).or_else(|| (0..WAYS).min_by_key(seen));
        (set, way.unwrap_or_default())
    }

    /// The set of places that a source may have.
    fn set_of(&self, peer: SocketAddr) -> usize {
        usize::try_from(self.hasher.hash_one(peer) % SETS as u64).unwrap_or_default()
    }
}

impl Source {
    fn new(peer: SocketAddr, now: Instant) -> Self {
        Self {
            peer,
            last_seen: now,
            standing: Standing::Unknown { unanswered: 0 },
            returns: 0,
            outstanding: 0,
            echoes: [0; FINGERPRINTS],
        }
    }

    /// Notes the time, and lets what is too old lapse.
    pub(super) fn see(&mut self, now: Instant) {
        if now == self.last_seen {
            return;
        }
        if now.saturating_duration_since(self.last_seen) > QUICK {
            self.returns = 0;
            self.outstanding = 0;
            self.echoes = [0; FINGERPRINTS];
        }
        self.last_seen = now;
        match self.standing {
            Standing::Client { until } | Standing::EchoServer { until } if until <= now => {
                self.standing = Standing::Unknown { unanswered: 0 };
            }
            _ => {}
        }
    }

    /// Whether this is what was echoed to it of late.
    pub(super) fn has_had(&self, fingerprint: u32) -> bool {
        self.echoes[place_of(fingerprint)] == fingerprint
    }

    /// Remembers an echo. Where another one is remembered, that has to give way or not: if it always did, two payloads with one
    /// place would make each other forgotten for as long as they went round in turn.
    pub(super) fn echo(&mut self, fingerprint: u32, gives_way: impl FnOnce() -> bool) {
        let place = &mut self.echoes[place_of(fingerprint)];
        if *place == 0 || gives_way() {
            *place = fingerprint;
        }
        self.outstanding = self.outstanding.saturating_add(1);
    }
}

/// Where a fingerprint is remembered.
fn place_of(fingerprint: u32) -> usize {
    // The lowest bit is always set, so it tells nothing.
    (fingerprint >> 1) as usize % FINGERPRINTS
}
