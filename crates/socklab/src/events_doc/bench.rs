//! The events of `socklab bench`.

use std::time::Duration;

use endpoints::bench::{Counts, Load, Shape};
use endpoints::transport::Transport;

use super::{T, address};
use crate::json;
use crate::views::bench::{Event, Summary, Whose};

/// Every event, as it is written.
pub(super) fn events() -> Vec<String> {
    let load = Load {
        transport: Transport::Tcp,
        target: address("127.0.0.1:3500"),
        shape: Shape::Loop,
        connections: 50,
        depth: 1,
        size_bytes: 64,
        rate: None,
        warmup: Duration::from_millis(500),
        duration: Duration::from_secs(5),
        timeout: Duration::from_secs(5),
    };
    let open = Load { rate: Some(20_000), depth: 64, ..load };
    let begun =
        |load, server, part, cpus| Event::BenchBegun { server, load, part, parts: 4, threads: 1, cpus };
    let counts = Counts { echoes: 78_000, ..Counts::default() };
    let events = [
        begun(&load, Whose::Own, 1, &[]),
        begun(&open, Whose::Remote, 2, &[0, 1]),
        Event::BenchInterval { interval: 1, of: 20, counts, p50_us: 150.5, p99_us: 310.0, max_us: 812.5 },
        Event::Summary(summary(counts)),
    ];
    events.iter().map(|event| json::line(T, event)).collect()
}

fn summary(counts: Counts) -> Summary {
    Summary {
        counts: Counts { echoes: counts.echoes * 20, ..counts },
        elapsed_us: 5_000_000,
        echoes_per_s: 312_000.0,
        min_us: 12.5,
        mean_us: 159.8,
        p50_us: 150.5,
        p90_us: 201.5,
        p99_us: 310.0,
        p999_us: 520.5,
        p9999_us: 800.0,
        max_us: 4100.0,
        client_cpu_us_per_echo: Some(3.012),
        server_cpu_us_per_echo: Some(2.931),
        server_bytes_per_connection: Some(16),
        noise: Some(0.041),
        wake_us: Some(31.25),
        parts: 1,
        overlap: 1.0,
    }
}
