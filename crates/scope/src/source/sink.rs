//! Where sources tell what they see: a queue with an end, behind which they wait.
//!
//! The tracer tells while a program stands still, so telling must cost next to nothing: it takes a lock that is hardly ever
//! held and wakes nobody. Whoever reads looks from time to time ([`Reader::take`]).

use std::mem;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use crate::model::{Certainty, EventId, Observation, Time, What};

/// How many observations may wait to be read.
pub const WAITING_MAX: usize = 262_144;

/// Room for how many observations is kept to be used again; what a burst has taken beyond is given back.
pub const SPARE_MAX: usize = 32_768;

/// How many bytes of packets and calls may wait to be read; beyond half of it, only the headers of packets are kept.
pub const WAITING_BYTES_MAX: usize = 64 * 1024 * 1024;

/// The end that sources tell into. Clones are the same queue.
#[derive(Debug, Clone)]
pub struct Sink {
    began_ns: u64,
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    queue: Mutex<Queue>,
    /// Signalled when the queue was emptied.
    room: Condvar,
}

#[derive(Debug, Default)]
struct Queue {
    told: Vec<(Time, Certainty, What)>,
    /// What `told` was before it was taken last, emptied: so its memory is not asked for again, a page at a time.
    spare: Vec<(Time, Certainty, What)>,
    bytes: usize,
    /// Whoever reads is gone: what is told is thrown away.
    closed: bool,
}

/// How full the queue is, for sources that can leave something out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pressure {
    /// There is room.
    Low,
    /// Bytes should be left out.
    High,
}

/// Makes the queue for a recording that began at this time of `CLOCK_MONOTONIC`.
pub fn sink(began_ns: u64) -> (Sink, Reader) {
    let shared = Arc::new(Shared::default());
    (Sink { began_ns, shared: Arc::clone(&shared) }, Reader { shared, next: 0 })
}

impl Sink {
    /// Turns a time of `CLOCK_MONOTONIC`, in nanoseconds, into one of the recording; what was before is at its beginning.
    pub fn time(&self, monotonic_ns: u64) -> Time {
        Time(monotonic_ns.saturating_sub(self.began_ns))
    }

    /// Tells an observation. Waits while the queue is full, so that a program is slowed down rather than anything lost.
    pub fn tell(&self, time: Time, certainty: Certainty, what: What) -> Pressure {
        let mut queue = self.shared.lock();
        while !queue.closed && (queue.told.len() >= WAITING_MAX || queue.bytes >= WAITING_BYTES_MAX) {
            queue = self.shared.room.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
        if queue.closed {
            return Pressure::Low;
        }
        queue.bytes += size(&what);
        queue.told.push((time, certainty, what));
        if queue.bytes > WAITING_BYTES_MAX / 2 { Pressure::High } else { Pressure::Low }
    }
}

/// The end that observations are read from; it numbers them.
#[derive(Debug)]
pub struct Reader {
    shared: Arc<Shared>,
    next: u64,
}

impl Reader {
    /// Takes all that was told since the last time, in the order of telling. Does not wait.
    pub fn take(&mut self) -> Vec<Observation> {
        let mut told = {
            let mut queue = self.shared.lock();
            queue.bytes = 0;
            let spare = mem::take(&mut queue.spare);
            mem::replace(&mut queue.told, spare)
        };
        self.shared.room.notify_all();
        let taken =
            told.drain(..).map(|(time, certainty, what)| self.number(time, certainty, what)).collect();
        if told.capacity() <= SPARE_MAX {
            self.shared.lock().spare = told;
        }
        taken
    }

    /// Numbers an observation that no source told.
    pub fn number(&mut self, time: Time, certainty: Certainty, what: What) -> Observation {
        let id = EventId(self.next);
        self.next += 1;
        Observation { time, id, certainty, what }
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.shared.lock().closed = true;
        self.shared.room.notify_all();
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The bytes that an observation carries, beside its fields.
fn size(what: &What) -> usize {
    match what {
        What::Packet(frame) => frame.bytes.0.len(),
        _ => 0,
    }
}
