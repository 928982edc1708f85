//! Times as people read them.

use std::time::Duration;

use scope::model::Time;

const NS_IN_A_MS: u64 = 1_000_000;
const NS_IN_A_US: u64 = 1000;

/// How long something took: three digits and a unit, `77 µs`, `1.23 ms`, `2 s`.
pub(in crate::views) fn span(time: Duration) -> String {
    let ns = time.as_nanos();
    let (value, unit) = match ns {
        0..1000 => return format!("{ns} ns"),
        1000..1_000_000 => (time.as_secs_f64() * 1e6, "µs"),
        1_000_000..1_000_000_000 => (time.as_secs_f64() * 1e3, "ms"),
        _ => (time.as_secs_f64(), "s"),
    };
    let digits = match value {
        ..9.995 => 2,
        ..99.95 => 1,
        _ => 0,
    };
    let number = format!("{value:.digits$}");
    let number = if digits > 0 { number.trim_end_matches('0').trim_end_matches('.') } else { &number };
    format!("{number} {unit}")
}

/// When something happened, in milliseconds with microseconds: `296.729`.
pub(in crate::views) fn moment(time: Time, base: Time) -> String {
    let ns = time.0.saturating_sub(base.0);
    format!("{}.{:03}", ns / NS_IN_A_MS, ns % NS_IN_A_MS / NS_IN_A_US)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_has_three_digits_and_no_needless_zeros() {
        for (ns, shown) in [
            (0, "0 ns"),
            (999, "999 ns"),
            (77_000, "77 µs"),
            (77_345, "77.3 µs"),
            (1_234_000, "1.23 ms"),
            (9_999_000, "10 ms"),
            (294_200_000, "294 ms"),
            (2_000_000_000, "2 s"),
            (100_000_000_000, "100 s"),
        ] {
            assert_eq!(span(Duration::from_nanos(ns)), shown, "{ns}");
        }
    }

    #[test]
    fn a_moment_is_counted_from_its_base() {
        assert_eq!(moment(Time(296_729_999), Time(0)), "296.729");
        assert_eq!(moment(Time(1_000_000), Time(999_000)), "0.001");
        assert_eq!(moment(Time(0), Time(5)), "0.000");
    }
}
