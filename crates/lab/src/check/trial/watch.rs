//! How long a stage may take as a whole, as its own time limits count: for one that hangs, and does not see to them itself.

use std::fs;
use std::time::{Duration, Instant};

use super::patience::{Doing, Left, Patience, Threads};
use super::threads;

/// How many processes of a stage are looked at.
const PROCESSES_MAX: usize = 1024;

/// How often they are.
const TICK: Duration = Duration::from_millis(20);

/// Looks at a stage, and at all that it made.
#[derive(Debug)]
pub(crate) struct Watch {
    pid: u32,
    patience: Patience,
    last: Instant,
}

impl Watch {
    /// Begins to watch the process of a stage.
    pub(crate) fn new(pid: u32, limit: Duration) -> Self {
        Self { pid, patience: Patience::new(limit, of_all(pid)), last: Instant::now() }
    }

    /// Whether its time is over. To be asked at least every [`MOMENT_MAX`](super::patience::MOMENT_MAX): no longer time counts.
    pub(crate) fn is_over(&mut self) -> bool {
        let passed = self.last.elapsed();
        if passed >= TICK {
            self.patience.pass(passed, of_all(self.pid));
            self.last += passed;
        }
        self.patience.left() != Left::Some
    }
}

/// What the threads of a process do, and those of all that it started.
fn of_all(pid: u32) -> Threads {
    let mut all = Threads::new();
    let mut left = vec![pid];
    for _ in 0..PROCESSES_MAX {
        let Some(pid) = left.pop() else { break };
        for tid in threads::of(pid) {
            all.extend(
                threads::doing(tid).map(|(doing, _)| (tid, Doing { state: waiting(doing.state), ..doing })),
            );
            // Not every kernel tells them (`CONFIG_PROC_CHILDREN`).
            let children = fs::read_to_string(format!("/proc/{pid}/task/{tid}/children")).unwrap_or_default();
            left.extend(children.split_whitespace().filter_map(|child| child.parse::<u32>().ok()));
        }
    }
    all
}

/// A program that a tracer has stopped waits for the stage, and has no work of its own: a stage that hangs never lets it go on.
fn waiting(state: u8) -> u8 {
    if state == b't' { b'S' } else { state }
}

#[cfg(test)]
mod tests {
    use std::process::{Child, Command, Stdio};
    use std::thread;

    use super::*;

    #[test]
    fn the_time_of_one_that_waits_for_ever_passes() {
        let mut stage = shell("sleep 100 & wait");
        let mut watch = Watch::new(stage.id(), TICK * 3);

        assert!(!watch.is_over());
        while !watch.is_over() {
            thread::yield_now();
        }

        stage.kill().unwrap();
        stage.wait().unwrap();
    }

    #[test]
    fn those_are_looked_at_that_it_started() {
        let mut stage = shell("(sh -c 'echo $$; kill -STOP $$'; true) & wait");
        let mut line = String::new();
        let mut output = std::io::BufReader::new(stage.stdout.take().unwrap());
        std::io::BufRead::read_line(&mut output, &mut line).unwrap();
        let last: u32 = line.trim().parse().unwrap();

        let all = of_all(stage.id());

        assert!(all.contains_key(&stage.id()) && all.contains_key(&last), "{all:?}");
        let descendants = all.keys().filter(|pid| **pid != stage.id());
        for pid in descendants {
            kernel::process::Handle::open(*pid).unwrap().order(kernel::process::Order::End).unwrap();
        }
        stage.kill().unwrap();
        stage.wait().unwrap();
    }

    fn shell(script: &str) -> Child {
        Command::new("sh").args(["-c", script]).stdout(Stdio::piped()).spawn().unwrap()
    }
}
