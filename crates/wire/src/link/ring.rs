//! Bytes of a stream, from a moving beginning: what both directions keep.

use std::collections::VecDeque;

/// An empty ring keeps no more memory than this.
const IDLE_BYTES: usize = 4 * 1_024;

/// A queue of bytes that never takes more memory than its maximum, and little when it is empty.
#[derive(Debug)]
pub(super) struct Ring {
    bytes: VecDeque<u8>,
    max: usize,
}

impl Ring {
    /// Makes an empty one, which takes no memory.
    pub(super) fn new(max: usize) -> Self {
        Self { bytes: VecDeque::new(), max }
    }

    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// How many bytes of memory it takes.
    pub(super) fn capacity(&self) -> usize {
        self.bytes.capacity()
    }

    /// How many bytes it has room for.
    pub(super) fn room(&self) -> usize {
        self.max.saturating_sub(self.bytes.len())
    }

    /// Puts bytes at a place, which may be behind the end: what is between is zeros. All of it must fit.
    pub(super) fn put(&mut self, place: usize, bytes: &[u8]) {
        let end = place + bytes.len();
        debug_assert!(end <= self.max, "{end} bytes in a ring of {}", self.max);
        if end > self.bytes.len() {
            self.reserve(end);
        }
        if place < self.bytes.len() {
            self.bytes.resize(end.max(self.bytes.len()), 0);
            self.overwrite(place, bytes);
        } else {
            self.bytes.resize(place, 0);
            self.bytes.extend(bytes);
        }
    }

    /// Takes bytes away from the beginning.
    pub(super) fn consume(&mut self, count: usize) {
        self.bytes.drain(..count.min(self.bytes.len()));
        if self.bytes.is_empty() {
            self.bytes.shrink_to(IDLE_BYTES);
        }
    }

    /// The first bytes, as far as they lie in a row; not empty unless there are none.
    pub(super) fn front(&self) -> &[u8] {
        self.bytes.as_slices().0
    }

    /// Appends `count` bytes from `place` on to `out`. They must be there.
    pub(super) fn copy(&self, place: usize, count: usize, out: &mut Vec<u8>) {
        let (left, right) = self.bytes.as_slices();
        let from_left = left.get(place..).map_or(&[][..], |rest| &rest[..count.min(rest.len())]);
        let skipped = place.saturating_sub(left.len());
        out.extend_from_slice(from_left);
        out.extend_from_slice(&right[skipped..skipped + count - from_left.len()]);
    }

    /// Forgets everything, the memory too.
    pub(super) fn clear(&mut self) {
        self.bytes = VecDeque::new();
    }

    /// Makes room for `end` bytes in all: twice what there was, and never more than the maximum.
    fn reserve(&mut self, end: usize) {
        if end > self.bytes.capacity() {
            let wanted = (self.bytes.capacity() * 2).clamp(end, self.max.max(end));
            self.bytes.reserve_exact(wanted - self.bytes.len());
        }
    }

    fn overwrite(&mut self, place: usize, bytes: &[u8]) {
        let (left, right) = self.bytes.as_mut_slices();
        let in_left = left.len().saturating_sub(place).min(bytes.len());
        if in_left > 0 {
            left[place..place + in_left].copy_from_slice(&bytes[..in_left]);
        }
        let skipped = place.saturating_sub(left.len());
        right[skipped..skipped + bytes.len() - in_left].copy_from_slice(&bytes[in_left..]);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MAX: usize = 64;

    #[test]
    fn it_takes_no_memory_before_it_is_used_and_never_more_than_its_maximum() {
        let mut ring = Ring::new(MAX);
        assert_eq!(ring.capacity(), 0);

        for place in 0..MAX {
            ring.put(place, b"x");
            assert!(ring.capacity() <= MAX);
        }

        assert_eq!((ring.len(), ring.room()), (MAX, 0));
        ring.clear();
        assert_eq!(ring.capacity(), 0);
    }

    #[test]
    fn an_empty_ring_gives_its_memory_back() {
        let mut ring = Ring::new(1 << 20);
        ring.put(0, &vec![0; 1 << 20]);
        assert_eq!(ring.capacity(), 1 << 20);

        ring.consume(1 << 20);

        assert!(ring.capacity() <= IDLE_BYTES);
    }

    proptest! {
        #[test]
        fn it_agrees_with_a_vector(
            steps in proptest::collection::vec((0..MAX, proptest::collection::vec(any::<u8>(), 0..MAX), 0..MAX), 0..200),
        ) {
            let (mut ring, mut model) = (Ring::new(MAX), Vec::new());
            for (place, bytes, count) in steps {
                if place + bytes.len() <= MAX {
                    ring.put(place, &bytes);
                    model.resize(model.len().max(place + bytes.len()), 0);
                    model[place..place + bytes.len()].copy_from_slice(&bytes);
                }
                let mut copied = Vec::new();
                let from = place.min(model.len());
                ring.copy(from, model.len() - from, &mut copied);
                prop_assert_eq!(&copied, &model[from..]);
                prop_assert!(model.starts_with(ring.front()) && (model.is_empty() || !ring.front().is_empty()));
                ring.consume(count);
                model.drain(..count.min(model.len()));
                prop_assert_eq!(ring.len(), model.len());
                prop_assert!(ring.capacity() <= MAX);
            }
        }
    }
}
