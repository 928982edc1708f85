//! What a server remembers of sessions: those that are half open, and those that are live.
//!
//! Half open is a session that was accepted and from which nothing has come that only its client can have sent. Such
//! ones cost an address that has been proven, and go after a few seconds, or when there are too many: of one host, or of
//! all. Those without a key go first, so that whoever has none cannot keep out who has one.

use std::collections::{HashMap, VecDeque};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::AbortHandle;
use wire::datagram::{Nonce, SessionId};
use wire::handshake::Keys;
use wire::key::Key;

use super::stream::Shared;

/// How many sessions may be half open; one more takes the place of the oldest.
pub const HALF_OPEN_MAX: usize = 256;
/// How many of them may be of one host; one more takes the place of its oldest.
pub const HALF_OPEN_OF_HOST_MAX: usize = 64;
/// How long a session may be half open.
pub const HALF_OPEN_AGE_MAX: Duration = Duration::from_secs(5);

/// What a server remembers.
#[derive(Debug, Default)]
pub(super) struct Table {
    sessions: HashMap<SessionId, Session>,
    /// Sessions by what their clients call them.
    nonces: HashMap<(SocketAddr, Nonce), SessionId>,
    /// Those that are half open, oldest first, with the time of their beginning.
    half_open: VecDeque<(Duration, SessionId)>,
}

/// A session.
#[derive(Debug)]
pub(super) struct Session {
    /// The address that opened it, to which it belongs.
    pub(super) peer: SocketAddr,
    pub(super) nonce: Nonce,
    /// What its OPEN asked for: mode, key id and Noise message.
    pub(super) opening: Vec<u8>,
    /// The datagram that answered it.
    pub(super) accepted: Vec<u8>,
    pub(super) stage: Stage,
}

/// How far a session is.
#[derive(Debug)]
pub(super) enum Stage {
    /// Accepted, and nothing has come.
    HalfOpen { keys: Option<Keys>, key: Option<Arc<Key>> },
    /// A task has it.
    Live { inbox: mpsc::Sender<Vec<u8>>, shared: Arc<Shared>, task: AbortHandle },
}

impl Table {
    pub(super) fn get(&self, id: SessionId) -> Option<&Session> {
        self.sessions.get(&id)
    }

    /// The session that the client at `peer` calls `nonce`.
    pub(super) fn find(&self, peer: SocketAddr, nonce: Nonce) -> Option<&Session> {
        self.sessions.get(self.nonces.get(&(peer, nonce))?)
    }

    /// How many sessions are half open, and how many are live.
    pub(super) fn counts(&self) -> (usize, usize) {
        (self.half_open.len(), self.sessions.len() - self.half_open.len())
    }

    /// Remembers a session that was accepted. Another half open one goes if there are too many.
    pub(super) fn accept(&mut self, now: Duration, id: SessionId, session: Session) {
        if let Some(superfluous) = self.superfluous(session.peer.ip()) {
            self.remove(superfluous);
        }
        self.nonces.insert((session.peer, session.nonce), id);
        self.half_open.push_back((now, id));
        self.sessions.insert(id, session);
    }

    /// Which half open session goes for another one of `host`.
    fn superfluous(&self, host: IpAddr) -> Option<SessionId> {
        let sessions = || self.half_open.iter().filter_map(|(_, id)| Some((*id, self.sessions.get(id)?)));
        let of_host = || sessions().filter(|(_, session)| session.peer.ip() == host);
        if of_host().count() >= HALF_OPEN_OF_HOST_MAX {
            return of_host().next().map(|(id, _)| id);
        }
        if self.half_open.len() < HALF_OPEN_MAX {
            return None;
        }
        let plain =
            sessions().find(|(_, session)| matches!(session.stage, Stage::HalfOpen { keys: None, .. }));
        plain.or_else(|| sessions().next()).map(|(id, _)| id)
    }

    /// Makes a half open session live.
    pub(super) fn promote(&mut self, id: SessionId, live: Stage) {
        self.half_open.retain(|&(_, other)| other != id);
        if let Some(session) = self.sessions.get_mut(&id) {
            session.stage = live;
        }
    }

    /// Forgets a session.
    pub(super) fn remove(&mut self, id: SessionId) {
        self.half_open.retain(|&(_, other)| other != id);
        if let Some(session) = self.sessions.remove(&id) {
            self.nonces.remove(&(session.peer, session.nonce));
        }
    }

    /// Forgets sessions that were half open for too long; returns when the next one will have been.
    pub(super) fn expire(&mut self, now: Duration) -> Option<Duration> {
        while let Some(&(since, id)) = self.half_open.front() {
            if now < since + HALF_OPEN_AGE_MAX {
                return Some(since + HALF_OPEN_AGE_MAX);
            }
            self.remove(id);
        }
        None
    }

    /// Forgets live sessions whose task is gone.
    pub(super) fn sweep(&mut self) {
        let is_gone =
            |session: &Session| matches!(&session.stage, Stage::Live { task, .. } if task.is_finished());
        let gone: Vec<_> = self.sessions.iter().filter(|(_, it)| is_gone(it)).map(|(id, _)| *id).collect();
        for id in gone {
            self.remove(id);
        }
    }

    /// Whether there is room for one more among `max` live sessions, or one whose program is done could make it.
    pub(super) fn has_room(&self, max: usize) -> bool {
        self.counts().1 < max || self.spare().is_some()
    }

    /// Makes room for one more among `max` live sessions; says whether there is.
    pub(super) fn make_room(&mut self, max: usize) -> bool {
        if self.counts().1 < max {
            return true;
        }
        let Some((id, task)) = self.spare() else { return false };
        task.abort();
        self.remove(id);
        true
    }

    /// A live session whose program is done: all that is left of it is to answer what its peer repeats.
    fn spare(&self) -> Option<(SessionId, AbortHandle)> {
        self.sessions.iter().find_map(|(&id, session)| match &session.stage {
            Stage::Live { shared, task, .. } if shared.is_spare() => Some((id, task.clone())),
            _ => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use wire::handshake::{Initiator, Over, respond};
    use wire::key::Secret;

    use super::*;

    #[test]
    fn one_half_open_session_too_many_takes_the_place_of_the_oldest() {
        let mut table = Table::default();
        for number in 0..=HALF_OPEN_MAX as u64 {
            accept(&mut table, Duration::ZERO, number, host(number));
        }

        assert_eq!(table.counts(), (HALF_OPEN_MAX, 0));
        assert!(table.get(id(0)).is_none() && table.find(peer(host(0)), nonce(0)).is_none());
        assert!(table.get(id(1)).is_some() && table.find(peer(host(1)), nonce(1)).is_some());
    }

    #[test]
    fn one_too_many_of_a_host_takes_the_place_of_its_own_oldest() {
        let mut table = Table::default();
        accept(&mut table, Duration::ZERO, 1_000, 9);

        for number in 0..=HALF_OPEN_OF_HOST_MAX as u64 {
            accept(&mut table, Duration::ZERO, number, 1);
        }

        assert_eq!(table.counts(), (HALF_OPEN_OF_HOST_MAX + 1, 0));
        assert!(table.get(id(0)).is_none() && table.get(id(1)).is_some() && table.get(id(1_000)).is_some());
    }

    #[test]
    fn who_has_no_key_cannot_take_the_place_of_who_has_one() {
        let mut table = Table::default();
        let (_, keys) = sealed();
        let stage = Stage::HalfOpen { keys: Some(keys), key: None };
        table.accept(Duration::ZERO, id(7_000), Session { stage, ..session(7_000, 1) });

        for number in 0..2 * HALF_OPEN_MAX as u64 {
            accept(&mut table, Duration::ZERO, number, host(number));
        }

        assert_eq!(table.counts(), (HALF_OPEN_MAX, 0));
        assert!(table.get(id(7_000)).is_some());
    }

    #[test]
    fn a_half_open_session_goes_after_its_time() {
        let mut table = Table::default();
        accept(&mut table, Duration::from_secs(1), 1, 1);
        accept(&mut table, Duration::from_secs(2), 2, 1);

        let next = table.expire(Duration::from_secs(1) + HALF_OPEN_AGE_MAX);

        assert_eq!(next, Some(Duration::from_secs(2) + HALF_OPEN_AGE_MAX));
        assert!(table.get(id(1)).is_none() && table.get(id(2)).is_some());
        assert_eq!(table.expire(Duration::from_secs(60)), None);
        assert_eq!((table.counts(), table.nonces.len()), ((0, 0), 0));
    }

    #[tokio::test]
    async fn a_live_session_stays_and_does_not_count_among_the_half_open() {
        let mut table = Table::default();
        accept(&mut table, Duration::ZERO, 1, 1);
        let (inbox, _receiver) = mpsc::channel(1);
        let shared = Shared::new(wire::link::Link::server());
        let task = tokio::spawn(async {}).abort_handle();
        table.promote(id(1), Stage::Live { inbox, shared, task });

        table.expire(Duration::from_secs(60));

        assert_eq!(table.counts(), (0, 1));
        assert!(!table.has_room(1) && !table.make_room(1) && table.has_room(2));
        table.remove(id(1));
        assert_eq!(table.counts(), (0, 0));
    }

    fn accept(table: &mut Table, now: Duration, number: u64, host: u8) {
        table.accept(now, id(number), session(number, host));
    }

    fn session(number: u64, host: u8) -> Session {
        let stage = Stage::HalfOpen { keys: None, key: None };
        Session { peer: peer(host), nonce: nonce(number), opening: vec![0], accepted: vec![], stage }
    }

    fn sealed() -> (Vec<u8>, Keys) {
        let secret = Secret::new([1; 32]);
        let initiator = Initiator::new(Over::Tcp, &secret, [2; 32]);
        respond(Over::Tcp, secret.id(), &secret, [3; 32], initiator.message()).unwrap()
    }

    /// One of many hosts.
    fn host(number: u64) -> u8 {
        u8::try_from(number % 100).unwrap()
    }

    fn peer(host: u8) -> SocketAddr {
        ([127, 0, 0, host], 9).into()
    }

    fn nonce(number: u64) -> Nonce {
        Nonce(number.to_be_bytes())
    }

    fn id(number: u64) -> SessionId {
        SessionId(number.to_be_bytes())
    }
}
