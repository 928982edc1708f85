//! What the sessions of a server share, and what can be asked of it from outside.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use wire::key::KeyList;
use wire::message::RequestId;

use super::config::ServeConfig;
use super::event::{Event, RefusedWhy, Room, Summary};
use super::rooms::Rooms;
use crate::access::AccessList;
use crate::events::{Detail, EventSink};
use crate::messages::exec::Executor;
use crate::messages::inbox::Inbox;
use crate::messages::lock::lock;
use crate::transport::Transport;

/// How many refusals are told in a second; further ones are counted.
const REFUSALS_TOLD_MAX: u32 = 10;
const REFUSALS_SPAN: Duration = Duration::from_secs(1);
/// How many requests of a key are remembered, so that none runs twice.
const REQUESTS_MAX: usize = 1024;
/// How long a request is remembered.
const REQUEST_AGE: Duration = Duration::from_secs(600);

/// How many files may be on their way at once, each on a thread; half of them from clients without a key.
const FILES_MAX: usize = 128;

/// How many bytes of texts wait to be shown; further ones wait with their clients.
const TEXTS_BYTES_MAX: usize = 4_194_304;
/// What a text counts at least.
const TEXT_BYTES_MIN: usize = 4_096;

/// How far a server is with its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Phase {
    /// It serves.
    Serving,
    /// It takes nothing new and finishes what is in hand.
    Draining,
    /// It waits no longer.
    GivingUp,
}

/// What the sessions share.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) config: ServeConfig,
    pub(super) sink: EventSink<Event>,
    pub(super) inbox: Option<Arc<Inbox>>,
    pub(super) rooms: Rooms,
    pub(super) executor: Executor,
    /// Files that may be taken still, and those of them that clients without a key may have sent.
    files: [Arc<Semaphore>; 2],
    /// Bytes of texts that may wait to be shown.
    texts: Arc<Semaphore>,
    pub(super) counters: Counters,
    rules: Mutex<Rules>,
    phase: watch::Sender<Phase>,
    /// Streams that somebody waits for: all but rooms and stops.
    in_hand: watch::Sender<usize>,
    sessions: watch::Sender<usize>,
    next_session: AtomicU32,
    requests: Mutex<HashMap<String, VecDeque<(Instant, RequestId)>>>,
    refusals: Mutex<Refusals>,
}

/// Who may do what; replaced as a whole when it is read again.
#[derive(Debug, Clone, Default)]
pub(super) struct Rules {
    pub(super) keys: Arc<KeyList>,
    pub(super) access: Arc<AccessList>,
}

/// What was done so far.
#[derive(Debug, Default)]
pub(super) struct Counters {
    pub(super) refused: AtomicU64,
    pub(super) texts: AtomicU64,
    pub(super) files: AtomicU64,
    pub(super) file_bytes: AtomicU64,
    pub(super) commands: AtomicU64,
    pub(super) denied: AtomicU64,
}

/// How many refusals were told since when, and how many were not.
#[derive(Debug)]
struct Refusals {
    since: Instant,
    told: u32,
    untold: u64,
}

impl Shared {
    pub(super) fn new(
        config: ServeConfig,
        rules: Rules,
        inbox: Option<Inbox>,
        sink: EventSink<Event>,
    ) -> Self {
        Self {
            sink,
            inbox: inbox.map(Arc::new),
            rooms: Rooms::default(),
            executor: Executor::new(config.exec.clone()),
            files: [FILES_MAX, FILES_MAX / 2].map(|files| Arc::new(Semaphore::new(files))),
            texts: Arc::new(Semaphore::new(TEXTS_BYTES_MAX)),
            counters: Counters::default(),
            rules: Mutex::new(rules),
            phase: watch::Sender::new(Phase::Serving),
            in_hand: watch::Sender::new(0),
            sessions: watch::Sender::new(0),
            next_session: AtomicU32::new(1),
            requests: Mutex::default(),
            config,
            refusals: Mutex::new(Refusals { since: Instant::now(), told: 0, untold: 0 }),
        }
    }

    pub(super) fn rules(&self) -> Rules {
        lock(&self.rules).clone()
    }

    pub(super) fn set_rules(&self, rules: Rules) {
        *lock(&self.rules) = rules;
    }

    /// Tells an event; `false` says that there was no room for it.
    pub(super) fn tell(&self, event: Event) -> bool {
        self.sink.tell(Detail::Peers, || event)
    }

    /// Waits until there is room for one more text to wait for being shown.
    pub(super) async fn room_for_text(&self, bytes: usize) -> Room {
        let charge = u32::try_from(bytes.max(TEXT_BYTES_MIN)).unwrap_or(u32::MAX);
        let permit = Arc::clone(&self.texts).acquire_many_owned(charge).await;
        // The semaphore is never closed.
        permit.map(Room::of).unwrap_or_default()
    }

    /// Counts a refusal, and tells it unless there are too many to tell.
    pub(super) fn refuse(&self, transport: Transport, peer: std::net::SocketAddr, why: RefusedWhy) {
        self.counters.refused.fetch_add(1, Relaxed);
        let mut refusals = lock(&self.refusals);
        if refusals.since.elapsed() >= REFUSALS_SPAN {
            let untold = std::mem::take(&mut refusals.untold);
            *refusals = Refusals { since: Instant::now(), told: 0, untold: 0 };
            if untold > 0 {
                self.tell(Event::RefusedMore { refusals: untold });
            }
        }
        if refusals.told < REFUSALS_TOLD_MAX {
            refusals.told += 1;
            self.tell(Event::Refused { transport, peer, why });
        } else {
            refusals.untold += 1;
        }
    }

    /// Tells of the refusals that were not told one by one.
    pub(super) fn tell_untold_refusals(&self) {
        let untold = std::mem::take(&mut lock(&self.refusals).untold);
        if untold > 0 {
            self.tell(Event::RefusedMore { refusals: untold });
        }
    }

    /// Takes a place for a file; `None` when all are taken.
    pub(super) fn take_file_place(&self, has_key: bool) -> Option<Vec<OwnedSemaphorePermit>> {
        let places = self.files.iter().take(if has_key { 1 } else { 2 });
        places.map(|places| Arc::clone(places).try_acquire_owned().ok()).collect()
    }

    /// Whether one more session could be taken now.
    pub(super) fn has_room(&self, has_key: bool) -> bool {
        *self.sessions.borrow() < self.sessions_max(has_key)
    }

    /// How many sessions there may be for such a client to open another one. Who has no key cannot keep those out who have.
    fn sessions_max(&self, has_key: bool) -> usize {
        let max = self.config.sessions_max;
        if has_key { max } else { max.div_ceil(2) }
    }

    /// Takes a place for a session; `None` when all are taken.
    pub(super) fn enter(self: &Arc<Self>, has_key: bool) -> Option<SessionPlace> {
        let max = self.sessions_max(has_key);
        let has_room = self.sessions.send_if_modified(|open| {
            let has_room = *open < max;
            *open += usize::from(has_room);
            has_room
        });
        has_room.then(|| SessionPlace {
            number: self.next_session.fetch_add(1, Relaxed),
            shared: Arc::clone(self),
        })
    }

    /// Notes that somebody waits for a stream, until what is returned goes.
    pub(super) fn take_in_hand(self: &Arc<Self>) -> InHand {
        self.in_hand.send_modify(|streams| *streams += 1);
        InHand(Arc::clone(self))
    }

    /// How many sessions are open, and how many streams somebody waits for.
    pub(super) fn open(&self) -> (usize, usize) {
        (*self.sessions.borrow(), *self.in_hand.borrow())
    }

    /// Whether this request has come before; it is remembered.
    pub(super) fn is_repeated(&self, key: String, request: RequestId) -> bool {
        let mut requests = lock(&self.requests);
        let seen = requests.entry(key).or_default();
        while seen.front().is_some_and(|(at, _)| at.elapsed() > REQUEST_AGE) || seen.len() >= REQUESTS_MAX {
            seen.pop_front();
        }
        let is_repeated = seen.iter().any(|&(_, before)| before == request);
        if !is_repeated {
            seen.push_back((Instant::now(), request));
        }
        is_repeated
    }

    pub(super) fn phase(&self) -> Phase {
        *self.phase.borrow()
    }

    /// Waits until the server is that far with its end.
    pub(super) async fn reaches(&self, phase: Phase) {
        // It cannot fail while `self` has the sender.
        let _ = self.phase.subscribe().wait_for(|now| *now >= phase).await;
    }

    /// Goes on to a phase, if the server is not further already; says whether that is news.
    pub(super) fn advance(&self, phase: Phase) -> bool {
        self.phase.send_if_modified(|now| {
            let is_news = *now < phase;
            *now = phase.max(*now);
            is_news
        })
    }

    /// Takes nothing new from now on.
    pub(super) fn stop(&self) {
        if self.advance(Phase::Draining) {
            let (sessions, streams) = self.open();
            self.sink.tell(Detail::Quiet, || Event::Stopping { sessions, streams });
        }
    }

    /// Waits until nobody waits for a stream.
    pub(super) async fn nothing_in_hand(&self) {
        let _ = self.in_hand.subscribe().wait_for(|streams| *streams == 0).await;
    }

    /// Waits until no session is open.
    pub(super) async fn no_session(&self) {
        let _ = self.sessions.subscribe().wait_for(|sessions| *sessions == 0).await;
    }

    pub(super) fn summary(&self) -> Summary {
        let count = |counter: &AtomicU64| counter.load(Relaxed);
        let counters = &self.counters;
        Summary {
            sessions: u64::from(self.next_session.load(Relaxed)) - 1,
            open_sessions: *self.sessions.borrow() as u64,
            refused: count(&counters.refused),
            texts: count(&counters.texts),
            files: count(&counters.files),
            file_bytes: count(&counters.file_bytes),
            commands: count(&counters.commands),
            denied: count(&counters.denied),
        }
    }
}

/// A session's place among those that are open.
#[derive(Debug)]
pub(super) struct SessionPlace {
    pub(super) number: u32,
    shared: Arc<Shared>,
}

impl Drop for SessionPlace {
    fn drop(&mut self) {
        self.shared.sessions.send_modify(|open| *open -= 1);
    }
}

/// A stream that somebody waits for.
#[derive(Debug)]
pub(super) struct InHand(Arc<Shared>);

impl Drop for InHand {
    fn drop(&mut self) {
        self.0.in_hand.send_modify(|streams| *streams -= 1);
    }
}

/// Milliseconds since 1970.
pub(super) fn now_ms() -> u64 {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since_1970.as_millis()).unwrap_or(u64::MAX)
}
