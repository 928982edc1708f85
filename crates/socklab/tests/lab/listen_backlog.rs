//! 2.5.1: `listen(1)` and two clients.

use crate::expected::assert_expected;
use crate::run::{Run, run, run_as_ordinary_user};

const EXERCISE: &str = "2.5.1";

/// Shorter than it takes to see a retry, so that a test about something else is short.
const SHORT: [&str; 2] = ["--pause", "500ms"];

#[test]
fn two_clients_are_connected_and_the_third_is_left_out_without_a_word() {
    let Some(run) = run(EXERCISE, &[]) else { return };

    run.holds(&[
        "both-connect",
        "waits-in-queue",
        "acked-before-accept",
        "one-at-a-time",
        "limit",
        "admitted",
        "silence",
        "overflows",
        "retry",
        "late",
        "held",
        "ignored",
        "completed",
    ]);
    let admitted = run.claim("admitted");
    let numbers = ["connected", "clients", "waiting", "limit"].map(|name| admitted.number(name));
    assert_eq!(numbers, [2, 3, 2, 1]);
    let gap = run.claim("retry").seconds("gap");
    assert!((0.9..2.0).contains(&gap), "{gap}");
    assert!(run.claim("late").seconds("took") > 2.5);
    assert_eq!(run.outcome.as_deref(), Some("both-connect"));
    assert_expected("listen_backlog", &run);
}

#[test]
fn an_ordinary_user_sees_the_same() {
    let Some(run) = run_as_ordinary_user(EXERCISE) else { return };

    assert!(run.claims.len() > 10);
    for claim in &run.claims {
        assert_eq!(claim.state, "holds", "{claim:#?}");
    }
}

#[test]
fn a_queue_of_any_length_takes_one_more_than_its_limit() {
    for (backlog, clients) in [("0", 3), ("2", 5), ("5", 9)] {
        let asked_for = ["--backlog", backlog, "--clients", &clients.to_string()];
        let Some(run) = run(EXERCISE, &[&asked_for[..], &SHORT].concat()) else { return };

        let limit: u64 = backlog.parse().unwrap();
        let admitted = run.is("admitted", "holds");
        assert_eq!(["connected", "clients"].map(|name| admitted.number(name)), [limit + 1, clients]);
        assert_eq!(run.is("silence", "holds").number("dropped"), clients - limit - 1);
        run.is("completed", "holds");
    }
}

#[test]
fn with_room_for_all_nothing_is_said_of_a_full_queue() {
    let Some(run) = run(EXERCISE, &[&["--backlog", "5", "--clients", "4"][..], &SHORT].concat()) else {
        return;
    };

    assert_eq!(run.is("all-fit", "holds").number("waiting"), 4);
    assert!(!run.claims.iter().any(|claim| claim.id == "silence"), "{:#?}", run.claims);
}

#[test]
fn the_longest_queue_that_the_network_allows_clips_the_backlog() {
    let clip = ["--backlog", "5", "--sysctl", "net.core.somaxconn=2"];
    let Some(run) = run(EXERCISE, &[&clip[..], &SHORT].concat()) else { return };

    let clipped = run.is("clipped", "holds");
    assert_eq!(["limit", "somaxconn"].map(|name| clipped.number(name)), [2, 2]);
    assert_eq!(run.is("admitted", "holds").number("connected"), 3);
}

#[test]
fn settings_of_the_network_change_the_answer() {
    let settings =
        ["--sysctl", "net.ipv4.tcp_abort_on_overflow=1", "--sysctl", "net.ipv4.tcp_syn_linear_timeouts=0"];
    let Some(run) = run(EXERCISE, &settings) else { return };

    let doubling = run.is("doubling", "holds");
    assert!(doubling.seconds("second") > 1.5 * doubling.seconds("first"), "{doubling:#?}");
    run.is("aborted", "holds");
    assert_eq!(run.is("broken", "holds").word("errno"), "ECONNRESET");
    says_nothing_of(&run, &["retry", "ignored", "completed"]);
}

fn says_nothing_of(run: &Run, ids: &[&str]) {
    assert!(!run.claims.iter().any(|claim| ids.contains(&claim.id.as_str())), "{:#?}", run.claims);
}
