//! Warm-up, measured window and end, and what is counted in between.

use std::time::{Duration, Instant};

use hdrhistogram::Histogram;

use crate::outcome::{Latency, Outcome};

/// Reads the CPU time that the server has used so far; `None` when it cannot be known.
pub type ServerCpu<'a> = &'a dyn Fn() -> Option<Duration>;

/// Latencies above this are recorded as this.
const LATENCY_MAX: Duration = Duration::from_secs(60);

/// Counts the echoes of the measured window and nothing before or after it.
pub(crate) struct Recorder<'a> {
    server_cpu: ServerCpu<'a>,
    duration: Duration,
    phase: Phase,
    latencies: Histogram<u64>,
    echoes: u64,
    lost: u64,
    late: u64,
    elapsed: Duration,
    cpu_used: Option<Duration>,
}

enum Phase {
    Warmup { left: Duration, since: Option<Instant> },
    Measuring { since: Instant, cpu_before: Option<Duration> },
    Over,
}

impl<'a> Recorder<'a> {
    /// A recorder whose warm-up starts with the first [`Recorder::tick`].
    pub(crate) fn new(warmup: Duration, duration: Duration, server_cpu: ServerCpu<'a>) -> Self {
        let latency_ns_max = u64::try_from(LATENCY_MAX.as_nanos()).expect("a minute of nanoseconds fits");
        Self {
            server_cpu,
            duration,
            phase: Phase::Warmup { left: warmup, since: None },
            latencies: Histogram::new_with_bounds(1, latency_ns_max, 3)
                .expect("the bounds are constants and valid"),
            echoes: 0,
            lost: 0,
            late: 0,
            elapsed: Duration::ZERO,
            cpu_used: None,
        }
    }

    /// Tells the time, which moves the phases on.
    pub(crate) fn tick(&mut self, now: Instant) {
        match self.phase {
            Phase::Warmup { left, since: None } => self.phase = Phase::Warmup { left, since: Some(now) },
            Phase::Warmup { left, since: Some(since) } => {
                if now - since >= left {
                    self.start();
                }
            }
            Phase::Measuring { since, cpu_before } => {
                if now - since >= self.duration {
                    self.elapsed = now - since;
                    self.cpu_used = (self.server_cpu)()
                        .zip(cpu_before)
                        .map(|(after, before)| after.saturating_sub(before));
                    self.phase = Phase::Over;
                }
            }
            Phase::Over => {}
        }
    }

    /// The window begins after the server's clock has been read, so that reading it costs no echoes.
    fn start(&mut self) {
        let cpu_before = (self.server_cpu)();
        self.phase = Phase::Measuring { since: Instant::now(), cpu_before };
    }

    /// Tells whether the measured window has ended and nothing more need be sent.
    pub(crate) fn is_over(&self) -> bool {
        matches!(self.phase, Phase::Over)
    }

    /// Counts one verified echo.
    pub(crate) fn echo(&mut self, sent_at: Instant, now: Instant) {
        if self.is_measuring() {
            self.echoes += 1;
            let latency_ns = u64::try_from((now - sent_at).as_nanos()).unwrap_or(u64::MAX);
            self.latencies.saturating_record(latency_ns);
        }
        self.tick(now);
    }

    /// Counts one datagram whose echo did not come.
    pub(crate) fn lost(&mut self) {
        self.lost += u64::from(self.is_measuring());
    }

    /// Counts one echo that nobody waited for any more.
    pub(crate) fn late(&mut self) {
        self.late += u64::from(self.is_measuring());
    }

    /// Gives the figures.
    pub(crate) fn finish(self) -> Outcome {
        Outcome {
            echoes: self.echoes,
            lost: self.lost,
            late: self.late,
            elapsed_s: self.elapsed.as_secs_f64(),
            latency: Latency::of(&self.latencies),
            server_cpu_s: self.cpu_used.map(|used| used.as_secs_f64()),
        }
    }

    fn is_measuring(&self) -> bool {
        matches!(self.phase, Phase::Measuring { .. })
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    const MS: Duration = Duration::from_millis(1);

    #[test]
    fn only_the_measured_window_is_counted() {
        let reads = Cell::new(0);
        let cpu = || {
            reads.set(reads.get() + 1);
            Some(MS * 7 * reads.get())
        };
        let mut recorder = Recorder::new(10 * MS, 20 * MS, &cpu);
        let begin = Instant::now();

        recorder.tick(begin);
        recorder.echo(begin, begin + 5 * MS);
        recorder.lost();
        recorder.tick(begin + 10 * MS);
        let opened = Instant::now();
        recorder.echo(opened, opened + 2 * MS);
        recorder.lost();
        recorder.late();
        recorder.tick(opened + 25 * MS);
        recorder.echo(opened, opened + 26 * MS);
        assert!(recorder.is_over());
        let outcome = recorder.finish();

        assert_eq!((outcome.echoes, outcome.lost, outcome.late), (1, 1, 1));
        assert_eq!(outcome.server_cpu_s, Some(0.007));
        assert!((outcome.latency.p50_us - 2000.0).abs() < 2.0);
        assert!(outcome.elapsed_s >= 0.02);
    }

    #[test]
    fn a_server_without_a_clock_has_no_cpu_time() {
        let mut recorder = Recorder::new(Duration::ZERO, MS, &|| None);
        let begin = Instant::now();
        recorder.tick(begin);
        recorder.tick(begin);
        recorder.tick(begin + Duration::from_secs(1));
        assert!(recorder.is_over());
        assert_eq!(recorder.finish().server_cpu_s, None);
    }
}
