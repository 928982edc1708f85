//! Reads the fields of a C structure one after another, in the order of its declaration.

/// The bytes ended before the value did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{left} bytes left where {needed} were needed")]
pub struct Truncated {
    /// How many bytes the field has.
    pub needed: usize,
    /// How many there were.
    pub left: usize,
}

/// The bytes that are still to be read.
///
/// Netlink writes its numbers in the byte order of the machine (`netlink(7)`); ports and addresses, which are in network
/// order, are marked `_be` or read as arrays.
pub(super) struct Cursor<'b> {
    left: &'b [u8],
}

impl<'b> Cursor<'b> {
    pub(super) fn new(bytes: &'b [u8]) -> Self {
        Self { left: bytes }
    }

    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], Truncated> {
        let (array, rest) =
            self.left.split_first_chunk().ok_or(Truncated { needed: N, left: self.left.len() })?;
        self.left = rest;
        Ok(*array)
    }

    pub(super) fn u8(&mut self) -> Result<u8, Truncated> {
        self.array().map(u8::from_ne_bytes)
    }

    pub(super) fn u16(&mut self) -> Result<u16, Truncated> {
        self.array().map(u16::from_ne_bytes)
    }

    pub(super) fn u16_be(&mut self) -> Result<u16, Truncated> {
        self.array().map(u16::from_be_bytes)
    }

    pub(super) fn u32(&mut self) -> Result<u32, Truncated> {
        self.array().map(u32::from_ne_bytes)
    }

    pub(super) fn i32(&mut self) -> Result<i32, Truncated> {
        self.array().map(i32::from_ne_bytes)
    }

    pub(super) fn into_rest(self) -> &'b [u8] {
        self.left
    }
}
