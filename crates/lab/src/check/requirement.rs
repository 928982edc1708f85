//! What is asked of a program.

use serde::{Deserialize, Serialize};

use super::requirements::signs;
use super::trial::Trial;
use super::{Problem, Role, Severity};

/// Something that a right program does, and how it is found out whether it does.
#[derive(Clone, Copy, Debug)]
pub struct Requirement {
    /// Its name, which no other of the exercise has: `near-miss`. Texts and manifests know it by it.
    pub id: &'static str,
    /// Of which program it is asked.
    pub whose: Whose,
    /// How much it matters.
    pub severity: Severity,
    /// The requirements of the same exercise that must have passed; else this one is skipped.
    pub needs: &'static [&'static str],
    /// Whether students are told of it only after the date that the teacher gave.
    pub hidden: bool,
    /// What the machine must let us do; if it does not, this one is skipped, and nobody loses points.
    pub takes: &'static [Ability],
    /// Puts it to the program. Each call has a trial of its own: fresh networks, and the program not yet started.
    pub judge: Judge,
}

/// What puts a requirement to a program.
pub type Judge = fn(&mut Trial) -> Result<(), Problem>;

/// The program that something is asked of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Whose {
    /// The server: its plan has that one only.
    Server,
    /// The client, likewise.
    Client,
    /// Both at once.
    Pair,
}

/// Something that not every machine lets us do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ability {
    /// Stand between a program and its calls (`ptrace(2)`): to make its sends short.
    Ptrace,
    /// Networks of our own (`network_namespaces(7)`): other addresses than 127.0.0.1, counters that are the program's own, and a
    /// relay between two programs that both mean port 3500 of this machine.
    Networks,
}

impl Whose {
    /// The programs that its plan has.
    pub fn roles(self) -> &'static [Role] {
        match self {
            Self::Server => &[Role::Server],
            Self::Client => &[Role::Client],
            Self::Pair => &[Role::Server, Role::Client],
        }
    }
}

impl Requirement {
    /// Puts it to the program of a trial, and names the cause of a failure if what the program said shows it. A server must also be
    /// there itself still, or have ended well.
    ///
    /// # Errors
    /// What the program did in place of what was asked, or why that could not be told.
    pub fn put(&self, trial: &mut Trial) -> Result<(), Problem> {
        let judged = (self.judge)(trial).and_then(|()| trial.expect_itself());
        judged.map_err(|problem| signs::explained(trial, problem))
    }

    /// One that decides, put to a server.
    pub(super) const fn of_server(id: &'static str, judge: Judge) -> Self {
        Self::of(Whose::Server, id, judge)
    }

    /// One that decides, put to a client.
    pub(super) const fn of_client(id: &'static str, judge: Judge) -> Self {
        Self::of(Whose::Client, id, judge)
    }

    /// One that decides, put to both together.
    pub(super) const fn of_pair(id: &'static str, judge: Judge) -> Self {
        Self::of(Whose::Pair, id, judge)
    }

    const fn of(whose: Whose, id: &'static str, judge: Judge) -> Self {
        Self { id, whose, severity: Severity::Required, needs: &[], hidden: false, takes: &[], judge }
    }

    /// The same, after these have passed.
    pub(super) const fn after(self, needs: &'static [&'static str]) -> Self {
        Self { needs, ..self }
    }

    /// The same, deciding only when the teacher is strict.
    pub(super) const fn robust(self) -> Self {
        Self { severity: Severity::Robust, ..self }
    }

    /// The same, as something worth saying.
    pub(super) const fn advice(self) -> Self {
        Self { severity: Severity::Advice, ..self }
    }

    /// The same, not told before the date of the course.
    pub(super) const fn hidden(self) -> Self {
        Self { hidden: true, ..self }
    }

    /// The same, where the machine lets us do this.
    pub(super) const fn taking(self, takes: &'static [Ability]) -> Self {
        Self { takes, ..self }
    }
}
