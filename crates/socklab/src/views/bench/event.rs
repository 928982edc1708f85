//! The events of `socklab bench`.

use endpoints::bench::{Counts, Crew, Interval, Load, Results};
use serde::Serialize;

/// What a program is told.
#[derive(Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub(crate) enum Event<'a> {
    /// What is done, and by whom.
    BenchBegun {
        server: Whose,
        #[serde(flatten)]
        load: &'a Load,
        part: u32,
        parts: u32,
        threads: usize,
        cpus: &'a [u32],
    },
    /// A piece of the time that is measured is over.
    BenchInterval {
        interval: usize,
        of: usize,
        #[serde(flatten)]
        counts: Counts,
        p50_us: f64,
        p99_us: f64,
        max_us: f64,
    },
    /// What came of it.
    Summary(Summary),
}

/// Where the server is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Whose {
    /// A `socklab echo` of the bench's own.
    Own,
    /// On this machine, and this user sees its processes.
    Local,
    /// On this machine, of another user.
    Hidden,
    /// On another machine, or in another network.
    Remote,
}

/// The figures.
#[derive(Serialize)]
pub(crate) struct Summary {
    #[serde(flatten)]
    pub(crate) counts: Counts,
    pub(crate) elapsed_us: u64,
    pub(crate) echoes_per_s: f64,
    pub(crate) min_us: f64,
    pub(crate) mean_us: f64,
    pub(crate) p50_us: f64,
    pub(crate) p90_us: f64,
    pub(crate) p99_us: f64,
    pub(crate) p999_us: f64,
    pub(crate) p9999_us: f64,
    pub(crate) max_us: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) client_cpu_us_per_echo: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) server_cpu_us_per_echo: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) server_bytes_per_connection: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) noise: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) wake_us: Option<f64>,
    pub(crate) parts: usize,
    pub(crate) overlap: f64,
}

/// What is done, and by whom.
pub(crate) struct Begun<'a> {
    pub(crate) load: &'a Load,
    pub(crate) whose: Whose,
    pub(crate) crew: &'a Crew,
}

impl<'a> Begun<'a> {
    pub(super) fn event(&self) -> Event<'a> {
        let (part, parts) = self.crew.part;
        Event::BenchBegun {
            server: self.whose,
            load: self.load,
            part: part + 1,
            parts,
            threads: self.crew.threads,
            cpus: &self.crew.cpus,
        }
    }
}

/// An interval as an event.
pub(super) fn interval(interval: &Interval, of: usize) -> Event<'static> {
    let at = |quantile| us(interval.latencies.value_at_quantile(quantile));
    Event::BenchInterval {
        interval: interval.index + 1,
        of,
        counts: interval.counts,
        p50_us: at(0.5),
        p99_us: at(0.99),
        max_us: us(interval.latencies.max()),
    }
}

/// The results as an event.
pub(super) fn summary(results: &Results) -> Event<'static> {
    let at = |quantile| us(results.latencies.value_at_quantile(quantile));
    let (client, server) = results.cpu_ns_per_echo();
    let rounded = |ns: f64| (ns.round()) / 1e3;
    Event::Summary(Summary {
        counts: results.counts,
        elapsed_us: results.elapsed_ns / 1000,
        echoes_per_s: results.rate().round(),
        min_us: us(if results.latencies.is_empty() { 0 } else { results.latencies.min() }),
        mean_us: rounded(results.latencies.mean()),
        p50_us: at(0.5),
        p90_us: at(0.9),
        p99_us: at(0.99),
        p999_us: at(0.999),
        p9999_us: at(0.9999),
        max_us: us(results.latencies.max()),
        client_cpu_us_per_echo: client.map(rounded),
        server_cpu_us_per_echo: server.map(rounded),
        server_bytes_per_connection: results.server_bytes_per_connection,
        noise: results.noise().map(|noise| (noise * 1000.0).round() / 1000.0),
        wake_us: wake_ns(results).map(us),
        parts: results.parts.len(),
        overlap: (results.overlap() * 1000.0).round() / 1000.0,
    })
}

/// What it costs to wake a thread, on the machine where that costs most.
pub(super) fn wake_ns(results: &Results) -> Option<u64> {
    results.parts.values().filter_map(|part| part.wake_ns).max()
}

/// Microseconds, with as many digits as nanoseconds have.
#[expect(clippy::cast_precision_loss, reason = "below 2^53")]
fn us(ns: u64) -> f64 {
    ns as f64 / 1e3
}
