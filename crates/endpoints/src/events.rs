//! Where a server's events go: a queue with an end, so that whoever reads them slowly does not slow the server down.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// How many events may wait to be read; what comes while so many wait is counted and not told.
pub const EVENTS_MAX: usize = 16_384;

/// An event and when it happened.
#[derive(Debug, Clone)]
pub struct Told<E> {
    /// When.
    pub at: Instant,
    /// What.
    pub event: E,
}

/// How much a server tells of what it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Detail {
    /// What needs attention.
    Quiet,
    /// Each peer, too.
    #[default]
    Peers,
    /// Each call, too.
    Calls,
}

/// What a server's events have in common.
pub trait ServerEvent {
    /// Makes the event which says that so many were not told because whoever reads them is too slow.
    fn lost(events: u64) -> Self;
}

/// Makes the queue: the server tells into the sink, and the reader reads.
pub fn events<E>(detail: Detail) -> (EventSink<E>, EventReader<E>) {
    let (sender, receiver) = sync_channel(EVENTS_MAX);
    let beside = Arc::new(Beside { lost: AtomicU64::new(0), last: Mutex::new(None) });
    (EventSink { sender, beside: Arc::clone(&beside), detail }, EventReader { receiver, beside })
}

/// What the queue cannot hold.
#[derive(Debug)]
struct Beside<E> {
    /// How many events found no room.
    lost: AtomicU64,
    /// The last event, which must not be lost however full the queue is.
    last: Mutex<Option<Told<E>>>,
}

/// What is in the queue.
#[derive(Debug)]
enum Item<E> {
    Event(Told<E>),
    /// Wakes a reader that waits: the last event is there, beside the queue.
    End,
}

/// The end that the server's threads tell events into.
#[derive(Debug)]
pub struct EventSink<E> {
    sender: SyncSender<Item<E>>,
    beside: Arc<Beside<E>>,
    detail: Detail,
}

impl<E> Clone for EventSink<E> {
    fn clone(&self) -> Self {
        Self { sender: self.sender.clone(), beside: Arc::clone(&self.beside), detail: self.detail }
    }
}

impl<E> EventSink<E> {
    /// Tells an event, if anybody wants such detail and can take it. Never waits. `false` says that there was no room for it.
    pub fn tell(&self, detail: Detail, event: impl FnOnce() -> E) -> bool {
        if detail > self.detail {
            return true;
        }
        let told = Told { at: Instant::now(), event: event() };
        match self.sender.try_send(Item::Event(told)) {
            Ok(()) | Err(TrySendError::Disconnected(_)) => true,
            Err(TrySendError::Full(_)) => {
                self.beside.lost.fetch_add(1, Relaxed);
                false
            }
        }
    }

    /// Tells the last event there is. It is read after all that are in the queue, even if that is full.
    pub(crate) fn tell_last(&self, event: E) {
        *self.beside.last() = Some(Told { at: Instant::now(), event });
        // If the queue is full the reader does not wait, and finds the event when it has emptied the queue.
        let _ = self.sender.try_send(Item::End);
    }
}

/// The end that events are read from, in the order in which they were told.
#[derive(Debug)]
pub struct EventReader<E> {
    receiver: Receiver<Item<E>>,
    beside: Arc<Beside<E>>,
}

impl<E: ServerEvent> EventReader<E> {
    /// Waits for an event; `None` when no sink is left and everything has been read.
    pub fn wait(&self) -> Option<Told<E>> {
        loop {
            if let Some(told) = self.poll() {
                return Some(told);
            }
            match self.receiver.recv() {
                Ok(Item::Event(told)) => return Some(told),
                Ok(Item::End) => {}
                Err(_) => return self.poll(),
            }
        }
    }

    /// Takes an event if one waits.
    pub fn poll(&self) -> Option<Told<E>> {
        let events = self.beside.lost.swap(0, Relaxed);
        if events > 0 {
            return Some(Told { at: Instant::now(), event: E::lost(events) });
        }
        match self.receiver.try_recv() {
            Ok(Item::Event(told)) => Some(told),
            Ok(Item::End) | Err(_) => self.beside.last().take(),
        }
    }
}

impl<E> Beside<E> {
    fn last(&self) -> MutexGuard<'_, Option<Told<E>>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::echo::Event;

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
    fn the_last_event_has_room_and_comes_last_in_a_full_queue() {
        let (sink, reader) = events(Detail::Peers);
        for _ in 0..EVENTS_MAX {
            sink.tell(Detail::Peers, || Event::Waiting);
        }

        sink.tell_last(Event::AcceptResumed);

        for _ in 0..EVENTS_MAX {
            assert!(matches!(reader.wait(), Some(Told { event: Event::Waiting, .. })));
        }
        assert!(matches!(reader.wait(), Some(Told { event: Event::AcceptResumed, .. })));
    }

    #[test]
    fn detail_that_nobody_wants_is_not_even_made() {
        let (sink, reader) = events(Detail::Quiet);

        sink.tell(Detail::Peers, || -> Event { panic!("made") });

        assert!(reader.poll().is_none());
    }
}
