//! What one measurement found.

use std::time::Duration;

use hdrhistogram::Histogram;
use serde::Serialize;

/// The figures of one measured window.
#[derive(Clone, Debug, Serialize)]
pub struct Outcome {
    /// Messages that came back, every byte as sent.
    pub echoes: u64,
    /// Datagrams whose echo did not come in time. Always 0 for TCP.
    pub lost: u64,
    /// Datagrams whose echo came after they had been counted as lost, or came twice.
    pub late: u64,
    /// Length of the window, in seconds.
    pub elapsed_s: f64,
    /// From sending a message to having its whole echo.
    pub latency: Latency,
    /// CPU time of the server in the window, user and system, in seconds; absent when it could not be read.
    pub server_cpu_s: Option<f64>,
}

/// Percentiles of the latency, in microseconds.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Latency {
    /// Median.
    pub p50_us: f64,
    /// 90 of 100 are not slower.
    pub p90_us: f64,
    /// 99 of 100 are not slower.
    pub p99_us: f64,
    /// 999 of 1,000 are not slower.
    pub p999_us: f64,
    /// The slowest.
    pub max_us: f64,
}

impl Outcome {
    /// Echoes per second.
    #[expect(clippy::cast_precision_loss, reason = "a count of echoes is far below 2^53")]
    pub fn rate(&self) -> f64 {
        self.echoes as f64 / self.elapsed_s
    }

    /// Server CPU time per echo, in microseconds.
    #[expect(clippy::cast_precision_loss, reason = "a count of echoes is far below 2^53")]
    pub fn server_cpu_us(&self) -> Option<f64> {
        let cpu_s = self.server_cpu_s?;
        (self.echoes > 0).then(|| cpu_s * 1e6 / self.echoes as f64)
    }
}

impl Latency {
    /// Reads the percentiles of a histogram of nanoseconds.
    pub(crate) fn of(histogram: &Histogram<u64>) -> Self {
        let us = |nanoseconds| Duration::from_nanos(nanoseconds).as_secs_f64() * 1e6;
        Self {
            p50_us: us(histogram.value_at_quantile(0.5)),
            p90_us: us(histogram.value_at_quantile(0.9)),
            p99_us: us(histogram.value_at_quantile(0.99)),
            p999_us: us(histogram.value_at_quantile(0.999)),
            max_us: us(histogram.max()),
        }
    }
}
