//! Where a server's events go: a queue with an end, so that whoever reads them slowly does not slow the server down.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::sync::mpsc::{Receiver, Sender, channel};
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
    // A channel with an end of its own would take the memory of a full queue, 2 MiB, from the start; this one grows.
    let (sender, receiver) = channel();
    let beside = Beside { waiting: AtomicUsize::new(0), lost: AtomicU64::new(0), last: Mutex::new(None) };
    let beside = Arc::new(beside);
    (EventSink { sender, beside: Arc::clone(&beside), detail }, EventReader { receiver, beside })
}

/// What the queue cannot hold.
#[derive(Debug)]
struct Beside<E> {
    /// How many events are in the queue or on their way into it, never more than [`EVENTS_MAX`].
    waiting: AtomicUsize,
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
    sender: Sender<Item<E>>,
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
        if !self.beside.is_room_taken() {
            self.beside.lost.fetch_add(1, Relaxed);
            return false;
        }
        let told = Told { at: Instant::now(), event: event() };
        if self.sender.send(Item::Event(told)).is_err() {
            // Nobody reads any more, so nobody makes room.
            self.beside.leave_room();
        }
        true
    }

    /// Tells the last event there is. It is read after all that are in the queue, even if that is full.
    pub(crate) fn tell_last(&self, event: E) {
        *self.beside.last() = Some(Told { at: Instant::now(), event });
        // It fails when nobody reads any more.
        let _ = self.sender.send(Item::End);
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
                Ok(Item::Event(told)) => return Some(self.beside.taken(told)),
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
            Ok(Item::Event(told)) => Some(self.beside.taken(told)),
            Ok(Item::End) | Err(_) => self.beside.last().take(),
        }
    }
}

impl<E> Beside<E> {
    /// Takes room for one event; `false` when there is none.
    fn is_room_taken(&self) -> bool {
        let one_more = |waiting| (waiting < EVENTS_MAX).then_some(waiting + 1);
        self.waiting.fetch_update(Relaxed, Relaxed, one_more).is_ok()
    }

    fn leave_room(&self) {
        self.waiting.fetch_sub(1, Relaxed);
    }

    /// Passes on an event that is no longer in the queue.
    fn taken(&self, told: Told<E>) -> Told<E> {
        self.leave_room();
        told
    }

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
    fn what_was_read_makes_room_and_so_does_a_reader_that_is_gone() {
        let (sink, reader) = events(Detail::Peers);
        for _ in 0..2 * EVENTS_MAX {
            assert!(sink.tell(Detail::Peers, || Event::Waiting));
            assert!(reader.poll().is_some());
        }

        drop(reader);

        for _ in 0..=EVENTS_MAX {
            assert!(sink.tell(Detail::Peers, || Event::Waiting));
        }
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
