//! Whether programs have come to rest: they have taken what was sent to them, and every thread waits for something again.
//!
//! Only then does it mean something that nothing has come. A thread that waits for a time may go on by itself; one that waits for
//! others does not.

use std::time::Duration;

use crate::check::Blocked;

/// How long programs that wait for no time must have rested before nothing more is expected of them.
pub(super) const REST: Duration = Duration::from_millis(300);
/// The same, of programs of which a thread waits for a time, or that leave something lying.
pub(super) const TIMED_REST: Duration = Duration::from_millis(1500);

/// The programs at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Look {
    /// Where each thread waits, by its number; `None` for one that runs.
    pub(super) threads: Vec<(u32, Option<Blocked>)>,
    /// How often each has been given a processor.
    pub(super) turns: Vec<u64>,
    /// Bytes that wait in their sockets, in either direction.
    pub(super) waiting_bytes: u64,
    /// Connections that wait for them in accept queues, which they may leave there for good.
    pub(super) waiting_connections: u64,
}

/// How programs are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Calm {
    /// A thread runs.
    None,
    /// Every thread waits, and one of them for a time, or something lies in a socket still.
    Timed,
    /// Every thread waits for somebody else, and nothing lies in any socket.
    Full,
}

/// For how long programs have rested.
#[derive(Debug, Default)]
pub(super) struct Rest {
    last: Option<Look>,
    calm: Duration,
    timed: Duration,
    busy: Duration,
}

impl Look {
    pub(super) fn calm(&self) -> Calm {
        let mut calm = Calm::Full;
        for (_, blocked) in &self.threads {
            match blocked {
                None => return Calm::None,
                Some(blocked) if blocked.timed => calm = Calm::Timed,
                Some(_) => {}
            }
        }
        if self.waiting_bytes > 0 { Calm::Timed } else { calm }
    }
}

impl Rest {
    /// Takes notice of how they are, so much later than last time.
    pub(super) fn see(&mut self, look: Look, later: Duration) {
        let calm = look.calm();
        let is_same = self.last.as_ref() == Some(&look);
        self.calm = if calm == Calm::Full && is_same { self.calm + later } else { Duration::ZERO };
        self.timed =
            if calm == Calm::None || self.last.is_none() { Duration::ZERO } else { self.timed + later };
        // One that polls never rests, and yet has taken all that there was.
        self.busy =
            if look.waiting_bytes > 0 || self.last.is_none() { Duration::ZERO } else { self.busy + later };
        self.last = Some(look);
    }

    /// Whether they were so twice, and did nothing in between: what is not there now will not come unless something is sent.
    pub(super) fn is_seen(&self) -> bool {
        self.calm > Duration::ZERO
    }

    /// Whether nothing more is to be expected of programs that nothing is sent to.
    pub(super) fn is_final(&self) -> bool {
        self.calm >= REST
    }

    /// The same, if programs that wait for a time, or run without end, were to have come to rest by it.
    pub(super) fn is_long(&self) -> bool {
        self.timed.max(self.busy) >= TIMED_REST
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LATER: Duration = Duration::from_millis(100);

    #[test]
    fn programs_rest_when_two_looks_are_the_same() {
        let mut rest = Rest::default();

        rest.see(look(false, 1, 0), LATER);
        assert!(!rest.is_seen());
        rest.see(look(false, 2, 0), LATER);
        assert!(!rest.is_seen());
        rest.see(look(false, 2, 0), LATER);
        assert!(rest.is_seen() && !rest.is_final());
        rest.see(look(false, 2, 0), LATER);
        rest.see(look(false, 2, 0), LATER);

        assert!(rest.is_final());
    }

    #[test]
    fn a_timer_or_bytes_that_lie_there_take_longer() {
        for look in [look(true, 1, 0), look(false, 1, 5)] {
            let mut rest = Rest::default();
            for _ in 0..15 {
                rest.see(look.clone(), LATER);
            }
            assert!(!rest.is_seen() && !rest.is_long());

            rest.see(look, LATER);

            assert!(rest.is_long());
        }
    }

    #[test]
    fn a_thread_that_runs_ends_the_rest_as_long_as_something_lies_there() {
        let mut rest = Rest::default();
        rest.see(look(true, 1, 0), LATER);
        rest.see(look(true, 1, 0), TIMED_REST);
        assert!(rest.is_long());

        rest.see(running(5), LATER);

        assert!(!rest.is_long());
    }

    #[test]
    fn a_thread_that_runs_without_end_and_leaves_nothing_lying_is_waited_for_as_long_as_a_timer() {
        let mut rest = Rest::default();
        rest.see(running(0), LATER);
        rest.see(running(0), TIMED_REST.checked_sub(LATER).unwrap());
        assert!(!rest.is_long());

        rest.see(running(0), LATER);

        assert!(rest.is_long() && !rest.is_seen() && !rest.is_final());
    }

    fn running(waiting_bytes: u64) -> Look {
        Look { threads: vec![(1, None)], waiting_bytes, ..Look::default() }
    }

    fn look(timed: bool, turns: u64, waiting_bytes: u64) -> Look {
        let blocked = Blocked { call: "recvfrom".to_owned(), values: [3; 6], port: None, timed, place: None };
        let threads = vec![(1, Some(blocked))];
        Look { threads, turns: vec![turns], waiting_bytes, waiting_connections: 0 }
    }
}
