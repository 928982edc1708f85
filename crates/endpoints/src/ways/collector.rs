//! From parts to items: counts and hashes what comes, without keeping it, and holds it to its limits.

use sha2::{Digest as _, Sha256};

use super::decoder::{Fault, Part};
use super::item::{Digest, HEAD_BYTES_MAX, Item, Kind};

/// The longest item.
pub const ITEM_BYTES_MAX: u64 = 64 << 20;
/// The most items of one transfer.
pub const ITEMS_MAX: usize = 64;

/// The items of one connection.
#[derive(Debug, Default)]
pub struct Collector {
    /// What each item is taken for, whatever the way says.
    kind: Option<Kind>,
    items: Vec<Item>,
    open: Option<Open>,
}

/// An item that has begun.
#[derive(Debug)]
struct Open {
    item: Item,
    hasher: Sha256,
}

impl Collector {
    /// Has none so far.
    pub fn new() -> Self {
        Self::default()
    }

    /// Has none so far, and takes each for what it is told, as a receiver does that knows by the connection.
    pub fn of(kind: Kind) -> Self {
        Self { kind: Some(kind), ..Self::default() }
    }

    /// Takes a part.
    ///
    /// # Errors
    /// [`Fault::TooLong`], [`Fault::TooMany`].
    pub fn take(&mut self, part: Part<'_>) -> Result<(), Fault> {
        match part {
            Part::Begin { kind, name, bytes } => {
                if self.items.len() == ITEMS_MAX {
                    return Err(Fault::TooMany);
                }
                if bytes.is_some_and(|bytes| bytes > ITEM_BYTES_MAX) {
                    return Err(Fault::TooLong);
                }
                let kind = self.kind.or(kind);
                let item = Item { kind, name, bytes: 0, sha256: Digest([0; 32]), head: Vec::new() };
                self.open = Some(Open { item, hasher: Sha256::new() });
            }
            Part::Bytes(bytes) => {
                if let Some(open) = &mut self.open {
                    open.add(bytes)?;
                }
            }
            Part::End => {
                if let Some(Open { mut item, hasher }) = self.open.take() {
                    item.sha256 = Digest(hasher.finalize().into());
                    self.items.push(item);
                }
            }
        }
        Ok(())
    }

    /// The items that are complete.
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// How much there is of an item that is not complete.
    pub fn unfinished_bytes(&self) -> Option<u64> {
        self.open.as_ref().map(|open| open.item.bytes)
    }

    /// The items that are complete.
    pub fn into_items(self) -> Vec<Item> {
        self.items
    }
}

impl Open {
    fn add(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        let item = &mut self.item;
        item.bytes += bytes.len() as u64;
        if item.bytes > ITEM_BYTES_MAX {
            return Err(Fault::TooLong);
        }
        let shown = (HEAD_BYTES_MAX - item.head.len()).min(bytes.len());
        item.head.extend_from_slice(&bytes[..shown]);
        self.hasher.update(bytes);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_may_be_as_long_as_the_limit_and_no_longer() {
        for (bytes, expected) in [(ITEM_BYTES_MAX, Ok(())), (ITEM_BYTES_MAX + 1, Err(Fault::TooLong))] {
            let said = Collector::new().take(Part::Begin { kind: None, name: None, bytes: Some(bytes) });

            assert_eq!(said, expected);
        }
        let mut collector = Collector::new();
        collector.take(Part::Begin { kind: None, name: None, bytes: None }).unwrap();
        // As if so many had come.
        collector.open.as_mut().unwrap().item.bytes = ITEM_BYTES_MAX - 1;
        assert_eq!(collector.take(Part::Bytes(&[0])), Ok(()));
        assert_eq!(collector.take(Part::Bytes(&[0])), Err(Fault::TooLong));
    }

    #[test]
    fn there_may_be_as_many_items_as_the_limit_and_no_more() {
        let mut collector = Collector::new();
        let begin = || Part::Begin { kind: None, name: None, bytes: None };
        for _ in 0..ITEMS_MAX {
            collector.take(begin()).unwrap();
            collector.take(Part::End).unwrap();
        }

        assert_eq!(collector.take(begin()), Err(Fault::TooMany));
        assert_eq!(collector.items().len(), ITEMS_MAX);
    }
}
