//! How much of one peer's talk goes to the others: no more than they can read while each of the others talks as well.
//!
//! Without it a peer that sends as fast as it can would fill the queues of those that read like people, who would be
//! dropped for it. Time comes in as a value.

use std::time::{Duration, Instant};

/// What a peer may say at once, and again in each second.
const RELAY_BYTES_MAX: u32 = 262_144;
/// The same, to reckon with.
const BYTES_PER_SECOND: f64 = RELAY_BYTES_MAX as f64;

/// The pace of one peer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace {
    /// What it may say now; below zero when it has said more.
    left_bytes: f64,
    at: Instant,
}

impl Pace {
    pub(super) fn new(now: Instant) -> Self {
        Self { left_bytes: BYTES_PER_SECOND, at: now }
    }

    /// Takes note of what it has said. It may say more than there was left, but then has to wait longer.
    #[expect(clippy::cast_precision_loss, reason = "a count of bytes in memory is far below 2⁵³")]
    pub(super) fn spend(&mut self, now: Instant, bytes: usize) {
        let since = now.saturating_duration_since(self.at).as_secs_f64();
        self.left_bytes = (self.left_bytes + since * BYTES_PER_SECOND).min(BYTES_PER_SECOND) - bytes as f64;
        self.at = self.at.max(now);
    }

    /// When it may speak again: a time that has passed when it may speak now.
    pub(super) fn ready_at(&self) -> Instant {
        let missing = (-self.left_bytes).max(0.0);
        self.at + Duration::from_secs_f64(missing / BYTES_PER_SECOND)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_let_through_and_what_follows_waits_its_time() {
        let start = Instant::now();
        let mut pace = Pace::new(start);

        pace.spend(start, 262_144);
        assert_eq!(pace.ready_at(), start);
        pace.spend(start, 131_072);
        assert_eq!(pace.ready_at(), start + Duration::from_millis(500));
    }

    #[test]
    fn a_peer_that_rests_saves_no_more_than_a_burst() {
        let start = Instant::now();
        let mut pace = Pace::new(start);
        let later = start + Duration::from_secs(3600);

        pace.spend(later, 262_144);
        assert_eq!(pace.ready_at(), later);
        pace.spend(later, 262_144);
        assert_eq!(pace.ready_at(), later + Duration::from_secs(1));
    }
}
