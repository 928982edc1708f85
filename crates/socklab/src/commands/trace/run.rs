//! The loop of a recording: takes what the sources have told, and shows it, until the programs have ended or shall end.

use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::time::{Duration, Instant};

use scope::model::{Pid, Time};
use scope::session::{self, Config, LOOK_EVERY, Network, Order, ProgramConfig, Session, When};

use super::show::Show;
use super::{Cpus, Join, Net, Plan};
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::signals;
use crate::value::After;
use crate::views::trace as view;
use crate::words::Words;

/// How often what was told is looked at.
const PACE: Duration = Duration::from_millis(20);
/// How late a source may tell of something.
const LATE: Duration = Duration::from_millis(30);
/// How long programs have after a signal to end as they do by themselves: Ctrl-C reaches them, too.
const PATIENCE: Duration = Duration::from_millis(300);
/// How long programs that were asked to end may take.
const GRACE: Duration = Duration::from_secs(1);

/// Records what was planned, shows it, and ends as the last program did.
///
/// # Errors
///
/// A failure of usage: what cannot be started, or written.
pub(super) fn run(
    plan: &Plan,
    terminal: Option<Arc<OwnedFd>>,
    mut show: Show<'_>,
    context: &Context,
) -> Result<Exit, Failure> {
    let words = &context.words;
    let mut session =
        Session::start(config(plan, terminal, words)?).map_err(|error| view::failure(&error, words))?;
    let (stop, listening) = signals::wake_on_stop(words)?;
    show.limits(session.limits());
    let began = Instant::now();
    let mut end = End::new(plan.limit.map(|limit| began + limit));
    while !session.is_over() {
        let woken = show.wait(&stop, Instant::now() + PACE)?;
        stop.clear();
        if let Some(order) = end.advance(woken, Instant::now()) {
            session.signal(order);
        }
        let now = began.elapsed();
        show.add(session.take())?;
        show.settle(time(now.saturating_sub(LATE)))?;
    }
    show.add(session.finish())?;
    let exit = show.end(&stop)?;
    listening.finish();
    Ok(exit)
}

/// What is meant by the plan.
fn config(plan: &Plan, terminal: Option<Arc<OwnedFd>>, words: &Words) -> Result<Config, Failure> {
    let network = match (plan.join, plan.net) {
        (Some(Join::Of(pid)), _) => Network::Of(Pid(pid)),
        (Some(Join::Only), _) => Network::Of(only_recording(words)?),
        (None, Net::Private) => Network::Private { mtu_bytes: plan.mtu_bytes },
        (None, Net::Machine) => Network::Host,
    };
    let programs = plan.programs.iter().map(|program| ProgramConfig {
        name: program.name.clone(),
        command: program.command.clone(),
        when: match program.after {
            None => When::AtOnce,
            Some(After::Listening) => When::Listening,
            Some(After::Ended) => When::Ended,
            Some(After::Time(time)) => When::After(time),
        },
        guest: None,
    });
    Ok(Config {
        programs: programs.collect(),
        attach: plan.pids.iter().copied().map(Pid).collect(),
        network,
        settings: Vec::new(),
        snap_bytes: plan.snap_bytes,
        strings_bytes: plan.strings_bytes,
        lines: plan.lines,
        refuse_io_uring: plan.refuse_io_uring,
        one_cpu: plan.cpus == Cpus::One,
        look_every: LOOK_EVERY,
        keep_servers: plan.keep,
        output_to_error: plan.stdout_is_ours,
        terminal,
    })
}

/// The recording that runs now, if there is just one to join.
fn only_recording(words: &Words) -> Result<Pid, Failure> {
    let running = session::running().map_err(|error| view::no_rendezvous(&error, words))?;
    match running[..] {
        [pid] => Ok(pid),
        [] => Err(view::nothing_to_join(words)),
        _ => Err(view::several_to_join(&running, words)),
    }
}

/// How a recording comes to its end before the programs do.
#[derive(Debug)]
struct End {
    /// When the programs are asked to end.
    ask: Option<Instant>,
    /// When programs that were asked to end are ended.
    kill: Option<Instant>,
}

impl End {
    fn new(limit: Option<Instant>) -> Self {
        Self { ask: limit, kill: None }
    }

    /// What is to be done now; `is_asked` says that a signal has come.
    fn advance(&mut self, is_asked: bool, now: Instant) -> Option<Order> {
        if is_asked {
            let soon = now + PATIENCE;
            self.ask = Some(self.ask.map_or(soon, |ask| ask.min(soon)));
        }
        if self.ask.take_if(|ask| now >= *ask).is_some() && self.kill.is_none() {
            self.kill = Some(now + GRACE);
            return Some(Order::Terminate);
        }
        self.kill.take_if(|kill| now >= *kill).map(|_| Order::End)
    }
}

fn time(since: Duration) -> Time {
    Time(u64::try_from(since.as_nanos()).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_asks_at_once_and_then_ends() {
        let begin = Instant::now();
        let mut end = End::new(Some(begin + Duration::from_secs(5)));

        assert_eq!(end.advance(false, begin), None);
        assert_eq!(end.advance(false, begin + Duration::from_secs(5)), Some(Order::Terminate));
        assert_eq!(end.advance(false, begin + Duration::from_secs(5)), None);
        assert_eq!(end.advance(false, begin + Duration::from_secs(6)), Some(Order::End));
        assert_eq!(end.advance(false, begin + Duration::from_secs(9)), None);
    }

    #[test]
    fn a_signal_leaves_the_programs_time_to_end_by_themselves() {
        let begin = Instant::now();
        let mut end = End::new(None);

        assert_eq!(end.advance(true, begin), None);
        assert_eq!(end.advance(false, begin + PATIENCE), Some(Order::Terminate));
        assert_eq!(end.advance(false, begin + PATIENCE + GRACE), Some(Order::End));
    }
}
