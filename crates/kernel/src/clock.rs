//! The time of day where this program runs (`localtime_r(3)`, `tzset(3)`).

use std::mem::MaybeUninit;
use std::ptr;

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
    fn a_time_of_day_is_within_a_day() {
        let time = time_of_day();

        assert!(time.hour < 24 && time.minute < 60 && time.second <= 60, "{time:?}");
    }
}
