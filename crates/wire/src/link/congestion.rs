//! How much may be on its way at once, so that a full path is not filled further
//! ([RFC 5681](https://www.rfc-editor.org/rfc/rfc5681), [RFC 6582](https://www.rfc-editor.org/rfc/rfc6582)).
//!
//! Slow start, congestion avoidance, and one reduction for each window in which something was lost. What to send again
//! is told by the ranges that the peer has received, so RFC 6582's partial acknowledgements have nothing to do here:
//! of it there remains that losses of what was sent before a reduction do not reduce again.

use super::segment::DATA_BYTES_MAX;

/// The most bytes that are on their way, however good the path is.
pub const CONGESTION_BYTES_MAX: usize = 256 * 1_024;

/// The window at the beginning: ten segments ([RFC 6928](https://www.rfc-editor.org/rfc/rfc6928)).
const WINDOW_INITIAL: usize = 10 * DATA_BYTES_MAX;
/// The window after a timeout.
const WINDOW_MIN: usize = DATA_BYTES_MAX;
/// What the threshold does not fall below.
const THRESHOLD_MIN: usize = 2 * DATA_BYTES_MAX;

/// The congestion window.
#[derive(Debug)]
pub(super) struct Congestion {
    /// How many bytes may be on their way.
    window: usize,
    /// Up to here it grows fast.
    threshold: usize,
    /// Bytes that were acknowledged since it last grew by a segment.
    acked: usize,
    /// What was sent with a lower number was sent before the last reduction.
    reduced_at: u64,
}

impl Default for Congestion {
    fn default() -> Self {
        Self { window: WINDOW_INITIAL, threshold: CONGESTION_BYTES_MAX, acked: 0, reduced_at: 0 }
    }
}

impl Congestion {
    /// How many bytes may be on their way.
    pub(super) fn window(&self) -> usize {
        self.window
    }

    /// Takes that `bytes` were acknowledged, the newest of them sent with `number`, while `flight` were on their way.
    pub(super) fn acknowledged(&mut self, bytes: usize, number: u64, flight: usize) {
        // A window that is not used says nothing about the path.
        let is_used = flight.saturating_mul(2) >= self.window;
        if number < self.reduced_at || !is_used {
            return;
        }
        if self.window < self.threshold {
            self.window += bytes;
        } else {
            self.acked += bytes;
            if self.acked >= self.window {
                self.acked = 0;
                self.window += DATA_BYTES_MAX;
            }
        }
        self.window = self.window.min(CONGESTION_BYTES_MAX);
    }

    /// Takes that what was sent with `number` is lost, while `flight` bytes were on their way; what is sent from now on
    /// has `next`, or a higher number.
    pub(super) fn lost(&mut self, number: u64, next: u64, flight: usize) {
        if number >= self.reduced_at {
            self.reduce(next, flight);
            self.window = self.threshold;
        }
    }

    /// Takes that nothing was acknowledged for so long that everything counts as lost, perhaps once more.
    pub(super) fn timed_out(&mut self, is_again: bool, next: u64, flight: usize) {
        // RFC 5681 §3.1: the threshold stays when the same is lost again.
        if !is_again {
            self.reduce(next, flight);
        }
        self.window = WINDOW_MIN;
    }

    fn reduce(&mut self, next: u64, flight: usize) {
        self.threshold = (flight / 2).max(THRESHOLD_MIN);
        self.acked = 0;
        self.reduced_at = next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_doubles_in_each_round_trip_until_something_is_lost() {
        let mut congestion = Congestion::default();

        congestion.acknowledged(WINDOW_INITIAL, 0, WINDOW_INITIAL);
        assert_eq!(congestion.window(), 2 * WINDOW_INITIAL);

        congestion.lost(5, 30, 2 * WINDOW_INITIAL);
        assert_eq!(congestion.window(), WINDOW_INITIAL);
    }

    #[test]
    fn losses_of_one_window_reduce_it_once() {
        let mut congestion = Congestion::default();
        for number in 0..10 {
            congestion.lost(number, 10, WINDOW_INITIAL);
        }
        assert_eq!(congestion.window(), WINDOW_INITIAL / 2);

        congestion.lost(10, 20, WINDOW_INITIAL / 2);

        assert_eq!(congestion.window(), WINDOW_INITIAL / 4);
    }

    #[test]
    fn after_a_loss_it_grows_by_a_segment_in_each_round_trip() {
        let mut congestion = Congestion::default();
        congestion.lost(0, 10, WINDOW_INITIAL);
        let window = congestion.window();

        for number in 10..15 {
            assert_eq!(congestion.window(), window);
            congestion.acknowledged(DATA_BYTES_MAX, number, window);
        }

        assert_eq!(congestion.window(), window + DATA_BYTES_MAX);
    }

    #[test]
    fn acknowledgements_of_what_was_sent_before_a_loss_do_not_make_it_grow() {
        let mut congestion = Congestion::default();
        congestion.lost(0, 10, WINDOW_INITIAL);

        congestion.acknowledged(WINDOW_INITIAL, 9, WINDOW_INITIAL);

        assert_eq!(congestion.window(), WINDOW_INITIAL / 2);
    }

    #[test]
    fn a_timeout_leaves_one_segment_and_remembers_half_of_what_was_on_its_way() {
        let mut congestion = Congestion::default();
        congestion.timed_out(false, 10, WINDOW_INITIAL);
        congestion.timed_out(true, 11, WINDOW_MIN);
        assert_eq!(congestion.window(), WINDOW_MIN);

        for number in 11..14 {
            congestion.acknowledged(congestion.window(), number, congestion.window());
        }

        assert_eq!(congestion.window(), 8 * WINDOW_MIN);
        assert_eq!(congestion.threshold, WINDOW_INITIAL / 2);
    }

    #[test]
    fn a_window_that_is_not_used_does_not_grow_and_no_window_grows_beyond_the_maximum() {
        let mut congestion = Congestion::default();
        congestion.acknowledged(100, 0, 100);
        assert_eq!(congestion.window(), WINDOW_INITIAL);

        for number in 0..1_000 {
            congestion.acknowledged(CONGESTION_BYTES_MAX, number, CONGESTION_BYTES_MAX);
        }

        assert_eq!(congestion.window(), CONGESTION_BYTES_MAX);
    }
}
