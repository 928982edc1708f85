//! Items one behind the other, and then the end of the connection: only that end is marked.
//!
//! It holds for one item. Of several the receiver cannot tell where one ends and the next begins; and when the sender dies,
//! the kernel closes its connection as if all had been sent (FIN), so that half an item looks like a whole one. Only an
//! RST shows.

use super::decoder::{Fault, Part, Take};
use super::item::Payload;

pub(super) fn encode(payload: &Payload, out: &mut Vec<u8>) {
    out.extend_from_slice(&payload.bytes);
}

/// Takes everything for one item.
#[derive(Debug, Default)]
pub struct UntilClose {
    has_begun: bool,
}

impl UntilClose {
    pub(super) fn feed(&mut self, bytes: &[u8], take: Take<'_>) -> Result<(), Fault> {
        if bytes.is_empty() {
            return Ok(());
        }
        self.begin(take)?;
        take(Part::Bytes(bytes))
    }

    pub(super) fn finish(&mut self, take: Take<'_>) -> Result<(), Fault> {
        self.begin(take)?;
        take(Part::End)
    }

    fn begin(&mut self, take: Take<'_>) -> Result<(), Fault> {
        if self.has_begun {
            return Ok(());
        }
        self.has_begun = true;
        take(Part::Begin { kind: None, name: None, bytes: None })
    }
}
