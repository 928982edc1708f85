//! Bytes that have come and are not yet part of something whole.

/// Takes bytes in at its end and gives them out at its front.
///
/// They are moved to the front only when the buffer would have to grow otherwise: not once for each thing taken out.
#[derive(Debug, Default)]
pub(crate) struct Pending {
    bytes: Vec<u8>,
    /// Where the bytes that were not taken begin; at most the length of `bytes`.
    start: usize,
}

impl Pending {
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        if self.is_empty() {
            self.bytes.clear();
            self.start = 0;
        } else if self.bytes.capacity() - self.bytes.len() < bytes.len() {
            self.bytes.drain(..self.start);
            self.start = 0;
        }
        self.bytes.extend_from_slice(bytes);
    }

    /// What is there.
    pub(crate) fn left(&self) -> &[u8] {
        &self.bytes[self.start..]
    }

    /// Gives out the first `count` bytes of [`Pending::left`].
    pub(crate) fn take(&mut self, count: usize) -> &[u8] {
        let taken = self.start..self.start + count;
        self.start = taken.end;
        &self.bytes[taken]
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.start == self.bytes.len()
    }
}
