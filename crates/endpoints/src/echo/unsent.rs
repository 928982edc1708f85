//! The datagrams that are still to be echoed, in order.
//!
//! What stands at one place of the receiver may be many datagrams, all of one length but for the last (`UDP_GRO` in `udp(7)`). Those
//! that follow each other there are kept as one run, so that what they have in common is read once.

use std::collections::VecDeque;

use kernel::datagram::{BATCH_MAX, Outgoing, Receiver, pieces};

/// Datagrams of a receiver, by their places in it.
#[derive(Debug)]
pub(super) struct Unsent {
    runs: VecDeque<Run>,
}

/// What is left of the datagrams that follow each other at a place.
#[derive(Debug, Clone, Copy)]
struct Run {
    place: usize,
    start: usize,
    end: usize,
    /// How long each one is, but for the last.
    segment_bytes: usize,
}

impl Unsent {
    pub(super) fn new() -> Self {
        Self { runs: VecDeque::with_capacity(BATCH_MAX) }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    /// Adds the datagram of so many bytes that begins there.
    pub(super) fn add(&mut self, (place, start): (usize, usize), bytes: usize) {
        let end = start + bytes;
        match self.runs.back_mut() {
            Some(last) if (last.place, last.end) == (place, start) => last.end = end,
            _ => self.runs.push_back(Run { place, start, end, segment_bytes: bytes }),
        }
    }

    /// The echoes, as they are to be sent.
    pub(super) fn replies<'a>(
        &'a self,
        receiver: &'a Receiver,
    ) -> impl Iterator<Item = Outgoing<'a>> + Clone {
        let there = self.runs.iter().filter_map(|run| Some((run, receiver.get(run.place)?)));
        there.flat_map(|(run, received)| {
            let payloads = received.payload.get(run.start..run.end).unwrap_or_default();
            let (peer, source) = (Some(received.peer), received.destination);
            pieces(payloads, run.segment_bytes).map(move |payload| Outgoing { payload, peer, source })
        })
    }

    /// Takes the first datagrams away, so many of them, and says how long each one is.
    pub(super) fn take(&mut self, datagrams: usize, mut say: impl FnMut(usize)) {
        for _ in 0..datagrams {
            let Some(run) = self.runs.front_mut() else { return };
            let bytes = run.segment_bytes.min(run.end - run.start);
            run.start += bytes;
            if run.start == run.end {
                self.runs.pop_front();
            }
            say(bytes);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn datagrams_that_follow_each_other_are_one_run_and_are_taken_one_by_one() {
        let mut unsent = Unsent::new();
        for (at, bytes) in [((0, 0), 5), ((1, 0), 4), ((1, 4), 4), ((1, 12), 3), ((2, 0), 0)] {
            unsent.add(at, bytes);
        }
        assert_eq!(unsent.runs.len(), 4);

        let mut taken = Vec::new();
        unsent.take(2, |bytes| taken.push(bytes));
        assert_eq!((&taken[..], unsent.runs.len()), (&[5, 4][..], 3));
        unsent.take(9, |bytes| taken.push(bytes));

        assert_eq!(taken, [5, 4, 4, 3, 0]);
        assert!(unsent.is_empty());
    }
}
