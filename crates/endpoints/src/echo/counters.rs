//! Counts of one worker, which other threads may read while it works.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use super::event::Summary;

/// A count that its own worker raises; alone in its cache line with the others of the same worker.
#[derive(Debug, Default)]
pub(super) struct Count(AtomicU64);

impl Count {
    /// Raises it. Only the worker that owns it does, so a load and a store serve, without a locked instruction.
    pub(super) fn add(&self, more: usize) {
        self.0.store(self.get().wrapping_add(more as u64), Relaxed);
    }

    /// Lowers it by one.
    pub(super) fn drop_one(&self) {
        self.0.store(self.get().saturating_sub(1), Relaxed);
    }

    pub(super) fn get(&self) -> u64 {
        self.0.load(Relaxed)
    }
}

/// What a worker counts.
#[derive(Debug, Default)]
#[repr(align(128))]
pub(super) struct Counters {
    pub(super) connections: Count,
    pub(super) open_connections: Count,
    pub(super) tcp_received_bytes: Count,
    pub(super) tcp_sent_bytes: Count,
    pub(super) datagrams: Count,
    pub(super) replies: Count,
    pub(super) truncated: Count,
    pub(super) refused: Count,
    pub(super) storm_ignored: Count,
    pub(super) send_failed: Count,
    pub(super) resets: Count,
    pub(super) waits: Waits,
}

/// How a worker waited. [`WorkerState`](super::engine::WorkerState) says what each is.
#[derive(Debug, Default)]
pub(super) struct Waits {
    pub(super) sleeps: Count,
    pub(super) wakes: Count,
    pub(super) naps: Count,
    pub(super) found: Count,
    pub(super) missed: Count,
    pub(super) in_vain: Count,
    pub(super) disturbed: Count,
}

impl Counters {
    /// Adds up the counts of several workers.
    pub(super) fn sum<'a>(all: impl Iterator<Item = &'a Self>) -> Summary {
        all.fold(Summary::default(), |sum, one| Summary {
            connections: sum.connections + one.connections.get(),
            open_connections: sum.open_connections + one.open_connections.get(),
            tcp_received_bytes: sum.tcp_received_bytes + one.tcp_received_bytes.get(),
            tcp_sent_bytes: sum.tcp_sent_bytes + one.tcp_sent_bytes.get(),
            datagrams: sum.datagrams + one.datagrams.get(),
            replies: sum.replies + one.replies.get(),
            truncated: sum.truncated + one.truncated.get(),
            refused: sum.refused + one.refused.get(),
            storm_ignored: sum.storm_ignored + one.storm_ignored.get(),
            send_failed: sum.send_failed + one.send_failed.get(),
            resets: sum.resets + one.resets.get(),
        })
    }
}
