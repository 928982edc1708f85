//! What it costs to wake a thread that sleeps on another processor, measured.
//!
//! On a virtual machine it is often more than everything else that a small message needs, so it says what a latency can be at all.

use std::os::fd::AsFd;
use std::thread;
use std::time::{Duration, Instant};

use kernel::affinity;
use kernel::poll::{self, Interest};
use kernel::wake::Wake;

/// How often two threads wake each other to find out.
const ROUNDS: u32 = 32;
/// How long each round may take; with a machine so busy that it takes longer, nothing is known.
const PATIENCE: Duration = Duration::from_millis(20);

/// The time from the wake-up of a thread on another processor until it runs, half of a round trip of the quickest quarter: what took
/// longer waited for somebody else's time to end, too. None if this thread may use
/// one processor only, or the machine is too busy to tell.
pub fn measured() -> Option<Duration> {
    match affinity::allowed().ok()?[..] {
        [here, there, ..] => between(here, there),
        _ => None,
    }
}

/// Half of a round trip between two threads on these processors: both sleep each time.
fn between(here: u32, there: u32) -> Option<Duration> {
    let (question, answer) = (Wake::new().ok()?, Wake::new().ok()?);
    let round_trip = thread::scope(|scope| {
        scope.spawn(|| {
            affinity::pin(there).ok()?;
            (0..ROUNDS).try_for_each(|_| sleep(&question).then(|| answer.wake()))
        });
        let ask = || {
            affinity::pin(here).ok()?;
            let round = |_| {
                let began = Instant::now();
                question.wake();
                sleep(&answer).then(|| began.elapsed())
            };
            let mut rounds = (0..ROUNDS).map(round).collect::<Option<Vec<_>>>()?;
            rounds.sort_unstable();
            rounds.get(rounds.len() / 4).copied()
        };
        // On a thread of its own, so that this one stays where it may run.
        scope.spawn(ask).join().ok().flatten()
    })?;
    Some(round_trip / 2)
}

/// Sleeps until it is woken; whether it was.
fn sleep(wake: &Wake) -> bool {
    let woken = poll::wait(wake.as_fd(), Interest::READ, Some(Instant::now() + PATIENCE));
    wake.clear();
    woken.is_ok_and(poll::Readiness::any)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_measured_is_a_time_and_this_thread_stays_where_it_may_run() {
        let before = affinity::allowed().unwrap();

        if let Some(cost) = measured() {
            assert!(!cost.is_zero() && cost < PATIENCE, "{cost:?}");
        }

        assert_eq!(affinity::allowed().unwrap(), before);
    }
}
