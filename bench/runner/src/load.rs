//! A load of socklab's own generator, and its results as the reports have them.

use std::{io, sync::atomic::AtomicBool, thread, time::Duration};

use endpoints::bench::{self, BenchError, Crew, Interval, Load, Results, Witness};
use serde::Serialize;

use crate::process_group::Memory;

/// The figures of one measured window.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Outcome {
    /// Messages that came back, every byte as sent.
    pub(crate) echoes: u64,
    /// Datagrams whose echo did not come in time. Always 0 for TCP.
    pub(crate) lost: u64,
    /// Datagrams whose echo came after they had been counted as lost, or came twice.
    pub(crate) late: u64,
    /// Length of the window, in seconds.
    pub(crate) elapsed_s: f64,
    /// From sending a message to having its whole echo; absent where nobody waits for one.
    pub(crate) latency: Option<Latency>,
    /// CPU time of the server in the window, user and system, in seconds; absent when it could not be read.
    pub(crate) server_cpu_s: Option<f64>,
    /// What idle connections cost, where there were any.
    pub(crate) idle: Option<Idle>,
}

/// The memory of a server before and with idle connections.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Idle {
    /// How many.
    pub(crate) connections: usize,
    /// After the first connection of all, which makes a server take what it takes once.
    pub(crate) before: Memory,
    /// With all of them idle.
    pub(crate) after: Memory,
}

/// Percentiles of the latency, in microseconds.
#[derive(Clone, Copy, Debug, Serialize)]
#[expect(clippy::struct_field_names, reason = "names of fields of JSON say their unit")]
pub(crate) struct Latency {
    /// Median.
    pub(crate) p50_us: f64,
    /// 90 of 100 are not slower.
    pub(crate) p90_us: f64,
    /// 99 of 100 are not slower.
    pub(crate) p99_us: f64,
    /// 999 of 1,000 are not slower.
    pub(crate) p999_us: f64,
    /// The slowest.
    pub(crate) max_us: f64,
}

/// Does a load: on one thread, or on one for each of `cpus`, pinned. A shape of one connection is done on each of them, and merged.
/// `server_cpu` is read at both ends of the measured window, `server_memory` before and after the connections of an idle load were opened.
///
/// # Errors
/// What makes the figures worthless.
pub(crate) fn run(
    load: &Load,
    cpus: &[u32],
    server_cpu: impl FnMut() -> Option<Duration>,
    server_memory: impl FnMut(),
) -> Result<Outcome, BenchError> {
    let mut look = Look { server_cpu, server_memory };
    let results = match cpus {
        [first, others @ ..] if load.shape.is_single() => run_on_each(load, *first, others, &mut look),
        _ => run_by(load, cpus, &mut look),
    };
    results.map(|results| Outcome::of(&results))
}

/// Does a load on a thread for each of `cpus`.
fn run_by(load: &Load, cpus: &[u32], witness: &mut dyn Witness) -> Result<Results, BenchError> {
    let numbers = (0..load.connections).collect();
    let crew = Crew { numbers, part: (0, 1), threads: cpus.len().max(1), cpus: cpus.to_vec() };
    bench::run(load, &crew, &AtomicBool::new(false), witness)
}

/// Does a load of one connection on each CPU at once. One of them is watched.
fn run_on_each(
    load: &Load,
    first: u32,
    others: &[u32],
    witness: &mut dyn Witness,
) -> Result<Results, BenchError> {
    thread::scope(|scope| {
        let unwatched = |&cpu: &u32| scope.spawn(move || run_by(load, &[cpu], &mut Nobody));
        let others: Vec<_> = others.iter().map(unwatched).collect();
        let mut results = run_by(load, &[first], witness)?;
        for other in others {
            let other = other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
            let merged = results.merge(&other);
            merged
                .map_err(|error| BenchError::System { operation: "merge", error: io::Error::other(error) })?;
        }
        Ok(results)
    })
}

/// Whoever knows nothing of the server.
struct Nobody;

impl Witness for Nobody {
    fn interval(&mut self, _: &Interval, _: usize, _: Duration) {}
}

/// Lends the generator what the runner knows of the server.
struct Look<C, M> {
    server_cpu: C,
    server_memory: M,
}

impl<C: FnMut() -> Option<Duration>, M: FnMut()> Witness for Look<C, M> {
    fn interval(&mut self, _: &Interval, _: usize, _: Duration) {}

    fn server_cpu_ns(&mut self) -> Option<u64> {
        (self.server_cpu)().and_then(|used| u64::try_from(used.as_nanos()).ok())
    }

    fn server_bytes(&mut self) -> Option<u64> {
        (self.server_memory)();
        Some(0)
    }
}

impl Outcome {
    fn of(results: &Results) -> Self {
        let us = |ns| Duration::from_nanos(ns).as_secs_f64() * 1e6;
        let at = |quantile| us(results.latencies.value_at_quantile(quantile));
        let seconds = |ns| Duration::from_nanos(ns).as_secs_f64();
        Self {
            echoes: results.counts.echoes,
            lost: results.counts.lost,
            late: results.counts.late,
            elapsed_s: seconds(results.elapsed_ns),
            latency: Some(Latency {
                p50_us: at(0.5),
                p90_us: at(0.9),
                p99_us: at(0.99),
                p999_us: at(0.999),
                max_us: us(results.latencies.max()),
            }),
            server_cpu_s: results.server_cpu_ns.map(seconds),
            idle: None,
        }
    }

    /// Echoes per second.
    #[expect(clippy::cast_precision_loss, reason = "a count of echoes is far below 2^53")]
    pub(crate) fn rate(&self) -> f64 {
        self.echoes as f64 / self.elapsed_s
    }

    /// Median latency, in microseconds.
    pub(crate) fn p50_us(&self) -> Option<f64> {
        self.latency.map(|latency| latency.p50_us)
    }

    /// Server CPU time per echo, in microseconds.
    #[expect(clippy::cast_precision_loss, reason = "a count of echoes is far below 2^53")]
    pub(crate) fn server_cpu_us(&self) -> Option<f64> {
        let cpu_s = self.server_cpu_s?;
        (self.echoes > 0).then(|| cpu_s * 1e6 / self.echoes as f64)
    }
}

impl Idle {
    /// Growth for each connection, of what processes do not share; a server that shrank meanwhile grew by nothing.
    pub(crate) fn bytes_per_connection(&self) -> u64 {
        let grown = self.after.pss_bytes.saturating_sub(self.before.pss_bytes);
        grown / self.connections.max(1) as u64
    }
}
