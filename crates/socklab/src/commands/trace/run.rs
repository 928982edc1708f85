//! The loop of a recording: takes what the sources have told, and shows it, until the programs have ended or shall end.

use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use kernel::poll::{self, Interest};
use scope::model::{Observation, Time};

use super::Plan;
use super::show::Show;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::signals;
use crate::words::Words;

/// How often what was told is looked at.
const PACE: Duration = Duration::from_millis(20);
/// How late a source may tell of something.
const LATE: Duration = Duration::from_millis(30);
/// How long programs that were asked to end may take.
const GRACE: Duration = Duration::from_secs(1);

/// A recording that is being made.
trait Recording {
    /// Takes what was observed since the last time.
    fn take(&mut self) -> Vec<Observation>;
    /// Whether there is nothing left to observe.
    fn is_over(&self) -> bool;
    /// Asks the programs to end.
    fn ask_to_end(&mut self);
    /// Ends the programs.
    fn kill(&mut self);
    /// Ends the recording, and takes the rest of it, with the summary.
    fn finish(self: Box<Self>) -> Vec<Observation>;
}

/// Records what was planned, shows it, and ends as the last program did.
///
/// # Errors
///
/// A failure of usage: what cannot be started, or written.
pub(super) fn run(plan: &Plan, show: Show<'_>, context: &Context) -> Result<Exit, Failure> {
    let recording = start(plan, &context.words)?;
    record(recording, plan.limit, show, context)
}

/// Starts the programs and the sources.
fn start(plan: &Plan, words: &Words) -> Result<Box<dyn Recording>, Failure> {
    Err(Failure::internal(words, format!("{plan:?}")))
}

fn record(
    mut recording: Box<dyn Recording>,
    limit: Option<Duration>,
    mut show: Show<'_>,
    context: &Context,
) -> Result<Exit, Failure> {
    let (stop, listening) = signals::wake_on_stop(&context.words)?;
    let began = Instant::now();
    let mut end = End { limit: limit.map(|limit| began + limit), ..End::default() };
    while !recording.is_over() {
        // A failure says that nothing waits there, and the next look is not far.
        let pace = Some(Instant::now() + PACE);
        let woken = poll::wait(stop.as_fd(), Interest::READ, pace).is_ok_and(poll::Readiness::any);
        stop.clear();
        end.advance(woken, Instant::now(), &mut *recording);
        let now = began.elapsed();
        show.add(recording.take())?;
        show.settle(time(now.saturating_sub(LATE)));
    }
    show.add(recording.finish())?;
    let exit = show.end()?;
    listening.finish();
    Ok(exit)
}

/// How a recording comes to its end before the programs do.
#[derive(Debug, Default)]
struct End {
    limit: Option<Instant>,
    /// When programs that were asked to end are ended.
    kill: Option<Instant>,
    is_killed: bool,
}

impl End {
    fn advance(&mut self, is_asked: bool, now: Instant, recording: &mut dyn Recording) {
        let is_due = |at: Option<Instant>| at.is_some_and(|at| now >= at);
        if self.kill.is_none() && (is_asked || is_due(self.limit)) {
            self.kill = Some(now + GRACE);
            recording.ask_to_end();
        }
        if !self.is_killed && is_due(self.kill) {
            self.is_killed = true;
            recording.kill();
        }
    }
}

fn time(since: Duration) -> Time {
    Time(u64::try_from(since.as_nanos()).unwrap_or(u64::MAX))
}
