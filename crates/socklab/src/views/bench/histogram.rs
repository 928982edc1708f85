//! How latencies are spread, as bars.

use endpoints::bench::Results;

use super::figures::{percent, time};

/// How many bars there are at the most.
const BARS_MAX: u32 = 12;
/// How long the longest bar is.
const BAR_COLUMNS_MAX: usize = 40;
/// What is slower than all but one of so many has no bar of its own: the last one has it.
const SHOWN_QUANTILE: f64 = 0.9999;

/// Latencies from the one bound up to the other, and how many there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Bar {
    from_ns: u64,
    count: u64,
}

/// The bars, a line each: where it begins, how long it is, how much of all it has.
pub(super) fn lines(results: &Results) -> Vec<String> {
    let bars = bars(results);
    let total = bars.iter().map(|bar| bar.count).sum::<u64>().max(1);
    let longest = bars.iter().map(|bar| bar.count).max().unwrap_or_default().max(1);
    let line = |bar: &Bar| {
        let columns = part(bar.count, longest, BAR_COLUMNS_MAX);
        let share = percent(ratio(bar.count, total));
        format!("{:>9}  {:<BAR_COLUMNS_MAX$}  {share:>3} %", time(bar.from_ns), "█".repeat(columns))
    };
    bars.iter().map(line).collect()
}

/// Cuts what was measured into pieces that each begin at the same multiple of the one before.
fn bars(results: &Results) -> Vec<Bar> {
    let latencies = &results.latencies;
    if latencies.is_empty() {
        return Vec::new();
    }
    let (min, max) = (latencies.min().max(1), latencies.value_at_quantile(SHOWN_QUANTILE).max(1));
    let bound = |index: u32| scale(min, max, f64::from(index) / f64::from(BARS_MAX));
    let mut bars: Vec<Bar> = (0..BARS_MAX).map(|index| Bar { from_ns: bound(index), count: 0 }).collect();
    bars.dedup_by_key(|bar| bar.from_ns);
    for recorded in latencies.iter_recorded() {
        let value = recorded.value_iterated_to();
        let index = bars.partition_point(|bar| bar.from_ns <= value).saturating_sub(1);
        if let Some(bar) = bars.get_mut(index) {
            bar.count += recorded.count_since_last_iteration();
        }
    }
    bars
}

/// The value that lies at this part of the way between two, when equal steps are equal multiples.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "bounds of bars, for people"
)]
fn scale(min: u64, max: u64, way: f64) -> u64 {
    let (min, max) = (min as f64, max.max(min) as f64);
    (min * (max / min).powf(way)) as u64
}

#[expect(clippy::cast_precision_loss, reason = "a share, for people")]
fn ratio(part: u64, whole: u64) -> f64 {
    part as f64 / whole as f64
}

/// So much of a number of columns; one at least for what is not nothing.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "at most the columns"
)]
fn part(count: u64, longest: u64, columns: usize) -> usize {
    let part = (ratio(count, longest) * columns as f64).round() as usize;
    part.max(usize::from(count > 0))
}

#[cfg(test)]
mod tests {
    use super::super::samples::results;
    use super::*;

    #[test]
    fn bars_have_all_that_was_measured() {
        let results = results();
        let bars = bars(&results);
        assert_eq!(bars.iter().map(|bar| bar.count).sum::<u64>(), results.latencies.len());
        assert!(
            bars.windows(2).all(|pair| pair[0].from_ns < pair[1].from_ns) && bars.len() <= 12,
            "{bars:?}"
        );
        assert!(lines(&results).iter().any(|line| line.contains(&"█".repeat(BAR_COLUMNS_MAX))));
    }

    #[test]
    fn what_is_little_has_one_column_and_nothing_has_none() {
        assert_eq!((part(0, 1000, 40), part(1, 1000, 40), part(1000, 1000, 40)), (0, 1, 40));
    }
}
