//! How long a round trip takes, and how long to wait before sending again
//! ([RFC 6298](https://www.rfc-editor.org/rfc/rfc6298)).

use std::time::Duration;

/// The shortest wait for an acknowledgement. RFC 6298 §2.4 has a second; a peer here acknowledges within 20 ms.
pub const RTO_MIN: Duration = Duration::from_millis(100);
/// The longest.
pub const RTO_MAX: Duration = Duration::from_secs(2);

/// The wait as long as nothing has been measured (RFC 6298 §2.1).
const RTO_INITIAL: Duration = Duration::from_secs(1);

/// What has been measured.
#[derive(Debug, Default)]
pub(super) struct Rtt {
    smooth: Option<Duration>,
    variation: Duration,
    shortest: Option<Duration>,
    /// How often the wait has been doubled since an acknowledgement came.
    doublings: u32,
}

impl Rtt {
    /// Takes how long an acknowledgement took, of a segment that was sent once (Karn's algorithm).
    pub(super) fn measure(&mut self, took: Duration) {
        self.shortest = Some(self.shortest.map_or(took, |shortest| shortest.min(took)));
        let Some(smooth) = self.smooth else {
            self.smooth = Some(took);
            self.variation = took / 2;
            return;
        };
        self.variation = average(self.variation, smooth.abs_diff(took), 4);
        self.smooth = Some(average(smooth, took, 8));
    }

    /// The wait was too short, or the segment was lost: the next one is twice as long.
    pub(super) fn double(&mut self) {
        self.doublings = self.doublings.saturating_add(1);
    }

    /// The peer acknowledges again.
    pub(super) fn undouble(&mut self) {
        self.doublings = 0;
    }

    /// Whether nothing was acknowledged since the wait was doubled.
    pub(super) fn is_doubled(&self) -> bool {
        self.doublings > 0
    }

    /// How long to wait for an acknowledgement.
    pub(super) fn timeout(&self) -> Duration {
        let once =
            self.smooth.map_or(RTO_INITIAL, |smooth| smooth.saturating_add(self.variation.saturating_mul(4)));
        once.clamp(RTO_MIN, RTO_MAX).saturating_mul(1 << self.doublings.min(8)).min(RTO_MAX)
    }

    /// The average, if anything has been measured.
    pub(super) fn smooth(&self) -> Option<Duration> {
        self.smooth
    }

    /// The shortest there was; an acknowledgement that comes sooner is for something sent before.
    pub(super) fn shortest(&self) -> Duration {
        self.shortest.unwrap_or_default()
    }
}

/// Moves the average by one part of `parts` towards the new value.
fn average(old: Duration, new: Duration, parts: u32) -> Duration {
    old.saturating_sub(old / parts).saturating_add(new / parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(count: u64) -> Duration {
        Duration::from_millis(count)
    }

    #[test]
    fn the_first_measurement_is_the_average_and_half_of_it_the_variation() {
        let mut rtt = Rtt::default();
        assert_eq!(rtt.timeout(), RTO_INITIAL);

        rtt.measure(ms(200));

        assert_eq!(rtt.smooth(), Some(ms(200)));
        assert_eq!(rtt.timeout(), ms(600));
    }

    #[test]
    fn later_measurements_move_it_as_in_the_standard() {
        let mut rtt = Rtt::default();
        rtt.measure(ms(200));

        rtt.measure(ms(120));

        // 7/8 * 200 + 1/8 * 120, and 3/4 * 100 + 1/4 * 80.
        assert_eq!(rtt.smooth(), Some(ms(190)));
        assert_eq!(rtt.timeout(), ms(190 + 4 * 95));
        assert_eq!(rtt.shortest(), ms(120));
    }

    #[test]
    fn the_wait_doubles_and_stays_within_its_limits() {
        let mut rtt = Rtt::default();
        rtt.measure(Duration::from_micros(50));
        let mut waits = Vec::new();

        for _ in 0..40 {
            waits.push(rtt.timeout());
            rtt.double();
        }

        assert_eq!(waits[..6], [100, 200, 400, 800, 1_600, 2_000].map(ms));
        assert_eq!(waits[39], RTO_MAX);
        rtt.undouble();
        assert_eq!(rtt.timeout(), RTO_MIN);
    }

    #[test]
    fn no_measurement_overflows() {
        let mut rtt = Rtt::default();
        for _ in 0..3 {
            rtt.measure(Duration::MAX);
            rtt.measure(Duration::ZERO);
        }
        assert_eq!(rtt.timeout(), RTO_MAX);
    }
}
