//! A recording as one HTML page that needs nothing but itself: a sequence diagram with the findings beside it.
//!
//! All that the page shows is worked out here, in the reader's language ([`model`]); its script, in `assets/`, draws it and
//! decides nothing. The page asks the network for nothing, and its policy (`Content-Security-Policy`) forbids it to: what
//! programs sent may be anything, so it stands in a block of data in which nothing can end the block, is only ever shown as
//! text, and no script runs but the one whose hash the policy names.

mod assets;
mod events;
mod labels;
mod lanes;
mod model;
mod rows;
#[cfg(test)]
mod tests;
mod text;
mod texts;

use std::collections::BTreeMap;
use std::io::{self, Write};

use scope::findings::Severity;
use scope::model::EventId;
use scope::timeline::Timeline;

use self::events::Teller;
use self::lanes::Lanes;
use self::model::{Event, Evidence, Found, Page};
use crate::views::printable::printable;
use crate::words::Words;

/// How many events a page has; of a longer recording it has the first ones, and says how many are left out.
const EVENTS_MAX: usize = 200_000;

/// A finding with its words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PageFinding {
    /// What happened, in a line.
    pub(crate) title: String,
    /// Why.
    pub(crate) why: String,
    /// What to do about it.
    pub(crate) todo: String,
    /// How much it matters.
    pub(crate) severity: Severity,
    /// The observation that decides.
    pub(crate) shown_by: EventId,
    /// The observations that prove it, in the order of time.
    pub(crate) evidence: Vec<EventId>,
}

/// Writes the page.
///
/// # Errors
///
/// What the writer says.
pub(crate) fn write(
    timeline: &Timeline,
    findings: &[PageFinding],
    words: &Words,
    out: &mut impl Write,
) -> io::Result<()> {
    let page = page(timeline, findings, words);
    assets::write(&page, words, out)
}

/// Works out what the page shows.
fn page(timeline: &Timeline, findings: &[PageFinding], words: &Words) -> Page {
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
    findings: &[PageFinding],
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
    let found = |finding: &PageFinding| Found {
        severity: finding.severity,
        weight: weight(finding.severity, words),
        title: printable(&finding.title),
        why: printable(&finding.why),
        todo: printable(&finding.todo),
        goal: places.get(&finding.shown_by).copied(),
        evidence: finding.evidence.iter().map(&mut evidence).collect(),
    };
    findings.iter().map(found).collect()
}

fn weight(severity: Severity, words: &Words) -> String {
    match severity {
        Severity::Advice => words.page_advice(),
        Severity::Fragile => words.page_fragile(),
        Severity::Fault => words.page_fault(),
    }
}
