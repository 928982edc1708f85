//! Which arrival is that of which departure.
//!
//! On the loopback a packet is seen twice, with the same bytes. Packets may be equal, too (a datagram that is sent again, a
//! segment that is retransmitted), so equal ones are paired in their order, one to one.

use std::collections::{HashMap, VecDeque};

use foldhash::fast::RandomState;

use crate::model::{Direction, Frame, Time};

/// How much of a packet is compared: its headers and the beginning of its data. What is kept of a packet under pressure is not
/// less, so both of its observations have as much.
const COMPARED_BYTES: usize = 128;

/// How much earlier than its departure an arrival may be stamped, in nanoseconds: the two stamps are turned into times of the
/// recording by themselves, and the offset of the clocks may have been looked at in between.
const SKEW_NS: u64 = 100_000;

/// A packet by the places of its observations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pair {
    pub(super) departure: Option<usize>,
    pub(super) arrival: Option<usize>,
}

#[derive(PartialEq, Eq, Hash, Clone, Copy)]
struct Key<'a> {
    interface: u32,
    length_bytes: u32,
    bytes: &'a [u8],
}

/// Equal packets of which one half was seen, each by its place among the pairs.
#[derive(Default)]
struct Halves {
    departed: VecDeque<usize>,
    arrived: VecDeque<usize>,
}

struct Pairing<'a> {
    frames: &'a [(Time, &'a Frame)],
    pairs: Vec<Pair>,
    halves: HashMap<Key<'a>, Halves, RandomState>,
    /// The last packet of each interface that has arrived: what departed before it is there or lost.
    reached: HashMap<u32, usize, RandomState>,
}

/// Pairs frames that are in the order of time.
pub(super) fn pair(frames: &[(Time, &Frame)]) -> Vec<Pair> {
    let mut pairing = Pairing {
        frames,
        pairs: Vec::with_capacity(frames.len()),
        halves: HashMap::default(),
        reached: HashMap::default(),
    };
    for (place, (_, frame)) in frames.iter().enumerate() {
        match frame.direction {
            Direction::Out => pairing.departs(place, frame),
            Direction::In => pairing.arrives(place, frame),
        }
    }
    pairing.pairs
}

impl<'a> Pairing<'a> {
    fn departs(&mut self, place: usize, frame: &'a Frame) {
        let (frames, halves) = (self.frames, self.halves.entry(key(frame)).or_default());
        while let Some(early) = halves.arrived.pop_front() {
            let arrived = self.pairs[early].arrival.map_or(Time(0), |arrival| frames[arrival].0);
            if frames[place].0.0.saturating_sub(arrived.0) <= SKEW_NS {
                self.pairs[early].departure = Some(place);
                return;
            }
        }
        halves.departed.push_back(self.pairs.len());
        self.pairs.push(Pair { departure: Some(place), arrival: None });
    }

    fn arrives(&mut self, place: usize, frame: &'a Frame) {
        let halves = self.halves.entry(key(frame)).or_default();
        let reached = self.reached.entry(frame.interface).or_default();
        while halves.departed.len() > 1 && halves.departed[0] < *reached {
            halves.departed.pop_front();
        }
        if let Some(pair) = halves.departed.pop_front() {
            self.pairs[pair].arrival = Some(place);
            *reached = (*reached).max(pair);
        } else {
            halves.arrived.push_back(self.pairs.len());
            self.pairs.push(Pair { departure: None, arrival: Some(place) });
        }
    }
}

fn key(frame: &Frame) -> Key<'_> {
    let kept = frame.bytes.0.len().min(COMPARED_BYTES);
    Key { interface: frame.interface, length_bytes: frame.length_bytes, bytes: &frame.bytes.0[..kept] }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Bytes;
    use Direction::{In, Out};

    #[test]
    fn equal_packets_are_paired_one_to_one_in_their_order() {
        let seen =
            [(1, Out, b'a'), (2, In, b'a'), (3, Out, b'a'), (4, Out, b'a'), (5, In, b'a'), (6, In, b'a')];

        assert_eq!(pairs(&seen), [(Some(0), Some(1)), (Some(2), Some(4)), (Some(3), Some(5))]);
    }

    #[test]
    fn a_packet_that_got_lost_does_not_take_the_arrival_of_an_equal_one() {
        let seen = [(1, Out, b'a'), (2, Out, b'b'), (3, In, b'b'), (4, Out, b'a'), (5, In, b'a')];

        assert_eq!(pairs(&seen), [(Some(0), None), (Some(1), Some(2)), (Some(3), Some(4))]);
    }

    #[test]
    fn one_half_is_enough_and_stamps_may_be_a_little_off() {
        let far = 2 + SKEW_NS + 1;
        let seen = [(1, In, b'a'), (2, In, b'b'), (3, Out, b'a'), (far, Out, b'b')];

        assert_eq!(pairs(&seen), [(Some(2), Some(0)), (None, Some(1)), (Some(3), None)]);
    }

    #[test]
    fn bytes_left_out_under_pressure_do_not_keep_a_packet_from_its_arrival() {
        let long = frame(Out, &[7; 900]);
        let short = Frame { direction: In, bytes: Bytes(vec![7; 128]), ..long.clone() };

        assert_eq!(
            pair(&[(Time(1), &long), (Time(2), &short)]),
            [Pair { departure: Some(0), arrival: Some(1) }]
        );
    }

    fn pairs(seen: &[(u64, Direction, u8)]) -> Vec<(Option<usize>, Option<usize>)> {
        let frames: Vec<_> =
            seen.iter().map(|(time, way, byte)| (Time(*time), frame(*way, &[*byte]))).collect();
        let frames: Vec<_> = frames.iter().map(|(time, frame)| (*time, frame)).collect();
        pair(&frames).iter().map(|pair| (pair.departure, pair.arrival)).collect()
    }

    fn frame(direction: Direction, bytes: &[u8]) -> Frame {
        let length_bytes = u32::try_from(bytes.len()).unwrap();
        Frame { direction, interface: 1, length_bytes, bytes: Bytes(bytes.to_vec()) }
    }
}
