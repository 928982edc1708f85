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
        self.end(bytes.len()).extend_from_slice(bytes);
    }

    /// Where bytes are appended, with room for so many. What is there already must stay as it is.
    pub(crate) fn end(&mut self, room_bytes: usize) -> &mut Vec<u8> {
        if self.is_empty() {
            self.bytes.clear();
            self.start = 0;
        } else if self.bytes.capacity() - self.bytes.len() < room_bytes {
            self.bytes.drain(..self.start);
            self.start = 0;
        }
        self.bytes.reserve(room_bytes);
        &mut self.bytes
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_come_out_in_the_order_in_which_they_went_in() {
        let mut pending = Pending::default();
        let mut out = Vec::new();
        for round in 0..200_usize {
            pending.push(&[u8::try_from(round).unwrap(); 7]);
            while pending.left().len() >= 5 {
                out.extend_from_slice(pending.take(5));
            }
        }

        assert_eq!(out, (0..200).flat_map(|round| [round; 7]).collect::<Vec<_>>());
        assert!(pending.is_empty());
    }

    #[test]
    fn the_buffer_grows_to_what_is_kept_and_what_comes_and_no_further() {
        const KEPT_BYTES: usize = 1_000;
        const READ_BYTES: usize = 300;
        let mut pending = Pending::default();
        for _ in 0..10_000 {
            pending.push(&[1; READ_BYTES]);
            if pending.left().len() > KEPT_BYTES {
                pending.take(KEPT_BYTES);
            }
        }

        // `Vec` doubles what it has when it grows.
        let capacity = pending.bytes.capacity();
        assert!(capacity <= 2 * (KEPT_BYTES + READ_BYTES), "{capacity}");
    }
}
