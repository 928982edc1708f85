//! 2.5.2: `send()` instead of `sendall()`.

use crate::expected::assert_expected;
use crate::run::run;

const EXERCISE: &str = "2.5.2";

const CLAIMS: [&str; 13] = [
    "part",
    "loop",
    "no-boundaries",
    "waits",
    "not-delivered",
    "short",
    "lost",
    "rest",
    "twice",
    "at-once",
    "again",
    "queue",
    "poll",
];

#[test]
fn a_send_that_blocks_is_short_when_it_is_interrupted_and_the_rest_is_the_programs_affair() {
    let Some(run) = run(EXERCISE, &[]) else { return };

    run.holds(&CLAIMS);
    let (short, lost) = (run.claim("short"), run.claim("lost"));
    assert_eq!(lost.number("arrived"), short.number("taken"));
    assert_eq!(lost.number("missing"), short.number("message") - short.number("taken"));
    let (rest, twice) = (run.claim("rest"), run.claim("twice"));
    assert_eq!(rest.number("arrived"), short.number("message"));
    assert_eq!(twice.number("arrived"), twice.number("message") + twice.number("first"));
    assert_eq!(run.claim("again").word("errno"), "EAGAIN");
    assert_eq!(run.outcome.as_deref(), Some("interrupted"));
    assert_expected("short_send", &run);
}

#[test]
fn a_message_that_fits_into_the_buffers_is_never_short() {
    let Some(run) = run(EXERCISE, &["--message-size", "2000"]) else { return };

    for id in ["waits", "short", "lost", "rest", "twice", "at-once", "again", "poll"] {
        run.is(id, "differs");
    }
    assert_eq!(run.claim("rest").number("sends"), 1);
    assert_eq!(run.claim("poll").number("arrived"), 2000);
    assert_eq!(run.outcome, None);
}

#[test]
fn how_much_a_send_takes_is_a_matter_of_the_buffers() {
    let Some(large) = run(EXERCISE, &["--buffer", "16384"]) else { return };
    let Some(small) = run(EXERCISE, &["--buffer", "1"]) else { return };

    let taken = |run: &crate::run::Run| run.is("at-once", "holds").number("taken");
    assert!(taken(&small) < taken(&large));
    small.holds(&CLAIMS);
}
