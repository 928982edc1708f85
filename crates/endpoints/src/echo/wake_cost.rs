//! What it costs to wake a thread that sleeps on another processor, measured.

use std::os::fd::AsFd;
use std::thread;
use std::time::{Duration, Instant};

use kernel::affinity;
use kernel::poll::{self, Interest};
use kernel::wake::Wake;

/// How often two threads wake each other to find out.
const ROUNDS: u32 = 16;
/// How long each round may take; with a machine so busy that it takes longer, nothing is known.
const PATIENCE: Duration = Duration::from_millis(20);
/// What is assumed where it cannot be measured, since this process may use one processor only.
const ASSUMED: Duration = Duration::from_micros(30);
/// The least and the most that is believed.
const MIN: Duration = Duration::from_micros(2);
const MAX: Duration = Duration::from_micros(100);

/// The time from the wake-up of a thread on another processor until it runs; none if there is no other processor.
pub(super) fn wake_cost() -> Option<Duration> {
    if thread::available_parallelism().is_ok_and(|cpus| cpus.get() == 1) && online() == 1 {
        return None;
    }
    let measured = affinity::allowed().ok().and_then(|cpus| match cpus[..] {
        [here, there, ..] => between(here, there),
        _ => None,
    });
    Some(measured.unwrap_or(ASSUMED).clamp(MIN, MAX))
}

/// The processors of the machine, whether this process may use them or not.
fn online() -> usize {
    let text = std::fs::read_to_string("/proc/stat").unwrap_or_default();
    text.lines().filter(|line| line.starts_with("cpu") && !line.starts_with("cpu ")).count()
}

/// Half of a round trip between two threads on these processors, of the quickest quarter: both sleep each time, and what took longer
/// waited for somebody else's time to end, too.
fn between(here: u32, there: u32) -> Option<Duration> {
    let (ask_them, answer_us) = (Wake::new().ok()?, Wake::new().ok()?);
    thread::scope(|scope| {
        let answer = || {
            affinity::pin(there).ok()?;
            (0..ROUNDS).try_for_each(|_| sleep(&ask_them).then(|| answer_us.wake()))
        };
        let ask = || {
            affinity::pin(here).ok()?;
            let round = |_| {
                let began = Instant::now();
                ask_them.wake();
                sleep(&answer_us).then(|| began.elapsed())
            };
            let mut rounds = (0..ROUNDS).map(round).collect::<Option<Vec<_>>>()?;
            rounds.sort_unstable();
            rounds.get(rounds.len() / 4).copied()
        };
        scope.spawn(answer);
        // Of its own, so that this thread stays where it may run.
        scope.spawn(ask).join().ok().flatten()
    })
    .map(|round| round / 2)
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
    fn what_is_measured_is_believable() {
        if let Some(cost) = wake_cost() {
            assert!((MIN..=MAX).contains(&cost), "{cost:?}");
        }
    }
}
