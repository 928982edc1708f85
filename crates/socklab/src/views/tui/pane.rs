//! The panes below the lines.

use scope::findings::Severity;
use scope::model::{EventId, Time};

use super::cursor::Cursor;

/// A part of the screen that keys can go to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Pane {
    /// The lines.
    #[default]
    Lines,
    /// All that is known of the chosen line.
    Details,
    /// The sockets at its moment.
    Sockets,
    /// What was found.
    Findings,
    /// What the programs have written.
    Output,
}

/// In the order of Tab.
pub(super) const PANES: [Pane; 5] = [Pane::Lines, Pane::Details, Pane::Sockets, Pane::Findings, Pane::Output];

impl Pane {
    /// The one that comes so many steps after.
    pub(super) fn next(self, steps: usize) -> Self {
        let at = PANES.iter().position(|pane| *pane == self).unwrap_or_default();
        PANES[(at + steps) % PANES.len()]
    }
}

/// A finding with its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    /// When it became certain.
    pub(crate) at: Time,
    /// How much it matters.
    pub(crate) severity: Severity,
    /// What happened.
    pub(crate) title: String,
    /// Why.
    pub(crate) why: String,
    /// What to do.
    pub(crate) what_to_do: String,
    /// The observations that prove it, the one that decides first.
    pub(crate) evidence: Vec<EventId>,
}

/// What was found, and which of it is chosen.
#[derive(Debug, Default)]
pub(super) struct Findings {
    pub(super) all: Vec<Found>,
    /// Which finding is chosen.
    pub(super) at: usize,
    /// Which piece of its evidence Enter leads to.
    pub(super) next: usize,
    pub(super) scroll: Cursor,
}

impl Findings {
    /// Chooses another finding.
    pub(super) fn step(&mut self, by: isize) {
        self.at = self.at.saturating_add_signed(by).min(self.all.len().saturating_sub(1));
        self.next = 0;
    }

    /// The chosen one.
    pub(super) fn chosen(&self) -> Option<&Found> {
        self.all.get(self.at)
    }

    /// The next piece of evidence of the chosen one; after the last comes the first again.
    pub(super) fn evidence(&mut self) -> Option<EventId> {
        let evidence = &self.all.get(self.at)?.evidence;
        let id = evidence.get(self.next % evidence.len().max(1)).copied();
        self.next += 1;
        id
    }
}
