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

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE";

    #[test]
    fn a_key_file_is_read_as_it_is_written() {
        let key = ClientKey { name: "ana".parse().unwrap(), secret: Secret::new([1; 32]) };
        let text = format!("socklab-key-1 ana {TEXT}\n");

        assert_eq!(*key.to_text(), text);
        for text in [text.clone(), format!("# mine\r\n\r\n  socklab-key-1\tana  {TEXT} \r\n\n#end")] {
            let read = ClientKey::parse(&text).unwrap();
            assert_eq!((read.name, read.secret.id()), (key.name.clone(), key.secret.id()), "{text:?}");
        }
    }

    #[test]
    fn every_fault_is_told_with_its_line_and_without_the_secret() {
        for (text, error) in [
            (String::new(), ClientKeyError::None),
            ("# nothing\n\n".to_owned(), ClientKeyError::None),
            (format!("\nana {TEXT} may=text"), ClientKeyError::Mark(2)),
            (format!("{TEXT} socklab-key-1"), ClientKeyError::Mark(1)),
            ("socklab-key-1".to_owned(), ClientKeyError::Name(1)),
            (format!("socklab-key-1 a/b {TEXT}"), ClientKeyError::Name(1)),
            ("socklab-key-1 ana".to_owned(), ClientKeyError::Secret(1)),
            (format!("socklab-key-1 {TEXT} ana"), ClientKeyError::Secret(1)),
            (format!("socklab-key-1 ana {TEXT} {TEXT}"), ClientKeyError::More(1)),
            (format!("socklab-key-1 ana {TEXT}\n#\n{TEXT}"), ClientKeyError::Several(3)),
        ] {
            let found = ClientKey::parse(&text).unwrap_err();
            assert_eq!(found, error, "{text:?}");
            assert!(!format!("{found} {found:?}").contains(TEXT));
        }
    }

    #[test]
    fn a_key_file_has_a_maximum() {
        let line = format!("socklab-key-1 ana {TEXT}\n");
        let padded = |bytes: usize| format!("{line}{}", "\n".repeat(bytes - line.len()));

        assert!(ClientKey::parse(&padded(CLIENT_FILE_BYTES_MAX)).is_ok());
        assert_eq!(ClientKey::parse(&padded(CLIENT_FILE_BYTES_MAX + 1)).err(), Some(ClientKeyError::TooLong));
    }

    #[test]
    fn a_key_shows_its_name_alone() {
        let key = ClientKey { name: "ana".parse().unwrap(), secret: Secret::new([1; 32]) };

        assert_eq!(format!("{key:?}"), r#"ClientKey { name: KeyName("ana"), secret: Secret(…) }"#);
    }
}
