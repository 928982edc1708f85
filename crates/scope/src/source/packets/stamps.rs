//! From the time of day, by which packets are stamped, to the clock that all sources share.
//!
//! Both clocks run at the same speed, so the distance between them changes only when somebody sets the time.

use kernel::clock::Offset;

/// A smaller change of the clock is corrected and not told.
const STEP_TOLD_NS: i128 = 1_000_000;

/// A packet comes out of the ring no later than this after it went in, by far.
const AGE_NS: i128 = 100_000_000;

/// The distance between the clocks, as it was measured best.
#[derive(Debug)]
pub(super) struct Stamps {
    offset: Offset,
    /// When it was looked last.
    looked_ns: u64,
    stepped: Option<Stepped>,
}

/// The clock was set between two looks: packets of that time may have been stamped before or after.
#[derive(Debug)]
struct Stepped {
    from: Offset,
    /// The time before which no packet of the batch was stamped.
    since_ns: i128,
    until_ns: i128,
}

impl Stamps {
    /// Begins with what was measured at `monotonic_ns`.
    pub(super) fn new(offset: Offset, monotonic_ns: u64) -> Self {
        Self { offset, looked_ns: monotonic_ns, stepped: None }
    }

    /// Takes another measurement. Tells by how many microseconds the time of day jumped, if it did by a millisecond or more.
    pub(super) fn look(&mut self, offset: Offset, monotonic_ns: u64) -> Option<i64> {
        let since_ns = i128::from(self.looked_ns) - AGE_NS;
        self.looked_ns = monotonic_ns;
        self.stepped = None;
        let by = offset.real_minus_monotonic_ns - self.offset.real_minus_monotonic_ns;
        let uncertain = i128::from(offset.bracket_ns) + i128::from(self.offset.bracket_ns);
        if by.abs() <= uncertain {
            if offset.bracket_ns < self.offset.bracket_ns {
                self.offset = offset;
            }
            return None;
        }
        self.stepped = Some(Stepped { from: self.offset, since_ns, until_ns: i128::from(monotonic_ns) });
        self.offset = offset;
        (by.abs() >= STEP_TOLD_NS).then(|| i64::try_from(by / 1000).unwrap_or(i64::MAX))
    }

    /// The time of a packet that was stamped at this time of day.
    pub(super) fn monotonic(&self, realtime_ns: u64) -> u64 {
        let by = |offset: Offset| i128::from(realtime_ns) - offset.real_minus_monotonic_ns;
        let time = match &self.stepped {
            Some(stepped) if !(stepped.since_ns..=stepped.until_ns).contains(&by(self.offset)) => {
                by(stepped.from)
            }
            _ => by(self.offset),
        };
        u64::try_from(time).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000_000;
    const DAY: i128 = 1_700_000_000_000_000_000;

    #[test]
    fn the_measurement_with_the_shortest_bracket_counts() {
        let mut stamps = Stamps::new(offset(DAY, 40), SECOND);

        assert_eq!(stamps.look(offset(DAY + 300, 1000), 2 * SECOND), None);
        assert_eq!(stamps.monotonic(real(DAY, 5 * SECOND)), 5 * SECOND);

        assert_eq!(stamps.look(offset(DAY + 10, 30), 3 * SECOND), None);
        assert_eq!(stamps.monotonic(real(DAY + 10, 5 * SECOND)), 5 * SECOND);
    }

    #[test]
    fn a_step_is_told_and_packets_keep_their_times_on_both_sides_of_it() {
        for by in [3600 * DAY / 1_700_000_000, -7 * i128::from(SECOND)] {
            let mut stamps = Stamps::new(offset(DAY, 40), 100 * SECOND);

            let told = stamps.look(offset(DAY + by, 40), 101 * SECOND);

            assert_eq!(told, Some(i64::try_from(by / 1000).unwrap()));
            let (before, after) = (100 * SECOND + 10, 101 * SECOND - 10);
            assert_eq!(stamps.monotonic(real(DAY, before)), before);
            assert_eq!(stamps.monotonic(real(DAY + by, after)), after);
        }
    }

    #[test]
    fn a_small_step_is_corrected_and_not_told() {
        let mut stamps = Stamps::new(offset(DAY, 40), SECOND);

        assert_eq!(stamps.look(offset(DAY + 50_000, 40), 2 * SECOND), None);

        assert_eq!(stamps.monotonic(real(DAY + 50_000, 2 * SECOND - 1)), 2 * SECOND - 1);
    }

    fn offset(real_minus_monotonic_ns: i128, bracket_ns: u64) -> Offset {
        Offset { real_minus_monotonic_ns, bracket_ns }
    }

    fn real(offset: i128, monotonic: u64) -> u64 {
        u64::try_from(offset + i128::from(monotonic)).unwrap()
    }
}
