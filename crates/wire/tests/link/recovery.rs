//! What is lost comes again, soon, and only that.

use std::time::Duration;

use wire::link::{DATA_BYTES_MAX, RTO_MAX, RTO_MIN};

use crate::network::{Conditions, Network, Program, ms};

const SEGMENT: u64 = DATA_BYTES_MAX as u64;
const CLIENT: usize = 0;
const SERVER: usize = 1;

#[test]
fn a_lost_segment_is_sent_again_when_three_later_ones_are_acknowledged() {
    let mut network = client_sends(4 * SEGMENT);
    network.passes = Some(|sent| sent.to != SERVER || sent.number != 0);

    let took = network.run(ms(1_000));

    let statistics = network.sides[CLIENT].link.statistics();
    assert_eq!((statistics.retransmitted, statistics.timeouts), (1, 0));
    assert!(took < RTO_MIN, "{took:?}");
}

#[test]
fn two_later_ones_are_not_enough_and_the_timeout_comes_instead() {
    let mut network = nobody_ends(3 * SEGMENT);
    network.passes = Some(|sent| sent.to != SERVER || sent.number != 0);

    network.run_until(|network| network.sides[SERVER].read == 3 * SEGMENT, Duration::from_secs(5));

    let statistics = network.sides[CLIENT].link.statistics();
    assert_eq!((statistics.retransmitted, statistics.timeouts), (1, 1));
}

#[test]
fn datagrams_that_overtake_others_by_two_places_cause_nothing() {
    let conditions = Conditions { jitter: Duration::from_micros(2), ..Conditions::GOOD };
    for seed in 0..100 {
        let mut network = Network::new(seed, conditions, [Program::sends(3 * SEGMENT), Program::sends(0)]);

        network.run(ms(1_000));

        assert_eq!(network.sides[CLIENT].link.statistics().retransmitted, 0, "seed {seed}");
    }
}

#[test]
fn a_timeout_doubles_up_to_its_maximum_and_begins_with_what_was_measured() {
    let mut network = nobody_ends(SEGMENT);
    network.run_until(|network| network.sides[SERVER].read == SEGMENT, ms(1_000));
    network.run_until(|_| false, ms(50));
    network.passes = Some(|sent| sent.to != SERVER);
    network.sides[CLIENT].program.bytes += SEGMENT;

    network.run_until(|_| false, Duration::from_secs(10));

    let times = network.times_of_content(CLIENT);
    let waits: Vec<_> = times[1..].windows(2).map(|pair| pair[1].abs_diff(pair[0])).collect();
    assert!(waits[0] >= RTO_MIN && waits[0] <= RTO_MIN * 2, "{waits:?}");
    for pair in waits.windows(2) {
        assert_eq!(pair[1], (pair[0] * 2).min(RTO_MAX), "{waits:?}");
    }
    assert!(waits.ends_with(&[RTO_MAX; 2]), "{waits:?}");
}

#[test]
fn one_acknowledgement_stands_for_all_that_were_lost_before_it() {
    let mut network = client_sends(100 * SEGMENT);
    network.conditions.spacing = Duration::from_micros(100);
    network.passes = Some(|sent| {
        let is_last = sent.ack() >= 100 * SEGMENT;
        sent.to != CLIENT || sent.number % 3 == 2 || sent.is_fin() || is_last
    });

    network.run(Duration::from_secs(5));

    assert_eq!(network.sides[CLIENT].link.statistics().retransmitted, 0);
}

#[test]
fn what_has_come_is_not_sent_again_after_a_timeout() {
    let mut network = client_sends(10 * SEGMENT);
    // Of the first flight only every other segment comes, and no acknowledgement until the timeout.
    network.passes = Some(|sent| match sent.to {
        SERVER => sent.number >= 10 || sent.number % 2 == 1,
        _ => sent.at > ms(500),
    });

    network.run(Duration::from_secs(10));

    let statistics = network.sides[CLIENT].link.statistics();
    assert!(statistics.timeouts >= 1);
    assert!(statistics.retransmitted <= 6, "the five that were lost, and the FIN: {statistics:?}");
}

#[test]
fn nothing_is_sent_beyond_the_congestion_window() {
    let mut network = client_sends(1 << 20);
    network.passes = Some(|_| false);

    network.run_until(|_| false, ms(900));

    assert_eq!(network.times_of_content(CLIENT).len(), 10, "the first window");
}

#[test]
fn a_network_that_loses_a_tenth_slows_down_and_does_not_stop() {
    let conditions = Conditions { lost: 10, ..Conditions::GOOD };
    let mut network = Network::new(1, conditions, [Program::sends(1 << 20), Program::sends(1 << 20)]);

    let took = network.run(Duration::from_secs(60));

    let statistics = network.sides[CLIENT].link.statistics();
    assert!(took < Duration::from_secs(30), "{took:?}");
    assert!(statistics.rtt.unwrap() < ms(60), "{statistics:?}");
    assert!(statistics.retransmitted * 5 < statistics.sent, "{statistics:?}");
}

fn nobody_ends(bytes: u64) -> Network {
    let waits = Program { ends_last: true, ..Program::sends(0) };
    Network::new(0, Conditions::GOOD, [Program { bytes, ..waits }, waits])
}

fn client_sends(bytes: u64) -> Network {
    Network::new(0, Conditions::GOOD, [Program::sends(bytes), Program::sends(0)])
}
