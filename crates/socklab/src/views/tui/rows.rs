//! Which of the lines pass the filter, and where among them somebody is.

use scope::model::{EventId, Time};
use scope::timeline::Timeline;

use super::cursor::Cursor;
use super::filter::Filter;
use crate::views::trace::Row;
use crate::words::Words;

/// The lines that pass the filter.
#[derive(Debug, Default)]
pub(super) struct Rows {
    /// Their places among all.
    pub(super) shown: Vec<usize>,
    /// How many lines were looked at.
    seen: usize,
    pub(super) filter: Filter,
    pub(super) cursor: Cursor,
    /// Whether the last line is always the chosen one.
    pub(super) follows: bool,
}

impl Rows {
    /// Looks at the lines that are new.
    pub(super) fn extend(&mut self, all: &[Row], timeline: &Timeline, words: &Words) {
        for (place, row) in all.iter().enumerate().skip(self.seen) {
            if self.filter.passes(row, timeline, words) {
                self.shown.push(place);
            }
        }
        self.seen = self.seen.max(all.len());
        if self.follows {
            self.cursor.at = self.shown.len().saturating_sub(1);
        }
    }

    /// Begins anew with other lines, and stays at the moment where somebody was.
    pub(super) fn replace(
        &mut self,
        all: &[Row],
        timeline: &Timeline,
        words: &Words,
        was: Option<(EventId, Time)>,
    ) {
        self.shown.clear();
        self.seen = 0;
        self.extend(all, timeline, words);
        if let (Some((id, at)), false) = (was, self.follows) {
            self.go_to(all, id, at);
        }
    }

    /// Shows only what passes this filter, and stays near the moment where somebody was.
    pub(super) fn filter(&mut self, filter: Filter, all: &[Row], timeline: &Timeline, words: &Words) {
        let was = self.chosen();
        if filter.narrows(&self.filter) {
            self.shown.retain(|place| filter.passes(&all[*place], timeline, words));
            self.filter = filter;
        } else {
            let seen = self.seen;
            self.filter = filter;
            self.shown.clear();
            self.seen = 0;
            self.extend(&all[..seen.min(all.len())], timeline, words);
        }
        let near = self.shown.partition_point(|place| *place < was.unwrap_or_default());
        self.cursor.at = near.min(self.shown.len().saturating_sub(1));
    }

    /// The place of the chosen line among all.
    pub(super) fn chosen(&self) -> Option<usize> {
        self.shown.get(self.cursor.at).copied()
    }

    /// Chooses the line about an observation, or else the first one of its moment. Tells whether one is about it.
    pub(super) fn go_to(&mut self, all: &[Row], id: EventId, at: Time) -> bool {
        let exact = self.shown.iter().position(|place| all[*place].about == Some(id));
        let near = || self.shown.iter().position(|place| all[*place].at >= at);
        if let Some(place) = exact.or_else(near) {
            self.cursor.at = place;
        }
        exact.is_some()
    }

    /// How many lines have come that were not looked at.
    pub(super) fn waiting(&self, all: &[Row]) -> usize {
        all.len().saturating_sub(self.seen)
    }
}
