//! Peers that send what no honest one does, and networks that send everything twice.

use std::time::Duration;

use proptest::prelude::*;
use wire::link::{
    Link, LinkError, OVERHEAD_BYTES_MAX, RECEIVE_BUFFER_BYTES_MAX, SEGMENT_BYTES_MAX, SEND_BUFFER_BYTES_MAX,
    State,
};

use crate::network::{Conditions, Network, Program, ms};

const FIN: u8 = 1;

#[test]
fn a_datagram_that_comes_twice_acts_once() {
    let conditions = Conditions { doubled: 100, jitter: ms(3), lost: 5, ..Conditions::GOOD };
    for seed in 0..50 {
        let mut network = Network::new(seed, conditions, [Program::sends(50_000), Program::sends(50_000)]);

        network.run(Duration::from_secs(60));
        network.run_until(|_| false, Duration::from_secs(1));

        for (me, side) in network.sides.iter().enumerate() {
            let statistics = side.link.statistics();
            assert_eq!(statistics.received, statistics.repeated, "seed {seed}");
            assert!(statistics.received <= network.sent_by(1 - me).count() as u64);
        }
    }
}

#[test]
fn a_session_that_is_played_again_changes_nothing() {
    let mut network = Network::new(1, Conditions::GOOD, [Program::sends(300_000), Program::sends(1_000)]);
    network.run_until(|network| network.sides[1].read > 200_000, Duration::from_secs(5));
    network.run_until(|_| false, Duration::ZERO);
    for again in network.record.clone() {
        let link = &mut network.sides[again.to].link;
        let is_new = link.is_new(again.number);
        let before = format!("{:?}", (link.statistics().received, link.readable(), link.poll_timeout()));
        // Some of the last ones are still on their way, so those are new.
        if !is_new {
            assert_eq!(
                link.receive(network.now, again.number, &again.segment),
                Err(LinkError::Repeated(again.number))
            );
            let after = format!("{:?}", (link.statistics().received, link.readable(), link.poll_timeout()));
            assert_eq!(before, after);
        }
    }

    network.run(Duration::from_secs(5));

    assert_eq!(network.sides[1].read, 300_000);
    for again in network.record.clone() {
        let link = &mut network.sides[again.to].link;
        assert!(link.receive(network.now, again.number, &again.segment).is_err());
        assert_eq!(link.poll_transmit(network.now, &mut Vec::new()), None);
    }
}

#[test]
fn a_segment_that_contradicts_what_is_known_changes_nothing() {
    let mut link = Link::server();
    let now = Duration::from_secs(1);
    link.write(b"four");
    link.poll_transmit(now, &mut Vec::new());
    link.receive(now, 0, &segment(0, 0, 1_000, FIN, &[], b"whole stream")).unwrap();

    for (wrong, error) in [
        (segment(0, 5, 0, 0, &[], b""), LinkError::Ack { ack: 5, sent: 4 }),
        (segment(0, u64::MAX, 0, 0, &[], b""), LinkError::Ack { ack: u64::MAX, sent: 4 }),
        (segment(0, 0, 0, 0, &[(1, 5)], b""), LinkError::Ack { ack: 5, sent: 4 }),
        (segment(0, 1, 0, 0, &[(1, 2)], b""), LinkError::Range { from: 1, to: 2 }),
        (segment(0, 0, 0, 0, &[(3, 2)], b""), LinkError::Range { from: 3, to: 2 }),
        (segment(0, 0, 0, FIN, &[], b"half"), LinkError::Fin { end: 4, fin: 12 }),
        (segment(12, 0, 0, 0, &[], b"more"), LinkError::Fin { end: 16, fin: 12 }),
        (segment(u64::MAX, 0, 0, FIN, &[], b""), LinkError::Offset(u64::MAX)),
        (vec![0; 21], LinkError::Short(21)),
    ] {
        let before = format!("{link:?}");
        assert_eq!(link.receive(now, 1, &wrong), Err(error));
        assert_eq!(format!("{link:?}"), before);
        assert!(link.is_new(1), "its number can still come");
    }
}

#[test]
fn a_window_to_the_end_of_numbers_is_a_window() {
    let mut link = Link::server();
    let (now, mut out) = (Duration::ZERO, Vec::new());
    link.receive(now, u64::MAX, &segment(0, 0, u32::MAX, 0, &[], b"")).unwrap();
    link.write(&vec![0; SEND_BUFFER_BYTES_MAX]);

    while link.poll_transmit(now, &mut out).is_some() {
        out.clear();
    }

    assert_eq!((link.state(), link.statistics().sent), (State::Open, 10), "the congestion window holds");
}

#[test]
fn a_peer_that_contradicts_itself_about_what_it_has_is_sent_everything_until_it_acknowledges() {
    let mut link = Link::server();
    let (mut now, mut out) = (Duration::ZERO, Vec::new());
    link.receive(now, 0, &segment(0, 0, 100_000, 0, &[], b"")).unwrap();
    link.write(&[7; 2_000]);
    while link.poll_transmit(now, &mut out).is_some() {}
    // It has all but the first byte, and then takes the first segment, and never says so.
    link.receive(now, 1, &segment(0, 1, 100_000, 0, &[(2, 2_000)], b"")).unwrap();

    for number in 2..20 {
        now = link.poll_timeout().unwrap();
        link.handle_timeout(now);
        out.clear();
        assert!(link.poll_transmit(now, &mut out).is_some(), "it is asked again");
        link.receive(now, number, &segment(0, 1, 100_000, 0, &[(2, 2_000)], b"")).unwrap();
    }

    assert!(now > Duration::from_secs(20), "and not often");
    link.receive(now, 20, &segment(0, 2_000, 100_000, 0, &[], b"")).unwrap();
    assert_eq!(link.poll_timeout(), None);
}

proptest! {
    #[test]
    fn no_bytes_make_a_link_panic_or_grow(
        steps in proptest::collection::vec((any::<u64>(), proptest::collection::vec(any::<u8>(), 0..80)), 0..60),
    ) {
        let mut link = busy_link();
        for (number, bytes) in steps {
            let _ = link.receive(Duration::from_secs(1), number, &bytes);
            use_link(&mut link, Duration::from_secs(1));
        }
    }

    #[test]
    fn no_numbers_make_a_link_panic_or_grow(
        steps in proptest::collection::vec((near(), near(), any::<u32>(), 0_u8..4, near(), near(), 0..SEGMENT_BYTES_MAX), 0..60),
    ) {
        let mut link = busy_link();
        let mut now = Duration::from_secs(1);
        for (number, (offset, ack, window, flags, from, to, length)) in (0_u64..).zip(steps) {
            // A RESET ends it all, so it comes rarely.
            let flags = if number % 16 == 15 { flags } else { flags & FIN };
            let bytes = segment(offset, ack, window, flags, &[(from, to)][..length % 2], &vec![1; length]);
            let _ = link.receive(now, number, &bytes);
            now = now.saturating_add(ms(length as u64));
            use_link(&mut link, now);
        }
    }
}

/// A number where something could overflow or meet.
fn near() -> impl Strategy<Value = u64> {
    let window = RECEIVE_BUFFER_BYTES_MAX as u64;
    prop_oneof![
        0..20_u64,
        0..20_000_u64,
        window - 2_000..window + 2_000,
        u64::MAX - 2_000..u64::MAX,
        any::<u64>()
    ]
}

/// A link with bytes in hand and on their way.
fn busy_link() -> Link {
    let mut link = Link::client(Duration::ZERO);
    link.write(&[5; 15_000]);
    link
}

/// Does what an owner does, and looks at the bounds.
fn use_link(link: &mut Link, now: Duration) {
    let mut out = Vec::new();
    if link.poll_timeout().is_some_and(|at| at <= now) {
        link.handle_timeout(now);
    }
    for _ in 0..100 {
        out.clear();
        if link.poll_transmit(now, &mut out).is_none() {
            break;
        }
        assert!(out.len() <= SEGMENT_BYTES_MAX);
    }
    link.read(&mut [0; 100]);
    link.write(b"more");
    let bound = SEND_BUFFER_BYTES_MAX + RECEIVE_BUFFER_BYTES_MAX + OVERHEAD_BYTES_MAX;
    assert!(link.held_bytes() <= bound, "{} bytes held", link.held_bytes());
}

/// A segment as any peer can write it.
fn segment(offset: u64, ack: u64, window: u32, flags: u8, ranges: &[(u64, u64)], data: &[u8]) -> Vec<u8> {
    let mut bytes = [&offset.to_be_bytes()[..], &ack.to_be_bytes(), &window.to_be_bytes()].concat();
    bytes.extend([flags, u8::try_from(ranges.len()).unwrap()]);
    for (from, to) in ranges {
        bytes.extend(from.to_be_bytes());
        bytes.extend(to.to_be_bytes());
    }
    bytes.extend(data);
    bytes
}
