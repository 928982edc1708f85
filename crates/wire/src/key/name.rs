//! The name of a key.

use std::fmt;
use std::str::FromStr;

use super::NAME_BYTES_MAX;

/// What people call a key by: 1 to 64 ASCII letters, digits, `-`, `_` or `.`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyName(String);

impl KeyName {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for KeyName {
    type Err = NotAName;

    fn from_str(text: &str) -> Result<Self, NotAName> {
        let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        let is_name = (1..=NAME_BYTES_MAX).contains(&text.len()) && text.bytes().all(is_letter);
        if is_name { Ok(Self(text.to_owned())) } else { Err(NotAName) }
    }
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// A text that no key can be called by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the name of a key has 1 to {NAME_BYTES_MAX} letters, digits, `-`, `_` or `.`")]
pub struct NotAName;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_1_to_64_plain_letters() {
        let longest = "x".repeat(NAME_BYTES_MAX);
        for name in ["a", "lab-3_B.2", &longest] {
            assert_eq!(name.parse::<KeyName>().unwrap().as_str(), name);
        }
        for text in ["", "a b", "a/b", "ni\u{f1}o", "a\n", "a,b", &format!("{longest}x")] {
            assert_eq!(text.parse::<KeyName>(), Err(NotAName), "{text:?}");
        }
    }
}
