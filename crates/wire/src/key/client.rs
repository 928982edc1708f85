//! The client's key file: one line, `socklab-key-1 NAME SECRET`.

use zeroize::Zeroizing;

use super::{CLIENT_FILE_BYTES_MAX, KeyName, Secret, telling_lines};

/// What the line begins with: the version of the format.
const MARK: &str = "socklab-key-1";

/// The key of a client.
#[derive(Clone, Debug)]
pub struct ClientKey {
    /// How it is called; the server may call it by another name.
    pub name: KeyName,
    /// The secret.
    pub secret: Secret,
}

impl ClientKey {
    /// Reads a key file.
    ///
    /// # Errors
    ///
    /// [`ClientKeyError`], with the number of the line.
    pub fn parse(text: &str) -> Result<Self, ClientKeyError> {
        if text.len() > CLIENT_FILE_BYTES_MAX {
            return Err(ClientKeyError::TooLong);
        }
        let mut lines = telling_lines(text);
        let (number, line) = lines.next().ok_or(ClientKeyError::None)?;
        if let Some((second, _)) = lines.next() {
            return Err(ClientKeyError::Several(second));
        }
        let mut words = line.split_ascii_whitespace();
        if words.next() != Some(MARK) {
            return Err(ClientKeyError::Mark(number));
        }
        let name = words.next().and_then(|word| word.parse().ok()).ok_or(ClientKeyError::Name(number))?;
        let secret = words.next().and_then(Secret::parse).ok_or(ClientKeyError::Secret(number))?;
        if words.next().is_some() {
            return Err(ClientKeyError::More(number));
        }
        Ok(Self { name, secret })
    }

    /// The text of a key file, with its line's end.
    pub fn to_text(&self) -> Zeroizing<String> {
        Zeroizing::new([MARK, " ", self.name.as_str(), " ", &self.secret.to_text(), "\n"].concat())
    }
}

/// A text that is no key file; the number is that of the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClientKeyError {
    /// The file is longer than a key can be.
    #[error("more than {CLIENT_FILE_BYTES_MAX} bytes")]
    TooLong,
    /// There is no key in it.
    #[error("no line with a key")]
    None,
    /// There is another line after the key.
    #[error("line {0}: a second key, where one is read")]
    Several(usize),
    /// The line begins with another word; a server's list does.
    #[error("line {0}: does not begin with {MARK}")]
    Mark(usize),
    /// The name is missing, or is none.
    #[error("line {0}: the second word is no name of 1 to 64 letters, digits, `-`, `_` or `.`")]
    Name(usize),
    /// The secret is missing, or is none.
    #[error("line {0}: the third word is no secret of 43 characters of base64url")]
    Secret(usize),
    /// There is something after the secret.
    #[error("line {0}: more than three words")]
    More(usize),
}
