//! Buffers that are used again: the parts of a file come by the thousand, all of one size, made by one thread and
//! dropped by another. Each of them anew would have its pages given back to the kernel and asked for again.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// So many buffers are kept, a few more than wait in a queue; what comes back beyond is let go.
pub(super) const SPARES_MAX: usize = 10;
/// A smaller buffer is not worth keeping.
const KEPT_BYTES_MIN: usize = 32 << 10;
/// A larger one would keep more than the parts of a file need.
const KEPT_BYTES_MAX: usize = 128 << 10;

/// Buffers that wait to be used again. Clones share them. None is kept before somebody has asked for one.
#[derive(Debug, Clone, Default)]
pub(super) struct Spares(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    is_asked: bool,
    buffers: Vec<Vec<u8>>,
}

impl Spares {
    /// A buffer; what it has in it is of no meaning.
    pub(super) fn take(&self) -> Vec<u8> {
        let mut state = self.lock();
        state.is_asked = true;
        state.buffers.pop().unwrap_or_default()
    }

    /// Takes a buffer back.
    pub(super) fn give(&self, buffer: Vec<u8>) {
        if (KEPT_BYTES_MIN..=KEPT_BYTES_MAX).contains(&buffer.capacity()) {
            let mut state = self.lock();
            if state.is_asked && state.buffers.len() < SPARES_MAX {
                state.buffers.push(buffer);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_that_came_back_is_used_again() {
        let spares = Spares::default();
        assert!(spares.take().is_empty());

        spares.give(vec![7; KEPT_BYTES_MIN]);

        assert_eq!(spares.take(), vec![7; KEPT_BYTES_MIN]);
        assert!(spares.take().is_empty());
    }

    #[test]
    fn nothing_is_kept_that_nobody_asks_for() {
        let spares = Spares::default();
        spares.give(vec![7; KEPT_BYTES_MIN]);
        assert!(spares.take().is_empty());
    }

    #[test]
    fn only_so_many_are_kept_and_none_that_is_small_or_large() {
        let spares = Spares::default();
        spares.take();
        for bytes in [KEPT_BYTES_MIN - 1, KEPT_BYTES_MAX + 1] {
            spares.give(Vec::with_capacity(bytes));
            assert_eq!(spares.lock().buffers.len(), 0, "{bytes}");
        }
        for _ in 0..=SPARES_MAX {
            spares.give(Vec::with_capacity(KEPT_BYTES_MAX));
        }
        assert_eq!(spares.lock().buffers.len(), SPARES_MAX);
    }
}
