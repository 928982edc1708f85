//! What ends a message on a stream (exercise 2.5.3).

use serde::{Deserialize, Serialize};

/// How long a message of a fixed length may be.
pub const FIXED_BYTES_MAX: u64 = 1 << 20;

/// What ends a message.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Framing {
    /// Nothing: bytes are echoed as they come.
    Stream,
    /// The end of the stream: the client closes its side.
    Eof,
    /// These bytes: a line feed, or what the student chose.
    Delimiter(Vec<u8>),
    /// A length of two bytes before it, the largest first.
    U16be,
    /// Of four bytes, the largest first.
    U32be,
    /// Of four bytes, the smallest first.
    U32le,
    /// Of eight bytes, the largest first.
    U64be,
    /// A length in decimal digits and a line feed before it.
    AsciiLength,
    /// So many bytes.
    Fixed(u64),
}

impl Framing {
    /// Those that are tried where nothing was said, in this order: the first one that brings a message back is taken.
    pub fn usual() -> [Self; 7] {
        [
            Self::Stream,
            Self::Eof,
            Self::Delimiter(b"\n".to_vec()),
            Self::U32be,
            Self::U32le,
            Self::U16be,
            Self::AsciiLength,
        ]
    }

    /// Reads the name that a framing has in a manifest: `u32be`, `fixed:16`.
    pub(super) fn of_name(name: &str) -> Option<Self> {
        if let Some(bytes) = name.strip_prefix("fixed:") {
            let bytes = bytes.parse().ok().filter(|bytes| (1..=FIXED_BYTES_MAX).contains(bytes));
            return bytes.map(Self::Fixed);
        }
        Some(match name {
            "stream" => Self::Stream,
            "eof" => Self::Eof,
            "newline" => Self::Delimiter(b"\n".to_vec()),
            "u16be" => Self::U16be,
            "u32be" => Self::U32be,
            "u32le" => Self::U32le,
            "u64be" => Self::U64be,
            "ascii-length" => Self::AsciiLength,
            _ => return None,
        })
    }

    /// Returns its name, as in a manifest.
    pub fn name(&self) -> String {
        match self {
            Self::Stream => "stream".to_owned(),
            Self::Eof => "eof".to_owned(),
            Self::Delimiter(delimiter) if delimiter == b"\n" => "newline".to_owned(),
            Self::Delimiter(delimiter) => format!("delimiter \"{}\"", delimiter.escape_ascii()),
            Self::U16be => "u16be".to_owned(),
            Self::U32be => "u32be".to_owned(),
            Self::U32le => "u32le".to_owned(),
            Self::U64be => "u64be".to_owned(),
            Self::AsciiLength => "ascii-length".to_owned(),
            Self::Fixed(bytes) => format!("fixed:{bytes}"),
        }
    }

    /// Returns the bytes that carry a message; `None` if this framing cannot carry it: it is longer than the length can say,
    /// it has the delimiter in it, or it is not of the fixed length.
    pub fn frame(&self, message: &[u8]) -> Option<Vec<u8>> {
        let length = message.len();
        let after = |head: &[u8]| [head, message].concat();
        match self {
            Self::Stream | Self::Eof => Some(message.to_vec()),
            Self::Delimiter(delimiter) => {
                let framed = [message, delimiter].concat();
                (find(&framed, delimiter) == Some(length)).then_some(framed)
            }
            Self::U16be => u16::try_from(length).ok().map(|length| after(&length.to_be_bytes())),
            Self::U32be => u32::try_from(length).ok().map(|length| after(&length.to_be_bytes())),
            Self::U32le => u32::try_from(length).ok().map(|length| after(&length.to_le_bytes())),
            Self::U64be => u64::try_from(length).ok().map(|length| after(&length.to_be_bytes())),
            Self::AsciiLength => Some(after(format!("{length}\n").as_bytes())),
            Self::Fixed(bytes) => (u64::try_from(length) == Ok(*bytes)).then(|| message.to_vec()),
        }
    }

    /// Says whether several messages can go on one connection.
    pub fn can_repeat(&self) -> bool {
        !matches!(self, Self::Stream | Self::Eof)
    }
}

fn find(bytes: &[u8], part: &[u8]) -> Option<usize> {
    bytes.windows(part.len().max(1)).position(|window| window == part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_framed_as_its_name_says() {
        for (name, framed) in [
            ("stream", &b"hola"[..]),
            ("eof", b"hola"),
            ("newline", b"hola\n"),
            ("u16be", b"\0\x04hola"),
            ("u32be", b"\0\0\0\x04hola"),
            ("u32le", b"\x04\0\0\0hola"),
            ("u64be", b"\0\0\0\0\0\0\0\x04hola"),
            ("ascii-length", b"4\nhola"),
            ("fixed:4", b"hola"),
        ] {
            let framing = Framing::of_name(name).unwrap();
            assert_eq!(framing.frame(b"hola").as_deref(), Some(framed), "{name}");
            assert_eq!(framing.name(), name);
        }
    }

    #[test]
    fn what_a_framing_cannot_carry_is_not_framed() {
        assert_eq!(Framing::U16be.frame(&vec![0; 65_536]), None);
        assert!(Framing::U16be.frame(&vec![0; 65_535]).is_some());
        assert_eq!(Framing::Fixed(3).frame(b"hola"), None);
        assert_eq!(Framing::Delimiter(b"\n".to_vec()).frame(b"a\nb"), None);
        // The last byte of the message and the first of the delimiter would end it early.
        assert_eq!(Framing::Delimiter(b"aab".to_vec()).frame(b"xa").as_deref(), Some(&b"xaaab"[..]));
        assert_eq!(Framing::Delimiter(b"aa".to_vec()).frame(b"xa"), None);
    }

    #[test]
    fn a_fixed_length_has_a_least_and_a_most() {
        assert_eq!(Framing::of_name("fixed:1048576"), Some(Framing::Fixed(FIXED_BYTES_MAX)));
        for name in ["fixed:0", "fixed:1048577", "fixed:", "fixed:-1", "lines"] {
            assert_eq!(Framing::of_name(name), None, "{name}");
        }
    }
}
