//! Calls that sleep.

use scope::model::Args;

use crate::memory::{Memory, NOW_NS};

const REALTIME: u64 = 0;
const MONOTONIC: u64 = 1;
const ABSOLUTE: u64 = 1;

fn asked_ns(args: &Args) -> u64 {
    let Args::Sleep { asked_ns } = args else { panic!("{args:?}") };
    *asked_ns
}

#[test]
fn a_sleep_is_as_long_as_it_says() {
    let mut memory = Memory::default();
    let time = memory.longs(&[1, 500]);

    assert_eq!(asked_ns(&memory.call("nanosleep", &[time], Ok(0))), 1_000_000_500);
    assert_eq!(asked_ns(&memory.call("clock_nanosleep", &[MONOTONIC, 0, time], Ok(0))), 1_000_000_500);
}

#[test]
fn a_sleep_until_a_moment_is_counted_from_now() {
    let mut memory = Memory::default();
    let (later, earlier) = (memory.longs(&[NOW_NS / 1_000_000_000 + 1, 2]), memory.longs(&[1, 0]));

    let mut until = |clock, time| asked_ns(&memory.call("clock_nanosleep", &[clock, ABSOLUTE, time], Ok(0)));

    assert_eq!(until(MONOTONIC, later), 1_000_000_002);
    assert_eq!(until(MONOTONIC, earlier), 0);
    assert_eq!(until(REALTIME, later), 0, "the clock is not known here");
}

#[test]
fn a_time_that_is_none_is_zero() {
    let mut memory = Memory::default();
    let negative = memory.longs(&[u64::MAX, u64::MAX]);
    let endless = memory.longs(&[i64::MAX.unsigned_abs(), i64::MAX.unsigned_abs()]);

    assert_eq!(asked_ns(&memory.call("nanosleep", &[negative], Err(22))), 0);
    assert_eq!(asked_ns(&memory.call("nanosleep", &[0xdead_beef], Err(14))), 0);
    assert_eq!(asked_ns(&memory.call("nanosleep", &[endless], Err(22))), u64::MAX);
}
