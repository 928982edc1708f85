//! What one thread of a load measures, interval by interval. No socket and no clock.

use hdrhistogram::Histogram;

use super::counts::Counts;

/// Longer latencies are recorded as this, in nanoseconds: an hour.
const LATENCY_NS_MAX: u64 = 3_600_000_000_000;
/// How many decimal digits of a latency are kept.
const DIGITS: u8 = 3;
/// How many of the messages that could not begin are recorded one by one; of more, every second one counts twice, and so on.
const UNSENT_RECORDED_MAX: u64 = 1 << 20;

/// The time that is measured, by the monotonic clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Window {
    pub(super) start_ns: u64,
    pub(super) interval_ns: u64,
    pub(super) intervals: usize,
}

/// A piece of the time that is measured.
#[derive(Debug, Clone)]
pub struct Interval {
    /// Which one, from 0.
    pub index: usize,
    /// What happened in it.
    pub counts: Counts,
    /// How long each echo took, in nanoseconds.
    pub latencies: Histogram<u64>,
}

/// Counts what happens within the window, and nothing before it.
#[derive(Debug)]
pub(super) struct Recorder {
    window: Window,
    /// Whether a latency belongs to the window by the time when its message was to begin, also if its echo comes later.
    is_open_loop: bool,
    current: Interval,
}

impl Window {
    /// Makes a window of whole intervals that is about as long as asked.
    pub(super) fn new(start_ns: u64, duration_ns: u64, interval_ns: u64) -> Self {
        let intervals = (duration_ns / interval_ns.max(1)).max(1);
        Self {
            start_ns,
            interval_ns: (duration_ns / intervals).max(1),
            intervals: usize::try_from(intervals).unwrap_or(1),
        }
    }

    /// When it is over.
    pub(super) fn end_ns(&self) -> u64 {
        self.start_ns.saturating_add(self.interval_ns.saturating_mul(self.intervals as u64))
    }

    /// Whether a moment is within it.
    pub(super) fn has(&self, ns: u64) -> bool {
        (self.start_ns..self.end_ns()).contains(&ns)
    }

    /// When the interval with this index ends.
    pub(super) fn end_of(&self, index: usize) -> u64 {
        self.start_ns.saturating_add(self.interval_ns.saturating_mul(index as u64 + 1))
    }
}

impl Interval {
    /// An interval in which nothing has happened yet.
    pub fn empty(index: usize) -> Self {
        Self { index, counts: Counts::default(), latencies: latencies() }
    }

    /// Adds what happened in the same interval elsewhere.
    pub fn add(&mut self, other: &Self) {
        self.counts += other.counts;
        add_latencies(&mut self.latencies, &other.latencies);
    }
}

/// An empty histogram of latencies in nanoseconds, as all of them are.
pub(super) fn latencies() -> Histogram<u64> {
    Histogram::new_with_bounds(1, LATENCY_NS_MAX, DIGITS).expect("the bounds are constants and valid")
}

/// Adds what another histogram has.
pub(super) fn add_latencies(to: &mut Histogram<u64>, from: &Histogram<u64>) {
    // It cannot fail: both have the same bounds.
    let _ = to.add(from);
}

impl Recorder {
    /// Makes one, at the start of the window.
    pub(super) fn new(window: Window, is_open_loop: bool) -> Self {
        Self { window, is_open_loop, current: Interval::empty(0) }
    }

    /// The interval that is over by now, if one is and is not the last; asked again until there is none.
    pub(super) fn roll(&mut self, now_ns: u64) -> Option<Interval> {
        let index = self.current.index;
        let is_over = now_ns >= self.window.end_of(index) && index + 1 < self.window.intervals;
        is_over.then(|| std::mem::replace(&mut self.current, Interval::empty(index + 1)))
    }

    /// Counts an echo that is right.
    pub(super) fn echo(&mut self, began_ns: u64, now_ns: u64) {
        let is_counted = self.window.has(now_ns);
        self.current.counts.echoes += u64::from(is_counted);
        if self.window.has(if self.is_open_loop { began_ns } else { now_ns }) {
            self.current.latencies.saturating_record(now_ns.saturating_sub(began_ns).max(1));
        }
    }

    /// Counts something else that happens now.
    pub(super) fn count(&mut self, now_ns: u64, count: impl FnOnce(&mut Counts)) {
        if self.window.has(now_ns) {
            count(&mut self.current.counts);
        }
    }

    /// Counts a connection's messages that were to begin within the window and had not when it was over: those from `first` on,
    /// whose times `at` knows.
    pub(super) fn unsent(&mut self, first: u64, at: impl Fn(u64) -> u64) {
        let end_ns = self.window.end_ns();
        let count = count_before(first, end_ns, &at);
        self.current.counts.unsent += count;
        let step = count / UNSENT_RECORDED_MAX + 1;
        for message in (first..first + count).step_by(usize::try_from(step).unwrap_or(1)) {
            let began_ns = at(message);
            if began_ns >= self.window.start_ns {
                let so_far_ns = end_ns.saturating_sub(began_ns).max(1);
                self.current.latencies.saturating_record_n(so_far_ns, step.min(first + count - message));
            }
        }
    }

    /// The last interval.
    pub(super) fn finish(self) -> Interval {
        self.current
    }
}

/// How many messages from `first` on begin before `end_ns`; their times ascend.
fn count_before(first: u64, end_ns: u64, at: impl Fn(u64) -> u64) -> u64 {
    let (mut low, mut span) = (0, 1);
    while at(first + span) < end_ns {
        low = span;
        span *= 2;
    }
    // `at(first + low)` is before the end, or `low` is 0; `at(first + span)` is not.
    let is_before = |count: u64| at(first + count) < end_ns;
    if !is_before(0) {
        return 0;
    }
    while low + 1 < span {
        let middle = u64::midpoint(low, span);
        if is_before(middle) { low = middle } else { span = middle }
    }
    low + 1
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const WINDOW: Window = Window { start_ns: 1000, interval_ns: 100, intervals: 3 };

    #[test]
    fn an_echo_counts_in_the_interval_in_which_it_comes() {
        let mut recorder = Recorder::new(WINDOW, false);
        let mut told = Vec::new();
        for now_ns in [999, 1000, 1099, 1100, 1250, 1299, 1300] {
            told.extend(std::iter::from_fn(|| recorder.roll(now_ns)));
            recorder.echo(now_ns - 50, now_ns);
        }
        told.push(recorder.finish());

        let echoes: Vec<_> = told.iter().map(|interval| (interval.index, interval.counts.echoes)).collect();
        assert_eq!(echoes, [(0, 2), (1, 1), (2, 2)]);
        assert!(told.iter().all(|interval| interval.latencies.len() == interval.counts.echoes));
    }

    #[test]
    fn intervals_in_which_nothing_happens_are_told_too() {
        let mut recorder = Recorder::new(WINDOW, false);
        let told: Vec<_> =
            std::iter::from_fn(|| recorder.roll(5000)).map(|interval| interval.index).collect();
        assert_eq!(told, [0, 1]);
        assert_eq!(recorder.finish().index, 2);
    }

    #[test]
    fn in_an_open_loop_the_latency_of_what_was_to_begin_within_the_window_counts_however_late_it_comes() {
        let mut recorder = Recorder::new(WINDOW, true);
        recorder.echo(990, 1010);
        recorder.echo(1290, 4000);
        let interval = recorder.finish();

        assert_eq!((interval.counts.echoes, interval.latencies.len()), (1, 1));
        assert!(interval.latencies.max() >= 2710);
    }

    #[test]
    fn what_could_not_begin_counts_with_the_time_that_it_waited() {
        let mut recorder = Recorder::new(WINDOW, true);
        recorder.unsent(4, |message| 1000 + message * 50);
        let interval = recorder.finish();

        assert_eq!((interval.counts.unsent, interval.latencies.len()), (2, 2));
        assert_eq!((interval.latencies.min(), interval.latencies.max()), (50, 100));
    }

    proptest! {
        #[test]
        fn a_window_is_as_long_as_asked(duration_ns in 1_000..1_000_000_u64, interval_ns in 1..2_000_000_u64) {
            let window = Window::new(7, duration_ns, interval_ns);
            let length_ns = window.end_ns() - 7;
            prop_assert!(length_ns <= duration_ns && duration_ns - length_ns < window.intervals as u64);
        }

        #[test]
        fn messages_before_the_end_are_counted(first in 0..100_u64, end_ns in 0..10_000_u64, step in 1..50_u64) {
            let expected = (first..=end_ns).filter(|message| message * step < end_ns).count() as u64;
            prop_assert_eq!(count_before(first, end_ns, |message| message * step), expected);
        }
    }
}
