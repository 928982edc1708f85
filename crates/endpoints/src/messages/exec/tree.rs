//! The processes of a command, found and ended: all of them, however they try to get away.
//!
//! The supervisor adopts what loses its parent (`PR_SET_CHILD_SUBREAPER`), so that a process which forks twice, begins a session
//! or closes its pipes is still below it, and **no child is left** means that no descendant is. A round stops all that can be
//! found until a look finds nothing new, so that none forks faster than it is ended, and then kills all that stand still. What
//! had been forked unseen loses its parent thereby, and is found in the next round.
//!
//! No signal goes to a number that another process may have got meanwhile: each process is held by a handle, and what
//! `/proc` says of it is read after the handle was taken.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs;
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use kernel::poll::{self, Interest, Readiness};
use kernel::process::{self, Handle, Order, Reaped};
use kernel::signals::ChildSignals;

/// How many rounds may go by without an end of any process; what then is left cannot be ended, as a process that waits for a disk.
/// As long as processes end there are others to be found, and it goes on.
pub(super) const ROUNDS_MAX: u32 = 100;
/// How often a round looks for processes that it has not stopped yet.
pub(super) const LOOKS_MAX: u32 = 16;
/// How long a round waits for what it has killed to end.
const PAUSE: Duration = Duration::from_millis(50);

/// The children of this process, and theirs.
#[derive(Debug)]
pub(super) struct Tree {
    own: u32,
    command: u32,
    /// The wait status of the command, when it has ended.
    status: Option<u32>,
    /// How many processes have been reaped.
    reaped: u64,
    signals: ChildSignals,
    /// Processes below this one that have been told to stop.
    held: BTreeMap<u32, Handle>,
}

impl Tree {
    /// Watches over a command that is a child of this process.
    pub(super) fn new(command: u32, signals: ChildSignals) -> Self {
        Self { own: process::own_id(), command, status: None, reaped: 0, signals, held: BTreeMap::new() }
    }

    /// Becomes readable when a child may have ended.
    pub(super) fn signals(&self) -> &ChildSignals {
        &self.signals
    }

    /// The wait status of the command, when it has been reaped.
    pub(super) fn status(&self) -> Option<u32> {
        self.status
    }

    /// Takes the children that have ended; returns whether there are others.
    pub(super) fn reap(&mut self) -> bool {
        self.signals.clear();
        loop {
            match process::reap() {
                Ok(Reaped::Child(id, status)) => {
                    self.reaped += 1;
                    if id == self.command {
                        self.status = Some(status);
                    }
                }
                Ok(Reaped::Running) => return true,
                Ok(Reaped::NoChild) | Err(_) => return false,
            }
        }
    }

    /// Ends every process. Returns how many of them cannot be ended: 0 when none is left.
    pub(super) fn end(&mut self) -> usize {
        let mut in_vain = 0;
        while in_vain < ROUNDS_MAX {
            if !self.reap() {
                return 0;
            }
            let reaped = self.reaped;
            self.stop_all();
            for handle in self.held.values() {
                // ESRCH: it has ended already.
                let _ = handle.order(Order::End);
            }
            self.wait_for_ends();
            in_vain = if self.reaped > reaped { 0 } else { in_vain + 1 };
        }
        self.held.len().max(1)
    }

    fn stop_all(&mut self) {
        self.held.retain(|_, handle| is_alive(handle));
        for _ in 0..LOOKS_MAX {
            if !self.hold_new() {
                return;
            }
        }
    }

    /// Looks for processes that are not held, and stops them; returns whether there were any.
    ///
    /// The children of this process come first and at once: among them is whoever runs away by forking and exiting, again and
    /// again, and is gone from its number before all of `/proc` has been read.
    fn hold_new(&mut self) -> bool {
        let before = self.held.len();
        self.hold_each(&children(self.own));
        self.hold_each(&descendants(&processes(), self.own));
        self.held.len() > before
    }

    fn hold_each(&mut self, processes: &[Process]) {
        for process in processes {
            if !self.held.contains_key(&process.id)
                && let Some(handle) = self.hold(*process)
            {
                self.held.insert(process.id, handle);
            }
        }
    }

    /// Stops a process, if it is still the one that was found.
    ///
    /// A child of this process keeps its number until [`Tree::reap`]. Of another one the parent is read again: if that is a
    /// process which is held and alive, the number means a descendant now; and if the handle means another
    /// process that had the number before, that one is gone, and the signal reaches nobody.
    fn hold(&self, process: Process) -> Option<Handle> {
        let handle = Handle::open(process.id).ok()?;
        if process.parent != self.own {
            let parent = parent(process.id)?;
            let is_ours = parent == self.own || self.held.get(&parent).is_some_and(is_alive);
            is_ours.then_some(())?;
        }
        handle.order(Order::Stop).ok()?;
        Some(handle)
    }

    fn wait_for_ends(&mut self) {
        let deadline = Instant::now() + PAUSE;
        while self.reap() {
            let woken = poll::wait(self.signals.as_fd(), Interest::READ, Some(deadline));
            if !woken.is_ok_and(Readiness::any) {
                return;
            }
        }
    }
}

fn is_alive(handle: &Handle) -> bool {
    handle.has_ended().is_ok_and(|ended| !ended)
}

/// A process by its number, and the number of its parent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Process {
    id: u32,
    parent: u32,
}

/// The children of this process, also those that `/proc` hides (`hidepid` in `proc(5)`). Not every kernel has this list
/// (`CONFIG_PROC_CHILDREN`), so it is never the only one.
fn children(own: u32) -> Vec<Process> {
    let children = fs::read_to_string("/proc/thread-self/children").unwrap_or_default();
    let children = children.split_whitespace().filter_map(|id| id.parse().ok());
    children.map(|id| Process { id, parent: own }).collect()
}

/// All processes that can be seen.
fn processes() -> Vec<Process> {
    let numbers = fs::read_dir("/proc").into_iter().flatten().flatten();
    let numbers = numbers.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    numbers.filter_map(|id| Some(Process { id, parent: parent(id)? })).collect()
}

/// The parent of a process, if it can be seen.
fn parent(id: u32) -> Option<u32> {
    parent_in_stat(&fs::read(format!("/proc/{id}/stat")).ok()?)
}

/// Reads the fourth field of `/proc/PID/stat`: it comes after the name, which is in brackets and may itself have any bytes.
fn parent_in_stat(stat: &[u8]) -> Option<u32> {
    let name_end = stat.iter().rposition(|byte| *byte == b')')?;
    let mut fields = stat[name_end + 1..].split(|byte| *byte == b' ').filter(|field| !field.is_empty());
    std::str::from_utf8(fields.nth(1)?).ok()?.parse().ok()
}

/// Chooses the processes below one, each once, and after its parent.
fn descendants(processes: &[Process], of: u32) -> Vec<Process> {
    let mut children: HashMap<u32, Vec<Process>> = HashMap::new();
    for process in processes {
        children.entry(process.parent).or_default().push(*process);
    }
    let mut seen = HashSet::from([of]);
    let mut found: Vec<Process> = children.remove(&of).unwrap_or_default();
    found.retain(|process| seen.insert(process.id));
    let mut next = 0;
    while let Some(parent) = found.get(next) {
        let mut more = children.remove(&parent.id).unwrap_or_default();
        more.retain(|process| seen.insert(process.id));
        found.append(&mut more);
        next += 1;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parent_stands_after_the_name_whatever_the_name_is() {
        assert_eq!(parent_in_stat(b"42 (sh) S 7 42 42 0 -1"), Some(7));
        assert_eq!(parent_in_stat(b"42 (a) R 1 (b) S 7 42"), Some(7));
        assert_eq!(parent_in_stat(b"42 (\xff\n ) S 8 42"), Some(8));
        for broken in [&b""[..], b"42", b"42 (sh", b"42 (sh)", b"42 (sh) S", b"42 (sh) S x", b"42 (sh) S -1 "]
        {
            assert_eq!(parent_in_stat(broken), None, "{broken:?}");
        }
    }

    #[test]
    fn descendants_come_after_their_parents_and_once() {
        let all = [(1, 0), (9, 8), (5, 2), (8, 5), (7, 1), (8, 2), (2, 1)].map(pair);

        let found: Vec<_> = descendants(&all, 2).iter().map(|process| process.id).collect();

        assert_eq!(found, [5, 8, 9]);
    }

    #[test]
    fn numbers_that_go_round_in_a_circle_end() {
        let all = [(2, 3), (3, 2), (4, 4)].map(pair);

        assert_eq!(descendants(&all, 2), [pair((3, 2))]);
        assert_eq!(descendants(&all, 9), []);
    }

    #[test]
    fn this_process_is_seen_with_its_parent() {
        let seen = processes().into_iter().find(|process| process.id == std::process::id()).unwrap();

        assert_eq!(seen.parent, std::os::unix::process::parent_id());
    }

    fn pair((id, parent): (u32, u32)) -> Process {
        Process { id, parent }
    }
}
