//! The rows of the diagram: moments in their order, with the time between them folded.
//!
//! The axis has no scale: calls that take ten microseconds and sleeps of a second stand in one picture. Where nothing happens
//! for a while, a row says for how long.

use std::collections::BTreeMap;
use std::time::Duration;

use scope::model::EventId;

use super::model::{Event, Kind};
use crate::views::trace::span;
use crate::words::Words;

/// From which length on a time in which nothing happens is told.
const GAP_MIN: Duration = Duration::from_millis(5);

/// The rows, and what is said of the gaps among them.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Rows {
    pub(super) rows: Vec<i64>,
    pub(super) gaps: Vec<String>,
}

/// A moment: when, of which event, and whether it is its end.
type Moment = (u64, usize, bool);

/// Lays events out, which are in the order of time.
pub(super) fn lay_out(events: &[Event], words: &Words) -> Rows {
    let mut moments: Vec<Moment> = Vec::with_capacity(events.len() * 2);
    for (index, event) in events.iter().enumerate() {
        moments.push((event.time_ns, index, false));
        moments.extend(event.until_ns.map(|until| (until, index, true)));
    }
    moments.sort_unstable();
    let mut rows = Rows::default();
    let mut last: Option<Moment> = None;
    for moment in moments {
        let (time, index, is_end) = moment;
        let follows = last.is_some_and(|(_, before, was_end)| before == index && !was_end);
        if is_end && follows && events[index].kind == Kind::Packet {
            // Nothing happened while the packet was on its way: its arrow stays in one row.
            last = Some(moment);
            continue;
        }
        rows.gap(last, time, words);
        rows.rows.push(number(index) * 2 + i64::from(is_end));
        last = Some(moment);
    }
    rows
}

impl Rows {
    fn gap(&mut self, last: Option<Moment>, time: u64, words: &Words) {
        // What has no end ends after all else, at no time.
        let idle = last.filter(|_| time != u64::MAX).map_or(0, |(before, ..)| time.saturating_sub(before));
        let idle = Duration::from_nanos(idle);
        if idle >= GAP_MIN {
            self.rows.push(-1 - number(self.gaps.len()));
            self.gaps.push(words.trace_idle(span(idle)));
        }
    }
}

fn number(index: usize) -> i64 {
    i64::try_from(index).unwrap_or(i64::MAX / 2)
}

/// Which event an observation became.
pub(super) fn by_observation(entries: &[(&scope::timeline::Entry, usize)]) -> BTreeMap<EventId, usize> {
    let mut places = BTreeMap::new();
    for (entry, place) in entries {
        places.insert(entry.id, *place);
        if let scope::timeline::EntryKind::Packet(crossing) = &entry.kind {
            places.extend(crossing.arrival.map(|arrival| (arrival, *place)));
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::Lang;

    #[test]
    fn a_call_that_waits_ends_in_a_row_of_its_own_and_others_do_not() {
        let waits = event(Kind::Call, 0, Some(300));
        let events = [waits, event(Kind::Call, 100, None)];

        assert_eq!(laid_out(&events), [0, 2, 1]);
    }

    #[test]
    fn a_packet_has_one_row_unless_something_happens_on_its_way() {
        let alone = [event(Kind::Packet, 0, Some(300)), event(Kind::Call, 400, None)];
        let overtaken = [event(Kind::Packet, 0, Some(300)), event(Kind::Call, 100, None)];

        assert_eq!(laid_out(&alone), [0, 2]);
        assert_eq!(laid_out(&overtaken), [0, 2, 1]);
    }

    #[test]
    fn a_time_in_which_nothing_happens_is_a_row_that_says_how_long() {
        let events = [
            event(Kind::Call, 0, None),
            event(Kind::Call, 4_999_999, None),
            event(Kind::Call, 10_000_000, None),
        ];

        let rows = lay_out(&events, &Words::new(Lang::English));

        assert_eq!(rows.rows, [0, 2, -1, 4]);
        assert_eq!(rows.gaps, ["… 5 ms nothing …"]);
    }

    #[test]
    fn what_never_ends_ends_last_and_leaves_no_gap() {
        let events = [event(Kind::Call, 0, Some(u64::MAX)), event(Kind::Call, 100, None)];

        let rows = lay_out(&events, &Words::new(Lang::English));

        assert_eq!((rows.rows, rows.gaps.len()), (vec![0, 2, 1], 0));
    }

    fn laid_out(events: &[Event]) -> Vec<i64> {
        lay_out(events, &Words::new(Lang::English)).rows
    }

    fn event(kind: Kind, time_ns: u64, until_ns: Option<u64>) -> Event {
        Event { time_ns, kind, until_ns, ..Event::default() }
    }
}
