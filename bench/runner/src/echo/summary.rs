//! The rounds of one series in a few figures, beside those of the series it is compared with.

use crate::load::Outcome;

use crate::{
    reading::{Reading, Unmeasured},
    statistics::{median, range, ratios},
};

/// Medians over the rounds that were measured.
pub(super) struct Summary {
    /// Echoes per second.
    pub(super) rate: f64,
    /// Rate as a ratio to the baseline's: the median.
    pub(super) rate_ratio: Option<f64>,
    /// Rate as a ratio to the baseline's: the extremes.
    pub(super) rate_ratio_range: Option<(f64, f64)>,
    /// Median latency.
    pub(super) p50_us: Option<f64>,
    /// Latency that one echo in a hundred exceeds.
    pub(super) p99_us: Option<f64>,
    /// Server CPU per echo.
    pub(super) cpu_us: Option<f64>,
    /// Server CPU per echo as a ratio to the baseline's.
    pub(super) cpu_ratio: Option<f64>,
    /// Datagrams lost, in percent of those sent.
    pub(super) lost_percent: f64,
}

impl Summary {
    /// Sums up `readings` against those of the baseline, round by round.
    ///
    /// # Errors
    /// Why there is no figure: some round found a wrong byte, or no round was measured.
    pub(super) fn of(readings: &[Reading<Outcome>], baseline: &[Reading<Outcome>]) -> Reading<Self> {
        let rate = median_rate(readings).ok_or_else(|| reason(readings))?;
        let rate_ratios = ratios(&per_round(readings, rate_of), &per_round(baseline, rate_of));
        let cpu = Outcome::server_cpu_us;
        Ok(Self {
            rate,
            rate_ratio: median(rate_ratios.iter().copied()),
            rate_ratio_range: range(rate_ratios),
            p50_us: median_of(readings, Outcome::p50_us),
            p99_us: median_of(readings, |outcome| outcome.latency.map(|latency| latency.p99_us)),
            cpu_us: median_of(readings, cpu),
            cpu_ratio: median(ratios(&per_round(readings, cpu), &per_round(baseline, cpu))),
            lost_percent: median_of(readings, |outcome| Some(lost_percent(outcome))).unwrap_or_default(),
        })
    }
}

/// The median rate, if this series has figures at all: a corrupt one has none, however fast it was.
pub(super) fn median_rate(readings: &[Reading<Outcome>]) -> Option<f64> {
    if corruption(readings).is_some() {
        return None;
    }
    median_of(readings, rate_of)
}

fn median_of(readings: &[Reading<Outcome>], value: fn(&Outcome) -> Option<f64>) -> Option<f64> {
    median(per_round(readings, value).into_iter().flatten())
}

/// A value of each round that has it.
pub(super) fn per_round(
    readings: &[Reading<Outcome>],
    value: fn(&Outcome) -> Option<f64>,
) -> Vec<Option<f64>> {
    readings.iter().map(|reading| reading.as_ref().ok().and_then(value)).collect()
}

/// A rate of zero is no rate: a server that echoed nothing cannot be compared.
pub(super) fn rate_of(outcome: &Outcome) -> Option<f64> {
    Some(outcome.rate()).filter(|rate| *rate > 0.0)
}

#[expect(clippy::cast_precision_loss, reason = "a count of datagrams is far below 2^53")]
fn lost_percent(outcome: &Outcome) -> f64 {
    let sent = outcome.echoes + outcome.lost;
    if sent == 0 { 0.0 } else { 100.0 * outcome.lost as f64 / sent as f64 }
}

/// Why there are no figures: the corruption, else what happened last.
fn reason(readings: &[Reading<Outcome>]) -> Unmeasured {
    let last = || reasons(readings).next_back();
    let why = corruption(readings).or_else(last).cloned();
    why.unwrap_or_else(|| Unmeasured::Failed("not a single echo came back".into()))
}

/// The wrong byte that some round found.
pub(super) fn corruption(readings: &[Reading<Outcome>]) -> Option<&Unmeasured> {
    reasons(readings).find(|why| matches!(why, Unmeasured::Corrupt(_)))
}

fn reasons(readings: &[Reading<Outcome>]) -> impl DoubleEndedIterator<Item = &Unmeasured> {
    readings.iter().filter_map(|reading| reading.as_ref().err())
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "these values have exact representations")]
mod tests {
    use crate::load::Latency;

    use super::*;

    #[test]
    fn figures_are_medians_and_ratios_are_taken_round_by_round() {
        let readings = [Ok(outcome(100)), Ok(outcome(400)), Err(failed()), Ok(outcome(200))];
        let baseline = [Ok(outcome(200)), Ok(outcome(400)), Ok(outcome(400)), Ok(outcome(800))];

        let summary = Summary::of(&readings, &baseline).expect("three rounds were measured");

        assert_eq!(summary.rate, 200.0);
        assert_eq!(summary.rate_ratio, Some(0.5));
        assert_eq!(summary.rate_ratio_range, Some((0.25, 1.0)));
        assert_eq!(summary.cpu_us, Some(2500.0));
        assert_eq!(summary.cpu_ratio, Some(2.0));
    }

    #[test]
    fn a_series_without_figures_says_why() {
        assert_eq!(Summary::of(&[Err(failed())], &[]).err(), Some(failed()));
        let silent = Unmeasured::Failed("not a single echo came back".into());
        assert_eq!(Summary::of(&[Ok(outcome(0))], &[]).err(), Some(silent));
    }

    #[test]
    fn one_corrupt_round_spoils_the_series() {
        let corrupt = Unmeasured::Corrupt("byte 7".into());
        let readings = [Ok(outcome(100)), Err(corrupt.clone()), Ok(outcome(100))];
        assert_eq!(Summary::of(&readings, &readings).err(), Some(corrupt));
    }

    fn outcome(echoes: u64) -> Outcome {
        let latency = Some(Latency { p50_us: 1.0, p90_us: 2.0, p99_us: 3.0, p999_us: 4.0, max_us: 5.0 });
        Outcome { echoes, lost: 0, late: 0, elapsed_s: 1.0, latency, server_cpu_s: Some(0.5), idle: None }
    }

    fn failed() -> Unmeasured {
        Unmeasured::Failed("refused".into())
    }
}
