//! The figures, and what the machine does to them, for people.

use endpoints::bench::{Load, Results, Shape};

use super::event::{Begun, Whose, wake_ns};
use super::figures::{mean_time, percent, scaled, time};
use super::{histogram, plot};
use crate::words::Words;

/// The rate changes so much between intervals that this is told.
const NOISE_TOLD: f64 = 0.10;
/// A client that works for so much of the time is a limit itself.
const BUSY_TOLD: f64 = 0.90;
/// Parts that measured at once for less of the time than this are told.
const OVERLAP_TOLD: f64 = 0.95;

/// What is done.
pub(super) fn begun(begun: &Begun<'_>, words: &Words) -> Vec<String> {
    let Begun { load, whose, crew } = begun;
    let target = match whose {
        Whose::Own => words.bench_own(load.target),
        _ => load.target.to_string(),
    };
    let mut lines = vec![words.bench_begun(load.transport, target, shape(load, words))];
    let (part, parts) = crew.part;
    if parts > 1 {
        lines.push(words.bench_part(part + 1, parts, crew.numbers.len() as u64));
    }
    lines
}

fn shape(load: &Load, words: &Words) -> String {
    let Load { depth, size_bytes, .. } = load;
    let connections = load.connections as u64;
    match (load.shape, load.rate) {
        (Shape::Loop | Shape::Burst, Some(rate)) => words.bench_open_loop(connections, size_bytes, rate),
        (Shape::Loop, None) => words.bench_closed_loop(connections, size_bytes, depth),
        (Shape::Burst, None) => words.bench_burst(size_bytes, depth),
        (Shape::PingPong, _) => words.bench_ping_pong(size_bytes),
        (Shape::Spin, _) => words.bench_spin(size_bytes),
        (Shape::Connect, _) => words.bench_connect(connections, size_bytes),
        (Shape::Idle, _) => words.bench_idle(connections, size_bytes),
    }
}

/// The figures.
pub(super) fn figures(results: &Results, words: &Words) -> Vec<String> {
    let latencies = &results.latencies;
    let at = |quantile| time(latencies.value_at_quantile(quantile));
    let bytes = results.rate() * f64::from(u32::try_from(results.load.size_bytes).unwrap_or(u32::MAX));
    let mut lines = vec![
        words.bench_rate(scaled(results.rate()), scaled(bytes), time(results.elapsed_ns)),
        words.bench_checked(results.counts.echoes),
        words.bench_latency(at(0.5), at(0.9), at(0.99), at(0.999), time(latencies.max())),
    ];
    let (client, server) = results.cpu_ns_per_echo();
    lines.push(match (server, client) {
        (Some(server), Some(client)) => words.bench_cpu(mean_time(server), mean_time(client)),
        (None, Some(client)) => words.bench_cpu_client(mean_time(client)),
        _ => words.bench_cpu_unknown(),
    });
    lines.extend(results.server_bytes_per_connection.map(|bytes| words.bench_memory(bytes)));
    let counts = results.counts;
    for (count, line) in [
        (counts.lost, words.bench_lost(counts.lost)),
        (counts.late, words.bench_late(counts.late)),
        (counts.refused, words.bench_refused(counts.refused)),
        (counts.broken, words.bench_broken(counts.broken)),
        (counts.unsent, words.bench_unsent(counts.unsent)),
    ] {
        if count > 0 {
            lines.push(line);
        }
    }
    lines
}

/// How latencies are spread, and the rate over time.
pub(super) fn pictures(results: &Results, words: &Words) -> Vec<String> {
    let mut lines = vec![String::new(), words.bench_histogram()];
    lines.extend(histogram::lines(results));
    if results.intervals.len() > 1 {
        lines.extend([String::new(), words.bench_plot(results.intervals.len(), time(results.interval_ns))]);
        lines.extend(plot::lines(&results.intervals));
    }
    lines
}

/// What the machine does to the figures.
pub(super) fn notes(results: &Results, words: &Words) -> Vec<String> {
    let mut lines = vec![String::new()];
    let waits = matches!(results.load.shape, Shape::PingPong | Shape::Idle);
    lines.push(match wake_ns(results) {
        Some(ns) if waits => words.bench_wake_waits(time(ns)),
        Some(ns) => words.bench_wake(time(ns)),
        None => words.bench_one_processor(),
    });
    let pinned: Vec<String> =
        results.parts.values().flat_map(|part| &part.cpus).map(ToString::to_string).collect();
    lines.push(if pinned.is_empty() {
        words.bench_not_pinned()
    } else {
        words.bench_pinned(pinned.join(", "))
    });
    lines.extend(results.noise().map(|noise| match noise {
        NOISE_TOLD.. => words.bench_noisy(percent(noise)),
        _ => words.bench_noise(percent(noise)),
    }));
    if is_busy(results) {
        lines.push(words.bench_busy());
    }
    lines.extend(parts(results, words));
    lines
}

/// Of a load that several have done.
fn parts(results: &Results, words: &Words) -> Vec<String> {
    let mut lines = Vec::new();
    let of = results.parts.values().map(|part| part.count as usize).max().unwrap_or(1);
    if of > 1 || results.parts.len() > 1 {
        lines.push(words.bench_parts(results.parts.len(), of.max(results.parts.len())));
    }
    if results.overlap() < OVERLAP_TOLD {
        lines.push(words.bench_overlap(percent(results.overlap())));
    }
    lines
}

/// Whether the clients had hardly time to wait; one that spins never has.
#[expect(clippy::cast_precision_loss, reason = "a share of the time")]
fn is_busy(results: &Results) -> bool {
    let threads: usize = results.parts.values().map(|part| part.threads).sum();
    let time_ns = results.elapsed_ns as f64 * threads as f64;
    let used_ns = results.client_cpu_ns.map_or(0.0, |ns| ns as f64);
    results.load.shape != Shape::Spin && time_ns > 0.0 && used_ns / time_ns > BUSY_TOLD
}
