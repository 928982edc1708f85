//! Numbers and times in the details.

use scope::model::Time;

/// From here on a number is more likely a mask or an address than a count.
const DECIMAL_BELOW: u64 = 65_536;

/// A number as it is read best: in decimal or, if it is large, in hexadecimal.
pub(super) fn number(value: u64) -> String {
    if value < DECIMAL_BELOW { value.to_string() } else { format!("{value:#x}") }
}

/// A moment, in milliseconds since the beginning, to the nanosecond.
pub(super) fn moment(time: Time) -> String {
    format!("{}.{:06} ms", time.0 / 1_000_000, time.0 % 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_has_its_nanoseconds() {
        assert_eq!(moment(Time(296_729_001)), "296.729001 ms");
    }

    #[test]
    fn large_numbers_are_hexadecimal() {
        assert_eq!((number(65_535), number(65_536)), ("65535".to_owned(), "0x10000".to_owned()));
    }
}
