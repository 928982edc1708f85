//! The datagrams that are still to be echoed, in order.
//!
//! What stands at one place of the receiver may be many datagrams, all of one length but for the last (`UDP_GRO` in `udp(7)`). Those
//! that follow each other there are kept as one run, so that what they have in common is read once.

use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr};

use kernel::datagram::{BATCH_MAX, Joined, Outgoing, Received, Receiver};

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
    peer: SocketAddr,
    source: Option<IpAddr>,
}

impl Unsent {
    pub(super) fn new() -> Self {
        Self { runs: VecDeque::with_capacity(BATCH_MAX) }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    /// Adds the datagram of so many bytes that begins there, of what was received at that place.
    pub(super) fn add(&mut self, (place, start): (usize, usize), bytes: usize, received: &Received<'_>) {
        let end = start + bytes;
        match self.runs.back_mut() {
            Some(last) if (last.place, last.end) == (place, start) => last.end = end,
            _ => {
                let (peer, source) = (received.peer, received.destination);
                self.runs.push_back(Run { place, start, end, segment_bytes: bytes, peer, source });
            }
        }
    }

    /// The echoes, as they are to be sent.
    pub(super) fn replies<'a>(&'a self, receiver: &'a Receiver) -> impl Iterator<Item = Joined<'a>> + Clone {
        self.runs.iter().map(|run| {
            let payload = receiver.payload(run.place).get(run.start..run.end).unwrap_or_default();
            let datagrams = Outgoing { payload, peer: Some(run.peer), source: run.source };
            Joined { datagrams, segment_bytes: Some(run.segment_bytes) }
        })
    }

    /// The peer of the first datagram, and how long that is.
    pub(super) fn first(&self) -> Option<(SocketAddr, usize)> {
        self.runs.front().map(|run| (run.peer, run.first_bytes()))
    }

    /// Takes the first datagrams away, so many of them, and says how long they are: so many of one length, again and again.
    pub(super) fn take(&mut self, mut datagrams: usize, mut say: impl FnMut(usize, usize)) {
        while let Some(run) = self.runs.front_mut()
            && datagrams > 0
        {
            let bytes = run.first_bytes();
            let taken = ((run.end - run.start) / bytes.max(1)).clamp(1, datagrams);
            datagrams -= taken;
            run.start += taken * bytes;
            if run.start == run.end {
                self.runs.pop_front();
            }
            say(taken, bytes);
        }
    }
}

impl Run {
    fn first_bytes(&self) -> usize {
        self.segment_bytes.min(self.end - self.start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn datagrams_that_follow_each_other_are_one_run_and_are_taken_one_by_one() {
        let mut unsent = Unsent::new();
        let peer = SocketAddr::from(([127, 0, 0, 1], 3500));
        let received = Received { payload: &[], true_bytes: 0, peer, destination: None, segment_bytes: None };
        for (at, bytes) in [((0, 0), 5), ((1, 0), 4), ((1, 4), 4), ((1, 8), 1), ((1, 12), 3), ((2, 0), 0)] {
            unsent.add(at, bytes, &received);
        }
        assert_eq!(unsent.runs.len(), 4);

        let mut taken = Vec::new();
        unsent.take(2, |datagrams, bytes| taken.push((datagrams, bytes)));
        assert_eq!((&taken[..], unsent.runs.len()), (&[(1, 5), (1, 4)][..], 3));
        assert_eq!(unsent.first(), Some((peer, 4)));
        unsent.take(9, |datagrams, bytes| taken.push((datagrams, bytes)));

        assert_eq!(taken[2..], [(1, 4), (1, 1), (1, 3), (1, 0)]);
        assert!(unsent.is_empty());
    }
}
