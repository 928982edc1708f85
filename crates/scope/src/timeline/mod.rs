//! The timeline: what was observed, in the order of time, with what belongs together put together.
//!
//! It is made from a recording and from nothing else, so a recording that is read again gives the same one. A packet is one
//! entry, with the time when it left and the time when it arrived; it belongs to sockets, and through them to processes, also
//! when it was seen before the call that names them has returned.

mod entry;
mod processes;
mod sockets;

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
}

impl Timeline {
    /// Returns the entry that an observation became, or a part of (a packet's arrival leads to the packet).
    pub fn entry(&self, id: EventId) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.is_about(id))
    }
}
