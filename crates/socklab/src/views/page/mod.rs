//! A recording as one HTML page that needs nothing but itself: a sequence diagram with the findings beside it.
//!
//! All that the page shows is worked out here, in the reader's language ([`model`]); its script, in `assets/`, draws it and
//! decides nothing. The page asks the network for nothing, and its policy (`Content-Security-Policy`) forbids it to: what
//! programs sent may be anything, so it stands in a block of data in which nothing can end the block, is only ever shown as
//! text, and no script runs but the one whose hash the policy names.

mod assets;
mod details;
mod events;
mod labels;
mod lanes;
mod model;
pub(crate) mod report;
mod rows;
#[cfg(test)]
mod tests;
mod text;
mod texts;

use std::collections::BTreeMap;
use std::io::{self, Write};

use scope::model::EventId;
use scope::timeline::Timeline;

pub(super) use self::details::{Details, details};
use self::events::Teller;
use self::lanes::Lanes;
pub(super) use self::lanes::protocol;
use self::model::{Event, Evidence, Found, Page};
use crate::views::finding::{self, Said};
use crate::views::printable::printable;
use crate::words::Words;

/// How many events a page has; of a longer recording it has the first ones, and says how many are left out.
const EVENTS_MAX: usize = 200_000;

/// Writes the page.
///
/// # Errors
///
/// What the writer says.
pub(crate) fn write(
    timeline: &Timeline,
    findings: &[Said],
    words: &Words,
    out: &mut impl Write,
) -> io::Result<()> {
    let page = page(timeline, findings, words);
    assets::write(&page, words, out)
}

/// Works out what the page shows.
fn page(timeline: &Timeline, findings: &[Said], words: &Words) -> Page {
    let lanes = Lanes::new(timeline, words);
    let mut teller = Teller::new(timeline, words, &lanes);
    let mut events = Vec::new();
    let mut entries = Vec::new();
    let mut left_out = 0;
    for entry in &timeline.entries {
        if events.len() == EVENTS_MAX {
            left_out += 1;
        } else if let Some(event) = teller.event(entry) {
            entries.push((entry, events.len()));
            events.push(event);
        }
    }
    let found = found(findings, &rows::by_observation(&entries), &mut events, words);
    let laid_out = rows::lay_out(&events, words);
    Page {
        words: texts::texts(words),
        title: texts::title(&timeline.header),
        began_unix_ms: timeline.header.began_unix_ns / 1_000_000,
        facts: texts::facts(timeline, lanes.folded, left_out, words),
        sockets: std::mem::take(&mut teller.sockets.said),
        labels: teller.labels.say(words),
        lanes: lanes.all,
        events,
        rows: laid_out.rows,
        gaps: laid_out.gaps,
        findings: found,
    }
}

/// The findings, each with the events that prove it: those are shown even if they would be left out otherwise.
fn found(
    findings: &[Said],
    places: &BTreeMap<EventId, usize>,
    events: &mut [Event],
    words: &Words,
) -> Vec<Found> {
    let mut evidence = |id: &EventId| {
        let place = places.get(id).copied();
        let event = place.and_then(|place| events.get_mut(place));
        let text = event.map_or_else(String::new, |event| {
            event.quiet = false;
            event.text.clone()
        });
        Evidence { event: place, text }
    };
    let found = |finding: &Said| Found {
        severity: finding.severity,
        weight: finding::severity(words, finding.severity),
        title: printable(&finding.title),
        why: printable(&finding.why),
        todo: printable(&finding.what_to_do),
        goal: places.get(&finding.shown_by).copied(),
        evidence: finding.evidence.iter().map(&mut evidence).collect(),
    };
    findings.iter().map(found).collect()
}
