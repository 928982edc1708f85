//! Whether a worker looks for events for a while before it sleeps.
//!
//! To wake a thread on another processor costs more than an echo, so a client that asks again at once is answered sooner by a
//! worker that has not gone to sleep. That pays only if the next request comes within the time that a wake-up takes, and if
//! nobody else could use the processor: what came of it decides whether it is done again.

use std::time::Duration;

use super::counters::Waits;
use super::engine::Spinning;

/// How many looks in a row may find nothing before the worker sleeps at once again.
const MISSES_MAX: u32 = 4;
/// How many waits are slept through before looking is tried again, after the first time it did not pay and at the most.
const REST_MIN: u32 = 16;
const REST_MAX: u32 = 4096;
/// How many looks there are between two looks at how often the thread was put off its processor.
const LOOKS_PER_REVIEW: u32 = 64;
/// In how many of those looks it may have been put off.
const DISPLACED_MAX: u64 = 8;

/// How long a worker looks before it sleeps, decided by what came of it so far.
#[derive(Debug)]
pub(super) struct Spin {
    budget: Duration,
    misses: u32,
    /// How many waits are slept through now.
    rest: u32,
    /// How many will be the next time it does not pay.
    next_rest: u32,
    looks: u32,
    /// How often the thread had been put off when that was last looked at.
    displaced: u64,
    gives_up: bool,
}

impl Spin {
    /// Looks for at most so long; never, if that is no time.
    pub(super) fn new((spinning, budget): (Spinning, Duration)) -> Self {
        Self {
            budget,
            misses: 0,
            rest: 0,
            next_rest: REST_MIN,
            looks: 0,
            displaced: 0,
            gives_up: spinning == Spinning::Adaptive,
        }
    }

    /// How long to look before this wait; none is to sleep at once. `is_alone` says that the last wait brought one request only:
    /// where several come together, those that follow are better taken together, too.
    pub(super) fn wait(&mut self, is_alone: bool) -> Duration {
        if self.budget.is_zero() || (self.gives_up && !is_alone) {
            return Duration::ZERO;
        }
        if self.rest > 0 {
            self.rest -= 1;
            return Duration::ZERO;
        }
        self.budget
    }

    /// Notes what a look has found; whether it is time for a [review](Self::review).
    pub(super) fn looked(&mut self, found: bool, waits: &Waits) -> bool {
        self.looks += 1;
        if found {
            waits.found.add(1);
            self.misses = 0;
            // By half: a hit among many misses is luck.
            self.next_rest = (self.next_rest / 2).max(REST_MIN);
        } else {
            waits.missed.add(1);
            self.misses += 1;
            if self.misses >= MISSES_MAX && self.gives_up {
                waits.in_vain.add(1);
                self.give_up();
            }
        }
        self.looks >= LOOKS_PER_REVIEW
    }

    /// Takes how often the thread has been put off its processor in all (`ru_nivcsw` of `getrusage(2)`).
    pub(super) fn review(&mut self, displaced: u64, waits: &Waits) {
        let more = displaced.saturating_sub(self.displaced);
        self.displaced = displaced;
        self.looks = 0;
        if more > DISPLACED_MAX && self.gives_up {
            waits.disturbed.add(1);
            self.next_rest = REST_MAX;
            self.give_up();
        }
    }

    fn give_up(&mut self) {
        self.misses = 0;
        self.rest = self.next_rest;
        self.next_rest = (self.next_rest * 2).min(REST_MAX);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BUDGET: Duration = Duration::from_micros(60);

    #[test]
    fn a_client_that_asks_again_at_once_is_waited_for() {
        let (mut spin, waits) = (Spin::new((Spinning::Adaptive, BUDGET)), Waits::default());

        for _ in 0..1000 {
            assert_eq!(spin.wait(true), BUDGET);
            spin.looked(true, &waits);
        }
    }

    #[test]
    fn looking_in_vain_soon_costs_nothing() {
        let (mut spin, waits) = (Spin::new((Spinning::Adaptive, BUDGET)), Waits::default());

        let looked = (0..100_000).filter(|_| {
            let looks = !spin.wait(true).is_zero();
            looks && {
                spin.looked(false, &waits);
                true
            }
        });

        let looked = looked.count();
        assert!(looked <= 200, "{looked}");
    }

    #[test]
    fn after_a_rest_it_is_tried_again() {
        let (mut spin, waits) = (Spin::new((Spinning::Adaptive, BUDGET)), Waits::default());
        for _ in 0..MISSES_MAX {
            spin.wait(true);
            spin.looked(false, &waits);
        }

        let slept = (0..REST_MIN).all(|_| spin.wait(true).is_zero());

        assert!(slept);
        assert_eq!(spin.wait(true), BUDGET);
    }

    #[test]
    fn who_comes_with_others_is_not_waited_for() {
        assert_eq!(Spin::new((Spinning::Adaptive, BUDGET)).wait(false), Duration::ZERO);
    }

    #[test]
    fn a_neighbour_that_wants_the_processor_gets_it() {
        let (mut spin, waits) = (Spin::new((Spinning::Adaptive, BUDGET)), Waits::default());
        for displaced in 1..=u64::from(LOOKS_PER_REVIEW) {
            spin.wait(true);
            if spin.looked(true, &waits) {
                spin.review(displaced, &waits);
            }
        }

        assert_eq!(spin.wait(true), Duration::ZERO);
        assert_eq!(waits.disturbed.get(), 1);
    }

    #[test]
    fn without_a_budget_it_never_looks() {
        assert_eq!(Spin::new((Spinning::Off, Duration::ZERO)).wait(true), Duration::ZERO);
    }

    #[test]
    fn who_is_told_to_look_always_does() {
        let (mut spin, waits) = (Spin::new((Spinning::Always, BUDGET)), Waits::default());

        for displaced in 0..1000 {
            assert_eq!(spin.wait(false), BUDGET);
            spin.looked(false, &waits);
            spin.review(displaced * 1000, &waits);
        }
    }
}
