//! The processes of a recording, and the lanes that they have in a view.

use std::collections::BTreeMap;

use crate::model::{Pid, Time};

/// The processes that were watched, by number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Processes {
    /// What is known of each.
    pub lanes: BTreeMap<Pid, Lane>,
}

/// A process as a view shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lane {
    /// Its number.
    pub pid: Pid,
    /// Its name: that of the program in the recording; for a process that such a one made, the name with `.2`, `.3`… behind it.
    pub name: String,
    /// Which of the recording's programs it is or descends from.
    pub program: Option<usize>,
    /// Who made it.
    pub parent: Option<Pid>,
    /// What it runs, with its arguments, as of the last `execve(2)`.
    pub command: Vec<String>,
    /// When it began.
    pub began: Time,
    /// When it ended, if it did.
    pub ended: Option<Time>,
    /// The wait status that it ended with.
    pub wait_status: Option<u32>,
    /// Whether it ever had a socket of the program's own: one that had none is folded away.
    pub has_sockets: bool,
}

impl Processes {
    /// The name of a process; its number, if it is not one of these.
    pub fn name(&self, pid: Pid) -> String {
        self.lanes.get(&pid).map_or_else(|| pid.to_string(), |lane| lane.name.clone())
    }

    /// The lanes that a view shows, in the order of the programs and, within one, of beginning.
    pub fn shown(&self) -> Vec<&Lane> {
        let mut shown: Vec<_> = self.lanes.values().filter(|lane| lane.has_sockets).collect();
        shown.sort_by_key(|lane| (lane.program, lane.began, lane.pid));
        shown
    }
}
