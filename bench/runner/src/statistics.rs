//! Medians and ratios over rounds.

/// The middle value, or the mean of the two in the middle; `None` of nothing.
pub(crate) fn median(values: impl IntoIterator<Item = f64>) -> Option<f64> {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => None,
        count if count % 2 == 1 => Some(values[middle]),
        _ => Some(f64::midpoint(values[middle - 1], values[middle])),
    }
}

/// Smallest and largest value; `None` of nothing.
pub(crate) fn range(values: impl IntoIterator<Item = f64>) -> Option<(f64, f64)> {
    values.into_iter().map(|value| (value, value)).reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
}

/// The ratio to the baseline in each round that has both values.
///
/// Dividing inside a round cancels what a noisy neighbour did to that whole round.
pub(crate) fn ratios(values: &[Option<f64>], baseline: &[Option<f64>]) -> Vec<f64> {
    let pairs = values.iter().zip(baseline).filter_map(|(value, base)| value.zip(*base));
    pairs.filter(|(_, base)| *base > 0.0).map(|(value, base)| value / base).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_in_the_middle_whatever_the_order() {
        assert_eq!(median([]), None);
        assert_eq!(median([3.0]), Some(3.0));
        assert_eq!(median([9.0, 1.0, 5.0]), Some(5.0));
        assert_eq!(median([4.0, 1.0, 100.0, 2.0]), Some(3.0));
    }

    #[test]
    fn the_range_is_the_extremes() {
        assert_eq!(range([]), None);
        assert_eq!(range([2.0, 9.0, 1.0]), Some((1.0, 9.0)));
    }

    #[test]
    fn ratios_are_taken_inside_each_round() {
        let values = [Some(10.0), None, Some(3.0), Some(1.0)];
        let baseline = [Some(20.0), Some(1.0), Some(2.0), Some(0.0)];
        assert_eq!(ratios(&values, &baseline), [0.5, 1.5]);
    }
}
