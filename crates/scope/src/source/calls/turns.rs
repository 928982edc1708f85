//! Whether a tracer that shares its processor with the programs gives it away before it waits.
//!
//! A program that was let go runs only when the tracer does not. A tracer that waits is taken off the processor, put to sleep, and woken by
//! the program's next stop; one that gives way (`sched_yield(2)`) is merely behind the program, and finds the stop when it is its turn
//! again. That saves a twentieth of what a call costs. But whoever gives way is behind everybody, for some milliseconds if somebody has a
//! use for them. So it is done where one thread stops again and again, and left alone for ever longer when it was in vain. Where programs
//! take turns with each other it saves nothing.

use crate::model::Tid;

/// Stops that follow each other in less time are those of a program that does little else than call.
const SOON_NS: u64 = 100_000;

/// How many of them in a row it takes.
const ROW: u32 = 16;

/// For how many stops nobody gives way after it was in vain, at first and at most.
const REST_MIN: u32 = 32;
const REST_MAX: u32 = 65_536;

/// How often it has to be of use before it is trusted again.
const USES: u32 = 1_024;

/// Who is next.
#[derive(Debug)]
pub(super) struct Turns {
    /// Who stopped last, and when.
    last: (Tid, u64),
    /// How many stops of one thread have followed each other soon.
    row: u32,
    gave_way: bool,
    /// For how many stops nobody gives way now, and will the next time that it was in vain.
    left: u32,
    rest: u32,
    uses: u32,
}

impl Turns {
    pub(super) fn new() -> Self {
        Self { last: (Tid(0), 0), row: 0, gave_way: false, left: 0, rest: REST_MIN, uses: 0 }
    }

    /// Whether to give way before waiting for the next stop.
    pub(super) fn give_way(&mut self) -> bool {
        self.left = self.left.saturating_sub(1);
        self.gave_way = self.row >= ROW && self.left == 0;
        self.gave_way
    }

    /// A thread has stopped.
    pub(super) fn stopped(&mut self, tid: Tid, now_ns: u64) {
        let (last, then_ns) = std::mem::replace(&mut self.last, (tid, now_ns));
        let is_soon = now_ns.saturating_sub(then_ns) < SOON_NS;
        self.row = if is_soon && last == tid { self.row.saturating_add(1) } else { 0 };
        if !self.gave_way {
            return;
        }
        if !is_soon {
            self.left = self.rest;
            self.rest = self.rest.saturating_mul(2).min(REST_MAX);
            self.uses = 0;
        } else if self.rest > REST_MIN {
            self.uses += 1;
            if self.uses == USES {
                (self.uses, self.rest) = (0, self.rest / 2);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Stops of a thread so far from each other, and how often somebody gave way.
    fn given(turns: &mut Turns, tid: u32, gap_ns: u64, stops: u32) -> u32 {
        let gave_way = |turns: &mut Turns| {
            let gave_way = turns.give_way();
            turns.stopped(Tid(tid), turns.last.1 + gap_ns);
            u32::from(gave_way)
        };
        (0..stops).map(|_| gave_way(turns)).sum()
    }

    #[test]
    fn whoever_stops_again_and_again_is_given_way() {
        let mut turns = Turns::new();

        assert_eq!(given(&mut turns, 7, SOON_NS, 100), 0);
        assert_eq!(given(&mut turns, 7, SOON_NS - 1, 100), 100 - ROW);
        // Two that take turns are not, but for the first stop of the other.
        assert_eq!(given(&mut turns, 8, 1, ROW), 1);
        assert_eq!((0..100).map(|stop| given(&mut turns, stop % 2, 1, 1)).sum::<u32>(), 0);
    }

    #[test]
    fn what_is_in_vain_is_tried_ever_more_rarely() {
        let mut turns = Turns::new();
        // Somebody else takes the processor each time that it is given away.
        let mut in_vain = 0;
        for _ in 0..1_000_000 {
            let gave_way = turns.give_way();
            in_vain += u32::from(gave_way);
            turns.stopped(Tid(7), turns.last.1 + if gave_way { 3_000_000 } else { 5_000 });
        }

        assert!(in_vain < 30, "{in_vain}");
        // Then nobody does.
        given(&mut turns, 7, 5_000, 200_000);
        assert_eq!((turns.rest, turns.left), (REST_MIN, 0));
    }
}
