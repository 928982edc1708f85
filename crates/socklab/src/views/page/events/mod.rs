//! What stands on a timeline, as events of the page: a text for the row, and all the rest for the details.

mod call;
mod other;
mod packet;
mod socket;

use std::collections::BTreeMap;

use scope::model::{Certainty, SocketId, SocketState};
use scope::timeline::{Entry, EntryKind, Timeline};

use super::labels::{Label, Labels};
use super::lanes::{Lanes, SocketList};
use super::model::Event;
use super::text::moment;
use crate::words::Words;

/// Makes events of entries, which it must be given in their order: a socket is told by how it was before.
pub(super) struct Teller<'t> {
    timeline: &'t Timeline,
    words: &'t Words,
    lanes: &'t Lanes,
    /// The names of details that were used.
    pub(super) labels: Labels,
    /// The sockets that were named.
    pub(super) sockets: SocketList,
    states: BTreeMap<SocketId, &'t SocketState>,
}

impl<'t> Teller<'t> {
    pub(super) fn new(timeline: &'t Timeline, words: &'t Words, lanes: &'t Lanes) -> Self {
        Self {
            timeline,
            words,
            lanes,
            labels: Labels::default(),
            sockets: SocketList::default(),
            states: BTreeMap::new(),
        }
    }

    /// An event; `None` for what happens to a process that has no lane.
    pub(super) fn event(&mut self, entry: &'t Entry) -> Option<Event> {
        let mut event = Event { id: entry.id.0, time_ns: entry.time.0, ..Event::default() };
        event.certainty = self.certainty(entry.certainty);
        let is_shown = match &entry.kind {
            EntryKind::Call(call) => self.call(call, &mut event),
            EntryKind::Packet(crossing) => self.packet(crossing, &mut event),
            EntryKind::Socket(state) => self.socket(state, &mut event),
            EntryKind::Process(process) => self.process(process, &mut event),
            EntryKind::Counter(counter) => self.counter(counter, &mut event),
            EntryKind::Kernel(kernel) => self.kernel(kernel, &mut event),
            EntryKind::Note(note) => self.note(note, &mut event),
        };
        is_shown.then_some(event)
    }

    fn certainty(&self, certainty: Certainty) -> String {
        match certainty {
            Certainty::Exact => String::new(),
            Certainty::Since(time) => self.words.page_since(moment(time)),
            Certainty::Inferred => self.words.trace_inferred(),
        }
    }

    fn detail(&mut self, event: &mut Event, label: Label, value: impl AsRef<str>) {
        if !event.details.is_empty() {
            event.details.push('\n');
        }
        event.details.push_str(&self.labels.place(label).to_string());
        event.details.push(' ');
        event.details.extend(value.as_ref().chars().map(|c| if c == '\n' { ' ' } else { c }));
    }

    fn about(&mut self, event: &mut Event, socket: Option<SocketId>) {
        let Some(socket) = socket else { return };
        let place = self.sockets.place(socket, self.timeline);
        if !event.sockets.contains(&place) {
            event.sockets.push(place);
        }
    }
}
