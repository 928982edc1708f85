//! Numbers as people read them.

use std::time::Duration;

use crate::views::trace::span;

/// A rate or a size with three digits and a letter for thousands: `312 k`, `1.25 M`, `87`.
pub(super) fn scaled(value: f64) -> String {
    let (value, unit) = match value {
        ..999.5 => (value, ""),
        ..999_500.0 => (value / 1e3, " k"),
        ..999_500_000.0 => (value / 1e6, " M"),
        _ => (value / 1e9, " G"),
    };
    let digits = match value {
        ..9.995 => 2,
        ..99.95 => 1,
        _ => 0,
    };
    let number = format!("{value:.digits$}");
    let number = if digits > 0 { number.trim_end_matches('0').trim_end_matches('.') } else { &number };
    format!("{number}{unit}")
}

/// A time that is counted in nanoseconds.
pub(super) fn time(ns: u64) -> String {
    span(Duration::from_nanos(ns))
}

/// A time that is a mean of nanoseconds.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is shown with three digits")]
pub(super) fn mean_time(ns: f64) -> String {
    time(ns.max(0.0) as u64)
}

/// A share as whole parts of a hundred.
pub(super) fn percent(share: f64) -> String {
    format!("{:.0}", share * 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_has_three_digits() {
        for (value, shown) in [
            (0.0, "0"),
            (87.25, "87.2"),
            (999.4, "999"),
            (999.6, "1 k"),
            (12_345.0, "12.3 k"),
            (312_400.0, "312 k"),
            (25_500_000.0, "25.5 M"),
            (3e9, "3 G"),
        ] {
            assert_eq!(scaled(value), shown);
        }
    }
}
