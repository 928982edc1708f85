//! What the workers of a server share, and what can be asked of it from outside.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use kernel::wake::Wake;

use super::EventSink;
use super::config::{EchoConfig, Spin};
use super::counters::Counters;
use super::engine::{Choice, Engine, Spinning, WorkerState, micros};
use super::event::{Event, RefusalRule, ReloadError, Summary};
use super::wake_cost::wake_cost;
use crate::access::AccessList;
use crate::events::Detail;

/// How many wake-ups a worker looks for events before it sleeps: the client is woken, and asks again.
const WAKES_PER_LOOK: u32 = 2;

/// What the workers share.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) config: EchoConfig,
    pub(super) sink: EventSink,
    /// What millisecond counts start from.
    pub(super) started: Instant,
    pub(super) posts: Vec<Post>,
    choice: Choice,
    stopping: AtomicBool,
    /// What it costs to wake somebody on another processor; none if there is no other, or nobody wants to know.
    wake_cost: OnceLock<Option<Duration>>,
    /// Whether descriptors or memory have run out; told once, whichever worker finds it.
    accept_stalled: AtomicBool,
    next_connection: AtomicU32,
    /// Connections open in all; counted here only so that a limit on them can be kept.
    open_connections: AtomicUsize,
    access: Mutex<Arc<AccessList>>,
    /// Raised at each change of `access`, so that a worker sees it without taking the lock.
    access_version: AtomicU64,
}

/// What a worker can be reached by, and seen of it.
#[derive(Debug)]
pub(super) struct Post {
    pub(super) wake: Wake,
    pub(super) counters: Counters,
}

impl Shared {
    pub(super) fn new(
        config: EchoConfig,
        access: AccessList,
        workers: usize,
        choice: Choice,
        sink: EventSink,
    ) -> io::Result<Self> {
        let post = |_| Ok(Post { wake: Wake::new()?, counters: Counters::default() });
        Ok(Self {
            config,
            sink,
            started: Instant::now(),
            posts: (0..workers).map(post).collect::<io::Result<_>>()?,
            choice,
            stopping: AtomicBool::new(false),
            wake_cost: OnceLock::new(),
            accept_stalled: AtomicBool::new(false),
            next_connection: AtomicU32::new(1),
            open_connections: AtomicUsize::new(0),
            access: Mutex::new(Arc::new(access)),
            access_version: AtomicU64::new(0),
        })
    }

    /// Whether workers look for events before they sleep, and for how long: as long as the client may take to be woken, and to ask
    /// again.
    pub(super) fn spinning(&self) -> (Spinning, Duration) {
        let is_unhurried = self.config.as_taught || !self.config.pauses.is_empty();
        let spinning = match self.config.spin {
            Spin::Off => Spinning::Off,
            _ if is_unhurried => Spinning::Unhurried,
            Spin::On => Spinning::Always,
            Spin::Auto => Spinning::Adaptive,
        };
        if matches!(spinning, Spinning::Off | Spinning::Unhurried) {
            return (spinning, Duration::ZERO);
        }
        match self.wake_cost.get_or_init(wake_cost) {
            Some(cost) => (spinning, *cost * WAKES_PER_LOOK),
            None => (Spinning::OneProcessor, Duration::ZERO),
        }
    }

    /// How the workers serve, and what they have found to pay.
    pub(super) fn engine(&self) -> Engine {
        let (spinning, spin) = self.spinning();
        let state = |(index, post): (usize, &Post)| {
            let cpu = self.choice.cpus.get(index).copied();
            let Counters { open_connections, waits, .. } = &post.counters;
            WorkerState {
                cpu,
                open_connections: open_connections.get(),
                // In this order, so that no more are seen to have ended than have begun.
                wakes: waits.wakes.get(),
                sleeps: waits.sleeps.get(),
                naps: waits.naps.get(),
                found: waits.found.get(),
                missed: waits.missed.get(),
                gave_up_in_vain: waits.in_vain.get(),
                gave_up_disturbed: waits.disturbed.get(),
            }
        };
        Engine {
            steering: self.choice.steering,
            spinning,
            spin_us: micros(spin),
            wake_cost_us: self.wake_cost.get().copied().flatten().map(micros),
            workers: self.posts.iter().enumerate().map(state).collect(),
        }
    }

    pub(super) fn is_stopping(&self) -> bool {
        self.stopping.load(Relaxed)
    }

    /// Notes whether accepting is stalled; says whether that is news.
    pub(super) fn set_accept_stalled(&self, stalled: bool) -> bool {
        self.accept_stalled.load(Relaxed) != stalled && self.accept_stalled.swap(stalled, Relaxed) != stalled
    }

    pub(super) fn access_version(&self) -> u64 {
        self.access_version.load(Relaxed)
    }

    pub(super) fn access(&self) -> Arc<AccessList> {
        Arc::clone(&self.access.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn summary(&self) -> Summary {
        Counters::sum(self.posts.iter().map(|post| &post.counters))
    }

    /// Takes a place for one more connection and gives it a number; fails with the rule when no place is left.
    pub(super) fn enter(&self) -> Result<u32, RefusalRule> {
        let open = self.open_connections.fetch_add(1, Relaxed);
        match self.config.connections_max {
            Some(max) if open >= max => {
                self.leave();
                Err(RefusalRule::ConnectionsMax { max })
            }
            _ => Ok(self.next_connection.fetch_add(1, Relaxed)),
        }
    }

    /// Gives a connection's place back.
    pub(super) fn leave(&self) {
        self.open_connections.fetch_sub(1, Relaxed);
    }

    /// Milliseconds from the start to `now`, modulo 2³²: differences of up to 49 days are right.
    pub(super) fn millis(&self, now: Instant) -> u32 {
        let modulus = 1_u128 << u32::BITS;
        let since_start = now.saturating_duration_since(self.started).as_millis();
        u32::try_from(since_start % modulus).unwrap_or_default()
    }

    /// The worker with the fewest connections, and how many it has.
    pub(super) fn least_loaded(&self) -> (usize, u64) {
        let loads = self.posts.iter().map(|post| post.counters.open_connections.get()).enumerate();
        loads.min_by_key(|&(_, open)| open).unwrap_or_default()
    }

    fn wake_all(&self) {
        for post in &self.posts {
            post.wake.wake();
        }
    }
}

/// A handle on a server that works: stops it, reads its counts, makes it read its rules again.
#[derive(Debug, Clone)]
pub struct Control(pub(super) Arc<Shared>);

impl Control {
    /// Makes the server accept nothing more, finish what it has in hand, and end.
    pub fn stop(&self) {
        let connections = usize::try_from(self.summary().open_connections).unwrap_or(usize::MAX);
        if !self.0.stopping.swap(true, Relaxed) {
            self.0.sink.tell(Detail::Quiet, || Event::Stopping { connections });
        }
        self.0.wake_all();
    }

    /// Reads the allow and deny files again. New connections and every datagram are judged by the new rules; connections
    /// that are open stay. If a file cannot be read, the old rules hold. Either is told as an event.
    pub fn reload_access(&self) {
        let event = match self.0.config.access.load() {
            Ok(access) => {
                let rules = access.len();
                *self.0.access.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(access);
                self.0.access_version.fetch_add(1, Relaxed);
                Event::AccessReloaded { rules }
            }
            Err(error) => Event::AccessReloadFailed { error: ReloadError(Arc::new(error)) },
        };
        self.0.sink.tell(Detail::Quiet, || event);
        self.0.wake_all();
    }

    /// Tells the counts so far as an event, and how the workers serve as another one.
    pub fn report(&self) {
        let summary = self.summary();
        self.0.sink.tell(Detail::Quiet, || Event::Report(summary));
        self.0.sink.tell(Detail::Quiet, || Event::Engine(self.engine()));
    }

    /// How the workers serve, and what they have found to pay so far.
    pub fn engine(&self) -> Engine {
        self.0.engine()
    }

    /// What was done so far.
    pub fn summary(&self) -> Summary {
        self.0.summary()
    }
}
