//! What waits for a peer: bounded, so that one that does not read costs no more than this.

use std::collections::VecDeque;
use std::io;
use std::os::fd::AsFd;
use std::time::Instant;

use kernel::stream;

use super::config::QUEUE_BYTES_MAX;

/// Bytes that the kernel has not taken yet.
#[derive(Debug)]
pub(super) struct Queue {
    bytes: VecDeque<u8>,
    /// When the peer last took some, or there were none to take.
    moved_at: Instant,
}

impl Queue {
    pub(super) fn new(now: Instant) -> Self {
        Self { bytes: VecDeque::new(), moved_at: now }
    }

    /// Adds bytes; false, and nothing is added, when they are too many.
    #[must_use]
    pub(super) fn push(&mut self, bytes: &[u8], now: Instant) -> bool {
        if self.bytes.len() + bytes.len() > QUEUE_BYTES_MAX {
            return false;
        }
        if self.bytes.is_empty() {
            self.moved_at = now;
        }
        self.bytes.extend(bytes);
        true
    }

    /// Gives the kernel as much as it takes.
    ///
    /// # Errors
    /// `EPIPE`, `ECONNRESET`, `ETIMEDOUT`: the connection is broken.
    pub(super) fn flush(&mut self, socket: impl AsFd, now: Instant) -> io::Result<()> {
        while !self.bytes.is_empty() {
            match stream::send(&socket, self.bytes.as_slices().0) {
                Ok(taken) => {
                    self.bytes.drain(..taken);
                    self.moved_at = now;
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    pub(super) fn clear(&mut self) {
        self.bytes.clear();
    }

    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    pub(super) fn moved_at(&self) -> Instant {
        self.moved_at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_queue_takes_its_maximum_and_not_a_byte_more() {
        let now = Instant::now();
        let mut queue = Queue::new(now);

        assert!(queue.push(&vec![b'x'; QUEUE_BYTES_MAX], now));
        assert!(!queue.push(b"x", now));
        assert_eq!(queue.len(), QUEUE_BYTES_MAX);
    }
}
