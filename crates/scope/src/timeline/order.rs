//! The order of what happens at one time: that of cause.

use crate::model::{EventId, Observation, ProcessChange, Time, What};

use super::{Entry, EntryKind};

/// By what observations and entries are ordered.
pub(super) type Key = (Time, u8, EventId);

/// The place of an observation. A process is there before it calls, a call before what it causes, a packet before what the
/// kernel and its sockets make of it; the end of a process is last.
pub(super) fn of_observation(observation: &Observation) -> Key {
    let rank = match &observation.what {
        What::Recording(_) => 0,
        What::Process(process) => of_change(&process.change),
        What::Waiting(_) | What::Call(_) => 2,
        What::Packet(_) => 3,
        What::Kernel(_) => 4,
        What::Counter(_) => 5,
        What::Socket(_) => 6,
        What::Note(_) => 8,
        What::Summary(_) => 9,
    };
    (observation.time, rank, observation.id)
}

/// The place of an entry, which is that of the observation it is made from.
pub(super) fn of_entry(entry: &Entry) -> Key {
    let rank = match &entry.kind {
        EntryKind::Process(process) => of_change(&process.change),
        EntryKind::Call(_) => 2,
        EntryKind::Packet(_) => 3,
        EntryKind::Kernel(_) => 4,
        EntryKind::Counter(_) => 5,
        EntryKind::Socket(_) => 6,
        EntryKind::Note(_) => 8,
    };
    (entry.time, rank, entry.id)
}

fn of_change(change: &ProcessChange) -> u8 {
    match change {
        ProcessChange::Ended { .. } | ProcessChange::Released {} => 7,
        _ => 1,
    }
}
