//! The datagrams of one source: a number, then the pattern. No socket and no clock.
//!
//! UDP may lose a datagram, double it, or bring its echo long after it was given up. The number tells these apart from an echo that is
//! wrong.

use std::collections::VecDeque;

use super::pattern::{Mismatch, Pattern};

/// Bytes of the number at the start of each datagram.
const NUMBER_BYTES: usize = size_of::<u64>();

/// One source's datagrams, and those that are under way.
#[derive(Debug)]
pub(super) struct Flight {
    source: usize,
    size_bytes: usize,
    /// Those from `first` on, the oldest first; the oldest one is always still waited for.
    waiting: VecDeque<Waiting>,
    /// The number of the oldest one; the first of all is 1.
    first: u64,
    /// How many are waited for.
    under_way: usize,
}

#[derive(Debug, Clone, Copy)]
struct Waiting {
    began_ns: u64,
    sent_ns: u64,
    is_over: bool,
}

/// What an echo that is right is an echo of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Echo {
    /// A datagram that is waited for, with the time when it began.
    Awaited(u64),
    /// One that was given up as lost, or whose echo had come already.
    Late,
}

impl Flight {
    /// Makes the flight of this source, of datagrams of this size, with nothing sent.
    pub(super) fn new(source: usize, size_bytes: usize) -> Self {
        Self { source, size_bytes, waiting: VecDeque::new(), first: 1, under_way: 0 }
    }

    /// Begins a datagram and writes it behind what `into` has.
    pub(super) fn begin(&mut self, pattern: &Pattern, began_ns: u64, sent_ns: u64, into: &mut Vec<u8>) {
        let number = self.first + self.waiting.len() as u64;
        self.waiting.push_back(Waiting { began_ns, sent_ns, is_over: false });
        self.under_way += 1;
        into.extend_from_slice(&number.to_be_bytes());
        into.extend_from_slice(pattern.slice(
            self.source,
            self.offset(number),
            self.size_bytes - NUMBER_BYTES,
        ));
    }

    /// Judges a datagram that came.
    ///
    /// # Errors
    /// It is none that was sent.
    pub(super) fn take(&mut self, pattern: &Pattern, received: &[u8]) -> Result<Echo, Mismatch> {
        let sent = self.first + self.waiting.len() as u64 - 1;
        let length = Mismatch::Length { expected: self.size_bytes, actual: received.len() };
        let Some((number, body)) = received.split_first_chunk::<NUMBER_BYTES>() else {
            return Err(length);
        };
        let number = u64::from_be_bytes(*number);
        // Something else altogether is told by its bytes, whatever its length is.
        if number == 0 || number > sent {
            return Err(Mismatch::Number { sent, actual: number });
        }
        pattern.check(self.source, self.offset(number), body)?;
        if received.len() != self.size_bytes {
            return Err(length);
        }
        Ok(self.end(number))
    }

    fn end(&mut self, number: u64) -> Echo {
        let index = number.checked_sub(self.first).and_then(|index| usize::try_from(index).ok());
        let waiting = index.and_then(|index| self.waiting.get_mut(index)).filter(|waiting| !waiting.is_over);
        let Some(waiting) = waiting else {
            return Echo::Late;
        };
        waiting.is_over = true;
        let echo = Echo::Awaited(waiting.began_ns);
        self.under_way -= 1;
        self.forget();
        echo
    }

    /// Gives up what was sent up to `sent_ns`; returns how many that were.
    pub(super) fn give_up(&mut self, sent_ns: u64) -> usize {
        let before = self.under_way;
        for waiting in self.waiting.iter_mut().take_while(|waiting| waiting.sent_ns <= sent_ns) {
            self.under_way -= usize::from(!waiting.is_over);
            waiting.is_over = true;
        }
        self.forget();
        before - self.under_way
    }

    /// Forgets the oldest ones as far as they are over.
    fn forget(&mut self) {
        while self.waiting.front().is_some_and(|waiting| waiting.is_over) {
            self.waiting.pop_front();
            self.first += 1;
        }
    }

    /// How many datagrams are waited for.
    pub(super) fn under_way(&self) -> usize {
        self.under_way
    }

    /// How many are kept: those that are waited for, and younger ones that are over.
    pub(super) fn kept(&self) -> usize {
        self.waiting.len()
    }

    fn offset(&self, number: u64) -> u64 {
        number.wrapping_mul(self.size_bytes as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE_BYTES: usize = 64;

    #[test]
    fn echoes_in_any_order_are_awaited_once() {
        let (pattern, mut flight) = (Pattern::new(), Flight::new(5, SIZE_BYTES));
        let sent: Vec<_> = (0..4).map(|time| begin(&mut flight, &pattern, time)).collect();

        for index in [2, 0, 3, 1] {
            assert_eq!(flight.take(&pattern, &sent[index]), Ok(Echo::Awaited(index as u64)));
            assert_eq!(flight.take(&pattern, &sent[index]), Ok(Echo::Late));
        }
        assert_eq!((flight.under_way(), flight.kept()), (0, 0));
    }

    #[test]
    fn what_was_given_up_is_late_when_it_comes() {
        let (pattern, mut flight) = (Pattern::new(), Flight::new(5, SIZE_BYTES));
        let sent: Vec<_> = (0..4).map(|time| begin(&mut flight, &pattern, time)).collect();

        assert_eq!((flight.give_up(1), flight.under_way()), (2, 2));
        assert_eq!(flight.take(&pattern, &sent[0]), Ok(Echo::Late));
        assert_eq!(flight.take(&pattern, &sent[3]), Ok(Echo::Awaited(3)));
        assert_eq!((flight.give_up(9), flight.under_way(), flight.kept()), (1, 0, 0));
    }

    #[test]
    fn a_datagram_that_was_cut_or_changed_is_wrong_wherever() {
        let (pattern, mut flight) = (Pattern::new(), Flight::new(5, SIZE_BYTES));
        begin(&mut flight, &pattern, 0);
        let sent = begin(&mut flight, &pattern, 1);

        for index in 0..SIZE_BYTES {
            let mut changed = sent.clone();
            changed[index] ^= 1;
            assert!(flight.take(&pattern, &sent[..index]).is_err(), "{index}");
            assert!(flight.take(&pattern, &changed).is_err(), "{index}");
        }
        assert!(flight.take(&pattern, &[&sent[..], b"x"].concat()).is_err());
        assert_eq!(flight.under_way(), 2);
    }

    fn begin(flight: &mut Flight, pattern: &Pattern, time: u64) -> Vec<u8> {
        let mut datagram = Vec::new();
        flight.begin(pattern, time, time, &mut datagram);
        datagram
    }
}
