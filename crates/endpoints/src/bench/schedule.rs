//! When each message of an open loop is to begin, whatever becomes of the others.
//!
//! Latency counts from there: a server that holds up one message holds up those behind it, too, and all of them show it. To begin them
//! later and forget that would be what is called coordinated omission.

/// The times of all messages of all parts of a load: evenly spaced, connections taking turns.
#[derive(Debug, Clone, Copy)]
pub(super) struct Schedule {
    /// When the first message begins.
    start_ns: u64,
    /// How many messages begin in a second.
    rate: u32,
    /// How many connections there are in all parts.
    connections: usize,
}

impl Schedule {
    pub(super) fn new(start_ns: u64, rate: u32, connections: usize) -> Self {
        Self { start_ns, rate, connections }
    }

    /// When the connection with this number, from 0, begins its message with this number, from 0.
    pub(super) fn at(&self, connection: usize, message: u64) -> u64 {
        let before = u128::from(message) * self.connections as u128 + connection as u128;
        let after_ns = before * 1_000_000_000 / u128::from(self.rate.max(1));
        self.start_ns.saturating_add(u64::try_from(after_ns).unwrap_or(u64::MAX))
    }
}

/// Some connections of a load, in the order in which their messages begin.
#[derive(Debug)]
pub(super) struct Turns {
    schedule: Schedule,
    /// Numbers of the connections, ascending.
    numbers: Vec<usize>,
    index: usize,
    message: u64,
}

impl Turns {
    /// Makes the turns of the connections with these numbers, ascending.
    pub(super) fn new(schedule: Schedule, numbers: Vec<usize>) -> Self {
        Self { schedule, numbers, index: 0, message: 0 }
    }

    /// When the next message of any of them begins.
    pub(super) fn next_ns(&self) -> u64 {
        self.numbers.get(self.index).map_or(u64::MAX, |number| self.schedule.at(*number, self.message))
    }

    /// The index of the connection whose message begins by now, and on to the next.
    pub(super) fn due(&mut self, now_ns: u64) -> Option<usize> {
        if self.next_ns() > now_ns {
            return None;
        }
        let due = self.index;
        self.index += 1;
        if self.index == self.numbers.len() {
            (self.index, self.message) = (0, self.message + 1);
        }
        Some(due)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn messages_are_evenly_spaced_over_all_connections() {
        let schedule = Schedule::new(100, 1_000_000, 3);
        let mut turns = Turns::new(schedule, vec![0, 1, 2]);

        assert_eq!((turns.next_ns(), turns.due(99)), (100, None));
        let due: Vec<_> = std::iter::from_fn(|| turns.due(4100)).collect();

        assert_eq!(due, [0, 1, 2, 0, 1]);
        assert_eq!(turns.next_ns(), 5100);
    }

    proptest! {
        #[test]
        fn the_parts_of_a_load_have_its_messages_each_once(
            parts in 1..8_usize, connections in 8..40_usize, rate in 1..2_000_000_u32,
        ) {
            let schedule = Schedule::new(0, rate, connections);
            let times = |numbers: Vec<usize>| {
                let mut turns = Turns::new(schedule, numbers);
                std::iter::from_fn(move || {
                    let next_ns = turns.next_ns();
                    turns.due(50_000_000).map(|_| next_ns)
                })
                .take(2000)
                .collect::<Vec<_>>()
            };
            let whole = times((0..connections).collect());
            let of_part = |part| times((0..connections).filter(|number| number % parts == part).collect());
            let mut together: Vec<u64> = (0..parts).flat_map(of_part).collect();
            together.sort_unstable();
            together.truncate(whole.len());

            prop_assert_eq!(together, whole);
        }
    }
}
