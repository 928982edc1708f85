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
    /// Returns the entry that an observation became, or a part of (a packet's arrival leads to the packet).
    pub fn entry(&self, id: EventId) -> Option<&Entry> {
        self.entries.get(*self.index.get(&id)?).filter(|entry| entry.is_about(id))
    }
}

fn index(entries: &[Entry]) -> Index {
    let mut index = Index::default();
    index.reserve(entries.len());
    for (place, entry) in entries.iter().enumerate() {
        index.entry(entry.id).or_insert(place);
        if let EntryKind::Packet(packet) = &entry.kind {
            packet.arrival.map(|arrival| index.entry(arrival).or_insert(place));
        }
    }
    index
}
