//! The kernel's clocks (`clock_gettime(2)`), and the time of day where this program runs (`localtime_r(3)`, `tzset(3)`).

use std::mem::MaybeUninit;
use std::ptr;

use rustix::time::{ClockId, clock_gettime};

/// Nanoseconds of `CLOCK_MONOTONIC`: since some moment near the start of the machine; never steps.
#[doc(alias = "CLOCK_MONOTONIC")]
pub fn monotonic_ns() -> u64 {
    read(ClockId::Monotonic)
}

/// Nanoseconds of `CLOCK_REALTIME`: since 1970. Steps when somebody sets the time.
#[doc(alias = "CLOCK_REALTIME")]
pub fn realtime_ns() -> u64 {
    read(ClockId::Realtime)
}

fn read(clock: ClockId) -> u64 {
    let time = clock_gettime(clock);
    let seconds = u64::try_from(time.tv_sec).unwrap_or_default();
    seconds * 1_000_000_000 + u64::try_from(time.tv_nsec).unwrap_or_default()
}

/// How far two clocks are apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offset {
    /// The time of `CLOCK_REALTIME` less that of `CLOCK_MONOTONIC` at the same moment.
    pub real_minus_monotonic_ns: i128,
    /// How long the measurement took: the offset is wrong by half of it at most.
    pub bracket_ns: u64,
}

impl Offset {
    /// The time of `CLOCK_REALTIME`, in nanoseconds, when that of `CLOCK_MONOTONIC` is this.
    pub fn realtime_of(self, monotonic_ns: u64) -> u64 {
        let realtime_ns = i128::from(monotonic_ns) + self.real_minus_monotonic_ns;
        u64::try_from(realtime_ns).unwrap_or_default()
    }
}

/// How often the clocks are read for one measurement, the best of which counts.
const READINGS: usize = 20;

/// Measures how far `CLOCK_REALTIME` is ahead of `CLOCK_MONOTONIC`, to some 20 ns on a machine that is not busy.
///
/// The one is read between two readings of the other; the reading that took least time is the best one.
pub fn offset() -> Offset {
    (1..READINGS)
        .map(|_| reading())
        .fold(reading(), |best, next| if next.bracket_ns < best.bracket_ns { next } else { best })
}

fn reading() -> Offset {
    let before = monotonic_ns();
    let real = realtime_ns();
    let bracket_ns = monotonic_ns() - before;
    let middle = before + bracket_ns / 2;
    Offset { real_minus_monotonic_ns: i128::from(real) - i128::from(middle), bracket_ns }
}

/// A time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeOfDay {
    /// From 0 to 23.
    pub hour: u8,
    /// From 0 to 59.
    pub minute: u8,
    /// From 0 to 60: a leap second counts.
    pub second: u8,
}

/// The time of day now, in the time zone of the environment (`TZ`, else `/etc/localtime`); UTC where that is not known.
pub fn time_of_day() -> TimeOfDay {
    // SAFETY: with a null pointer `time(2)` writes nowhere.
    let now = unsafe { libc::time(ptr::null_mut()) };
    let mut local = MaybeUninit::<libc::tm>::zeroed();
    // SAFETY: both pointers are to locals that live through the call. It reads the environment, which this program never
    // changes, and writes `local` whole or, for a year that does not fit, not at all.
    unsafe { libc::localtime_r(&raw const now, local.as_mut_ptr()) };
    // SAFETY: a C struct of integers and pointers, for which all-zero bytes are a value.
    let local = unsafe { local.assume_init() };
    let small = |number: i32| u8::try_from(number).unwrap_or_default();
    TimeOfDay { hour: small(local.tm_hour), minute: small(local.tm_min), second: small(local.tm_sec) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_offset_leads_from_one_clock_to_the_other() {
        let before = monotonic_ns();
        let real = realtime_ns();
        let after = monotonic_ns();

        let offset = offset();

        let converted = i128::from(real) - offset.real_minus_monotonic_ns;
        let wrong = i128::from(offset.bracket_ns);
        assert!(converted >= i128::from(before) - wrong && converted <= i128::from(after) + wrong);
    }

    #[test]
    fn a_time_of_day_is_within_a_day() {
        let time = time_of_day();

        assert!(time.hour < 24 && time.minute < 60 && time.second <= 60, "{time:?}");
    }
}
