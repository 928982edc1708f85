//! What the holder of a key may do.

use std::fmt;
use std::str::FromStr;

/// Something that a key may allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Grant {
    /// To send texts.
    Text,
    /// To send files.
    File,
    /// To chat.
    Chat,
    /// To stop the server.
    Stop,
    /// To run commands, those that the key's [`Commands`](super::Commands) name.
    Exec,
}

impl Grant {
    /// All of them, in the order in which they are written.
    pub const ALL: [Self; 5] = [Self::Text, Self::File, Self::Chat, Self::Stop, Self::Exec];

    /// The word after `may=`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::File => "file",
            Self::Chat => "chat",
            Self::Stop => "stop",
            Self::Exec => "exec",
        }
    }

    fn bit(self) -> u8 {
        1 << self as u8
    }
}

impl FromStr for Grant {
    type Err = NotAGrant;

    fn from_str(word: &str) -> Result<Self, NotAGrant> {
        Self::ALL.into_iter().find(|grant| grant.as_str() == word).ok_or(NotAGrant)
    }
}

impl fmt::Display for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A word that is no grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a grant is one of text, file, chat, stop, exec")]
pub struct NotAGrant;

/// A set of grants.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Grants(u8);

impl Grants {
    /// No grant.
    pub const NONE: Self = Self(0);

    /// What a plain session may do, where plain sessions are served.
    pub const PLAIN: Self = Self(1 << Grant::Text as u8 | 1 << Grant::File as u8 | 1 << Grant::Chat as u8);

    /// The same set with one grant more.
    #[must_use]
    pub fn with(self, grant: Grant) -> Self {
        Self(self.0 | grant.bit())
    }

    /// Whether the grant is one of these.
    pub fn contains(self, grant: Grant) -> bool {
        self.0 & grant.bit() != 0
    }

    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        self == Self::NONE
    }

    /// The grants, in the order in which they are written.
    pub fn iter(self) -> impl Iterator<Item = Grant> {
        Grant::ALL.into_iter().filter(move |grant| self.contains(*grant))
    }
}

impl FromIterator<Grant> for Grants {
    fn from_iter<I: IntoIterator<Item = Grant>>(grants: I) -> Self {
        grants.into_iter().fold(Self::NONE, Self::with)
    }
}

/// As after `may=`: `text,file`.
impl fmt::Display for Grants {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<_> = self.iter().map(Grant::as_str).collect();
        f.pad(&words.join(","))
    }
}

impl fmt::Debug for Grants {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_grant_is_read_as_it_is_written() {
        for grant in Grant::ALL {
            assert_eq!(grant.to_string().parse(), Ok(grant));
        }
        for word in ["", "Text", "texts", "*"] {
            assert_eq!(word.parse::<Grant>(), Err(NotAGrant));
        }
    }

    #[test]
    fn a_set_has_what_was_put_in_and_nothing_else() {
        let grants: Grants = [Grant::Exec, Grant::Text, Grant::Exec].into_iter().collect();

        assert_eq!(Grant::ALL.map(|grant| grants.contains(grant)), [true, false, false, false, true]);
        assert_eq!(grants.to_string(), "text,exec");
        assert!(!grants.is_empty() && Grants::NONE.is_empty());
    }

    #[test]
    fn a_plain_session_neither_stops_nor_runs_anything() {
        assert_eq!(Grants::PLAIN.iter().collect::<Vec<_>>(), [Grant::Text, Grant::File, Grant::Chat]);
    }
}
