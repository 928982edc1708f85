//! Reads the fields of a payload one after another, numbers in network byte order.
//!
//! [`sock_diag`](crate::sock_diag) has a cursor of its own: the kernel writes in the byte order of the machine.

use crate::message::Fault;

/// The bytes that are still to be read.
pub(crate) struct Fields<'a> {
    left: &'a [u8],
}

impl<'a> Fields<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { left: bytes }
    }

    pub(crate) fn u8(&mut self) -> Result<u8, Fault> {
        self.array().map(u8::from_be_bytes)
    }

    pub(crate) fn u16(&mut self) -> Result<u16, Fault> {
        self.array().map(u16::from_be_bytes)
    }

    pub(crate) fn u32(&mut self) -> Result<u32, Fault> {
        self.array().map(u32::from_be_bytes)
    }

    pub(crate) fn u64(&mut self) -> Result<u64, Fault> {
        self.array().map(u64::from_be_bytes)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], Fault> {
        self.array_ref().copied()
    }

    pub(crate) fn array_ref<const N: usize>(&mut self) -> Result<&'a [u8; N], Fault> {
        let (array, rest) = self.left.split_first_chunk().ok_or(Fault::Short)?;
        self.left = rest;
        Ok(array)
    }

    pub(crate) fn bytes(&mut self, count: usize) -> Result<&'a [u8], Fault> {
        let (bytes, rest) = self.left.split_at_checked(count).ok_or(Fault::Short)?;
        self.left = rest;
        Ok(bytes)
    }

    /// Reads a name: a `u16` count of bytes and as many bytes of UTF-8.
    pub(crate) fn name(&mut self) -> Result<&'a str, Fault> {
        let count = self.u16()?;
        text(self.bytes(count.into())?)
    }

    pub(crate) fn rest(&self) -> &'a [u8] {
        self.left
    }
}

/// Reads bytes as the UTF-8 that all text is.
pub(crate) fn text(bytes: &[u8]) -> Result<&str, Fault> {
    str::from_utf8(bytes).map_err(|_| Fault::Text)
}

/// Appends a name. One that is longer than its count can tell, which no caller has, is cut.
pub(crate) fn put_name(name: &str, out: &mut Vec<u8>) {
    let count = u16::try_from(name.len()).unwrap_or(u16::MAX);
    out.extend_from_slice(&count.to_be_bytes());
    out.extend_from_slice(&name.as_bytes()[..count.into()]);
}
