//! The capture of packets, in a network of its own.
//!
//! A process with threads cannot enter one, and the usual harness has threads. So this one has none: it enters a private network
//! first and then runs its tests one after the other. Where no private network can be had it says `SKIP`; with
//! `SOCKLAB_REQUIRE_TOOLS=1` in the environment it fails.
#![expect(clippy::unwrap_used, reason = "a test says what it expects by unwrapping, in its helpers too")]
#![expect(clippy::print_stderr, reason = "there is no harness that would say which tests ran")]

mod capture;
mod ending;
mod joined;

use std::env;

use kernel::namespace::{self, UserMap};

/// The largest packet of the private network: that of an Ethernet.
const MTU_BYTES: u32 = 1500;

const TESTS: [(&str, fn()); 5] = [
    (
        "every_datagram_is_seen_leaving_within_its_call_and_arriving_before_it_is_received",
        capture::every_datagram_is_seen_leaving_within_its_call_and_arriving_before_it_is_received,
    ),
    ("a_stream_is_cut_into_segments_as_on_a_wire", capture::a_stream_is_cut_into_segments_as_on_a_wire),
    ("whole_frames_are_kept_when_asked_for", capture::whole_frames_are_kept_when_asked_for),
    (
        "the_connections_of_a_process_end_before_it_is_told_to_have_ended",
        ending::the_connections_of_a_process_end_before_it_is_told_to_have_ended,
    ),
    ("what_the_ring_cannot_hold_is_counted", capture::what_the_ring_cannot_hold_is_counted),
];

/// Runs the tests whose names contain the first argument, if there is one.
fn main() {
    let argument = env::args().nth(1).unwrap_or_default();
    if argument == joined::ROLE {
        return joined::run();
    }
    if let Err(error) = namespace::probe(UserMap::usual(), MTU_BYTES) {
        let may_be_left_out = env::var_os("SOCKLAB_REQUIRE_TOOLS").is_none_or(|value| value != "1");
        assert!(may_be_left_out, "a private network cannot be had: {error}");
        return eprintln!("SKIP: the capture in a private network ({error})");
    }
    let outsider = joined::Outsider::start();
    namespace::enter_private(UserMap::usual()).unwrap();
    let is_wanted = |name: &str| argument.starts_with('-') || name.contains(&argument);
    for (name, test) in TESTS.iter().filter(|(name, _)| is_wanted(name)) {
        namespace::loopback_up(MTU_BYTES).unwrap();
        eprint!("test {name} ... ");
        test();
        eprintln!("ok");
    }
    outsider.reaches_this_network_after_joining_it();
}
