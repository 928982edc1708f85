//! From observations to entries.

use std::collections::HashSet;
use std::mem;

use wire::packet::decode;

use crate::model::{Args, Bytes, Call, Header, Level, Observation, Tid, Time, What};

use super::learn::Knowledge;
use super::owners::Owners;
use super::pairs::{self, Pair};
use super::{Blocked, CallEntry, Crossing, Entry, EntryKind, Owner, Role, class, order};

/// Makes entries, and remembers what they told for those that follow.
#[derive(Debug, Default)]
pub(super) struct Maker {
    pub(super) knowledge: Knowledge,
    owners: Owners,
}

impl Maker {
    /// Makes the entries of some observations, by time. Calls that have not returned are said to wait still at the `end`.
    pub(super) fn make(
        &mut self,
        mut batch: Vec<Observation>,
        header: Option<&Header>,
        end: Time,
    ) -> Vec<Entry> {
        batch.sort_by_key(order::of_observation);
        self.knowledge.learn(&batch, header);
        let mut entries = self.packets(&mut batch, header.map_or(Level::C, |header| header.level));
        let returned: HashSet<(Tid, Time)> = batch.iter().filter_map(returned).collect();
        let mut waiting = HashSet::new();
        let is_told = |observation: &Observation| match &observation.what {
            What::Waiting(call) => {
                let one = (call.tid, observation.time);
                !returned.contains(&one) && waiting.insert(one)
            }
            _ => true,
        };
        let others = batch.into_iter().filter(is_told).filter_map(|observation| self.other(observation, end));
        entries.extend(others.collect::<Vec<_>>());
        entries.sort_by_key(order::of_entry);
        entries
    }

    fn packets(&mut self, batch: &mut [Observation], level: Level) -> Vec<Entry> {
        let places: Vec<usize> =
            (0..batch.len()).filter(|place| matches!(batch[*place].what, What::Packet(_))).collect();
        let frames = places.iter().filter_map(|place| match &batch[*place].what {
            What::Packet(frame) => Some((batch[*place].time, frame)),
            _ => None,
        });
        let pairs = pairs::pair(&frames.collect::<Vec<_>>());
        let mut entries: Vec<Entry> =
            pairs.iter().filter_map(|pair| crossing(*pair, &places, batch)).collect();
        entries.sort_by_key(order::of_entry);
        let segments: Vec<_> =
            entries.iter_mut().map(|entry| self.owners.take(packet(entry)?, &mut self.knowledge)).collect();
        for (entry, segment) in entries.iter_mut().zip(segments) {
            if let Some(crossing) = packet(entry) {
                self.owners.own(crossing, segment, &self.knowledge, level);
            }
        }
        entries
    }

    /// Makes an entry of anything but a packet.
    fn other(&self, observation: Observation, end: Time) -> Option<Entry> {
        let Observation { time, id, certainty, what } = observation;
        let kind = match what {
            What::Process(process) => EntryKind::Process(process),
            What::Call(call) | What::Waiting(call) => {
                let class = class::of_call(&call, &self.knowledge.sockets);
                EntryKind::Call(CallEntry { blocked: blocked(&call, time, end), call, class })
            }
            What::Socket(state) => EntryKind::Socket(state),
            What::Counter(counter) => EntryKind::Counter(counter),
            What::Kernel(event) => EntryKind::Kernel(event),
            What::Note(note) => EntryKind::Note(note),
            What::Packet(_) | What::Recording(_) | What::Summary(_) => return None,
        };
        Some(Entry { id, time, certainty, kind })
    }
}

/// Makes an entry of a packet; of what is none of the Internet (ARP) there is nothing to tell.
fn crossing(pair: Pair, places: &[usize], batch: &mut [Observation]) -> Option<Entry> {
    let first = places[pair.departure.or(pair.arrival)?];
    let seen = |half: Option<usize>| half.map(|half| &batch[places[half]]);
    let (departed, arrived) = (seen(pair.departure), seen(pair.arrival));
    let departed_at = departed.map(|observation| observation.time);
    // Stamps may be a little off, but nothing arrives before it has left.
    let arrived_at = arrived.map(|observation| observation.time.max(departed_at.unwrap_or_default()));
    let arrival = arrived.map(|observation| observation.id);
    let Observation { time, id, certainty, what: What::Packet(frame) } = &mut batch[first] else {
        return None;
    };
    let packet = decode(&frame.bytes.0, frame.length_bytes).ok()?;
    let unknown = Owner { pid: None, socket: None, role: Role::Unknown };
    let crossing = Crossing {
        departed: departed_at,
        arrived: arrived_at,
        arrival,
        packet,
        length_bytes: frame.length_bytes,
        bytes: Bytes(mem::take(&mut frame.bytes.0)),
        interface: frame.interface,
        from: unknown,
        to: unknown,
        numbers: None,
    };
    Some(Entry { id: *id, time: *time, certainty: *certainty, kind: EntryKind::Packet(Box::new(crossing)) })
}

fn packet(entry: &mut Entry) -> Option<&mut Crossing> {
    match &mut entry.kind {
        EntryKind::Packet(crossing) => Some(crossing),
        _ => None,
    }
}

fn returned(observation: &Observation) -> Option<(Tid, Time)> {
    match &observation.what {
        What::Call(call) => Some((call.tid, observation.time)),
        _ => None,
    }
}

/// Whether a program stood still in a call. Whoever sleeps does, however shortly.
fn blocked(call: &Call, began: Time, end: Time) -> Blocked {
    let Some(until) = call.until.filter(|_| call.outcome.is_some()) else {
        return Blocked::Still(end.since(began));
    };
    let took = until.since(began);
    let is_sleep = matches!(call.args, Args::Sleep { .. });
    if is_sleep || took >= Blocked::MIN { Blocked::For(took) } else { Blocked::No }
}
