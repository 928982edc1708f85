//! The receiver's side of one connection: reads it to its end, then says what arrived.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use super::collector::Collector;
use super::conversation::{Conversation, Halt};
use super::decoder::{Decoder, Fault, Part};
use super::event::Event;
use super::item::Item;
use super::pairs::Place;
use super::report::Report;
use super::taught::{TAUGHT_BYTES, Taught};
use super::{Way, WaysConfig};
use crate::events::{Detail, EventSink};

/// After how long without a byte a sender is given up.
pub const IDLE_MAX: Duration = Duration::from_secs(30);
/// After how long a transfer is given up, whatever comes.
pub const TRANSFER_MAX: Duration = Duration::from_secs(10 * 60);

/// What each `recv()` asks for, unless as taught.
const RECV_BYTES: usize = 64 << 10;

/// A connection that is being received.
pub(super) struct Reception<'a> {
    pub(super) config: &'a WaysConfig,
    pub(super) connection: u64,
    pub(super) peer: SocketAddr,
    pub(super) place: Option<Place>,
    pub(super) sink: &'a EventSink<Event>,
}

/// What a connection brought.
#[derive(Debug, Clone, Copy)]
pub(super) struct Received {
    pub(super) items: usize,
    pub(super) bytes: u64,
    pub(super) fault: Option<Fault>,
}

/// How the bytes are understood.
enum Reader<'a> {
    /// As the way means them, however they come.
    Whole(Decoder),
    /// One `recv()`, one item.
    Taught(Taught<'a>),
}

impl Reception<'_> {
    /// Reads to the end of the sender's stream, telling each item, and sends the report.
    ///
    /// After a fault the rest is read and dropped: to close with bytes unread would send an RST, and that destroys the report
    /// on its way (RFC 1122 §4.2.2.13).
    pub(super) fn run(&self, conversation: &Conversation<'_>) -> Received {
        let mut collector = self.place.map_or_else(Collector::new, |place| Collector::of(place.kind));
        let mut reader = Reader::new(self.config);
        let mut buffer = vec![0; if self.config.as_taught { TAUGHT_BYTES } else { RECV_BYTES }];
        let until = Instant::now() + TRANSFER_MAX;
        let (mut bytes, mut fault) = (0, None);
        loop {
            let idle = Instant::now() + IDLE_MAX;
            let told = collector.items().len();
            match conversation.receive(&mut buffer, idle.min(until)) {
                Ok(0) => {
                    fault = fault.or_else(|| reader.finish(&mut collector).err());
                    self.tell_items(&collector, told);
                    break;
                }
                Ok(taken) => {
                    bytes += taken as u64;
                    fault = fault.or_else(|| reader.feed(&buffer[..taken], &mut collector).err());
                    self.tell_items(&collector, told);
                }
                Err(halt) => {
                    fault = Some(fault_of(&halt, until));
                    break;
                }
            }
        }
        let unfinished_bytes = collector.unfinished_bytes();
        let items = collector.into_items();
        let received = Received { items: items.len(), bytes, fault };
        self.send_report(conversation, items, fault);
        let (connection, peer, items) = (self.connection, self.peer, received.items);
        let closed = Event::Closed { connection, peer, items, bytes, unfinished_bytes, fault };
        self.sink.tell(Detail::Peers, || closed);
        received
    }

    fn tell_items(&self, collector: &Collector, told: usize) {
        for (index, item) in collector.items().iter().enumerate().skip(told) {
            let pair = self.place.map(|place| place.pair);
            let (connection, number, item) = (self.connection, index + 1, item.clone());
            self.sink.tell(Detail::Peers, || Event::Item { connection, number, pair, item });
        }
    }

    /// Says what arrived. A sender that is gone already, as the practical's scripts are, is told nothing.
    fn send_report(&self, conversation: &Conversation<'_>, items: Vec<Item>, fault: Option<Fault>) {
        let report = Report {
            items,
            pair: self.place.map(|place| place.pair),
            taught_bytes: self.config.as_taught.then_some(TAUGHT_BYTES as u64),
            fault,
        };
        let _ = conversation.send_all(report.to_string().as_bytes(), || Instant::now() + IDLE_MAX);
    }
}

impl<'a> Reader<'a> {
    fn new(config: &'a WaysConfig) -> Self {
        if config.as_taught {
            return Self::Taught(Taught::new(&config.way));
        }
        Self::Whole(Way::decoder(&config.way))
    }

    fn feed(&mut self, bytes: &[u8], collector: &mut Collector) -> Result<(), Fault> {
        match self {
            Self::Whole(decoder) => decoder.feed(bytes, &mut |part: Part<'_>| collector.take(part)),
            Self::Taught(taught) => taught.feed(bytes, collector),
        }
    }

    fn finish(&mut self, collector: &mut Collector) -> Result<(), Fault> {
        match self {
            Self::Whole(decoder) => decoder.finish(&mut |part: Part<'_>| collector.take(part)),
            // recv() returned nothing: as taught, nobody asks why.
            Self::Taught(_) => Ok(()),
        }
    }
}

fn fault_of(halt: &Halt, until: Instant) -> Fault {
    match halt {
        Halt::Stopped => Fault::Stopped,
        Halt::TimedOut if Instant::now() >= until => Fault::Slow,
        Halt::TimedOut => Fault::Idle,
        Halt::Failed(_) => Fault::Reset,
    }
}
