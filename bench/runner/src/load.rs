//! A load of socklab's own generator, and its results as the reports have them.

use std::{net::SocketAddr, sync::atomic::AtomicBool, time::Duration};

use endpoints::{
    bench::{self, BenchError, Crew, Interval, Load, Results, Shape, Witness},
    transport::Transport,
};
use serde::Serialize;

/// Silence after which a datagram counts as lost.
const LOST_AFTER: Duration = Duration::from_millis(250);
/// Silence after which a server over TCP has failed.
const STALLED_AFTER: Duration = Duration::from_secs(5);

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
    /// From sending a message to having its whole echo.
    pub(crate) latency: Latency,
    /// CPU time of the server in the window, user and system, in seconds; absent when it could not be read.
    pub(crate) server_cpu_s: Option<f64>,
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

/// A load with nothing under way but one message of each connection.
pub(crate) fn closed_loop(
    (transport, shape): (Transport, Shape),
    connections: usize,
    size_bytes: usize,
    (warmup, duration): (Duration, Duration),
    target: SocketAddr,
) -> Load {
    let timeout = match transport {
        Transport::Udp => LOST_AFTER,
        Transport::Tcp => STALLED_AFTER,
    };
    Load {
        transport,
        target,
        shape,
        connections,
        depth: 1,
        size_bytes,
        rate: None,
        warmup,
        duration,
        timeout,
    }
}

/// Does a load on one thread. `server_cpu` is read at both ends of the measured window, `server_memory` before and after the
/// connections of an idle load were opened.
///
/// # Errors
/// What makes the figures worthless.
pub(crate) fn run(
    load: &Load,
    server_cpu: impl FnMut() -> Option<Duration>,
    server_memory: impl FnMut(),
) -> Result<Outcome, BenchError> {
    let crew = Crew { numbers: (0..load.connections).collect(), part: (0, 1), threads: 1, cpus: Vec::new() };
    let mut look = Look { server_cpu, server_memory };
    bench::run(load, &crew, &AtomicBool::new(false), &mut look).map(|results| Outcome::of(&results))
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
            latency: Latency {
                p50_us: at(0.5),
                p90_us: at(0.9),
                p99_us: at(0.99),
                p999_us: at(0.999),
                max_us: us(results.latencies.max()),
            },
            server_cpu_s: results.server_cpu_ns.map(seconds),
        }
    }

    /// Echoes per second.
    #[expect(clippy::cast_precision_loss, reason = "a count of echoes is far below 2^53")]
    pub(crate) fn rate(&self) -> f64 {
        self.echoes as f64 / self.elapsed_s
    }

    /// Server CPU time per echo, in microseconds.
    #[expect(clippy::cast_precision_loss, reason = "a count of echoes is far below 2^53")]
    pub(crate) fn server_cpu_us(&self) -> Option<f64> {
        let cpu_s = self.server_cpu_s?;
        (self.echoes > 0).then(|| cpu_s * 1e6 / self.echoes as f64)
    }
}
