//! How much something is worth.

use std::fmt;
use std::iter::Sum;
use std::ops::Add;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The most that anything is worth, in hundredths of a point.
pub const POINTS_HUNDREDTHS_MAX: u32 = 1_000_000;

/// Points, kept in hundredths: sums are exact, in whatever order they are made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Points(u32);

impl Points {
    /// Nothing.
    pub const NONE: Self = Self(0);

    /// One.
    pub const ONE: Self = Self(100);

    /// Makes points of hundredths.
    pub fn of_hundredths(hundredths: u32) -> Self {
        Self(hundredths)
    }

    /// Returns them in hundredths.
    pub fn hundredths(self) -> u32 {
        self.0
    }

    /// Reads a number with at most two decimals, from 0 to [`POINTS_HUNDREDTHS_MAX`]; `None` if it is another.
    pub fn of_number(number: f64) -> Option<Self> {
        let hundredths = (number * 100.0).round();
        let is_exact = (hundredths - number * 100.0).abs() < 1e-6;
        let is_within = (0.0..=f64::from(POINTS_HUNDREDTHS_MAX)).contains(&hundredths);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "within the limits, and whole"
        )]
        (is_exact && is_within).then_some(Self(hundredths as u32))
    }

    /// Returns them as a number.
    pub fn number(self) -> f64 {
        f64::from(self.0) / 100.0
    }

    /// Returns the share of these points that `earned` of `all` is, to the nearest hundredth; nothing of nothing.
    #[must_use]
    pub fn share(self, earned: Self, all: Self) -> Self {
        if all == Self::NONE {
            return Self::NONE;
        }
        let (whole, earned, all) = (u64::from(self.0), u64::from(earned.0.min(all.0)), u64::from(all.0));
        let hundredths = (whole * earned * 2 + all) / (all * 2);
        Self(u32::try_from(hundredths).unwrap_or(self.0))
    }
}

impl Add for Points {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sum for Points {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::NONE, Add::add)
    }
}

impl fmt::Display for Points {
    /// `2`, `0.5`, `1.25`: as few decimals as it takes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, rest) = (self.0 / 100, self.0 % 100);
        match (rest, rest % 10) {
            (0, _) => write!(f, "{whole}"),
            (_, 0) => write!(f, "{whole}.{}", rest / 10),
            _ => write!(f, "{whole}.{rest:02}"),
        }
    }
}

impl Serialize for Points {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0.is_multiple_of(100) {
            serializer.serialize_u32(self.0 / 100)
        } else {
            serializer.serialize_f64(self.number())
        }
    }
}

impl<'de> Deserialize<'de> for Points {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = f64::deserialize(deserializer)?;
        Self::of_number(number).ok_or_else(|| D::Error::custom("not points"))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn points_are_written_with_as_few_decimals_as_it_takes() {
        for (hundredths, text) in [(0, "0"), (200, "2"), (50, "0.5"), (125, "1.25"), (5, "0.05")] {
            assert_eq!(Points::of_hundredths(hundredths).to_string(), text);
        }
    }

    #[test]
    fn only_numbers_with_two_decimals_within_the_limits_are_points() {
        assert_eq!(Points::of_number(1.5), Some(Points(150)));
        assert_eq!(Points::of_number(10_000.0), Some(Points(POINTS_HUNDREDTHS_MAX)));
        for number in [-1.0, 0.001, 10_000.01, f64::NAN, f64::INFINITY] {
            assert_eq!(Points::of_number(number), None, "{number}");
        }
    }

    proptest! {
        #[test]
        fn points_are_the_same_after_being_written(hundredths in 0..=POINTS_HUNDREDTHS_MAX) {
            let points = Points(hundredths);
            let text = serde_json::to_string(&points).unwrap();
            prop_assert_eq!(serde_json::from_str::<Points>(&text).unwrap(), points);
        }

        #[test]
        fn a_share_is_between_nothing_and_all(all in 1..1000_u32, earned in 0..1000_u32, worth in 0..=10_000_u32) {
            let (all, earned, worth) = (Points(all), Points(earned), Points(worth));
            let share = worth.share(earned, all);
            prop_assert!(share <= worth);
            prop_assert_eq!(worth.share(all, all), worth);
            prop_assert_eq!(worth.share(Points::NONE, all), Points::NONE);
        }
    }
}
