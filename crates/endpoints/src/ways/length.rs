//! Items behind their length: four bytes, the most significant first (`htonl(3)`), then as many bytes.
//!
//! It holds whatever the bytes are. What an item is, and in which order the items come, the receiver must know beforehand.

use super::decoder::{Fault, Part, Take};
use super::item::Payload;

/// How long the length is.
const HEADER_BYTES: usize = 4;

pub(super) fn encode(payload: &Payload, out: &mut Vec<u8>) {
    out.extend_from_slice(&wire_length(&payload.bytes));
    out.extend_from_slice(&payload.bytes);
}

/// A length as it stands on the wire. No payload is longer than `ITEM_BYTES_MAX`, far below what fits.
pub(super) fn wire_length(bytes: &[u8]) -> [u8; HEADER_BYTES] {
    u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes()
}

/// Reads a length, then as many bytes.
#[derive(Debug, Default)]
pub struct LengthFirst {
    header: Vec<u8>,
    /// How many bytes of the item are to come; `None` between items.
    left: Option<usize>,
}

impl LengthFirst {
    pub(super) fn feed(&mut self, mut bytes: &[u8], take: Take<'_>) -> Result<(), Fault> {
        while !bytes.is_empty() {
            match self.left {
                None => bytes = self.read_header(bytes, take)?,
                Some(left) => {
                    let (now, rest) = bytes.split_at(left.min(bytes.len()));
                    take(Part::Bytes(now))?;
                    self.left = Some(left - now.len());
                    bytes = rest;
                }
            }
            if self.left == Some(0) {
                take(Part::End)?;
                self.left = None;
            }
        }
        Ok(())
    }

    fn read_header<'a>(&mut self, bytes: &'a [u8], take: Take<'_>) -> Result<&'a [u8], Fault> {
        let (now, rest) = bytes.split_at((HEADER_BYTES - self.header.len()).min(bytes.len()));
        self.header.extend_from_slice(now);
        if let Ok(length) = <[u8; HEADER_BYTES]>::try_from(self.header.as_slice()) {
            self.header.clear();
            let length = u32::from_be_bytes(length);
            self.left = usize::try_from(length).ok();
            take(Part::Begin { kind: None, name: None, bytes: Some(length.into()) })?;
        }
        Ok(rest)
    }

    pub(super) fn finish(&self) -> Result<(), Fault> {
        if self.header.is_empty() && self.left.is_none() { Ok(()) } else { Err(Fault::Cut) }
    }
}
