//! Who serves whom, changed while the server works: sockets prefer another processor, and connections another worker.

use std::os::fd::OwnedFd;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError, Weak};
use std::time::Duration;

use kernel::socket;

use super::balance::{Balance, Swap, Window};
use super::load::Load;
use super::shared::Shared;

/// How long the processors are watched before something is decided: ten ticks of the kernel's accounts.
const WINDOW: Duration = Duration::from_millis(100);
/// A window that was longer says nothing about the time of its end.
const WINDOW_MAX_MS: u64 = 300;

/// What is needed to change who serves whom.
#[derive(Debug)]
pub(super) struct Steering {
    /// The processor of each worker.
    cpus: Vec<u32>,
    /// The sockets of each worker that the kernel chooses among, as long as it has them.
    sockets: Vec<Vec<Weak<OwnedFd>>>,
    pilot: Mutex<Pilot>,
    /// When the next window ends, in milliseconds since the server started.
    ends_at_ms: AtomicU32,
}

/// What only one worker has at a time.
#[derive(Debug)]
struct Pilot {
    balance: Balance,
    load: Load,
    began_ms: u32,
    served: u64,
    changes: u64,
}

/// What was decided so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Decided {
    /// The processors.
    pub(super) cpus: Vec<u32>,
    /// For each of them, the worker that serves what it receives.
    pub(super) serves: Vec<usize>,
    /// How often that was changed.
    pub(super) changes: u64,
}

impl Steering {
    /// Each worker serves its own processor.
    pub(super) fn new(cpus: Vec<u32>, sockets: Vec<Vec<Weak<OwnedFd>>>) -> Self {
        let (balance, load) = (Balance::new(cpus.len()), Load::new(&cpus));
        let pilot = Mutex::new(Pilot { balance, load, began_ms: 0, served: 0, changes: 0 });
        Self { cpus, sockets, pilot, ends_at_ms: AtomicU32::new(millis(WINDOW)) }
    }

    /// Decides, if a window is over and nobody else does.
    pub(super) fn look(&self, shared: &Shared, now_ms: u32) {
        let is_over = now_ms.wrapping_sub(self.ends_at_ms.load(Relaxed)).cast_signed() >= 0;
        let Some(mut pilot) = is_over.then(|| self.pilot.try_lock().ok()).flatten() else { return };
        self.ends_at_ms.store(now_ms.wrapping_add(millis(WINDOW)), Relaxed);
        if let Some(swap) = pilot.decide(shared, now_ms) {
            pilot.changes += 1;
            self.carry_out(swap, pilot.balance.serves(), shared);
        }
    }

    /// What was decided so far.
    pub(super) fn decided(&self) -> Decided {
        let pilot = self.pilot.lock().unwrap_or_else(PoisonError::into_inner);
        Decided { cpus: self.cpus.clone(), serves: pilot.balance.serves().to_vec(), changes: pilot.changes }
    }

    /// New connections and datagrams are steered by the kernel; connections that are there change their worker.
    fn carry_out(&self, Swap(one, other): Swap, serves: &[usize], shared: &Shared) {
        for processor in [one, other] {
            for socket in self.sockets[serves[processor]].iter().filter_map(Weak::upgrade) {
                // It cannot fail for a socket of ours; if it did, the socket would go on as before.
                let _ = socket::set_incoming_cpu(&*socket, self.cpus[processor]);
            }
        }
        for (from, to) in [(one, other), (other, one)] {
            shared.posts[serves[from]].give_all_to(serves[to]);
        }
    }
}

impl Pilot {
    fn decide(&mut self, shared: &Shared, now_ms: u32) -> Option<Swap> {
        let took = u64::from(now_ms.wrapping_sub(self.began_ms).max(1));
        let summary = shared.summary();
        let served = summary.tcp_received_bytes + summary.datagrams;
        let more = served.wrapping_sub(self.served);
        let idle_percent = self.load.idle_percent();
        (self.began_ms, self.served) = (now_ms, served);
        if took > WINDOW_MAX_MS {
            return None;
        }
        self.balance.look(&Window { idle_percent, served: more * 1000 / took })
    }
}

/// A time of this module, which is short, in milliseconds.
fn millis(time: Duration) -> u32 {
    u32::try_from(time.as_millis()).unwrap_or(u32::MAX)
}
