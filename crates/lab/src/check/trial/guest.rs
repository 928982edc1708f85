//! A student's program in its box.

use std::time::Duration;

use scope::model::Call;

use super::absent;
use crate::check::{Blocked, Exit, File, Output, Problem, Role};

/// A student's program in its box. Clones are the same one.
#[derive(Clone, Debug)]
pub struct Guest {
    role: Role,
}

/// How much of a processor a program had used at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CpuMark {
    used: Duration,
}

impl Guest {
    /// What it is.
    pub fn role(&self) -> Role {
        self.role
    }

    /// Starts it; waits for a server until it waits for peers.
    ///
    /// # Errors
    /// As [`Trial::start`](super::Trial::start) says.
    pub fn start(&self) -> Result<(), Problem> {
        absent()
    }

    /// Ends it with all that it made (`SIGKILL`), as closing its terminal would, and starts it again at once.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub fn restart(&self) -> Result<(), Problem> {
        absent()
    }

    /// Ends it with all that it made (`SIGKILL`).
    ///
    /// # Errors
    /// [`Problem::Broken`].
    pub fn end(&self) -> Result<(), Problem> {
        absent()
    }

    /// Waits until it ends by itself, as long as an exit may take.
    ///
    /// # Errors
    /// One that goes on has failed, with what it waits in.
    pub fn wait_exit(&self) -> Result<Exit, Problem> {
        absent()
    }

    /// As [`wait_exit`](Self::wait_exit), for at most so long, times the scale of this machine.
    ///
    /// # Errors
    /// Those.
    pub fn wait_exit_within(&self, _limit: Duration) -> Result<Exit, Problem> {
        absent()
    }

    /// Whether it runs.
    ///
    /// # Errors
    /// [`Problem::Broken`].
    pub fn is_alive(&self) -> Result<bool, Problem> {
        absent()
    }

    /// Sees that it runs.
    ///
    /// # Errors
    /// One that has ended has failed.
    pub fn expect_alive(&self) -> Result<(), Problem> {
        absent()
    }

    /// Types a line, and the key that ends it.
    ///
    /// # Errors
    /// [`Problem::Broken`] if its plan gives it no keyboard.
    pub fn type_line(&self, _line: &str) -> Result<(), Problem> {
        absent()
    }

    /// Types the end of the input (Ctrl-D).
    ///
    /// # Errors
    /// [`Problem::Broken`] if its plan gives it no keyboard.
    pub fn end_of_input(&self) -> Result<(), Problem> {
        absent()
    }

    /// What it has written so far, standard output and standard error in the order in which they came.
    ///
    /// # Errors
    /// None so far.
    pub fn output(&self) -> Result<Output, Problem> {
        absent()
    }

    /// Waits until what it has written so far is so, as long as an exchange may take; looks a last time when it ends. Tells
    /// whether it is.
    ///
    /// # Errors
    /// [`Reason::Overloaded`](crate::check::Reason::Overloaded).
    pub fn wait_output(&self, _is_there: impl Fn(&str) -> bool) -> Result<bool, Problem> {
        absent()
    }

    /// Stops it and lets it go on (`SIGSTOP`, `SIGCONT`): a send that waits for room returns then with less than it was asked.
    ///
    /// # Errors
    /// [`Problem::Broken`].
    pub fn stop_and_continue(&self) -> Result<(), Problem> {
        absent()
    }

    /// The files that it has made or changed in its directory.
    ///
    /// # Errors
    /// [`Problem::Broken`].
    pub fn files(&self) -> Result<Vec<File>, Problem> {
        absent()
    }

    /// The call that its main thread waits in, or the first of its threads that waits for a socket; `None` if it runs or has ended.
    ///
    /// # Errors
    /// None so far.
    pub fn blocked_in(&self) -> Result<Option<Blocked>, Problem> {
        absent()
    }

    /// Its calls so far, in order.
    ///
    /// # Errors
    /// None so far.
    pub fn calls(&self) -> Result<Vec<Call>, Problem> {
        absent()
    }

    /// How many bytes each of its sends on sockets has moved, in order.
    ///
    /// # Errors
    /// None so far.
    pub fn send_sizes(&self) -> Result<Vec<u64>, Problem> {
        absent()
    }

    /// How much of a processor it has used so far.
    ///
    /// # Errors
    /// None so far.
    pub fn cpu_mark(&self) -> Result<CpuMark, Problem> {
        absent()
    }

    /// How much of a processor it has used since then.
    ///
    /// # Errors
    /// None so far.
    pub fn cpu_since(&self, mark: CpuMark) -> Result<Duration, Problem> {
        Ok(self.cpu_mark()?.used.saturating_sub(mark.used))
    }

    /// Lets so much time pass, and tells how much of it it has used a processor, in percent of what it could have got.
    ///
    /// # Errors
    /// [`Reason::Overloaded`](crate::check::Reason::Overloaded).
    pub fn busy_percent(&self, _time: Duration) -> Result<u64, Problem> {
        absent()
    }
}
