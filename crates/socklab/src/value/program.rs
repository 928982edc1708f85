//! A program of a recording: its name, and when it starts.

use std::str::FromStr;
use std::time::Duration;

use super::{ValueError, quantity};

/// How long the name of a program may be, in bytes.
pub(crate) const PROGRAM_NAME_BYTES_MAX: usize = 64;

/// When a program starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum After {
    /// When the one before it listens, or has bound a UDP socket.
    Listening,
    /// When the one before it has ended.
    Ended,
    /// So long after the recording began.
    Time(Duration),
}

impl FromStr for After {
    type Err = ValueError;

    /// Reads `listening`, `ended` or a time, which may be zero.
    fn from_str(text: &str) -> Result<Self, ValueError> {
        match text {
            "listening" => Ok(Self::Listening),
            "ended" => Ok(Self::Ended),
            _ => quantity::delay(text).map(Self::Time).map_err(|error| match error {
                ValueError::Time => ValueError::After,
                other => other,
            }),
        }
    }
}

/// Reads what a program is called in the recording: something that can be shown, and that is no flag.
///
/// # Errors
///
/// [`ValueError::ProgramName`].
pub(crate) fn program_name(text: &str) -> Result<String, ValueError> {
    let is_fit = !text.trim().is_empty()
        && text.len() <= PROGRAM_NAME_BYTES_MAX
        && !text.starts_with('-')
        && !text.contains(char::is_control);
    if is_fit { Ok(text.to_owned()) } else { Err(ValueError::ProgramName) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_starts_at_an_event_or_after_a_time() {
        assert_eq!("listening".parse(), Ok(After::Listening));
        assert_eq!("ended".parse(), Ok(After::Ended));
        assert_eq!("0s".parse(), Ok(After::Time(Duration::ZERO)));
        assert_eq!("1.5s".parse(), Ok(After::Time(Duration::from_millis(1500))));
        for other in ["", "Listening", "never", "-1s"] {
            assert_eq!(other.parse::<After>(), Err(ValueError::After), "{other}");
        }
        assert_eq!("25h".parse::<After>(), Err(ValueError::TimeRange));
    }

    #[test]
    fn a_name_can_be_shown_and_is_no_flag() {
        assert_eq!(program_name("el servidor"), Ok("el servidor".to_owned()));
        assert_eq!(program_name(&"x".repeat(64)), Ok("x".repeat(64)));
        for other in ["", " ", "-x", "--", "a\u{1b}", &"x".repeat(65)] {
            assert_eq!(program_name(other), Err(ValueError::ProgramName), "{other:?}");
        }
    }
}
