//! What the tracer knows of the lines of the programs.

use std::sync::Arc;

use foldhash::HashMap;

use super::Mark;
use crate::model::{Pid, Place, Tid};

/// How many places of one process are remembered; the hook tells no more.
pub const PLACES_MAX: usize = 65_536;

/// The slots of the threads, and what the numbers in them mean.
#[derive(Debug, Default)]
pub struct Places {
    slots: HashMap<Tid, u64>,
    places: HashMap<Pid, HashMap<u32, Arc<Place>>>,
}

impl Places {
    /// Takes a mark that a thread has told.
    pub fn told(&mut self, pid: Pid, tid: Tid, mark: Mark) {
        match mark {
            Mark::Slot(address) => {
                self.slots.insert(tid, address);
            }
            Mark::Question { .. } => {}
            Mark::Place { number, place } => {
                let places = self.places.entry(pid).or_default();
                if places.len() < PLACES_MAX || places.contains_key(&number) {
                    places.insert(number, Arc::new(place));
                }
            }
        }
    }

    /// Returns where the program is, as the thread goes into the kernel; `None` if the hook has told nothing, or says that
    /// the call is not the program's own. `read` reads the program's memory: from an address into a buffer, and returns how
    /// many bytes there were.
    pub fn place(
        &self,
        pid: Pid,
        tid: Tid,
        read: impl FnOnce(u64, &mut [u8]) -> usize,
    ) -> Option<&Arc<Place>> {
        let slot = *self.slots.get(&tid)?;
        let mut number = [0; size_of::<u64>()];
        if read(slot, &mut number) < number.len() {
            return None;
        }
        let number = u32::try_from(u64::from_ne_bytes(number)).ok()?;
        self.places.get(&pid)?.get(&number)
    }

    /// Where a thread's slot is, and how long: what [`place`](Self::place) reads.
    pub fn slot(&self, tid: Tid) -> Option<(u64, usize)> {
        self.slots.get(&tid).map(|slot| (*slot, size_of::<u64>()))
    }

    /// Whether the process has told any thread's slot or any place: it has the hook.
    pub fn knows(&self, pid: Pid) -> bool {
        self.places.contains_key(&pid)
    }

    /// A thread has made a process (`fork(2)`, not a thread), which has its memory, and so the slot of that thread.
    pub fn forked(&mut self, parent: (Pid, Tid), child: Pid) {
        if let Some(slot) = self.slots.get(&parent.1) {
            self.slots.insert(Tid(child.0), *slot);
        }
        if let Some(places) = self.places.get(&parent.0) {
            self.places.insert(child, places.clone());
        }
    }

    /// A process runs a new program, which has to tell anew. To be called for the thread that remains, too.
    pub fn executed(&mut self, pid: Pid) {
        self.slots.remove(&Tid(pid.0));
        self.places.remove(&pid);
    }

    /// A thread has ended; the last one of a process has its number, and its places go with it.
    pub fn ended(&mut self, tid: Tid) {
        self.slots.remove(&tid);
        self.places.remove(&Pid(tid.0));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PID: Pid = Pid(10);
    const MAIN: Tid = Tid(10);
    const SLOT: u64 = 0x1000;

    fn place(line: u32) -> Place {
        Place { file: "client.py".to_owned(), line, function: "main".to_owned() }
    }

    /// A program that has told its slot and one place.
    fn told() -> Places {
        let mut places = Places::default();
        places.told(PID, MAIN, Mark::Slot(SLOT));
        places.told(PID, MAIN, Mark::Place { number: 1, place: place(7) });
        places
    }

    fn line(places: &Places, pid: Pid, tid: Tid, number: u64) -> Option<u32> {
        let read = |address: u64, buffer: &mut [u8]| {
            assert_eq!(address, SLOT);
            buffer.copy_from_slice(&number.to_ne_bytes());
            buffer.len()
        };
        places.place(pid, tid, read).map(|place| place.line)
    }

    #[test]
    fn a_thread_is_where_its_slot_says() {
        let places = told();

        assert_eq!(line(&places, PID, MAIN, 1), Some(7));
        assert_eq!(line(&places, PID, MAIN, 0), None);
        assert_eq!(line(&places, PID, MAIN, 2), None);
        assert_eq!(line(&places, PID, MAIN, u64::MAX), None);
        assert_eq!(line(&places, PID, Tid(11), 1), None);
    }

    #[test]
    fn a_slot_that_cannot_be_read_says_nothing() {
        assert_eq!(told().place(PID, MAIN, |_, _| 7), None);
    }

    #[test]
    fn a_child_goes_on_from_the_same_places() {
        let mut places = told();
        places.told(PID, Tid(11), Mark::Slot(SLOT));

        places.forked((PID, Tid(11)), Pid(20));

        assert_eq!(line(&places, Pid(20), Tid(20), 1), Some(7));
        places.told(Pid(20), Tid(20), Mark::Place { number: 2, place: place(9) });
        assert_eq!(line(&places, Pid(20), Tid(20), 2), Some(9));
        assert_eq!(line(&places, PID, MAIN, 2), None);
    }

    #[test]
    fn what_was_told_goes_with_the_program() {
        let mut places = told();
        places.executed(PID);
        assert_eq!((line(&places, PID, MAIN, 1), places.knows(PID)), (None, false));

        let mut places = told();
        places.ended(MAIN);
        assert_eq!((line(&places, PID, MAIN, 1), places.knows(PID)), (None, false));
    }

    #[test]
    fn no_more_places_are_remembered_than_the_limit() {
        let mut places = told();
        let last = u32::try_from(PLACES_MAX).unwrap();
        for number in 1..=last + 1 {
            places.told(PID, MAIN, Mark::Place { number, place: place(number) });
        }

        assert_eq!(line(&places, PID, MAIN, last.into()), Some(last));
        assert_eq!(line(&places, PID, MAIN, u64::from(last) + 1), None);
    }
}
