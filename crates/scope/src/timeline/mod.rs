//! The timeline: what was observed, in the order of time, with what belongs together put together.
//!
//! It is made from a recording and from nothing else, so a recording that is read again gives the same one. A packet is one
//! entry, with the time when it left and the time when it arrived; it belongs to sockets, and through them to processes, also
//! when it was seen before the call that names them has returned.

mod addresses;
mod builder;
mod class;
mod connections;
mod entry;
mod learn;
mod maker;
mod order;
mod owners;
mod pairs;
mod processes;
mod sockets;

use std::collections::HashMap;

use foldhash::fast::RandomState;

pub use self::builder::{BuildError, Builder};
pub use self::entry::{Blocked, CallEntry, Crossing, Entry, EntryKind, Numbers, Owner, Role};
pub use self::processes::{Lane, Processes};
pub use self::sockets::{Class, Life, Sockets};

use crate::model::{EventId, Header, Summary};

/// A recording, put in order.
#[derive(Clone, Debug)]
pub struct Timeline {
    /// How it was made.
    pub header: Header,
    /// What happened, by time. Entries of one time are in the order of cause: a call before the packet that it sends.
    pub entries: Vec<Entry>,
    /// The processes that were watched.
    pub processes: Processes,
    /// The sockets that were seen.
    pub sockets: Sockets,
    /// How it ended; `None` for a recording that was cut.
    pub summary: Option<Summary>,
    /// The place of the entry that each observation became or is a part of.
    index: Index,
}

type Index = HashMap<EventId, usize, RandomState>;

impl Timeline {
    /// A timeline of a recording that is being made, without anything yet: [`Timeline::extend`] adds to it.
    pub fn of(header: Header) -> Self {
        let (processes, sockets) = Default::default();
        Self { header, entries: Vec::new(), processes, sockets, summary: None, index: Index::default() }
    }

    /// Adds what has [settled](Builder::settle), and what is known by now.
    pub fn extend(&mut self, entries: Vec<Entry>, processes: &Processes, sockets: &Sockets) {
        learn(&mut self.index, self.entries.len(), &entries);
        self.entries.extend(entries);
        self.processes.clone_from(processes);
        self.sockets.clone_from(sockets);
    }

    /// Leaves out the first entries.
    pub fn forget(&mut self, count: usize) {
        self.entries.drain(..count.min(self.entries.len()));
        self.index = index(&self.entries);
    }

    /// Returns the entry that an observation became, or a part of (a packet's arrival leads to the packet).
    pub fn entry(&self, id: EventId) -> Option<&Entry> {
        self.entries.get(*self.index.get(&id)?).filter(|entry| entry.is_about(id))
    }
}

fn index(entries: &[Entry]) -> Index {
    let mut index = Index::default();
    learn(&mut index, 0, entries);
    index
}

/// Adds entries to an index, of which the first one stands at `from`.
fn learn(index: &mut Index, from: usize, entries: &[Entry]) {
    index.reserve(entries.len());
    for (place, entry) in entries.iter().enumerate() {
        let place = from + place;
        index.entry(entry.id).or_insert(place);
        if let EntryKind::Packet(packet) = &entry.kind {
            packet.arrival.map(|arrival| index.entry(arrival).or_insert(place));
        }
    }
}
