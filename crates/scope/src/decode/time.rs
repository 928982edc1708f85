//! Times that programs give: how long to sleep or to wait.

use super::at::{At, int};

const SECOND_NS: u64 = 1_000_000_000;
pub(super) const MILLISECOND_NS: u64 = 1_000_000;
const MICROSECOND_NS: u64 = 1_000;

/// A time of `clock_nanosleep(2)` is a moment, not how long (`TIMER_ABSTIME`).
const ABSOLUTE: i32 = 1;

/// How long `nanosleep(2)` or `clock_nanosleep(2)` is to sleep. Until a moment of a clock, that is from now; 0 if the clock is
/// not known.
pub(super) fn asked_ns(at: &At<'_>) -> u64 {
    if at.call.name() == "nanosleep" {
        return timespec_ns(at, at.values[0]).unwrap_or_default();
    }
    let asked = timespec_ns(at, at.values[2]).unwrap_or_default();
    if int(at.values[1]) & ABSOLUTE == 0 {
        return asked;
    }
    at.program.now_ns(int(at.values[0])).map_or(0, |now| asked.saturating_sub(now))
}

/// Reads a `struct timespec`; `None` if there is none, which is for ever where it is a limit.
pub(super) fn timespec_ns(at: &At<'_>, address: u64) -> Option<u64> {
    let bytes = at.array(address)?;
    Some(pair(&bytes, 1))
}

/// Reads a `struct timeval` likewise.
pub(super) fn timeval_ns(at: &At<'_>, address: u64) -> Option<u64> {
    at.array(address).map(|bytes| timeval(&bytes))
}

/// A `struct timeval`, in nanoseconds.
pub(super) fn timeval(bytes: &[u8; 16]) -> u64 {
    pair(bytes, MICROSECOND_NS)
}

/// The limit of `poll(2)` and `epoll_wait(2)`, in milliseconds; `None`, if it is negative, is for ever.
pub(super) fn milliseconds_ns(value: u64) -> Option<u64> {
    u64::try_from(int(value)).ok().map(|limit| limit * MILLISECOND_NS)
}

/// Seconds and a fraction in some unit. What is negative is 0, what is too large the largest.
fn pair(bytes: &[u8; 16], unit_ns: u64) -> u64 {
    let part = |at: usize| {
        let number = bytes[at..].first_chunk().map_or(0, |part| i64::from_ne_bytes(*part));
        u64::try_from(number).unwrap_or_default()
    };
    part(0).saturating_mul(SECOND_NS).saturating_add(part(8).saturating_mul(unit_ns))
}
