//! TCP connections as their segments show them: where each begins, and the numbers of its bytes.
//!
//! Two addresses with their ports may be used again by a later connection, so a SYN with a new number begins another one
//! ([RFC 9293 §3.5](https://www.rfc-editor.org/rfc/rfc9293#section-3.5)).

use std::collections::HashMap;
use std::net::SocketAddr;

use foldhash::fast::RandomState;
use wire::packet::Segment;

use crate::model::{SocketId, Time};

use super::Numbers;

/// The connections of a recording.
#[derive(Debug, Default)]
pub(super) struct Connections {
    all: Vec<Connection>,
    /// By both ends, the smaller one first: its connections by time.
    by_ends: HashMap<[SocketAddr; 2], Vec<usize>, RandomState>,
}

/// A connection. Its ends are numbered 0 and 1.
#[derive(Debug)]
pub(super) struct Connection {
    pub(super) ends: [SocketAddr; 2],
    /// When its SYN was sent; the beginning of time, if that was not seen.
    pub(super) began: Time,
    /// When the next one between these ends began.
    pub(super) ended: Option<Time>,
    /// Which end sent the SYN.
    pub(super) initiator: Option<usize>,
    /// Whether the SYN was answered by an RST.
    pub(super) is_refused: bool,
    /// The sockets of the ends, once they are known.
    pub(super) sockets: [Option<SocketId>; 2],
    sides: [Side; 2],
}

/// What one end has sent.
#[derive(Debug, Default, Clone, Copy)]
struct Side {
    /// The number of its SYN.
    initial: Option<u32>,
    /// The number behind the last byte that it sent, counted from there.
    sent: u32,
}

/// A segment of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    /// Which connection.
    pub(super) connection: usize,
    /// Which end sent it.
    pub(super) sender: usize,
}

impl Connections {
    /// Takes the next segment, in the order of time.
    pub(super) fn take(
        &mut self,
        (from, to): (SocketAddr, SocketAddr),
        segment: &Segment,
        time: Time,
    ) -> (Place, Numbers) {
        let ends = if from <= to { [from, to] } else { [to, from] };
        let sender = usize::from(from > to);
        let known = self.by_ends.entry(ends).or_default();
        let current = known.last().copied();
        let is_new = current.is_none_or(|current| self.all[current].is_over_by(sender, segment));
        let connection = if is_new {
            if let Some(current) = current {
                self.all[current].ended = Some(time);
            }
            known.push(self.all.len());
            self.all.push(Connection::new(ends, sender, segment, time));
            self.all.len() - 1
        } else {
            current.unwrap_or_default()
        };
        (Place { connection, sender }, self.all[connection].number(sender, segment))
    }

    /// A connection by its place.
    pub(super) fn get(&mut self, connection: usize) -> &mut Connection {
        &mut self.all[connection]
    }

    /// The connection between two addresses at a time, with `from` as the sender.
    pub(super) fn find(&self, from: SocketAddr, to: SocketAddr, time: Time) -> Option<Place> {
        let ends = if from <= to { [from, to] } else { [to, from] };
        let known = self.by_ends.get(&ends)?;
        let next = known.partition_point(|connection| self.all[*connection].began <= time);
        let connection = *known.get(next.saturating_sub(1))?;
        Some(Place { connection, sender: usize::from(from > to) })
    }
}

impl Connection {
    fn new(ends: [SocketAddr; 2], sender: usize, segment: &Segment, time: Time) -> Self {
        let (is_opened, is_answer) = (segment.flags.syn, segment.flags.ack);
        Self {
            ends,
            began: if is_opened && !is_answer { time } else { Time(0) },
            ended: None,
            initiator: is_opened.then_some(if is_answer { 1 - sender } else { sender }),
            is_refused: false,
            sockets: [None; 2],
            sides: [Side::default(); 2],
        }
    }

    /// Whether a segment begins another connection: it is a SYN with another number. Of two who open at once, each sends one
    /// ([RFC 9293 §3.5](https://www.rfc-editor.org/rfc/rfc9293#section-3.5)).
    fn is_over_by(&self, sender: usize, segment: &Segment) -> bool {
        let is_opening = segment.flags.syn && !segment.flags.ack;
        match self.sides[sender].initial {
            Some(initial) => is_opening && initial != segment.sequence,
            None => is_opening && self.initiator != Some(1 - sender),
        }
    }

    /// Numbers a segment, and remembers what it says.
    fn number(&mut self, sender: usize, segment: &Segment) -> Numbers {
        let flags = segment.flags;
        if flags.rst
            && flags.ack
            && self.initiator == Some(1 - sender)
            && self.sides[sender].initial.is_none()
        {
            self.is_refused = true;
        }
        if flags.ack && !flags.rst {
            // Who acknowledges without a SYN that was seen has got as much as it says, so numbering begins there.
            self.sides[1 - sender].initial.get_or_insert(segment.acknowledgement.wrapping_sub(1));
        }
        let acknowledged = self.sides[1 - sender].initial.filter(|_| flags.ack);
        Numbers {
            sequence: self.sides[sender].sends(segment),
            acknowledgement: acknowledged.map_or(0, |initial| segment.acknowledgement.wrapping_sub(initial)),
            retransmission: self.sides[sender].repeats(segment),
        }
    }
}

impl Side {
    /// The number of a segment, counted from the SYN; that of an RST of someone who has sent nothing is 0.
    fn sends(&mut self, segment: &Segment) -> u32 {
        if segment.flags.syn && self.initial != Some(segment.sequence) {
            *self = Self { initial: Some(segment.sequence), sent: 0 };
        }
        if segment.flags.rst && self.initial.is_none() {
            return 0;
        }
        let before = if segment.flags.syn { segment.sequence } else { segment.sequence.wrapping_sub(1) };
        if self.initial.is_none() {
            *self = Self { initial: Some(before), sent: 1 };
        }
        segment.sequence.wrapping_sub(self.initial.unwrap_or(before))
    }

    /// Whether anything of a segment was sent before. A segment without data is nothing, also that which asks whether the peer
    /// is still there: it has the number before the next byte (RFC 9293 §3.8.4).
    fn repeats(&mut self, segment: &Segment) -> bool {
        let (Some(initial), false) = (self.initial, segment.flags.rst) else { return false };
        let begin = segment.sequence.wrapping_sub(initial);
        let marks = u32::from(segment.flags.syn) + u32::from(segment.flags.fin);
        let length = segment.payload_bytes.saturating_add(marks);
        let is_before = |one: u32, other: u32| one.wrapping_sub(other).cast_signed() < 0;
        let end = begin.wrapping_add(length);
        let repeats = length > 0 && is_before(begin, self.sent);
        if length > 0 && is_before(self.sent, end) {
            self.sent = end;
        }
        repeats
    }
}
