//! Where in a reply the exit status of a command stands (exercise 1.5.6).

use regex::bytes::{Regex, RegexBuilder};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// How much memory an expression of a manifest takes, in bytes, once it is made ready.
pub(super) const EXPRESSION_BYTES_MAX: usize = 1 << 18;

/// The name that the status has in an expression: `exit=(?P<status>-?[0-9]+)`.
pub(super) const GROUP: &str = "status";

/// Where the status stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StatusFormat {
    /// It is the only number.
    #[default]
    OnlyNumber,
    /// Where this expression has the group `status`.
    Expression(String),
}

/// Why there is no status in a reply.
#[derive(Clone, Debug, PartialEq, Eq, Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StatusError {
    /// The reply has no number, or the expression does not match: the program did not answer with a status.
    #[error("no status in the reply")]
    None,
    /// The reply has several numbers, and the manifest does not say which one it is: not the program's fault.
    #[error("several numbers in the reply, and the manifest does not say which one is the status")]
    Several,
    /// The expression is none.
    #[error("the expression for the status cannot be read")]
    Expression,
}

impl StatusFormat {
    /// Finds the status in a reply.
    ///
    /// # Errors
    ///
    /// [`StatusError`]; only [`StatusError::None`] is the program's fault.
    pub fn find(&self, reply: &[u8]) -> Result<i64, StatusError> {
        match self {
            Self::OnlyNumber => only_number(reply),
            Self::Expression(expression) => {
                let expression = expression_of(expression).map_err(|_| StatusError::Expression)?;
                let group = expression.captures(reply).and_then(|found| found.name(GROUP));
                group.and_then(|group| number(group.as_bytes())).ok_or(StatusError::None)
            }
        }
    }
}

/// Makes an expression ready; its time is linear in the length of what is searched, whoever wrote it.
pub(in crate::check) fn expression_of(expression: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(expression).size_limit(EXPRESSION_BYTES_MAX).build()
}

/// Finds the one number of a reply; the same one said twice is one.
fn only_number(reply: &[u8]) -> Result<i64, StatusError> {
    let mut found = None;
    let mut at = 0;
    while let Some(begin) = reply[at..].iter().position(u8::is_ascii_digit).map(|offset| at + offset) {
        let digits = reply[begin..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let is_negative = begin > 0 && reply[begin - 1] == b'-';
        let is_sign = is_negative && (begin < 2 || !reply[begin - 2].is_ascii_alphanumeric());
        let begin_signed = if is_sign { begin - 1 } else { begin };
        let value = number(&reply[begin_signed..begin + digits]).ok_or(StatusError::Several)?;
        match found {
            Some(other) if other != value => return Err(StatusError::Several),
            _ => found = Some(value),
        }
        at = begin + digits;
    }
    found.ok_or(StatusError::None)
}

fn number(digits: &[u8]) -> Option<i64> {
    std::str::from_utf8(digits).ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_only_number_of_a_reply_is_the_status() {
        for (reply, status) in [
            (&b"0"[..], 0),
            (b"exit status: 255\n", 255),
            (b"-9", -9),
            (b"status=-9.", -9),
            (b"c\xf3digo=3 (3)", 3),
            (b"exit-5", 5),
        ] {
            assert_eq!(StatusFormat::OnlyNumber.find(reply), Ok(status), "{}", reply.escape_ascii());
        }
    }

    #[test]
    fn several_numbers_are_a_mistake_of_the_manifest_and_none_is_the_programs() {
        assert_eq!(StatusFormat::OnlyNumber.find(b"CMD 3 ended with 0"), Err(StatusError::Several));
        assert_eq!(StatusFormat::OnlyNumber.find(b"99999999999999999999"), Err(StatusError::Several));
        assert_eq!(StatusFormat::OnlyNumber.find(b"done"), Err(StatusError::None));
        assert_eq!(StatusFormat::OnlyNumber.find(b""), Err(StatusError::None));
    }

    #[test]
    fn an_expression_says_which_number_it_is() {
        let format = StatusFormat::Expression("exit=(?P<status>-?[0-9]+)".to_owned());

        assert_eq!(format.find(b"12:30 exit=7"), Ok(7));
        assert_eq!(format.find(b"12:30 exit=\xff"), Err(StatusError::None));
    }
}
