//! Calls that have not returned, and the rest of what the tracer shares with other threads.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use foldhash::HashMap;
use kernel::clock;
use kernel::confine::Confinement;
use kernel::launch::Go;
use kernel::process::{Handle, Order};

use super::clamp::Clamp;
use super::interruption::Interruption;
use super::orders::Orders;
use crate::model::{Args, Call, Certainty, Pid, SocketId, Tid, Time, What};
use crate::source::Sink;

/// After how long a call is told as one that waits.
const WAITS_NS: u64 = 5_000_000;

/// A call that has not returned.
#[derive(Debug)]
pub(super) struct Open {
    /// What is known of it.
    pub(super) call: Call,
    /// When the program went into the kernel.
    pub(super) entered: Time,
    /// Its registers.
    pub(super) values: [u64; 6],
    /// It came out to be started again.
    pub(super) interruption: Option<Interruption>,
    /// It was told as one that waits.
    pub(super) is_told: bool,
    /// Where it was made is to be read when it returns.
    pub(super) is_place_due: bool,
}

/// What other threads may ask. The locks are held for moments, and hardly ever waited for.
#[derive(Debug)]
pub(super) struct Shared {
    sink: Sink,
    open: Mutex<HashMap<Tid, Box<Open>>>,
    last_stop_ns: AtomicU64,
    /// The programs that were started here, by handles that never mean another process.
    programs: Mutex<Vec<Handle>>,
    /// The walls around those that nobody trusts, by the program.
    guests: Mutex<BTreeMap<usize, Arc<Confinement>>>,
    /// The programs, and what they made.
    processes: Mutex<BTreeSet<Pid>>,
    /// Ends the process whose end wakes the tracer.
    bell: Mutex<Option<Go>>,
    pub(super) orders: Orders,
    pub(super) clamp: Clamp,
}

impl Shared {
    pub(super) fn new(sink: Sink) -> Self {
        Self {
            sink,
            open: Mutex::default(),
            last_stop_ns: AtomicU64::default(),
            programs: Mutex::default(),
            guests: Mutex::default(),
            processes: Mutex::default(),
            bell: Mutex::default(),
            orders: Orders::default(),
            clamp: Clamp::default(),
        }
    }

    pub(super) fn opened(&self, tid: Tid, open: Box<Open>) {
        lock(&self.open).insert(tid, open);
    }

    pub(super) fn closed(&self, tid: Tid) -> Option<Box<Open>> {
        lock(&self.open).remove(&tid)
    }

    /// The socket that a thread sends on; `None` if it does something else.
    pub(super) fn sends_on(&self, tid: Tid) -> Option<SocketId> {
        let open = lock(&self.open);
        let call = &open.get(&tid)?.call;
        call.on.and_then(|on| on.socket).filter(|_| matches!(call.args, Args::Send { .. }))
    }

    pub(super) fn interrupted(&self, tid: Tid, interruption: Option<Interruption>) {
        if let Some(open) = lock(&self.open).get_mut(&tid) {
            open.interruption = interruption;
        }
    }

    /// The interruption of a thread's call, with the call's registers.
    pub(super) fn interruption(&self, tid: Tid) -> Option<(Interruption, [u64; 6])> {
        let open = lock(&self.open);
        let open = open.get(&tid)?;
        Some((open.interruption?, open.values))
    }

    pub(super) fn tell_waiting(&self) {
        let now = self.sink.time(clock::monotonic_ns());
        // Telling under the lock: a call cannot return, and be told, before it was told to wait.
        for open in lock(&self.open).values_mut() {
            if !open.is_told && now.0.saturating_sub(open.entered.0) >= WAITS_NS {
                open.is_told = true;
                self.sink.tell(open.entered, Certainty::Exact, What::Waiting(open.call.clone()));
            }
        }
    }

    pub(super) fn stopped(&self, monotonic_ns: u64) {
        self.last_stop_ns.store(monotonic_ns, Ordering::Relaxed);
    }

    pub(super) fn last_stop_ns(&self) -> u64 {
        self.last_stop_ns.load(Ordering::Relaxed)
    }

    pub(super) fn started_program(&self, handle: Handle) {
        lock(&self.programs).push(handle);
    }

    pub(super) fn confined(&self, program: usize, guest: Arc<Confinement>) {
        lock(&self.guests).insert(program, guest);
    }

    pub(super) fn guest(&self, program: usize) -> Option<Arc<Confinement>> {
        lock(&self.guests).get(&program).cloned()
    }

    /// Ends all processes of all guests.
    pub(super) fn end_guests(&self) {
        for guest in lock(&self.guests).values() {
            guest.order_end();
        }
    }

    pub(super) fn started(&self, pid: Pid) {
        lock(&self.processes).insert(pid);
    }

    pub(super) fn ended(&self, pid: Pid) {
        lock(&self.processes).remove(&pid);
    }

    /// What has ended meanwhile cannot be signalled, which is as good.
    pub(super) fn signal(&self, order: Order) {
        for program in lock(&self.programs).iter() {
            let _ = program.order(order);
        }
        if order != Order::End {
            return;
        }
        self.end_guests();
        // The tracer takes a number out as soon as it has heard of the end, long before the kernel gives it to another process.
        for pid in lock(&self.processes).iter() {
            let _ = Handle::open(pid.0).and_then(|process| process.order(order));
        }
    }

    pub(super) fn hang(&self, bell: Go) {
        *lock(&self.bell) = Some(bell);
    }

    /// Wakes the tracer, to let those go that were attached to.
    pub(super) fn release(&self) {
        self.orders.release();
        self.ring();
    }

    /// Wakes the tracer, if it can be.
    pub(super) fn ring(&self) {
        drop(lock(&self.bell).take());
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
