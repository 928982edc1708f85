//! How much of a processor a program uses, of the time that it has for itself.
//!
//! Others use the processors, too, and at most of its calls a program stands until its tracer has seen to them. Neither is its rest. Its
//! own is the time in which it runs, and that in which it waits for something else than a processor and its tracer: however busy
//! the machine is, one that spins has used nearly all of that.

use std::time::Duration;

use super::patience::{Doing, Threads};

/// The state of a thread that waits for something (`proc_pid_stat(5)`).
const WAITS: u8 = b'S';

/// From when on it is looked at, and what it had since then.
#[derive(Debug)]
pub(super) struct Share {
    threads: Threads,
    tracer: Option<Doing>,
    own: Own,
}

/// What a program had for itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Own {
    /// How long its threads have run, together.
    pub(super) used: Duration,
    /// How long none of them ran, though nobody was in its way.
    pub(super) rested: Duration,
}

impl Share {
    /// Begins to look at these threads, and at their tracer.
    pub(super) fn begin(threads: Threads, tracer: Option<Doing>) -> Self {
        Self { threads, tracer, own: Own::default() }
    }

    /// Takes notice that so much time has passed since the last look, and that they are so now; tells what the program had since the
    /// first one.
    ///
    /// Not all that keeps a program from going on is counted by anybody: its tracer may wait for another thread that is kept from
    /// the processor. So it has rested only if it is seen to wait for something: one that spins never is.
    pub(super) fn see(&mut self, passed: Duration, threads: Threads, tracer: Option<Doing>) -> Own {
        let mut used = 0;
        let mut wanted = 0;
        for (thread, now) in &threads {
            let [ran, delayed] = since(self.threads.get(thread).copied(), *now);
            used += ran;
            // Those that wait for a processor at the same time do so only once.
            wanted = wanted.max(ran + delayed);
        }
        let held: u64 = tracer.map_or(0, |now| since(self.tracer, now).iter().sum());
        self.own.used += Duration::from_nanos(used);
        if threads.values().all(|doing| doing.state == WAITS) {
            self.own.rested += passed.saturating_sub(Duration::from_nanos(wanted + held));
        }
        (self.threads, self.tracer) = (threads, tracer);
        self.own
    }
}

impl Own {
    /// How much time it was.
    pub(super) fn time(self) -> Duration {
        self.used + self.rested
    }

    /// How much of it it has used, in percent; nothing of none.
    pub(super) fn percent(self) -> u64 {
        let percent = self.used.as_nanos() * 100 / self.time().as_nanos().max(1);
        u64::try_from(percent).unwrap_or(u64::MAX)
    }
}

/// How long a thread has run, and has been ready and has not, in nanoseconds.
fn since(before: Option<Doing>, now: Doing) -> [u64; 2] {
    let of = |of: fn(Doing) -> u64| of(now).saturating_sub(before.map_or(0, of));
    [of(|doing| doing.ran_ns), of(|doing| doing.delayed_ns)]
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASSED: Duration = Duration::from_millis(100);

    #[test]
    fn what_others_and_the_tracer_take_is_not_the_programs_rest() {
        let mut share = Share::begin(threads(&[(1, 5, 0)]), Some(doing(3, 0)));

        let own = share.see(PASSED, threads(&[(1, 15, 40)]), Some(doing(33, 10)));

        assert_eq!(own, Own { used: ms(10), rested: ms(10) });
        assert_eq!((own.time(), own.percent()), (ms(20), 50));
    }

    #[test]
    fn one_that_waits_has_all_the_time_for_itself_and_uses_none_of_it() {
        let mut share = Share::begin(threads(&[(1, 5, 0)]), None);

        share.see(PASSED, threads(&[(1, 5, 0)]), None);
        let own = share.see(PASSED, threads(&[(1, 5, 0)]), None);

        assert_eq!((own.time(), own.percent()), (PASSED * 2, 0));
        assert_eq!(Own::default().percent(), 0);
    }

    #[test]
    fn threads_that_run_at_the_same_time_are_added_up_and_those_that_wait_together_are_not() {
        let mut share = Share::begin(threads(&[(1, 0, 0)]), None);

        let own = share.see(PASSED, threads(&[(1, 60, 20), (2, 60, 30)]), None);

        assert_eq!(own, Own { used: ms(120), rested: ms(10) });
    }

    #[test]
    fn one_that_is_ready_or_stands_before_its_tracer_does_not_rest_whoever_is_in_its_way() {
        for state in [b'R', b't', b'D'] {
            let mut share = Share::begin(threads(&[(1, 0, 0)]), Some(doing(0, 0)));
            let now = Doing { state, ..doing(1, 2) };

            let own = share.see(PASSED, Threads::from([(1, now)]), Some(doing(1, 0)));

            assert_eq!(own, Own { used: ms(1), rested: ms(0) });
        }
    }

    fn threads(all: &[(u32, u64, u64)]) -> Threads {
        all.iter().map(|(tid, ran, delayed)| (*tid, doing(*ran, *delayed))).collect()
    }

    fn doing(ran_ms: u64, delayed_ms: u64) -> Doing {
        Doing { ran_ns: ran_ms * 1_000_000, delayed_ns: delayed_ms * 1_000_000, state: WAITS }
    }

    fn ms(milliseconds: u64) -> Duration {
        Duration::from_millis(milliseconds)
    }
}
