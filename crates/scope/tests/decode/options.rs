//! Socket options.

use scope::model::Args;
use wire::names::SocketOption;

use crate::memory::Memory;

fn set(level: u64, name: u64, value: &[u8]) -> Option<i32> {
    let mut memory = Memory::default();
    let at = memory.put(value);
    value_of(&memory.call("setsockopt", &[3, level, name, at, value.len() as u64], Ok(0)))
}

fn value_of(args: &Args) -> Option<i32> {
    let Args::Option { value, .. } = args else { panic!("{args:?}") };
    *value
}

#[test]
fn a_number_is_four_bytes_or_one() {
    assert_eq!(set(1, 2, &1i32.to_ne_bytes()), Some(1));
    assert_eq!(set(0, 33, &[7]), Some(7));
    assert_eq!(set(1, 2, &[1, 0]), None);
    assert_eq!(set(1, 2, &[]), None);
}

#[test]
fn what_is_not_a_number_has_no_value() {
    assert_eq!(set(6, 13, b"reno"), None);
    assert_eq!(set(1, 25, b"eth0"), None);
    assert_eq!(set(1, 26, &[0; 16]), None);
}

#[test]
fn a_timeout_is_told_in_milliseconds_and_never_rounded_to_none() {
    let timeval = |seconds: i64, us: i64| [seconds.to_ne_bytes(), us.to_ne_bytes()].concat();

    assert_eq!(set(1, 20, &timeval(2, 500_000)), Some(2_500));
    assert_eq!(set(1, 21, &timeval(0, 1)), Some(1));
    assert_eq!(set(1, 20, &timeval(0, 0)), Some(0));
    assert_eq!(set(1, 20, &timeval(i64::MAX, i64::MAX)), Some(i32::MAX));
}

#[test]
fn to_linger_is_told_in_seconds_or_as_off() {
    let linger = |on: i32, seconds: i32| [on.to_ne_bytes(), seconds.to_ne_bytes()].concat();

    assert_eq!(set(1, 13, &linger(1, 0)), Some(0));
    assert_eq!(set(1, 13, &linger(1, 30)), Some(30));
    assert_eq!(set(1, 13, &linger(0, 30)), Some(-1));
}

#[test]
fn an_answer_is_read_when_it_is_there() {
    let mut memory = Memory::default();
    let (value, length) = (memory.put(111i32.to_ne_bytes()), memory.put(4u32.to_ne_bytes()));
    let values = [3, 1, 4, value, length];

    assert_eq!(value_of(&memory.entry("getsockopt", &values)), None);
    assert_eq!(value_of(&memory.call("getsockopt", &values, Err(9))), None);
    let args = memory.call("getsockopt", &values, Ok(0));
    assert_eq!(args, Args::Option { option: SocketOption::ERROR, value: Some(111) });
}
