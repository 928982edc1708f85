//! What became of one measurement, and of all of them.

use std::fmt;

use endpoints::bench::BenchError;
use serde::Serialize;

/// A measurement of `T`, or why there is none.
pub(crate) type Reading<T> = Result<T, Unmeasured>;

/// Why a server has no figure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Unmeasured {
    /// It is not here, or is not made for this.
    Skipped(String),
    /// It was tried and did not do it.
    Failed(String),
    /// It returned something else than it was sent.
    Corrupt(String),
}

/// The worst of all readings, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Verdict {
    /// Every server that could be started was measured.
    Good,
    /// A server failed.
    Failed,
    /// A server returned a wrong byte.
    Corrupt,
}

impl Verdict {
    /// The worst verdict on `readings`.
    pub(crate) fn on<'a, T: 'a>(readings: impl IntoIterator<Item = &'a Reading<T>>) -> Self {
        let verdicts = readings.into_iter().map(|reading| match reading {
            Ok(_) | Err(Unmeasured::Skipped(_)) => Self::Good,
            Err(Unmeasured::Failed(_)) => Self::Failed,
            Err(Unmeasured::Corrupt(_)) => Self::Corrupt,
        });
        verdicts.max().unwrap_or(Self::Good)
    }
}

impl From<BenchError> for Unmeasured {
    fn from(error: BenchError) -> Self {
        if matches!(error, BenchError::Wrong { .. }) {
            Self::Corrupt(error.to_string())
        } else {
            Self::Failed(error.to_string())
        }
    }
}

impl Unmeasured {
    /// The word for a cell too narrow for the reason.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::Skipped(_) => "SKIP",
            Self::Failed(_) => "FAIL",
            Self::Corrupt(_) => "CORRUPT",
        }
    }
}

impl fmt::Display for Unmeasured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Skipped(why) | Self::Failed(why) | Self::Corrupt(why)) = self;
        write!(f, "{}: {why}", self.word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_reading_decides() {
        let skipped = Err(Unmeasured::Skipped(String::new()));
        let failed = Err(Unmeasured::Failed(String::new()));
        let corrupt = Err(Unmeasured::Corrupt(String::new()));
        assert_eq!(Verdict::on::<()>([]), Verdict::Good);
        assert_eq!(Verdict::on([&Ok(()), &skipped]), Verdict::Good);
        assert_eq!(Verdict::on([&Ok(()), &failed, &skipped]), Verdict::Failed);
        assert_eq!(Verdict::on([&corrupt, &failed]), Verdict::Corrupt);
    }
}
