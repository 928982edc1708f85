//! Findings about how a program goes about its sockets.

use crate::run::{right, wrong, wrong_for_ever};

#[test]
fn a_loop_at_the_end_of_a_stream_is_found() {
    let Some(recording) = wrong("end_ignored", &["server", "client"]) else { return };

    let found = recording.the_one("end_ignored");
    assert_eq!(found.about(), ("fault", "server"));
    assert_eq!(found.evidence().len(), 5);
    assert!(found.evidence().iter().all(|one| one.ends_with("server recvfrom")), "{:?}", found.evidence());
    assert_eq!(found.fact("times"), 39);
}

#[test]
fn a_loop_that_stops_at_the_end_is_right() {
    right("end_ignored", &["server", "client"]);
}

#[test]
fn a_loop_of_calls_in_vain_is_found() {
    let Some(recording) = wrong("busy_polling", &["server", "client"]) else { return };

    let found = recording.the_one("busy_polling");
    assert_eq!(found.about(), ("fragile", "client"));
    assert_eq!(found.evidence(), ["client recvfrom EAGAIN", "* client recvfrom EAGAIN"]);
    assert_eq!(found.fact("times"), 150);
}

#[test]
fn a_program_that_waits_until_there_is_something_is_right() {
    right("busy_polling", &["server", "client"]);
}

#[test]
fn connections_that_are_kept_after_their_end_are_found() {
    let Some(recording) = wrong("descriptor_leak", &["server", "client"]) else { return };

    let found = recording.the_one("descriptor_leak");
    assert_eq!(found.about(), ("fragile", "server"));
    assert!(found.evidence().iter().all(|one| one.ends_with("server recvfrom")), "{:?}", found.evidence());
    assert_eq!((found.fact("left"), found.fact("ended")), (&19.into(), &19.into()));
}

#[test]
fn connections_that_are_closed_do_not_leak() {
    right("descriptor_leak", &["server", "client"]);
}

#[test]
fn programs_that_wait_for_each_other_are_found() {
    let Some(recording) = wrong_for_ever("blocked_for_ever", &["server", "client"], 2, "1.2") else { return };

    let found = recording.the_one("blocked_for_ever");
    assert_eq!(found.fact("because")["because"], "both_receive");
    // When the recording is stopped, the one that ends first lets the other one's call return.
    let call = |one: &String| one.trim_start_matches("* ").trim_end_matches(" …").to_owned();
    let mut evidence: Vec<_> = found.evidence().iter().map(call).collect();
    evidence.sort();
    assert_eq!(evidence, ["client recvfrom", "server recvfrom"]);
}

#[test]
fn a_client_that_is_not_served_is_found_with_who_is() {
    let roles = ["server", "first", "second"];
    let Some(recording) = wrong_for_ever("blocked_for_ever", &roles, 3, "1.2") else { return };

    let [of_second, of_first] = recording.all_of("blocked_for_ever");
    assert_eq!(of_second.about(), ("fragile", "second"));
    assert_eq!(of_second.fact("because")["because"], "serves");
    assert_eq!(of_second.fact("because")["other"]["program"], "first");
    assert_eq!(of_first.fact("because")["because"], "both_receive");
}

#[test]
fn programs_of_which_one_begins_do_not_wait_for_each_other() {
    right("blocked_for_ever", &["server", "client"]);
    right("blocked_for_ever", &["server", "first", "second"]);
}
