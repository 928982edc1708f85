//! What a server remembers of sessions: those that are half open, and those that are live.
//!
//! Half open is a session that was accepted and from which nothing has come that only its client can have sent. Such
//! ones cost an address that has been proven, and go after a few seconds, or when there are too many, oldest first.

use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
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

    /// Remembers a session that was accepted. The oldest half open one goes if there are too many.
    pub(super) fn accept(&mut self, now: Duration, id: SessionId, session: Session) {
        if self.half_open.len() >= HALF_OPEN_MAX
            && let Some(&(_, oldest)) = self.half_open.front()
        {
            self.remove(oldest);
        }
        self.nonces.insert((session.peer, session.nonce), id);
        self.half_open.push_back((now, id));
        self.sessions.insert(id, session);
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
    use super::*;

    #[test]
    fn one_half_open_session_too_many_takes_the_place_of_the_oldest() {
        let mut table = Table::default();
        for number in 0..=HALF_OPEN_MAX as u64 {
            accept(&mut table, Duration::ZERO, number);
        }

        assert_eq!(table.counts(), (HALF_OPEN_MAX, 0));
        assert!(table.get(id(0)).is_none() && table.find(peer(), nonce(0)).is_none());
        assert!(table.get(id(1)).is_some() && table.find(peer(), nonce(1)).is_some());
    }

    #[test]
    fn a_half_open_session_goes_after_its_time() {
        let mut table = Table::default();
        accept(&mut table, Duration::from_secs(1), 1);
        accept(&mut table, Duration::from_secs(2), 2);

        let next = table.expire(Duration::from_secs(1) + HALF_OPEN_AGE_MAX);

        assert_eq!(next, Some(Duration::from_secs(2) + HALF_OPEN_AGE_MAX));
        assert!(table.get(id(1)).is_none() && table.get(id(2)).is_some());
        assert_eq!(table.expire(Duration::from_secs(60)), None);
        assert_eq!((table.counts(), table.nonces.len()), ((0, 0), 0));
    }

    #[tokio::test]
    async fn a_live_session_stays_and_does_not_count_among_the_half_open() {
        let mut table = Table::default();
        accept(&mut table, Duration::ZERO, 1);
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

    fn accept(table: &mut Table, now: Duration, number: u64) {
        let stage = Stage::HalfOpen { keys: None, key: None };
        let session =
            Session { peer: peer(), nonce: nonce(number), opening: vec![0], accepted: vec![], stage };
        table.accept(now, id(number), session);
    }

    fn peer() -> SocketAddr {
        ([127, 0, 0, 1], 9).into()
    }

    fn nonce(number: u64) -> Nonce {
        Nonce(number.to_be_bytes())
    }

    fn id(number: u64) -> SessionId {
        SessionId(number.to_be_bytes())
    }
}
