//! What is sent and what arrived: a text or a file, its bytes, their hash.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};
use sha2::{Digest as _, Sha256};

/// The longest name of a file, in bytes: that of Linux's own file systems (`NAME_MAX`).
pub const NAME_BYTES_MAX: usize = 255;
/// How much of an item is kept, to be shown.
pub const HEAD_BYTES_MAX: usize = 32;

/// What an item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A text.
    Text,
    /// A file: the image of the exercise, or any other.
    File,
    /// A type that a sender of other types wrote; the length behind it lets it be taken all the same.
    Other(u8),
}

/// The name of a file, without a directory, a line feed or anything else that could mislead whoever prints it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Name(String);

/// An item that shall be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payload {
    /// What it is.
    pub kind: Kind,
    /// What the file is called; most ways cannot say it.
    pub name: Option<Name>,
    /// Its bytes, at most [`ITEM_BYTES_MAX`](super::ITEM_BYTES_MAX).
    pub bytes: Vec<u8>,
}

/// An item as it was sent, or as it arrived. What a way cannot say is `None`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Item {
    /// What it is.
    pub kind: Option<Kind>,
    /// What the file is called.
    pub name: Option<Name>,
    /// How long it is.
    pub bytes: u64,
    /// The hash of its bytes.
    pub sha256: Digest,
    /// How it begins, to be shown; at most [`HEAD_BYTES_MAX`] bytes.
    #[serde(
        rename = "base64",
        serialize_with = "crate::bytes::base64",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub head: Vec<u8>,
}

/// A SHA-256 hash (FIPS 180-4), shown in hexadecimal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Digest(pub [u8; 32]);

impl Payload {
    /// A text.
    pub fn text(text: &str) -> Self {
        Self { kind: Kind::Text, name: None, bytes: text.as_bytes().to_vec() }
    }

    /// A file.
    pub fn file(name: Option<Name>, bytes: Vec<u8>) -> Self {
        Self { kind: Kind::File, name, bytes }
    }

    /// What is to be seen of it when it arrives unharmed.
    pub fn item(&self) -> Item {
        Item {
            kind: Some(self.kind),
            name: self.name.clone(),
            bytes: self.bytes.len() as u64,
            sha256: Digest::of(&self.bytes),
            head: self.bytes[..self.bytes.len().min(HEAD_BYTES_MAX)].to_vec(),
        }
    }
}

impl Name {
    /// Takes a name that a file may have here: 1 to [`NAME_BYTES_MAX`] bytes, no `/`, no control character, and neither
    /// `.` nor `..`.
    pub fn new(name: &str) -> Option<Self> {
        let is_short = (1..=NAME_BYTES_MAX).contains(&name.len());
        let is_plain = !name.contains(|c: char| c == '/' || c.is_control()) && name != "." && name != "..";
        (is_short && is_plain).then(|| Self(name.to_owned()))
    }

    /// The name itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text => f.write_str("text"),
            Self::File => f.write_str("file"),
            Self::Other(number) => write!(f, "type-{number}"),
        }
    }
}

impl FromStr for Kind {
    type Err = ();

    /// Reads what [`Kind`]'s `Display` writes.
    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "text" => Ok(Self::Text),
            "file" => Ok(Self::File),
            other => other.strip_prefix("type-").and_then(|it| it.parse().ok()).map(Self::Other).ok_or(()),
        }
    }
}

impl Serialize for Kind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Digest {
    /// Hashes bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl FromStr for Digest {
    type Err = ();

    /// Reads 64 hexadecimal digits.
    fn from_str(text: &str) -> Result<Self, ()> {
        let mut digest = [0; 32];
        let is_hexadecimal = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        for (byte, at) in digest.iter_mut().zip((0..text.len()).step_by(2)).filter(|_| is_hexadecimal) {
            *byte = u8::from_str_radix(&text[at..at + 2], 16).map_err(drop)?;
        }
        if is_hexadecimal { Ok(Self(digest)) } else { Err(()) }
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_that_of_a_file_and_of_no_directory() {
        for good in ["foto.jpg", "a", "con espacio ñ.png", "..."] {
            assert!(Name::new(good).is_some(), "{good}");
        }
        for bad in ["", ".", "..", "a/b", "/etc/passwd", "a\nb", "a\0b", "\u{1b}[2J"] {
            assert!(Name::new(bad).is_none(), "{bad:?}");
        }
        assert!(Name::new(&"x".repeat(NAME_BYTES_MAX)).is_some());
        assert!(Name::new(&"x".repeat(NAME_BYTES_MAX + 1)).is_none());
    }

    #[test]
    fn a_hash_is_read_as_it_is_shown() {
        let digest = Digest::of(b"hola");

        let shown = digest.to_string();

        assert_eq!(shown, "b221d9dbb083a7f33428d7c2a3c3198ae925614d70210e28716ccaa7cd4ddb79");
        assert_eq!(shown.parse(), Ok(digest));
        for bad in ["", "b2", &shown[1..], &"zz".repeat(32), &"é".repeat(32)] {
            assert_eq!(bad.parse::<Digest>(), Err(()), "{bad}");
        }
    }

    #[test]
    fn a_kind_is_read_as_it_is_shown() {
        for kind in [Kind::Text, Kind::File, Kind::Other(0), Kind::Other(255)] {
            assert_eq!(kind.to_string().parse(), Ok(kind));
        }
        for bad in ["", "texto", "type-", "type-256"] {
            assert_eq!(bad.parse::<Kind>(), Err(()), "{bad}");
        }
    }

    #[test]
    fn an_item_keeps_how_it_begins_and_no_more() {
        let item = Payload::file(None, vec![7; HEAD_BYTES_MAX + 1]).item();

        assert_eq!((item.bytes, item.head), (HEAD_BYTES_MAX as u64 + 1, vec![7; HEAD_BYTES_MAX]));
    }
}
