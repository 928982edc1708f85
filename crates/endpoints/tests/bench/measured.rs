//! What is measured of servers that do right.

use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use endpoints::bench::{self, Crew, Load, Results, Shape};
use endpoints::transport::Transport;

use crate::support::{Told, crew, load, run, served_by, tcp_server, udp_server};

const RIGHT: fn(usize, &mut [u8]) = |_, _| {};

#[test]
fn every_shape_is_measured_over_every_transport_that_has_it() {
    let tcp = tcp_server(RIGHT);
    let udp = udp_server(|_, datagram| Some(datagram.to_vec()));
    for (transport, target, shapes) in [
        (Transport::Tcp, tcp, &[Shape::Loop, Shape::PingPong, Shape::Spin, Shape::Connect, Shape::Idle][..]),
        (Transport::Udp, udp, &[Shape::Loop, Shape::PingPong, Shape::Spin, Shape::Burst]),
    ] {
        for shape in shapes {
            let load = load(transport, *shape, target);
            let mut told = Told::default();
            let results = bench::run(&load, &crew(&load), &AtomicBool::new(false), &mut told).unwrap();

            assert!(results.counts.echoes > 0, "{transport} {shape:?}");
            assert_eq!(results.latencies.len(), results.counts.echoes, "{transport} {shape:?}");
            assert_eq!(results.intervals.iter().sum::<u64>(), results.counts.echoes);
            assert_eq!(told.intervals, (0..results.intervals.len()).collect::<Vec<_>>());
            assert_eq!((told.is_ready, results.server_cpu_ns), (true, Some(7)));
            assert_eq!(results.elapsed_ns, 300_000_000);
        }
    }
}

#[test]
fn depth_and_large_messages_are_echoed_right_on_several_threads() {
    let (tcp, udp) = (tcp_server(RIGHT), udp_server(|_, datagram| Some(datagram.to_vec())));
    for load in [
        Load { depth: 16, size_bytes: 100_000, ..load(Transport::Tcp, Shape::Loop, tcp) },
        Load { depth: 16, size_bytes: 1, ..load(Transport::Tcp, Shape::Loop, tcp) },
        Load { depth: 8, size_bytes: 8, ..load(Transport::Udp, Shape::Loop, udp) },
        Load { size_bytes: 65_507, ..load(Transport::Udp, Shape::Loop, udp) },
        Load { depth: 100, size_bytes: 1400, ..load(Transport::Udp, Shape::Burst, udp) },
    ] {
        let crew = Crew { threads: 3, ..crew(&load) };
        let results = bench::run(&load, &crew, &AtomicBool::new(false), &mut Told::default()).unwrap();
        assert!(results.counts.echoes > 0, "{load:?}");
        assert_eq!(results.latencies.len(), results.counts.echoes);
    }
}

#[test]
fn an_open_loop_begins_what_was_asked_and_no_more() {
    let target = tcp_server(RIGHT);
    let load = Load { rate: Some(1000), depth: 64, ..load(Transport::Tcp, Shape::Loop, target) };

    let results = run(&load).unwrap();

    // Of the 300 messages of the window each one's latency counts, however late it came.
    let counted = results.latencies.len();
    assert!((299..=301).contains(&counted), "{counted}");
    assert!(results.counts.echoes <= counted + 64);
}

#[test]
fn a_server_that_is_too_slow_shows_it_in_the_latencies_of_what_had_to_wait() {
    // Each message is held until the client has waited for it in vain in one poll of 20 ms.
    let target = served_by(|stream| {
        use std::io::{Read, Write};
        let mut buffer = [0; 64];
        stream.set_read_timeout(Some(Duration::from_millis(20))).unwrap();
        while stream.read_exact(&mut buffer).is_ok() {
            let _ = stream.read(&mut [0; 1]);
            if stream.write_all(&buffer).is_err() {
                return;
            }
        }
    });
    let load = Load {
        rate: Some(1000),
        connections: 1,
        timeout: Duration::from_secs(2),
        ..load(Transport::Tcp, Shape::Loop, target)
    };

    let results = run(&load).unwrap();

    // Some 15 of 300 could begin; the others' waits are latencies, too.
    assert!(results.counts.unsent > 200, "{:?}", results.counts);
    assert!(
        results.latencies.value_at_quantile(0.5) > 100_000_000,
        "{}",
        results.latencies.value_at_quantile(0.5)
    );
}

#[test]
fn the_parts_of_a_load_are_the_load() {
    let target = tcp_server(RIGHT);
    let load = Load { rate: Some(2000), depth: 64, ..load(Transport::Tcp, Shape::Loop, target) };
    let parts: Vec<Results> = (0..2)
        .map(|part| {
            let numbers = (0..load.connections).filter(|number| number % 2 == part).collect();
            let crew = Crew { numbers, part: (u32::try_from(part).unwrap(), 2), threads: 1, cpus: vec![] };
            bench::run(&load, &crew, &AtomicBool::new(false), &mut Told::default()).unwrap()
        })
        .collect();
    let mut all = parts[0].clone();
    all.merge(&parts[1]).unwrap();

    assert_eq!(all.parts.len(), 2);
    assert!((598..=602).contains(&all.latencies.len()), "{}", all.latencies.len());
}

#[test]
fn whoever_stops_it_gets_what_was_measured_until_then() {
    let target = tcp_server(RIGHT);
    let load = Load { duration: Duration::from_secs(3600), ..load(Transport::Tcp, Shape::Loop, target) };
    let stop = AtomicBool::new(false);

    let results = bench::run(&load, &crew(&load), &stop, &mut StopAtOnce(&stop)).unwrap();

    assert!(results.counts.echoes > 0 && results.elapsed_ns < 3_600_000_000_000);
}

/// Stops at the first interval.
struct StopAtOnce<'a>(&'a AtomicBool);

impl bench::Witness for StopAtOnce<'_> {
    fn interval(&mut self, _: &bench::Interval, _: usize, _: Duration) {
        self.0.store(true, Relaxed);
    }
}
