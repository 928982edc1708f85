//! Which worker serves what a processor receives.
//!
//! Its own, unless that processor has no time left while another one is idle: a client that keeps the processor busy by itself
//! gets its replies sooner from a worker on another one. Whether that is so is not computed but tried: what was served before
//! and after is compared, and what does not pay is taken back.

/// A processor is full below the one, and free above the other share of idle time, in percent.
const FULL_BELOW: u8 = 10;
const FREE_ABOVE: u8 = 60;
/// Both of two processors that serve each other go back to themselves when each is idle for more than this share.
const AT_EASE_ABOVE: u8 = 50;
/// By how much more must be served, in percent, for a change to be kept.
const GAIN_MIN: u64 = 2;
/// For how many windows nothing is tried after a change that did not pay, the first time and at the most.
const REST_MIN: u32 = 4;
const REST_MAX: u32 = 256;

/// What was seen of the processors in a window of time.
#[derive(Debug)]
pub(super) struct Window {
    /// How much of it each one was idle, in percent.
    pub(super) idle_percent: Vec<u8>,
    /// How much the workers did in all.
    pub(super) served: u64,
}

/// Two processors whose workers are to serve each other's traffic from now on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Swap(pub(super) usize, pub(super) usize);

/// Decides, window by window.
#[derive(Debug)]
pub(super) struct Balance {
    /// For each processor, the worker that serves what it receives.
    serves: Vec<usize>,
    test: Option<Test>,
    rest: u32,
    next_rest: u32,
}

/// A change whose effect is still to be seen.
#[derive(Debug)]
struct Test {
    swap: Swap,
    served_before: u64,
    /// The first window after a change has something of both.
    is_settled: bool,
}

impl Balance {
    /// Each of so many workers serves its own processor.
    pub(super) fn new(processors: usize) -> Self {
        Self { serves: (0..processors).collect(), test: None, rest: 0, next_rest: REST_MIN }
    }

    /// For each processor, the worker that serves what it receives.
    pub(super) fn serves(&self) -> &[usize] {
        &self.serves
    }

    /// Decides whether two are to change places, by what was seen since the last time.
    pub(super) fn look(&mut self, window: &Window) -> Option<Swap> {
        if let Some(test) = &mut self.test {
            if !test.is_settled {
                test.is_settled = true;
                return None;
            }
            let (swap, before) = (test.swap, test.served_before);
            self.test = None;
            if window.served * 100 < before * (100 + GAIN_MIN) {
                self.rest = self.next_rest;
                self.next_rest = (self.next_rest * 2).min(REST_MAX);
                return Some(self.change(swap));
            }
            self.next_rest = REST_MIN;
            return None;
        }
        if let Some(swap) = self.at_ease(window) {
            return Some(self.change(swap));
        }
        if self.rest > 0 {
            self.rest -= 1;
            return None;
        }
        let swap = self.relief(window)?;
        self.test = Some(Test { swap, served_before: window.served, is_settled: false });
        Some(self.change(swap))
    }

    /// Two that serve each other although neither has much to do.
    fn at_ease(&self, window: &Window) -> Option<Swap> {
        let is_at_ease =
            |processor: usize| window.idle_percent.get(processor).is_some_and(|idle| *idle > AT_EASE_ABOVE);
        let away = |processor: &usize| self.serves[*processor] != *processor;
        let one = (0..self.serves.len()).filter(away).find(|processor| is_at_ease(*processor))?;
        let other = self.serves.iter().position(|worker| *worker == one)?;
        is_at_ease(other).then_some(Swap(one, other))
    }

    /// A full one that serves itself, and a free one.
    fn relief(&self, window: &Window) -> Option<Swap> {
        let idle = |processor: usize| window.idle_percent.get(processor).copied().unwrap_or_default();
        let own = || (0..self.serves.len()).filter(|processor| self.serves[*processor] == *processor);
        let full = own()
            .min_by_key(|processor| idle(*processor))
            .filter(|processor| idle(*processor) < FULL_BELOW)?;
        let free = own()
            .max_by_key(|processor| idle(*processor))
            .filter(|processor| idle(*processor) > FREE_ABOVE)?;
        Some(Swap(full, free))
    }

    fn change(&mut self, swap: Swap) -> Swap {
        self.serves.swap(swap.0, swap.1);
        swap
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_processor_is_served_by_one_that_is_free() {
        let mut balance = Balance::new(2);

        assert_eq!(balance.look(&window([0, 100], 100)), Some(Swap(0, 1)));

        assert_eq!(balance.serves(), [1, 0]);
    }

    #[test]
    fn what_pays_is_kept() {
        let mut balance = Balance::new(2);
        balance.look(&window([0, 100], 100));

        let later: Vec<_> = [150, 180, 180].map(|served| balance.look(&window([0, 20], served))).into();

        assert_eq!(later, [None, None, None]);
        assert_eq!(balance.serves(), [1, 0]);
    }

    #[test]
    fn what_does_not_pay_is_taken_back_and_tried_ever_more_seldom() {
        let mut balance = Balance::new(2);

        let swaps = (0..1000).filter(|_| balance.look(&window([0, 100], 100)).is_some()).count();

        assert!((4..=20).contains(&swaps), "{swaps}");
    }

    #[test]
    fn when_all_are_full_nobody_moves() {
        let mut balance = Balance::new(4);

        assert_eq!(balance.look(&window([0, 5, 0, 9], 100)), None);
    }

    #[test]
    fn each_serves_itself_again_when_there_is_time() {
        let mut balance = Balance::new(4);
        balance.look(&window([0, 90, 20, 95], 100));
        balance.look(&window([0, 90, 20, 5], 200));
        balance.look(&window([0, 90, 20, 5], 200));

        assert_eq!(balance.look(&window([70, 90, 20, 30], 50)), None);
        assert_eq!(balance.look(&window([70, 90, 20, 80], 50)), Some(Swap(0, 3)));

        assert_eq!(balance.serves(), [0, 1, 2, 3]);
    }

    fn window<const N: usize>(idle_percent: [u8; N], served: u64) -> Window {
        Window { idle_percent: idle_percent.to_vec(), served }
    }
}
