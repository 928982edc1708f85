//! Where events go: a queue with an end, so that whoever reads them slowly does not slow the echo down.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::time::Instant;

use super::config::Detail;
use super::event::{Event, Told};

/// How many events may wait to be read; what comes while so many wait is counted and not told.
pub const EVENTS_MAX: usize = 16_384;

/// Makes the queue: the server tells into the sink, and the reader reads.
pub fn events(detail: Detail) -> (EventSink, EventReader) {
    let (sender, receiver) = sync_channel(EVENTS_MAX);
    let lost = Arc::new(AtomicU64::new(0));
    (EventSink { sender, lost: Arc::clone(&lost), detail }, EventReader { receiver, lost })
}

/// The end that the server's threads tell events into.
#[derive(Debug, Clone)]
pub struct EventSink {
    sender: SyncSender<Told>,
    lost: Arc<AtomicU64>,
    detail: Detail,
}

impl EventSink {
    /// Tells an event, if anybody wants such detail and can take it.
    pub fn tell(&self, detail: Detail, event: impl FnOnce() -> Event) {
        if detail > self.detail {
            return;
        }
        let told = Told { at: Instant::now(), event: event() };
        match self.sender.try_send(told) {
            Ok(()) | Err(TrySendError::Disconnected(_)) => {}
            Err(TrySendError::Full(_)) => {
                self.lost.fetch_add(1, Relaxed);
            }
        }
    }

    /// Tells the last event there is, and waits until the reader has room for it.
    pub(super) fn tell_last(&self, event: Event) {
        // Without a reader there is nobody to tell.
        let _ = self.sender.send(Told { at: Instant::now(), event });
    }
}

/// The end that events are read from, in the order in which they were told.
#[derive(Debug)]
pub struct EventReader {
    receiver: Receiver<Told>,
    lost: Arc<AtomicU64>,
}

impl EventReader {
    /// Waits for an event; `None` when no sink is left and everything has been read.
    pub fn wait(&self) -> Option<Told> {
        self.take_lost().or_else(|| self.receiver.recv().ok())
    }

    /// Takes an event if one waits.
    pub fn poll(&self) -> Option<Told> {
        self.take_lost().or_else(|| self.receiver.try_recv().ok())
    }

    fn take_lost(&self) -> Option<Told> {
        let events = self.lost.swap(0, Relaxed);
        (events > 0).then(|| Told { at: Instant::now(), event: Event::Lost { events } })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_queue_takes_the_most_events_and_counts_one_more() {
        let (sink, reader) = events(Detail::Peers);

        for _ in 0..=EVENTS_MAX {
            sink.tell(Detail::Peers, || Event::Waiting);
        }
        drop(sink);

        assert!(matches!(reader.wait(), Some(Told { event: Event::Lost { events: 1 }, .. })));
        assert_eq!(std::iter::from_fn(|| reader.wait()).count(), EVENTS_MAX);
    }

    #[test]
    fn detail_that_nobody_wants_is_not_even_made() {
        let (sink, reader) = events(Detail::Quiet);

        sink.tell(Detail::Peers, || panic!("made"));

        assert!(reader.poll().is_none());
    }
}
