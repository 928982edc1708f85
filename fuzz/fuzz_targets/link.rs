//! A link between an honest side and one that sends anything: no panic, no memory beyond the bound.
//!
//! The input is a list of steps; each says how far the clock goes, what the owner does, and what arrives.
#![no_main]

use std::time::Duration;

use wire::link::{
    Link, OVERHEAD_BYTES_MAX, RECEIVE_BUFFER_BYTES_MAX, SEGMENT_BYTES_MAX, SEND_BUFFER_BYTES_MAX,
};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let mut now = Duration::ZERO;
    let mut link = if bytes.len() % 2 == 0 { Link::client(now) } else { Link::server() };
    let mut left = bytes;
    while let [clock, deed, number, length, rest @ ..] = left {
        now += Duration::from_millis(u64::from(*clock).pow(2));
        let (segment, rest) = rest.split_at(rest.len().min(usize::from(*length)));
        left = rest;
        act(&mut link, now, *deed);
        let _ = link.receive(now, u64::from(*number) << (deed & 7), segment);
        settle(&mut link, now);
    }
});

/// What the owner does between two arrivals.
fn act(link: &mut Link, now: Duration, deed: u8) {
    match deed >> 4 {
        0..5 => drop(link.write(&[deed; 3_000])),
        5..10 => drop(link.read(&mut [0; 700])),
        10 => drop(link.write(&[deed; SEND_BUFFER_BYTES_MAX])),
        11 => link.finish(),
        12 if deed == 0xcf => link.reset(now),
        _ => {}
    }
}

/// Sends what is to be sent, and looks at the bounds.
fn settle(link: &mut Link, now: Duration) {
    if link.poll_timeout().is_some_and(|at| at <= now) {
        link.handle_timeout(now);
    }
    let mut segment = Vec::new();
    for turn in 0.. {
        segment.clear();
        if link.poll_transmit(now, &mut segment).is_none() {
            break;
        }
        assert!(segment.len() <= SEGMENT_BYTES_MAX && turn < 1_000);
    }
    assert!(link.held_bytes() <= SEND_BUFFER_BYTES_MAX + RECEIVE_BUFFER_BYTES_MAX + OVERHEAD_BYTES_MAX);
}
