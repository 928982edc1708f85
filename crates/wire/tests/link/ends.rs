//! How a link begins and how it ends.

use std::time::Duration;

use wire::frame::StreamId;
use wire::link::{LINGER_MAX, Link, SILENCE_MAX, State};
use wire::message::Message;

use crate::network::{Conditions, Network, Program, ms};

const CLIENT: usize = 0;
const SERVER: usize = 1;

/// A program that ends its stream only after its peer's, so that the session stays open.
const WAITS: Program = Program { ends_last: true, ..Program::sends(0) };

#[test]
fn the_first_segment_of_a_client_has_the_bytes_of_the_document() {
    let (mut client, mut segment) = (Link::client(Duration::ZERO), Vec::new());
    Message::Text("hola").encode(StreamId(1), &mut segment);
    client.write(&segment);
    segment.clear();

    assert_eq!(client.poll_transmit(Duration::ZERO, &mut segment), Some(0));

    let mut expected = vec![0; 16];
    expected.extend_from_slice(&[0, 4, 0, 0, 0, 0, 1, 0x10, 0, 0, 0, 0, 0, 1, 0, 0, 0, 4]);
    expected.extend_from_slice(b"hola");
    assert_eq!(segment, expected);
}

#[test]
fn a_client_with_nothing_to_say_is_heard_at_once_and_answered() {
    let mut network = good([WAITS, WAITS]);

    network.run_until(|_| false, Duration::from_secs(3_600));

    let sent: Vec<_> = network.record.iter().map(|sent| (sent.to, sent.at)).collect();
    assert_eq!(sent, [(SERVER, ms(0)), (CLIENT, ms(5))], "and then nobody says anything");
    assert_eq!(network.states(), [State::Open; 2]);
}

#[test]
fn a_client_repeats_itself_until_it_is_heard() {
    let mut network = good([WAITS, WAITS]);
    network.passes = Some(|sent| sent.at > Duration::from_secs(6));

    network.run_until(|_| false, Duration::from_secs(100));

    let times: Vec<_> = network.sent_by(CLIENT).map(|sent| sent.at).collect();
    assert_eq!(times, [0, 250, 750, 1_750, 3_750, 5_750, 7_750].map(ms));
}

#[test]
fn a_server_that_never_answers_is_gone() {
    let mut network = good([WAITS, WAITS]);
    network.passes = Some(|_| false);

    network.run_until(|_| false, SILENCE_MAX);

    assert_eq!(network.states(), [State::Gone, State::Open]);
}

#[test]
fn who_ends_last_is_done_at_once_and_who_ends_first_lingers() {
    let mut network = good([WAITS, Program::sends(1_000)]);

    network.run(ms(500));

    assert_eq!(network.states(), [State::Closed, State::Lingering]);
    let done = network.now;
    network.run_out();
    assert_eq!(network.states(), [State::Closed; 2]);
    assert!(network.now <= done + LINGER_MAX);
}

#[test]
fn a_side_that_lingers_answers_a_fin_whose_acknowledgement_was_lost() {
    let mut network = good([WAITS, Program::sends(0)]);
    network.run_until(|network| network.states()[SERVER] == State::Lingering, ms(500));
    // The acknowledgement of the client's FIN, and all that follow for a while.
    network.passes = Some(|sent| sent.to != CLIENT || sent.at > Duration::from_secs(15));

    network.run_out();

    assert_eq!(network.states(), [State::Closed; 2]);
    assert!(network.sides[CLIENT].link.is_write_finished());
}

#[test]
fn two_sides_that_end_at_once_both_linger() {
    let mut network = good([Program::sends(10), Program::sends(10)]);

    network.run(ms(500));

    assert_eq!(network.states(), [State::Lingering; 2]);
    network.run_out();
    assert_eq!(network.states(), [State::Closed; 2]);
}

#[test]
fn one_side_can_go_on_long_after_the_other_has_ended() {
    let slow = Program { written_at_once: 5_000, ..Program::sends(1 << 20) };
    let mut network = good([Program::sends(3), slow]);

    network.run_until(|network| network.sides[CLIENT].link.is_write_finished(), ms(500));
    assert!(network.sides[CLIENT].read < 1 << 18);
    assert_eq!(network.sides[CLIENT].link.write_room(), 0, "nothing follows a FIN");
    network.run(Duration::from_secs(10));

    assert_eq!(network.sides[CLIENT].read, 1 << 20);
}

#[test]
fn a_reset_ends_both_sides_and_drops_what_was_on_its_way() {
    let mut network = good([Program::sends(1 << 20), WAITS]);
    network.run_until(|network| network.sides[SERVER].read > 0, ms(500));

    let now = network.now;
    network.sides[CLIENT].link.reset(now);
    network.run_until(|network| network.sides[SERVER].link.is_over(), ms(500));

    assert_eq!(network.states(), [State::Reset; 2]);
    for side in &network.sides {
        assert_eq!(side.link.held_bytes(), 0);
        assert!(side.link.readable().is_empty() && !side.link.is_read_finished());
    }
    let sent = network.record.len();
    network.run_until(|_| false, Duration::from_secs(1));
    assert_eq!(network.record.len(), sent, "nothing answers it");
    assert!(!network.sides[CLIENT].link.is_over(), "it may have to say it again");
    network.run_out();
    assert!(network.sides[CLIENT].link.is_over());
}

#[test]
fn a_reset_that_was_lost_is_said_again_to_whoever_goes_on() {
    let mut network = good([Program::sends(0), Program::sends(1 << 20)]);
    network.run_until(|network| network.sides[CLIENT].read > 0, ms(500));
    let now = network.now;
    network.sides[CLIENT].link.reset(now);
    network.passes = Some(|sent| sent.to == CLIENT);
    network.act();
    network.passes = None;

    network.run_until(|network| network.sides[SERVER].link.is_over(), Duration::from_secs(5));

    assert_eq!(network.states(), [State::Reset; 2]);
}

#[test]
fn a_reset_after_the_end_of_a_stream_takes_nothing_of_it_away() {
    let mut network = good([WAITS, Program::sends(10_000)]);
    network.sides[CLIENT].program.read_at_once = 0;
    network.run_until(|network| network.sides[CLIENT].link.is_read_complete(), ms(500));
    let now = network.now;
    network.sides[SERVER].link.reset(now);
    network.run_until(|network| network.states()[CLIENT] == State::Reset, ms(500));

    network.sides[CLIENT].program.read_at_once = usize::MAX;
    network.act();

    assert_eq!(network.sides[CLIENT].read, 10_000);
    assert!(network.sides[CLIENT].link.is_read_finished());
}

#[test]
fn a_peer_that_owes_an_acknowledgement_is_gone_after_half_a_minute() {
    let mut network = good([Program { bytes: 1_000, ..WAITS }, WAITS]);
    network.run_until(|_| false, ms(100));
    network.passes = Some(|sent| sent.to == CLIENT);
    network.sides[CLIENT].program.bytes += 1;
    network.act();
    let since = network.now;

    network.run_until(|network| network.states()[CLIENT] == State::Gone, Duration::from_secs(60));

    assert_eq!(network.now, since + SILENCE_MAX);
    assert_eq!(network.states()[SERVER], State::Open, "nothing is due there");
    assert!(network.sides[CLIENT].link.is_over());
}

fn good(programs: [Program; 2]) -> Network {
    Network::new(0, Conditions::GOOD, programs)
}
