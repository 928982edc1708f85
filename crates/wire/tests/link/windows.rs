//! How much is on its way, and how much is kept.

use std::time::Duration;

use wire::link::{Link, RECEIVE_BUFFER_BYTES_MAX, SEND_BUFFER_BYTES_MAX, State};

use crate::network::{Conditions, Network, Program, ms};

const CLIENT: usize = 0;
const SERVER: usize = 1;
const WINDOW: u64 = RECEIVE_BUFFER_BYTES_MAX as u64;

/// A program that ends its stream only after its peer's, so that the session stays open.
const WAITS: Program = Program { ends_last: true, ..Program::sends(0) };

#[test]
fn a_good_network_is_used_up_to_the_window_and_not_further() {
    let bytes = 30 * WINDOW;
    let mut network = Network::new(0, Conditions::GOOD, [Program::sends(bytes), Program::sends(0)]);

    let took = network.run(Duration::from_secs(10));

    // A window in each round trip of 10 ms, and some more round trips until it is as large.
    assert!(took >= ms(30 * 10) && took < ms(40 * 10), "{took:?}");
    assert_eq!(network.sides[CLIENT].link.statistics().retransmitted, 0);
}

#[test]
fn both_directions_are_used_at_once() {
    let bytes = 10 * WINDOW;
    let mut network = Network::new(0, Conditions::GOOD, [Program::sends(bytes), Program::sends(bytes)]);

    let took = network.run(Duration::from_secs(10));

    assert!(took < ms(20 * 10), "{took:?}");
    let sent = network.record.len() as u64;
    assert!(sent < 2 * bytes / 1_000, "{sent} datagrams: acknowledgements go with the data");
}

#[test]
fn a_few_bytes_are_sent_at_once_and_acknowledged_within_twenty_milliseconds() {
    let mut network = Network::new(0, Conditions::GOOD, [WAITS, Program { bytes: 0, ..WAITS }]);
    network.run_until(|_| false, ms(100));
    let before = network.record.len();
    network.sides[CLIENT].program.bytes = 10;

    network.run_until(|network| network.sides[SERVER].read == 10, ms(5));
    network.run_until(|_| false, ms(25));

    assert_eq!(network.sides[SERVER].read, 10);
    assert_eq!(network.record.len() - before, 2, "the bytes, and one acknowledgement");
    let times: Vec<_> = network.record[before..].iter().map(|sent| sent.at).collect();
    assert_eq!(times[1].abs_diff(times[0]), ms(25), "5 ms on the way, and the wait");
}

#[test]
fn a_peer_that_reads_slowly_is_not_sent_more_than_it_takes() {
    let slow = Program { read_at_once: 20_000, read_pause: ms(40), ..Program::sends(0) };
    let bytes = 10 * WINDOW;
    let mut network = Network::new(0, Conditions::GOOD, [Program::sends(bytes), slow]);

    let took = network.run(Duration::from_secs(60));

    let at_least = ms(40) * u32::try_from(bytes / 20_000).unwrap();
    assert!(took >= at_least && took < at_least + ms(500), "{took:?} for {at_least:?}");
    let statistics = network.sides[CLIENT].link.statistics();
    assert!(statistics.retransmitted < 5, "{statistics:?}");
    assert!(statistics.sent < bytes / 1_000, "whole segments: {statistics:?}");
}

#[test]
fn a_peer_that_reads_nothing_is_asked_every_two_seconds_for_as_long_as_it_answers() {
    let stopped = Program { read_at_once: 0, ..Program::sends(0) };
    let mut network = Network::new(0, Conditions::GOOD, [Program::sends(2 * WINDOW), stopped]);
    network.run_until(|_| false, Duration::from_secs(10));
    let before = network.record.len();

    network.run_until(|_| false, Duration::from_secs(1_000));

    assert_eq!(network.states(), [State::Open; 2]);
    let sent = network.record.len() - before;
    assert!((900..=1_100).contains(&sent), "{sent} datagrams: a question and an answer each time");
    network.sides[SERVER].program.read_at_once = usize::MAX;
    assert!(network.run(Duration::from_secs(5)) < Duration::from_secs(3));
}

#[test]
fn news_of_room_that_are_lost_do_not_stop_the_stream() {
    let mut network = Network::new(0, Conditions::GOOD, [Program::sends(3 * WINDOW), Program::sends(0)]);
    network.sides[SERVER].program.read_at_once = 0;
    network.run_until(|_| false, Duration::from_secs(5));
    network.sides[SERVER].program.read_at_once = usize::MAX;

    network.passes = Some(|sent| sent.to == SERVER);
    network.run_until(|network| network.sides[SERVER].read >= WINDOW, ms(10));
    network.passes = None;

    assert!(network.run(Duration::from_secs(5)) < Duration::from_secs(3));
}

#[test]
fn an_idle_link_is_small_before_and_after_it_was_used() {
    let mut network = Network::new(0, Conditions::GOOD, [WAITS, WAITS]);
    assert_eq!(network.sides.each_ref().map(|side| side.link.held_bytes()), [0, 0]);
    assert!(size_of::<Link>() < 1_024, "{}", size_of::<Link>());

    network.sides[CLIENT].program.bytes = 4 * WINDOW;
    network.run_until(|network| network.sides[SERVER].read == 4 * WINDOW, Duration::from_secs(10));
    network.run_until(|_| false, ms(100));

    for side in &network.sides {
        assert!(side.link.held_bytes() < 16 * 1_024, "{}", side.link.held_bytes());
    }
}

#[test]
fn no_more_is_taken_to_send_than_the_buffer_holds() {
    let mut link = Link::client(Duration::ZERO);

    assert_eq!(link.write(&vec![0; SEND_BUFFER_BYTES_MAX - 1]), SEND_BUFFER_BYTES_MAX - 1);
    assert_eq!((link.write_room(), link.write(b"xy"), link.write_room()), (1, 1, 0));
    assert_eq!(link.write(b"z"), 0);
}
