//! How long a wait may last: time counts only while neither the program nor we are kept from a processor.
//!
//! On a busy machine a right program may need seconds for what takes it a millisecond on an idle one, and so may we. So what counts
//! of each moment is what was left to those who have something to do: not the time in which one of them was ready to run and did
//! not, nor that in which it waited for a disk. A program that runs all the time has its time counted as it gets it, and one of many
//! processes that keep each other from the processor, as they get it together.

use std::collections::BTreeMap;
use std::time::Duration;

/// The longest moment that counts as a whole: a longer one was hardly the program's.
pub(super) const MOMENT_MAX: Duration = Duration::from_millis(50);

/// How many times its limit a wait may last by the clock, and how long anyway; beyond, nobody can tell anything. A pause of some
/// milliseconds is over its limit many times as soon as others have had their turn once.
const CEILING: u32 = 12;
const CEILING_MIN: Duration = Duration::from_secs(10);

/// A thread at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Doing {
    /// How long it has run, in nanoseconds.
    pub(super) ran_ns: u64,
    /// How long it has been ready and has not, likewise.
    pub(super) delayed_ns: u64,
    /// What the kernel says of it (`proc_pid_stat(5)`): `R`, `S`, `D`, `t`…
    pub(super) state: u8,
}

/// Threads by their numbers.
pub(super) type Threads = BTreeMap<u32, Doing>;

/// What is left of a wait.
#[derive(Debug)]
pub(super) struct Patience {
    limit: Duration,
    spent: Duration,
    passed: Duration,
    last: Threads,
}

/// How a wait stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Left {
    /// There is time left.
    Some,
    /// The limit has passed.
    Nothing,
    /// The limit has not passed, but that cannot be waited for any more.
    Overloaded,
}

impl Patience {
    pub(super) fn new(limit: Duration, threads: Threads) -> Self {
        Self { limit, spent: Duration::ZERO, passed: Duration::ZERO, last: threads }
    }

    /// Takes notice that so much time has passed and that the threads are so now; tells how much of it counts.
    pub(super) fn pass(&mut self, time: Duration, threads: Threads) -> Duration {
        let counts = counted(time, &self.last, &threads);
        self.passed += time;
        self.spent += counts;
        self.last = threads;
        counts
    }

    pub(super) fn left(&self) -> Left {
        if self.spent >= self.limit {
            Left::Nothing
        } else if self.passed >= (self.limit * CEILING).max(CEILING_MIN) {
            Left::Overloaded
        } else {
            Left::Some
        }
    }
}

fn counted(time: Duration, before: &Threads, now: &Threads) -> Duration {
    let ran =
        now.iter().filter_map(|(tid, doing)| Some(doing.ran_ns.saturating_sub(before.get(tid)?.ran_ns)));
    let ran = Duration::from_nanos(ran.sum());
    left_to_them(time, before, now).max(ran.min(time).min(MOMENT_MAX))
}

/// What was left of the time when nobody else had the processor.
fn left_to_them(time: Duration, before: &Threads, now: &Threads) -> Duration {
    let mut delayed = 0;
    for (thread, doing) in now {
        let Some(before) = before.get(thread) else { continue };
        let is_ready = matches!(doing.state, b'R' | b'D' | b't');
        if is_ready && doing.ran_ns == before.ran_ns {
            return Duration::ZERO;
        }
        delayed = delayed.max(doing.delayed_ns.saturating_sub(before.delayed_ns));
    }
    time.min(MOMENT_MAX).saturating_sub(Duration::from_nanos(delayed))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOMENT: Duration = Duration::from_millis(10);

    #[test]
    fn time_counts_while_everybody_waits_for_something_else() {
        assert_eq!(counted(MOMENT, &threads(0, 0, b'S'), &threads(0, 0, b'S')), MOMENT);
    }

    #[test]
    fn time_does_not_count_while_somebody_is_ready_and_does_not_run() {
        for state in [b'R', b'D', b't'] {
            assert_eq!(counted(MOMENT, &threads(5, 0, b'S'), &threads(5, 0, state)), Duration::ZERO);
        }
        let late = threads(0, 7_000_000, b'S');
        assert_eq!(counted(MOMENT, &threads(0, 0, b'S'), &late), Duration::from_millis(3));
    }

    #[test]
    fn a_program_that_runs_all_the_time_uses_its_time_up() {
        let mut patience = Patience::new(MOMENT * 2, threads(0, 0, b'R'));

        patience.pass(MOMENT, threads(1, 0, b'R'));
        assert_eq!(patience.left(), Left::Some);
        patience.pass(MOMENT, threads(2, 0, b'R'));
        assert_eq!(patience.left(), Left::Nothing);
    }

    #[test]
    fn processes_that_keep_each_other_from_the_processor_use_their_time_up_together() {
        let all = |ran: [u64; 3], delayed_ns| -> Threads {
            let doing = |ran_ns| Doing { ran_ns, delayed_ns, state: b'R' };
            (1..).zip(ran.map(doing)).collect()
        };

        let counts = counted(MOMENT, &all([0; 3], 0), &all([4_000_000, 3_000_000, 0], 7_000_000));

        assert_eq!(counts, Duration::from_millis(7));
    }

    #[test]
    fn a_machine_that_gives_no_time_at_all_is_not_waited_for_for_ever() {
        for limit in [MOMENT, CEILING_MIN] {
            let mut patience = Patience::new(limit, threads(0, 0, b'R'));
            let ceiling = (limit * CEILING).max(CEILING_MIN);

            patience.pass(ceiling.checked_sub(MOMENT).unwrap(), threads(0, 0, b'R'));
            assert_eq!(patience.left(), Left::Some, "{limit:?}");
            patience.pass(MOMENT, threads(0, 0, b'R'));

            assert_eq!(patience.left(), Left::Overloaded, "{limit:?}");
        }
    }

    #[test]
    fn a_long_moment_is_not_the_programs() {
        let counts = counted(Duration::from_secs(3), &threads(0, 0, b'S'), &threads(0, 0, b'S'));

        assert_eq!(counts, MOMENT_MAX);
    }

    fn threads(ran_ns: u64, delayed_ns: u64, state: u8) -> Threads {
        Threads::from([(1, Doing { ran_ns, delayed_ns, state })])
    }
}
