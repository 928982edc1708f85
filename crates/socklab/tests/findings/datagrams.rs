//! Findings about datagrams.

use crate::run::{right, wrong, wrong_for_ever};

#[test]
fn a_client_that_is_not_told_of_the_refusal_waits_for_ever() {
    let Some(recording) = wrong_for_ever("refused_datagram", &["client"], 1, "0.1") else { return };

    let found = recording.the_one("refused_datagram");
    assert_eq!(found.about(), ("fault", "client"));
    assert_eq!(found.evidence(), ["client sendto", "* ICMP 3/3", "client recvfrom …"]);
    assert_eq!((found.fact("connected"), found.fact("told_by").is_null()), (&false.into(), true));
    assert_eq!(found.fact("waits_in")[0], "recvfrom");
}

#[test]
fn a_client_that_is_connected_is_told_of_the_refusal() {
    let Some(recording) = wrong("refused_datagram", &["connected"]) else { return };

    let found = recording.the_one("refused_datagram");
    assert_eq!(found.about(), ("fault", "connected"));
    assert_eq!(found.evidence(), ["connected sendto", "* ICMP 3/3", "connected recvfrom ECONNREFUSED"]);
    assert_eq!((found.fact("connected"), found.fact("told_by")), (&true.into(), &"recvfrom".into()));
}

#[test]
fn a_datagram_that_somebody_gets_is_not_refused() {
    right("refused_datagram", &["server", "client"]);
    right("refused_datagram", &["server", "connected"]);
}

#[test]
fn a_server_that_does_not_answer_is_found_with_the_call_that_read() {
    let Some(recording) = wrong_for_ever("silence", &["server", "client"], 1, "2.2") else { return };

    let found = recording.the_one("silence");
    assert_eq!(found.about(), ("fault", "client"));
    let evidence = ["client sendto", "server recvfrom", "datagram 4", "* client recvfrom …"];
    assert_eq!(sorted(found.evidence()), sorted(evidence.map(str::to_owned).to_vec()));
    assert_eq!((found.fact("fate")["fate"].as_str(), found.fact("still")), (Some("read"), &true.into()));
}

#[test]
fn a_client_that_gives_up_is_advised() {
    let Some(recording) = wrong("silence", &["server", "gives_up"]) else { return };

    let found = recording.the_one("silence");
    assert_eq!(found.about(), ("advice", "gives_up"));
    let evidence = ["datagram 4", "gives_up sendto", "server recvfrom", "* gives_up poll"];
    assert_eq!(sorted(found.evidence()), sorted(evidence.map(str::to_owned).to_vec()));
}

#[test]
fn a_server_that_answers_is_not_silent() {
    right("silence", &["server", "client"]);
    right("silence", &["server", "gives_up"]);
}

#[test]
fn a_datagram_that_is_cut_is_found_with_its_packet() {
    let Some(recording) = wrong("truncated_datagram", &["server", "client"]) else { return };

    let found = recording.the_one("truncated_datagram");
    assert_eq!(found.about(), ("fault", "server"));
    assert_eq!(sorted(found.evidence()), ["* server recvfrom", "datagram 10"]);
    assert_eq!((found.fact("room_bytes"), found.fact("datagram_bytes")), (&4.into(), &10.into()));
}

#[test]
fn a_datagram_that_fits_is_not_cut() {
    right("truncated_datagram", &["server", "client"]);
}

#[test]
fn datagrams_that_find_no_room_are_found_with_their_count() {
    let Some(recording) = wrong("dropped_datagrams", &["server", "client"]) else { return };

    let found = recording.the_one("dropped_datagrams");
    assert_eq!(found.about(), ("fault", "server"));
    assert_eq!(sorted(found.evidence())[0], "* server has dropped");
    assert_eq!(found.evidence().last().map(String::as_str), Some("server has dropped"));
    assert!((1..40).contains(&found.fact("dropped").as_u64().unwrap()));
}

#[test]
fn datagrams_that_are_read_in_time_are_not_dropped() {
    right("dropped_datagrams", &["server", "client"]);
}

#[test]
fn a_datagram_that_is_longer_than_one_can_be_is_found() {
    let Some(recording) = wrong("message_too_long", &["server", "client"]) else { return };

    let found = recording.the_one("message_too_long");
    assert_eq!(found.about(), ("fault", "client"));
    assert_eq!(found.evidence(), ["* client sendto EMSGSIZE"]);
    assert_eq!(found.fact("offered_bytes"), 65_508);
}

#[test]
fn the_longest_datagram_is_not_too_long() {
    right("message_too_long", &["server", "client"]);
}

/// Without the order: a call that waits for a packet begins before it or after it.
fn sorted(mut evidence: Vec<String>) -> Vec<String> {
    evidence.sort();
    evidence
}
