//! What a receiver tells: each item on standard output, the rest of the conversation on standard error; or JSON Lines.

use std::net::SocketAddr;

use endpoints::events::EventReader;
use endpoints::ways::{Event, Fault, Summary};
use kernel::limits;

use super::super::server::{Line, Teller};
use super::{fault, item_line};
use crate::context::Context;
use crate::errno;
use crate::failure::Failure;
use crate::words::Words;

/// The view of one receiver.
pub(crate) struct ServeView<'a> {
    context: &'a Context,
}

impl<'a> ServeView<'a> {
    pub(crate) fn new(context: &'a Context) -> Self {
        Self { context }
    }

    /// Tells events as they come, up to the last one, the summary.
    ///
    /// # Errors
    ///
    /// A failure to write to standard output, which says nothing when the reader has gone.
    pub(crate) fn tell_all(&self, reader: &EventReader<Event>) -> Result<(), Failure> {
        let line = |event: &Event| line(&self.context.words, event);
        Teller { context: self.context, line }.tell_all(reader, |event| matches!(event, Event::Summary(_)))
    }
}

fn line(words: &Words, event: &Event) -> Line {
    match event {
        Event::AddressSkipped { local, errno } => {
            Line::Attention(words.echo_address_skipped(local, "tcp", errno::explain_number(words, errno.0)))
        }
        Event::Listening { how, local } => Line::Data(words.ways_listening(local, how.name())),
        Event::Waiting => Line::Data(words.echo_waiting()),
        Event::Connected { connection, peer } => Line::Data(words.ways_connected(connection, peer)),
        Event::Item { connection, number, pair: None, item } => {
            Line::Data(words.ways_received(connection, number, item_line(words, item)))
        }
        Event::Item { connection, pair: Some(pair), item, .. } => {
            Line::Data(words.ways_received_pair(connection, pair, item_line(words, item)))
        }
        Event::Closed { connection, items, bytes, unfinished_bytes, fault, .. } => {
            Line::Data(closed(words, *connection, *items, *bytes, *unfinished_bytes, *fault))
        }
        Event::Refused { peer, connections_max } => Line::Data(refused(words, peer, *connections_max)),
        Event::AcceptStalled { errno } => Line::Attention(format!(
            "{}\n{}",
            words.echo_accept_stalled(errno::explain_number(words, errno.0)),
            words.hint(words.hint_open_files(limits::open_files().soft))
        )),
        Event::Stopping => Line::Note(words.ways_stopping()),
        Event::Lost { events } => Line::Attention(words.echo_lost(*events)),
        Event::Summary(summary) => Line::Note(summary_line(words, summary)),
    }
}

fn closed(
    words: &Words,
    connection: u64,
    items: usize,
    bytes: u64,
    unfinished_bytes: Option<u64>,
    found: Option<Fault>,
) -> String {
    let over = words.ways_closed(connection, items as u64, bytes);
    let unfinished = unfinished_bytes.map(|bytes| words.ways_unfinished(bytes));
    let parts = [Some(over), found.map(|found| fault(words, found)), unfinished];
    parts.into_iter().flatten().collect::<Vec<_>>().join("; ")
}

fn refused(words: &Words, peer: &SocketAddr, connections_max: usize) -> String {
    words.ways_refused(peer, connections_max)
}

fn summary_line(words: &Words, summary: &Summary) -> String {
    if summary.connections == 0 {
        return words.echo_summary_nobody();
    }
    let all = words.ways_summary(summary.connections, summary.items, summary.bytes);
    let faults = (summary.faults > 0).then(|| words.ways_summary_faults(summary.faults));
    let refused = (summary.refused > 0).then(|| words.echo_summary_refused(summary.refused));
    [Some(all), faults, refused].into_iter().flatten().collect::<Vec<_>>().join("; ")
}
