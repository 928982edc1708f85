//! The secret of a key, and its id.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// What is hashed before a secret, so that the hash is good for nothing else.
const ID_CONTEXT: &[u8] = b"socklab key id 1";

/// The bytes of a secret, and the characters of its text.
const SECRET_BYTES: usize = 32;
const TEXT_BYTES: usize = 43;

/// What a client and a server share and nobody else knows.
///
/// It is overwritten when it is dropped. There is no `Display`, no comparison, and a `Debug` that shows nothing.
#[derive(Clone)]
pub struct Secret(Zeroizing<[u8; SECRET_BYTES]>);

impl Secret {
    /// Takes 32 bytes, which must come from a source of randomness that nobody can guess.
    pub fn new(bytes: [u8; SECRET_BYTES]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// Reads the text of a secret: base64url without padding (RFC 4648 §5), 43 characters. None if it is not that.
    pub fn parse(text: &str) -> Option<Self> {
        // The decoder wants room for whole groups of three.
        let mut bytes = Zeroizing::new([0; SECRET_BYTES + 1]);
        let count = URL_SAFE_NO_PAD.decode_slice(text, bytes.as_mut_slice()).ok()?;
        let (secret, _) = bytes[..count].split_first_chunk()?;
        (text.len() == TEXT_BYTES).then(|| Self::new(*secret))
    }

    /// The text that [`Secret::parse`] reads. It is for the key file alone.
    pub fn to_text(&self) -> Zeroizing<String> {
        Zeroizing::new(URL_SAFE_NO_PAD.encode(self.bytes()))
    }

    /// The id: the first 8 bytes of a SHA-256.
    pub fn id(&self) -> KeyId {
        let hash = Sha256::new().chain_update(ID_CONTEXT).chain_update(self.bytes()).finalize();
        let mut id = KeyId([0; 8]);
        id.0.copy_from_slice(&hash[..8]);
        id
    }

    pub(crate) fn bytes(&self) -> &[u8; SECRET_BYTES] {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Names a key and gives nothing of it away.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(pub [u8; 8]);

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        crate::message::write_hex(&self.0, f)
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyId({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_written_in_base64url_without_padding() {
        let secret = Secret::new([0xfb; 32]);
        let text = "-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_s";

        assert_eq!(*secret.to_text(), text);
        assert_eq!(Secret::parse(text).map(|it| *it.bytes()), Some([0xfb; 32]));
    }

    #[test]
    fn what_is_no_secret_is_refused() {
        let good = "A".repeat(TEXT_BYTES);
        assert!(Secret::parse(&good).is_some());
        for text in [
            String::new(),
            "A".repeat(TEXT_BYTES - 1),
            "A".repeat(TEXT_BYTES + 1),
            format!("{good}="),
            good.replacen('A', "+", 1),
            good.replacen('A', " ", 1),
            good.replacen('A', "\u{f1}", 1),
            // The last character has two bits that belong to no byte: one secret has one text.
            format!("{}B", &good[1..]),
            "A".repeat(10_000),
        ] {
            assert!(Secret::parse(&text).is_none(), "{text:?}");
        }
    }

    #[test]
    fn a_secret_is_not_shown() {
        assert_eq!(format!("{:?}", Secret::new([1; 32])), "Secret(…)");
    }

    #[test]
    fn the_id_is_the_beginning_of_a_hash() {
        let id = Secret::new([1; 32]).id();

        assert_eq!(id, KeyId([0xca, 0xd8, 0x22, 0x71, 0xa7, 0x01, 0xb0, 0x96]));
        assert_eq!(id.to_string(), "cad82271a701b096");
        assert_ne!(id, Secret::new([2; 32]).id());
    }
}
