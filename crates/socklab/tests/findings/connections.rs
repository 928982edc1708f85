//! Findings about addresses and about connections that do not come about.

use crate::run::{right, wrong};

#[test]
fn a_connection_that_nobody_listens_for_is_found_with_its_handshake() {
    let Some(recording) = wrong("refused_connection", &["client"]) else { return };

    let found = recording.the_one("refused_connection");
    assert_eq!(found.about(), ("fault", "client"));
    assert_eq!(found.evidence(), ["* client connect ECONNREFUSED", "S 0", "R. 0"]);
}

#[test]
fn a_connection_that_somebody_accepts_is_not_refused() {
    right("refused_connection", &["server", "client"]);
}

#[test]
fn a_full_queue_is_found_by_the_syns_that_it_dropped() {
    let Some(recording) = wrong("full_accept_queue", &["server", "client"]) else { return };

    let found = recording.the_one("full_accept_queue");
    assert_eq!(found.about(), ("fault", "server"));
    assert_eq!(found.evidence(), ["server listen", "server LISTEN 2/1", "* S 0", "S 0"]);
    assert_eq!((found.fact("clients"), found.fact("connected")), (&1.into(), &0.into()));
}

#[test]
fn a_queue_with_room_is_not_full_though_nobody_accepts() {
    right("full_accept_queue", &["server", "client"]);
}

#[test]
fn the_port_of_another_program_is_found_with_who_has_it() {
    let Some(recording) = wrong("address_in_use", &["first", "second"]) else { return };

    let found = recording.the_one("address_in_use");
    assert_eq!(found.about(), ("fault", "second"));
    assert_eq!(found.evidence(), ["first bind", "* second bind EADDRINUSE"]);
    assert_eq!(found.fact("held_by")["held_by"], "socket");
}

#[test]
fn a_port_that_a_finished_connection_keeps_is_found_with_its_end() {
    let Some(recording) = wrong("address_in_use", &["again"]) else { return };

    let found = recording.the_one("address_in_use");
    assert_eq!(found.about(), ("fault", "again"));
    assert_eq!(found.evidence().last().map(String::as_str), Some("* again bind EADDRINUSE"));
    assert_eq!(found.evidence().len(), 2);
    assert_eq!(found.fact("held_by")["held_by"], "time_wait");
}

#[test]
fn a_port_that_is_free_or_may_be_had_again_is_not_in_use() {
    right("address_in_use", &["first", "second"]);
    right("address_in_use", &["again"]);
}

#[test]
fn a_port_for_the_privileged_is_found_to_be_denied() {
    let Some(recording) = wrong("denied_port", &["server"]) else { return };

    let found = recording.the_one("denied_port");
    assert_eq!(found.about(), ("fault", "server"));
    assert_eq!(found.evidence(), ["* server bind EACCES"]);
}

#[test]
fn a_port_for_everybody_is_not_denied() {
    right("denied_port", &["server"]);
}

#[test]
fn a_host_outside_of_the_private_network_is_found() {
    let Some(recording) = wrong("no_route", &["client"]) else { return };

    let found = recording.the_one("no_route");
    assert_eq!(found.about(), ("fault", "client"));
    assert_eq!(found.evidence(), ["* client connect ENETUNREACH"]);
    assert_eq!(found.fact("private"), true);
}

#[test]
fn a_host_inside_has_a_route() {
    right("no_route", &["server", "client"]);
}
