//! The processes of the programs, as they were told.

use std::collections::BTreeMap;

use scope::model::{Observation, Pid, ProcessChange, What};

/// Which processes there are, and of which program.
#[derive(Debug, Default)]
pub(super) struct Processes {
    running: BTreeMap<Pid, usize>,
    /// The wait statuses of first processes that have ended.
    ended: BTreeMap<Pid, u32>,
    firsts: Vec<Pid>,
}

impl Processes {
    /// A program has been started, and this is its first process.
    pub(super) fn launched(&mut self, pid: Pid, program: usize) {
        self.firsts.push(pid);
        self.running.insert(pid, program);
    }

    /// Takes notice of an observation.
    pub(super) fn see(&mut self, observation: &Observation) {
        let What::Process(process) = &observation.what else { return };
        match process.change {
            ProcessChange::Forked { child } => {
                if let Some(&program) = self.running.get(&process.pid) {
                    self.running.insert(child, program);
                }
            }
            ProcessChange::Ended { wait_status } => {
                self.running.remove(&process.pid);
                if self.firsts.contains(&process.pid) {
                    self.ended.insert(process.pid, wait_status);
                }
            }
            _ => {}
        }
    }

    /// It never became a program.
    pub(super) fn not_executed(&mut self, pid: Pid) {
        self.running.remove(&pid);
    }

    /// The processes of a program that run.
    pub(super) fn of(&self, program: usize) -> Vec<Pid> {
        self.running.iter().filter(|(_, of)| **of == program).map(|(pid, _)| *pid).collect()
    }

    /// The program of a process that runs or has run.
    pub(super) fn wait_status(&self, pid: Pid) -> Option<u32> {
        self.ended.get(&pid).copied()
    }
}

#[cfg(test)]
mod tests {
    use scope::model::{Certainty, EventId, Process, Time};

    use super::*;

    #[test]
    fn a_program_has_its_first_process_and_what_that_makes() {
        let mut processes = Processes::default();
        processes.launched(Pid(7), 1);

        processes.see(&told(7, ProcessChange::Forked { child: Pid(8) }));
        processes.see(&told(8, ProcessChange::Forked { child: Pid(9) }));
        assert_eq!(processes.of(1), [7, 8, 9].map(Pid));
        processes.see(&told(7, ProcessChange::Ended { wait_status: 256 }));
        processes.see(&told(8, ProcessChange::Ended { wait_status: 9 }));

        assert_eq!(processes.of(1), [Pid(9)]);
        assert_eq!((processes.wait_status(Pid(7)), processes.wait_status(Pid(8))), (Some(256), None));
    }

    fn told(pid: u32, change: ProcessChange) -> Observation {
        let what = What::Process(Process { pid: Pid(pid), change });
        Observation { time: Time(0), id: EventId(0), certainty: Certainty::Exact, what }
    }
}
