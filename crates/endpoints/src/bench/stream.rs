//! The messages of one connection: what is to be sent, and what of it has come back. No socket and no clock.

use std::collections::VecDeque;

use super::pattern::{CHUNK_BYTES, Mismatch, Pattern};

/// One connection's stream, and the messages of it that are under way.
///
/// Always `received <= sent <= end`, and `end` is that of the last message begun.
#[derive(Debug)]
pub(super) struct Stream {
    number: usize,
    size_bytes: u64,
    /// When each message began whose echo is not complete, the oldest first.
    under_way: VecDeque<u64>,
    end: u64,
    sent: u64,
    received: u64,
}

impl Stream {
    /// Makes the stream with this number, of messages of this size, none begun.
    pub(super) fn new(number: usize, size_bytes: usize) -> Self {
        let under_way = VecDeque::new();
        Self { number, size_bytes: size_bytes as u64, under_way, end: 0, sent: 0, received: 0 }
    }

    /// Begins a message; its time counts from `began_ns`.
    pub(super) fn begin(&mut self, began_ns: u64) {
        self.under_way.push_back(began_ns);
        self.end += self.size_bytes;
    }

    /// What is to be sent next, as far as it is one piece; nothing when all has been sent.
    pub(super) fn unsent<'p>(&self, pattern: &'p Pattern) -> &'p [u8] {
        pattern.slice(self.number, self.sent, within_chunk(self.end - self.sent))
    }

    /// Takes note that so many bytes of [`Self::unsent`] were sent.
    pub(super) fn sent(&mut self, bytes: usize) {
        self.sent += bytes as u64;
    }

    /// Judges what came, and tells when each message began whose echo it completes.
    ///
    /// # Errors
    /// A byte that differs, or more than was sent; nothing of it counts.
    pub(super) fn take(
        &mut self,
        pattern: &Pattern,
        bytes: &[u8],
        mut complete: impl FnMut(u64),
    ) -> Result<(), Mismatch> {
        let due = self.sent - self.received;
        // What is wrong is told before that it is too much: whoever answers something else does both.
        pattern.check(self.number, self.received, bytes)?;
        if bytes.len() as u64 > due {
            return Err(Mismatch::Length { expected: within_chunk(due), actual: bytes.len() });
        }
        let before = self.received / self.size_bytes;
        self.received += bytes.len() as u64;
        for _ in before..self.received / self.size_bytes {
            if let Some(began_ns) = self.under_way.pop_front() {
                complete(began_ns);
            }
        }
        Ok(())
    }

    /// How many messages are under way.
    pub(super) fn under_way(&self) -> usize {
        self.under_way.len()
    }
}

fn within_chunk(bytes: u64) -> usize {
    usize::try_from(bytes).unwrap_or(usize::MAX).min(CHUNK_BYTES)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn however_sends_and_echoes_are_cut_each_message_completes_once_and_in_order(
            size_bytes in 1..2000_usize,
            messages in 1..20_u64,
            cuts in proptest::collection::vec(1..5000_usize, 1..50),
        ) {
            let pattern = Pattern::new();
            let mut stream = Stream::new(7, size_bytes);
            (0..messages).for_each(|message| stream.begin(message));
            let (mut completed, mut cuts) = (Vec::new(), cuts.into_iter().cycle());
            while stream.under_way() > 0 {
                let cut = cuts.next().unwrap_or(1);
                let piece = stream.unsent(&pattern);
                let piece = &piece[..piece.len().min(cut)];
                stream.sent(piece.len());
                stream.take(&pattern, piece, |began_ns| completed.push(began_ns)).unwrap();
            }
            prop_assert_eq!(completed, (0..messages).collect::<Vec<_>>());
        }
    }

    #[test]
    fn more_than_was_sent_is_wrong_and_something_else_is_told_as_such() {
        let pattern = Pattern::new();
        let mut stream = Stream::new(0, 4);
        stream.begin(0);
        stream.sent(4);
        let five = pattern.slice(0, 0, 5).to_vec();

        let too_much = stream.take(&pattern, &five, |_| {});
        let other = stream.take(&pattern, b"HTTP/1.1 400 Bad Request", |_| {});

        assert_eq!(too_much, Err(Mismatch::Length { expected: 4, actual: 5 }));
        assert!(matches!(other, Err(Mismatch::Byte { received, .. }) if received.starts_with(b"HTTP")));
    }
}
