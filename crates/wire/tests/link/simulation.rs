//! Thousands of sessions over bad networks.

use std::time::Duration;

use wire::link::{SILENCE_MAX, State};

use crate::network::{Conditions, Network, Program, Random, ms};

/// How many sessions are played; chosen so that a debug build takes a few seconds.
const SEEDS: u64 = 2_000;

#[test]
fn every_stream_arrives_once_and_in_order_whatever_the_network_does() {
    let mut given_up = 0;
    for seed in 0..SEEDS {
        let mut network = any_network(seed);
        network.run_until(Network::is_done, Duration::from_secs(900));
        given_up += u64::from(is_given_up(&network));
        if is_given_up(&network) {
            continue;
        }
        assert!(network.is_done(), "seed {seed}: {:?}", network.states());
        for (me, side) in network.sides.iter().enumerate() {
            assert_eq!(side.read, network.sides[1 - me].program.bytes, "seed {seed}");
        }
        network.run_out();
        assert!(is_given_up(&network) || network.states() == [State::Closed; 2], "seed {seed}");
    }
    assert!(given_up <= SEEDS / 500, "{given_up} of {SEEDS} sessions were given up");
}

/// Whether a side has given its peer up: only when not one of its datagrams came through for so long.
fn is_given_up(network: &Network) -> bool {
    let mut gone = network.sides.iter().filter(|side| side.link.state() == State::Gone).peekable();
    let is_given_up = gone.peek().is_some();
    assert!(gone.all(|side| network.now >= side.heard_at + SILENCE_MAX));
    is_given_up
}

fn any_network(seed: u64) -> Network {
    let mut random = Random::new(seed.wrapping_mul(7_919));
    let conditions = Conditions {
        lost: random.below(41),
        doubled: random.below(50),
        delay: ms(random.below(150)),
        jitter: ms(random.below(3) * random.below(60)),
        spacing: Duration::from_micros(random.below(4) * 100),
    };
    let programs = [(); 2].map(|()| any_program(&mut random));
    let mut network = Network::new(seed, conditions, programs);
    if programs.iter().all(|program| program.ends_last) {
        network.sides[0].program.ends_last = false;
    }
    network
}

fn any_program(random: &mut Random) -> Program {
    let bytes = match random.below(4) {
        0 => random.below(10),
        1 => random.below(3_000),
        2 => random.below(20_000),
        _ => random.below(60_000),
    };
    let small = |random: &mut Random| usize::try_from(1 + random.below(5_000)).unwrap();
    Program {
        bytes,
        written_at_once: if random.percent(50) { usize::MAX } else { small(random) },
        read_at_once: if random.percent(50) { usize::MAX } else { small(random) },
        read_pause: ms(random.below(30)),
        ends_last: random.percent(30),
    }
}
