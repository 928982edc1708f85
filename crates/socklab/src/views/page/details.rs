//! All that is known of one entry, for views that show it beside their lines.

use scope::timeline::{Entry, Timeline};

use super::events::Teller;
use super::lanes::Lanes;
use crate::words::Words;

/// What the page says of an event when it is chosen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::views) struct Details {
    /// The event in short.
    pub(in crate::views) title: String,
    /// Names and values.
    pub(in crate::views) facts: Vec<(String, String)>,
    /// Its bytes.
    pub(in crate::views) dumps: Vec<Bytes>,
}

/// Bytes of a call or a packet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::views) struct Bytes {
    /// What is said above them, with how many there are in all.
    pub(in crate::views) title: String,
    /// The first of them.
    pub(in crate::views) first: Vec<u8>,
    /// From which on they are the program's, not headers.
    pub(in crate::views) payload_from: Option<usize>,
}

/// Says all that is known of an entry; nothing of a process that has no lane.
pub(in crate::views) fn details(entry: &Entry, timeline: &Timeline, words: &Words) -> Option<Details> {
    let lanes = Lanes::new(timeline, words);
    let mut teller = Teller::new(timeline, words, &lanes);
    let event = teller.event(entry)?;
    let labels = teller.labels.say(words);
    let fact = |line: &str| {
        let (label, value) = line.split_once(' ')?;
        let label = labels.get(label.parse::<usize>().ok()?)?;
        Some((label.clone(), value.to_owned()))
    };
    let dumps = event.dumps.into_iter().map(|dump| Bytes {
        title: dump.text,
        first: dump.bytes.0,
        payload_from: dump.payload_from,
    });
    Some(Details {
        title: event.text,
        facts: event.details.lines().filter_map(fact).collect(),
        dumps: dumps.collect(),
    })
}
