//! What the practical leaves free in its messages.

use serde::{Deserialize, Serialize};

use super::{Framing, StatusFormat};

/// What stands for the command in [`Protocol::command`].
pub(super) const COMMAND: &str = "{cmd}";

/// The messages of a student's protocol; `None` where the practical leaves them free and nothing was said.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Protocol {
    /// How letters become bytes.
    pub encoding: Encoding,
    /// Exercise 1.5.5: what ends the server.
    pub shutdown: Option<Vec<u8>>,
    /// What it answers to that, if anything.
    pub shutdown_reply: Option<Vec<u8>>,
    /// Exercise 1.5.6: what runs a command, with `{cmd}` where the command stands.
    pub command: Option<String>,
    /// Where in the reply the status stands.
    pub status: StatusFormat,
    /// Exercise 2.5.3: what ends a message.
    pub framing: Option<Framing>,
    /// Exercise 2.5.2: what the client delivers.
    pub message: Option<Vec<u8>>,
    /// Exercise 1.5.4: who types first.
    pub first: First,
}

impl Protocol {
    /// Returns the message that runs `command` on the server; `None` if the protocol does not say how.
    pub fn command_message(&self, command: &str) -> Option<Vec<u8>> {
        let form = self.command.as_ref()?;
        self.encoding.bytes(&form.replacen(COMMAND, command, 1))
    }
}

/// How letters become bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Encoding {
    /// RFC 3629.
    #[default]
    #[serde(rename = "utf-8")]
    Utf8,
    /// ISO 8859-1: each of the first 256 letters of Unicode is the byte of its number.
    #[serde(rename = "latin-1")]
    Latin1,
    /// The 128 letters of ASCII.
    #[serde(rename = "ascii")]
    Ascii,
}

impl Encoding {
    /// Every encoding, with the names that Python and others have for it.
    pub(super) const NAMES: [(&str, Self); 7] = [
        ("utf-8", Self::Utf8),
        ("utf8", Self::Utf8),
        ("latin-1", Self::Latin1),
        ("latin1", Self::Latin1),
        ("iso-8859-1", Self::Latin1),
        ("ascii", Self::Ascii),
        ("us-ascii", Self::Ascii),
    ];

    /// Returns the bytes of a text; `None` if it has a letter that the encoding lacks.
    pub fn bytes(self, text: &str) -> Option<Vec<u8>> {
        match self {
            Self::Utf8 => Some(text.as_bytes().to_vec()),
            Self::Latin1 => text.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect(),
            Self::Ascii => text.is_ascii().then(|| text.as_bytes().to_vec()),
        }
    }
}

/// Who types first in a chat.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum First {
    /// Whoever runs the client.
    #[default]
    Client,
    /// Whoever runs the server.
    Server,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_become_the_bytes_of_the_encoding() {
        assert_eq!(Encoding::Utf8.bytes("ñ"), Some(b"\xc3\xb1".to_vec()));
        assert_eq!(Encoding::Latin1.bytes("ñ"), Some(b"\xf1".to_vec()));
        assert_eq!(Encoding::Latin1.bytes("€"), None);
        assert_eq!(Encoding::Ascii.bytes("ñ"), None);
    }

    #[test]
    fn a_command_stands_where_the_protocol_says_and_is_not_read_again() {
        let protocol = Protocol { command: Some("CMD {cmd}!".to_owned()), ..Protocol::default() };

        assert_eq!(protocol.command_message("echo {cmd}"), Some(b"CMD echo {cmd}!".to_vec()));
        assert_eq!(Protocol::default().command_message("true"), None);
    }
}
