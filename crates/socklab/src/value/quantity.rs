//! Times, sizes and whole numbers, each within stated limits.

use std::time::Duration;

use endpoints::ask::Hold;
use endpoints::echo::config::DATAGRAM_BUFFER_BYTES_MAX;

use super::ValueError;

const TIME_MAX: Duration = Duration::from_secs(24 * 60 * 60);
const SIZE_BYTES_MAX: u64 = 1 << 30;
/// What a packet of the loopback can have, and more than any other one.
const PACKET_BYTES_MAX: u64 = 1 << 16;
const DISK_SIZE_BYTES_MAX: u64 = 1 << 50;

/// How many digits of a fraction count: those of a nanosecond.
const FRACTION_DIGITS_MAX: usize = 9;

/// What stands for a hold without a time.
pub(crate) const UNTIL_STOPPED: &str = "until-stopped";

/// Reads for how long a connection is kept open.
///
/// # Errors
///
/// Those of [`time`].
pub(crate) fn hold(text: &str) -> Result<Hold, ValueError> {
    match text {
        UNTIL_STOPPED => Ok(Hold::UntilStopped),
        _ => time(text).map(Hold::For),
    }
}

/// Reads a time: `2`, `2s`, `1.5m`, `300ms`, `1h`; a bare number is in seconds.
///
/// # Errors
///
/// [`ValueError::Time`] for another form, [`ValueError::TimeRange`] for zero and for more than 24 hours.
pub(crate) fn time(text: &str) -> Result<Duration, ValueError> {
    delay(text).and_then(|time| if time.is_zero() { Err(ValueError::TimeRange) } else { Ok(time) })
}

/// Reads a time as [`time`] does, which may be zero.
///
/// # Errors
///
/// [`ValueError::Time`] for another form, [`ValueError::TimeRange`] for more than 24 hours.
pub(crate) fn delay(text: &str) -> Result<Duration, ValueError> {
    let (number, unit) = split_unit(text);
    let nanoseconds_per_unit = match unit {
        "ms" => 1_000_000,
        "s" | "" => 1_000_000_000,
        "m" => 60_000_000_000,
        "h" => 3_600_000_000_000,
        _ => return Err(ValueError::Time),
    };
    let nanoseconds = scaled(number, nanoseconds_per_unit).ok_or(ValueError::Time)?;
    let time = Duration::from_nanos(nanoseconds);
    if time > TIME_MAX {
        return Err(ValueError::TimeRange);
    }
    Ok(time)
}

/// Reads a size in bytes: `1024`, `1k`, `1.5M`; the letters `k`, `M`, `G` and `T` are powers of 1024.
///
/// # Errors
///
/// [`ValueError::Size`] for another form, [`ValueError::SizeRange`] for zero and for more than 1 GiB.
pub(crate) fn size(text: &str) -> Result<usize, ValueError> {
    size_up_to(SIZE_BYTES_MAX, text)
}

/// Reads a size as [`size`] does, up to what a packet can have; 0 is none at all.
///
/// # Errors
///
/// [`ValueError::Size`] for another form, [`ValueError::SizeRange`] for more than 64 KiB.
pub(crate) fn size_or_none(text: &str) -> Result<u32, ValueError> {
    if text == "0" {
        return Ok(0);
    }
    let bytes = bytes_up_to(PACKET_BYTES_MAX, text)?;
    u32::try_from(bytes).map_err(|_| ValueError::SizeRange { max: PACKET_BYTES_MAX })
}

/// Reads a size as [`size`] does, no larger than a datagram can be.
///
/// # Errors
///
/// Those of [`size`], with the lower limit.
pub(crate) fn datagram_size(text: &str) -> Result<usize, ValueError> {
    size_up_to(DATAGRAM_BUFFER_BYTES_MAX as u64, text)
}

/// Reads a size as [`size`] does, of what a disk holds: also with `G` and `T`, up to 1,024 TiB.
///
/// # Errors
///
/// Those of [`size`], with the higher limit.
pub(crate) fn disk_size(text: &str) -> Result<u64, ValueError> {
    bytes_up_to(DISK_SIZE_BYTES_MAX, text)
}

/// Reads a port; 0 lets the kernel choose one.
///
/// # Errors
///
/// [`ValueError::Whole`] for what is not a number from 0 to 65535.
pub(crate) fn port(text: &str) -> Result<u16, ValueError> {
    text.parse().map_err(|_| ValueError::Whole { min: 0, max: u16::MAX.into() })
}

/// Reads a port that a socket has, so not 0.
///
/// # Errors
///
/// [`ValueError::Whole`] for what is not a number from 1 to 65535.
pub(crate) fn taken_port(text: &str) -> Result<u16, ValueError> {
    let out_of_range = ValueError::Whole { min: 1, max: u16::MAX.into() };
    text.parse().ok().filter(|port| *port != 0).ok_or(out_of_range)
}

/// Returns a reader of whole numbers from `min` to `max`, both included.
pub(crate) fn whole(min: u32, max: u32) -> impl Fn(&str) -> Result<u32, ValueError> + Clone {
    move |text| {
        text.parse().ok().filter(|number| (min..=max).contains(number)).ok_or(ValueError::Whole { min, max })
    }
}

fn size_up_to(max: u64, text: &str) -> Result<usize, ValueError> {
    let bytes = bytes_up_to(max, text)?;
    usize::try_from(bytes).map_err(|_| ValueError::SizeRange { max })
}

fn bytes_up_to(max: u64, text: &str) -> Result<u64, ValueError> {
    let (number, unit) = split_unit(text);
    let bytes_per_unit = match unit {
        "" => 1,
        "k" | "K" => 1 << 10,
        "M" => 1 << 20,
        "G" => 1 << 30,
        "T" => 1 << 40,
        _ => return Err(ValueError::Size),
    };
    let bytes = scaled(number, bytes_per_unit).ok_or(ValueError::Size)?;
    if bytes == 0 || bytes > max {
        return Err(ValueError::SizeRange { max });
    }
    Ok(bytes)
}

fn split_unit(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    text.split_at(end)
}

/// Multiplies a decimal number by a unit, rounding down; a product too large for `u64` stays at its maximum.
fn scaled(number: &str, unit: u64) -> Option<u64> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    let kept = &fraction[..fraction.len().min(FRACTION_DIGITS_MAX)];
    let is_decimal = |digits: &str| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    if !is_decimal(whole) || !is_decimal(fraction) {
        return None;
    }
    let whole = whole.parse().unwrap_or(u64::MAX).saturating_mul(unit);
    let fraction_scale = u128::from(10_u64.pow(u32::try_from(kept.len()).ok()?));
    let fraction = kept.parse::<u128>().ok()? * u128::from(unit) / fraction_scale;
    Some(whole.saturating_add(u64::try_from(fraction).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_without_a_unit_is_in_seconds() {
        assert_eq!(time("2"), Ok(Duration::from_secs(2)));
        assert_eq!(time("0.25"), Ok(Duration::from_millis(250)));
    }

    #[test]
    fn a_time_takes_its_unit_and_a_fraction() {
        assert_eq!(time("300ms"), Ok(Duration::from_millis(300)));
        assert_eq!(time("1.5s"), Ok(Duration::from_millis(1500)));
        assert_eq!(time("1.5m"), Ok(Duration::from_secs(90)));
        assert_eq!(time("0.000000001"), Ok(Duration::from_nanos(1)));
        assert_eq!(time("0.3333333333333333"), Ok(Duration::from_nanos(333_333_333)));
    }

    #[test]
    fn a_time_lies_between_nothing_and_a_day() {
        assert_eq!(time("24h"), Ok(Duration::from_secs(86_400)));
        for out_of_range in ["0", "0s", "0.0000000001", "24.001h", "99999999999999999999h"] {
            assert_eq!(time(out_of_range), Err(ValueError::TimeRange), "{out_of_range}");
        }
    }

    #[test]
    fn other_texts_are_no_times() {
        for other in ["", "s", ".", ".5", "5.", "1..2", "-1", "+1", "1 s", "1,5", "2S", "1e3", "1d", "ñ"] {
            assert_eq!(time(other), Err(ValueError::Time), "{other}");
        }
    }

    #[test]
    fn a_size_counts_in_powers_of_1024() {
        assert_eq!(size("1024"), Ok(1024));
        assert_eq!(size("64k"), Ok(65_536));
        assert_eq!(size("64K"), Ok(65_536));
        assert_eq!(size("1.5M"), Ok(1_572_864));
    }

    #[test]
    fn a_size_lies_between_one_byte_and_its_maximum() {
        assert_eq!(size("1G"), Ok(1 << 30));
        assert_eq!(disk_size("1024T"), Ok(DISK_SIZE_BYTES_MAX));
        let max = SIZE_BYTES_MAX;
        for out_of_range in ["0", "0.5", "0k", "1T", "1073741825", "99999999999999999999"] {
            assert_eq!(size(out_of_range), Err(ValueError::SizeRange { max }), "{out_of_range}");
        }
        let max = DATAGRAM_BUFFER_BYTES_MAX as u64;
        assert_eq!(datagram_size("65535"), Ok(65_535));
        assert_eq!(datagram_size("65536"), Err(ValueError::SizeRange { max }));
    }

    #[test]
    fn no_size_at_all_is_one_of_packets() {
        assert_eq!(size_or_none("0"), Ok(0));
        assert_eq!(size_or_none("64k"), Ok(65_536));
        assert_eq!(size_or_none("65537"), Err(ValueError::SizeRange { max: 65_536 }));
    }

    #[test]
    fn other_texts_are_no_sizes() {
        for other in ["", "k", "1kB", "1P", "-1", "1 k", "ñ"] {
            assert_eq!(size(other), Err(ValueError::Size), "{other}");
        }
    }

    #[test]
    fn a_whole_number_stays_within_both_limits() {
        let reader = whole(1, 100);

        assert_eq!(reader("1"), Ok(1));
        assert_eq!(reader("100"), Ok(100));
        for other in ["0", "101", "1.5", "-1", "", "x"] {
            assert_eq!(reader(other), Err(ValueError::Whole { min: 1, max: 100 }), "{other}");
        }
    }

    #[test]
    fn a_port_may_be_zero_and_no_more_than_65535() {
        assert_eq!(port("0"), Ok(0));
        assert_eq!(port("65535"), Ok(65_535));
        assert!(port("65536").is_err());
    }

    #[test]
    fn a_port_that_a_socket_has_is_not_zero() {
        assert_eq!(taken_port("1"), Ok(1));
        assert_eq!(taken_port("65535"), Ok(65_535));
        for other in ["0", "65536", "", "http"] {
            assert_eq!(taken_port(other), Err(ValueError::Whole { min: 1, max: 65_535 }), "{other}");
        }
    }
}
