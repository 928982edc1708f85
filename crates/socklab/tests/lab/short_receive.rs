//! 2.5.3: `recv()` of less than the message.

use crate::expected::assert_expected;
use crate::run::{Claim, run};

const EXERCISE: &str = "2.5.3";

const CLAIMS: [&str; 10] = [
    "one-recv",
    "reset",
    "until-end",
    "deadlock",
    "short-is-end",
    "no-break",
    "starved",
    "counted",
    "delimiter",
    "length",
];

#[test]
fn ways_to_find_the_end_of_a_message_fare_differently_with_the_same_four_clients() {
    let Some(run) = run(EXERCISE, &[]) else { return };

    run.holds(&CLAIMS);
    assert_eq!(numbers(run.claim("one-recv"), ["buffer", "message", "echoed"]), [4, 11, 4]);
    assert_eq!(run.claim("reset").word("errno"), "ECONNRESET");
    assert_eq!(numbers(run.claim("reset"), ["unread", "got"]), [7, 4]);
    assert_eq!(numbers(run.claim("until-end"), ["ended", "whole"]), [11, 0]);
    assert_eq!(numbers(run.claim("short-is-end"), ["echoed", "halves", "multiple"]), [11, 5, 0]);
    for (id, around) in [("counted", 0), ("delimiter", 1), ("length", 4)] {
        let [whole, halves] = numbers(run.claim(id), ["echoed", "halves"]);
        assert_eq!([whole, halves], [11 + around; 2], "{id}");
    }
    assert_eq!(run.outcome.as_deref(), Some("part-and-reset"));
    assert_expected("short_receive", &run);
}

#[test]
fn a_buffer_with_room_for_the_message_hides_the_mistake() {
    let Some(run) = run(EXERCISE, &["--buffer", "1024"]) else { return };

    let fits = run.is("one-recv-fits", "holds");
    assert_eq!(numbers(fits, ["echoed", "halves"]), [11, 5]);
    assert!(!run.claims.iter().any(|claim| claim.id == "reset"), "{:#?}", run.claims);
    assert_eq!(numbers(run.is("short-is-end", "holds"), ["longer", "multiple"]), [1024, 0]);
}

#[test]
fn a_short_call_never_comes_when_every_call_brings_one_byte() {
    let Some(run) = run(EXERCISE, &["--buffer", "1"]) else { return };

    assert_eq!(numbers(run.is("short-is-end", "holds"), ["echoed", "halves", "multiple"]), [0; 3]);
    for id in ["counted", "delimiter", "length"] {
        run.is(id, "holds");
    }
}

fn numbers<const N: usize>(claim: &Claim, names: [&str; N]) -> [u64; N] {
    names.map(|name| claim.number(name))
}
