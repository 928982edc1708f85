//! Items that end at a delimiter, and nothing keeps the delimiter out of an item: `hola`, `\n--FIN--\n`, image, `\n--FIN--\n`.
//!
//! It breaks when an item contains the delimiter. Whoever must hold with any bytes escapes them, as HDLC and SLIP
//! (RFC 1055) do, or takes care that the delimiter does not occur, as MIME does (RFC 2046 §5.1.1); this way does neither.

use super::decoder::{Fault, Part, Take};
use super::item::Payload;

/// The longest delimiter.
pub const DELIMITER_BYTES_MAX: usize = 64;

/// What stands behind each item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delimiter(Vec<u8>);

impl Default for Delimiter {
    /// One that a student might choose because no text has it.
    fn default() -> Self {
        Self(b"\n--FIN--\n".to_vec())
    }
}

impl Delimiter {
    /// Takes 1 to [`DELIMITER_BYTES_MAX`] bytes.
    pub fn new(bytes: &[u8]) -> Option<Self> {
        (1..=DELIMITER_BYTES_MAX).contains(&bytes.len()).then(|| Self(bytes.to_vec()))
    }

    /// Its bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Where a receiver would see the delimiter too early, if it would: where it first stands in the item, which may
    /// be across the item's end, as in `baa` with `ab` behind it for the delimiter `aab`.
    pub fn position_in(&self, item: &[u8]) -> Option<usize> {
        let whole = [item, self.as_bytes()].concat();
        self.find(&whole).filter(|at| *at < item.len())
    }

    fn find(&self, bytes: &[u8]) -> Option<usize> {
        bytes.windows(self.0.len()).position(|window| window == self.0)
    }
}

pub(super) fn encode(delimiter: &Delimiter, payload: &Payload, out: &mut Vec<u8>) {
    out.extend_from_slice(&payload.bytes);
    out.extend_from_slice(delimiter.as_bytes());
}

/// Looks for the delimiter. It holds back only what may be the beginning of one.
#[derive(Debug)]
pub struct Delimited {
    delimiter: Delimiter,
    /// The last bytes that came, as far as they are a beginning of the delimiter; shorter than it.
    held: Vec<u8>,
    has_begun: bool,
}

impl Delimited {
    pub(super) fn new(delimiter: Delimiter) -> Self {
        Self { delimiter, held: Vec::new(), has_begun: false }
    }

    pub(super) fn feed(&mut self, bytes: &[u8], take: Take<'_>) -> Result<(), Fault> {
        let window = [&self.held, bytes].concat();
        let mut rest = &window[..];
        while let Some(at) = self.delimiter.find(rest) {
            self.pass_on(&rest[..at], take)?;
            self.begin(take)?;
            take(Part::End)?;
            self.has_begun = false;
            rest = &rest[at + self.delimiter.0.len()..];
        }
        let kept = self.beginning_at_the_end_of(rest);
        self.pass_on(&rest[..rest.len() - kept], take)?;
        self.held = rest[rest.len() - kept..].to_vec();
        Ok(())
    }

    pub(super) fn finish(&mut self, take: Take<'_>) -> Result<(), Fault> {
        let held = std::mem::take(&mut self.held);
        self.pass_on(&held, take)?;
        if self.has_begun { Err(Fault::Cut) } else { Ok(()) }
    }

    fn pass_on(&mut self, bytes: &[u8], take: Take<'_>) -> Result<(), Fault> {
        if bytes.is_empty() {
            return Ok(());
        }
        self.begin(take)?;
        take(Part::Bytes(bytes))
    }

    fn begin(&mut self, take: Take<'_>) -> Result<(), Fault> {
        if self.has_begun {
            return Ok(());
        }
        self.has_begun = true;
        take(Part::Begin { kind: None, name: None, bytes: None })
    }

    /// How many of the last bytes may be the beginning of a delimiter.
    fn beginning_at_the_end_of(&self, bytes: &[u8]) -> usize {
        let delimiter = self.delimiter.as_bytes();
        (1..delimiter.len()).rev().find(|count| bytes.ends_with(&delimiter[..*count])).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delimiter_has_a_byte_at_least_and_not_too_many() {
        assert!(Delimiter::new(b"").is_none());
        assert!(Delimiter::new(&[0]).is_some());
        assert!(Delimiter::new(&[0; DELIMITER_BYTES_MAX]).is_some());
        assert!(Delimiter::new(&[0; DELIMITER_BYTES_MAX + 1]).is_none());
    }

    #[test]
    fn a_delimiter_is_seen_too_early_inside_an_item_and_across_its_end() {
        let delimiter = Delimiter::new(b"aa").unwrap();

        assert_eq!(delimiter.position_in(b"xaay"), Some(1));
        assert_eq!(delimiter.position_in(b"xa"), Some(1));
        assert_eq!(delimiter.position_in(b"ax"), None);
        assert_eq!(delimiter.position_in(b""), None);
    }
}
