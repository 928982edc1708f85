//! A loop that asks a non-blocking socket again and again, instead of waiting until it is ready (`poll(2)`).

use std::time::Duration;

use serde::Serialize;

use crate::model::Args;

use super::calls::{Did, ms};
use super::scene::{Scene, over};
use super::{Facts, Finding, Severity, Side};

/// So many calls in vain in a row are a loop.
const VAIN_MIN: usize = 100;
/// A loop that asks less often than this, in the mean, rests in between.
const PERIOD: Duration = Duration::from_millis(1);

/// A program asks in a loop.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BusyPolling {
    /// Who.
    pub side: Side,
    /// The call that fails with `EAGAIN`.
    pub call: String,
    /// How many times in a row.
    pub times: usize,
    /// In how long.
    pub lasted_ms: u64,
}

/// Calls of a thread that failed one after the other.
struct Run<'a> {
    first: Did<'a>,
    last: Did<'a>,
    times: usize,
}

/// Finds threads that ask in a loop: the longest one of each.
pub(super) fn find(scene: &Scene<'_>) -> Vec<Finding> {
    scene.threads().values().filter_map(|calls| of_thread(scene, calls)).collect()
}

fn of_thread(scene: &Scene<'_>, calls: &[Did<'_>]) -> Option<Finding> {
    let mut longest: Option<Run<'_>> = None;
    let mut run: Option<Run<'_>> = None;
    for did in calls {
        if did.would_block() && did.call.on.is_some() {
            let (first, times) = run.map_or((*did, 0), |run| (run.first, run.times));
            let grown = Run { first, last: *did, times: times + 1 };
            if longest.as_ref().is_none_or(|longest| longest.times < grown.times) {
                longest = Some(Run { ..grown });
            }
            run = Some(grown);
        } else if ends_run(did) {
            run = None;
        }
    }
    let run = longest.filter(|run| run.times >= VAIN_MIN)?;
    let lasted = over(run.last.entry).since(run.first.entry.time);
    let mean = lasted / u32::try_from(run.times).unwrap_or(u32::MAX);
    let facts = BusyPolling {
        side: scene.doer(&run.first),
        call: run.first.name().to_owned(),
        times: run.times,
        lasted_ms: ms(lasted),
    };
    let evidence = [run.first.entry, run.last.entry];
    (mean <= PERIOD)
        .then(|| Finding::new(Severity::Fragile, run.last.entry, evidence, Facts::BusyPolling(facts)))
}

/// Whether a thread waited, or got something. How long a call took says nothing: the thread may have had to give way to another
/// in it.
fn ends_run(did: &Did<'_>) -> bool {
    let rests = matches!(did.call.args, Args::Wait { .. } | Args::Sleep { .. });
    rests || (did.is_send() || did.is_receive() || did.is_accept()) && did.returned().is_some()
}

#[cfg(test)]
mod tests {
    use wire::errno::EAGAIN;

    use super::super::telling::{Tcp, found, the_one};
    use super::*;

    #[test]
    fn a_loop_that_asks_all_the_time_is_found() {
        let findings = found(asks(0));

        let Facts::BusyPolling(facts) = &the_one(&findings).facts else { panic!("{findings:?}") };
        assert_eq!((facts.call.as_str(), facts.times, facts.lasted_ms), ("recvfrom", 300, 3));
    }

    #[test]
    fn a_loop_that_sleeps_in_between_is_right() {
        assert_eq!(found(asks(10_000)), []);
    }

    #[test]
    fn a_loop_is_one_though_other_programs_hold_up_some_of_its_calls() {
        let findings = found(asks_taking(|nth| if nth % 30 == 29 { 3000 } else { 10 }));

        let Facts::BusyPolling(facts) = &the_one(&findings).facts else { panic!("{findings:?}") };
        assert_eq!(facts.times, 300);
    }

    #[test]
    fn calls_with_a_time_limit_are_no_loop() {
        assert_eq!(found(asks_taking(|_| 10_000)), []);
    }

    /// A client whose calls in vain take so many microseconds.
    fn asks_taking(us: fn(u32) -> u64) -> crate::testing::Story {
        let mut tcp = Tcp::new();
        for nth in 0..300 {
            tcp.story.taking_us(us(nth)).failing(EAGAIN).receive(tcp.client, 1024, b"", None);
        }
        tcp.story
    }

    fn asks(sleep_us: u64) -> crate::testing::Story {
        let mut tcp = Tcp::new();
        for _ in 0..300 {
            tcp.story.failing(EAGAIN).receive(tcp.client, 1024, b"", None);
            if sleep_us > 0 {
                tcp.story.sleep_us(tcp.client.pid, sleep_us);
            }
        }
        tcp.story
    }
}
