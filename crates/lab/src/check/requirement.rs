//! What is asked of a program.

use serde::{Deserialize, Serialize};

use super::trial::Trial;
use super::{Problem, Severity};

/// Something that a right program does, and how it is found out whether it does.
#[derive(Clone, Copy, Debug)]
pub struct Requirement {
    /// Its name, which no other of the exercise has: `near-miss`. Texts and manifests know it by it.
    pub id: &'static str,
    /// How much it matters.
    pub severity: Severity,
    /// The requirements of the same exercise that must have passed; else this one is skipped.
    pub needs: &'static [&'static str],
    /// Whether students are told of it only after the date that the teacher gave.
    pub hidden: bool,
    /// What the machine must let us do; if it does not, this one is skipped, and nobody loses points.
    pub takes: &'static [Ability],
    /// Puts it to the program. Each call has a trial of its own: fresh networks, and the program not yet started.
    pub judge: fn(&mut Trial) -> Result<(), Problem>,
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
