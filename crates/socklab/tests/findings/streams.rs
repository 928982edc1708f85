//! Findings about what a connection carries, and about its end.

use crate::run::{right, wrong, wrong_for_ever};

#[test]
fn a_send_that_takes_a_part_is_found_with_the_end_of_the_stream() {
    let Some(recording) = wrong("short_send", &["server", "client"]) else { return };

    let found = recording.the_one("short_send");
    assert_eq!(found.about(), ("fault", "client"));
    assert_eq!(found.evidence(), ["* client sendto", "client close"]);
    let [offered, taken, missing] =
        ["offered_bytes", "taken_bytes", "missing_bytes"].map(|name| found.fact(name).as_u64().unwrap());
    assert_eq!((offered, offered - taken), (4_000_000, missing));
}

#[test]
fn a_message_that_is_sent_in_parts_is_sent() {
    right("short_send", &["server", "client"]);
}

#[test]
fn a_message_that_is_read_in_part_is_found_with_what_it_broke() {
    let Some(recording) = wrong("short_receive", &["server", "client"]) else { return };

    let found = recording.the_one("short_receive");
    assert_eq!(found.about(), ("fault", "server"));
    let evidence = found.evidence();
    for proof in ["client sendto", "server recvfrom", "* server close", "R. 0", "client recvfrom ECONNRESET"]
    {
        assert!(evidence.iter().any(|one| one == proof), "{proof} is not in {evidence:?}");
    }
    assert_eq!((found.fact("read_bytes"), found.fact("arrived_bytes")), (&4.into(), &11.into()));
}

#[test]
fn a_message_that_is_read_in_parts_is_read() {
    right("short_receive", &["server", "client"]);
}

#[test]
fn messages_that_are_answered_as_one_are_found_with_who_waits() {
    let Some(recording) = wrong_for_ever("joined_messages", &["server", "client"], 2, "1.2") else { return };

    let found = recording.the_one("joined_messages");
    assert_eq!(found.about(), ("fault", "server"));
    let evidence = found.evidence();
    assert_eq!(evidence.iter().filter(|one| *one == "client sendto").count(), 2, "{evidence:?}");
    assert!(evidence.contains(&"* server recvfrom".to_owned()), "{evidence:?}");
    assert_eq!((found.fact("messages"), found.fact("answers")), (&2.into(), &1.into()));
}

#[test]
fn messages_that_are_told_apart_are_not_joined() {
    right("joined_messages", &["server", "client"]);
}

#[test]
fn a_close_with_bytes_unread_is_found_by_its_reset() {
    let Some(recording) = wrong("unread_reset", &["server", "client"]) else { return };

    let found = recording.the_one("unread_reset");
    assert_eq!(found.about(), ("fault", "server"));
    let mut evidence = found.evidence();
    evidence.sort();
    assert_eq!(evidence, ["* R. 0", "client recvfrom ECONNRESET", "server close"]);
    assert_eq!(found.fact("unread_bytes"), 4);
}

#[test]
fn a_close_after_everything_was_read_resets_nothing() {
    right("unread_reset", &["server", "client"]);
}

#[test]
fn sends_to_a_peer_that_is_gone_are_found_with_its_close() {
    let Some(recording) = wrong("peer_closed", &["server", "client"]) else { return };

    let found = recording.the_one("peer_closed");
    assert_eq!(found.about(), ("fault", "client"));
    assert_eq!(found.evidence(), ["server close", "client sendto", "R 0", "* client sendto EPIPE"]);
    assert_eq!((found.fact("how"), found.fact("lost_bytes")), (&"closed".into(), &3.into()));
}

#[test]
fn a_client_that_sees_the_end_is_right() {
    right("peer_closed", &["server", "client"]);
}

#[test]
fn small_writes_that_wait_are_found_with_the_acknowledgements() {
    let Some(recording) = wrong("nagle_stall", &["server", "client"]) else { return };

    let found = recording.the_one("nagle_stall");
    assert_eq!(found.about(), ("advice", "client"));
    assert_eq!(found.evidence()[..4], ["P. 4", "client sendto", ". 0", "* P. 4"]);
    assert!(found.fact("stalls").as_u64().unwrap() > 0);
}

#[test]
fn a_request_in_one_write_waits_for_nothing() {
    right("nagle_stall", &["server", "client"]);
}
