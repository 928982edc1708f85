//! The rate over time, as columns.

/// How many columns there are at the most; with more intervals, some of them share one.
const COLUMNS_MAX: usize = 60;
/// How many lines they are high.
const LINES: usize = 4;
/// Parts of a line, from nothing to all of it.
const EIGHTHS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// The lines, the highest first. A column is as high as the rate is, and the highest one is full.
pub(super) fn lines(intervals: &[u64]) -> Vec<String> {
    let each = intervals.len().div_ceil(COLUMNS_MAX).max(1);
    // Of columns that share intervals the last one may have fewer, so means are compared.
    let columns: Vec<u64> =
        intervals.chunks(each).map(|chunk| chunk.iter().sum::<u64>() / chunk.len() as u64).collect();
    let highest = u128::from(columns.iter().copied().max().unwrap_or_default().max(1));
    let eighths = |rate: u64| u128::from(rate) * (LINES * 8) as u128 / highest;
    let line = |line: usize| {
        let below = (line * 8) as u128;
        let letter = |rate: &u64| {
            let filled = eighths(*rate).saturating_sub(below).min(8);
            EIGHTHS[usize::try_from(filled).unwrap_or_default()]
        };
        columns.iter().map(letter).collect::<String>().trim_end().to_owned()
    };
    (0..LINES).rev().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_is_as_high_as_its_rate() {
        assert_eq!(lines(&[32, 16, 4, 0, 32]), ["█   █", "█   █", "██  █", "██▄ █"]);
        assert_eq!(lines(&[]), [""; LINES]);
        assert_eq!(lines(&[0, 0]), [""; LINES]);
    }

    #[test]
    fn many_intervals_share_columns() {
        let lines = lines(&[7; 1000]);
        assert_eq!(lines[0].chars().count(), 59);
        assert!(lines.iter().all(|line| line.chars().all(|letter| letter == '█')));
    }
}
