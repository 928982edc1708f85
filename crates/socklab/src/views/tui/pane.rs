//! The panes below the lines.

use scope::model::EventId;

use crate::views::finding::Said;

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

/// What was found, and which of it is chosen.
#[derive(Debug, Default)]
pub(super) struct Findings {
    pub(super) all: Vec<Said>,
    /// Which finding is chosen.
    pub(super) at: usize,
    /// Which piece of its evidence Enter leads to.
    pub(super) next: usize,
}

impl Findings {
    /// Chooses another finding.
    pub(super) fn step(&mut self, by: isize) {
        self.at = self.at.saturating_add_signed(by).min(self.all.len().saturating_sub(1));
        self.next = 0;
    }

    /// The chosen one.
    pub(super) fn chosen(&self) -> Option<&Said> {
        self.all.get(self.at)
    }

    /// The next piece of evidence of the chosen one, of which the first is the one that decides; after the last comes the
    /// first again.
    pub(super) fn evidence(&mut self) -> Option<EventId> {
        let said = self.all.get(self.at)?;
        let others = said.evidence.iter().copied().filter(|id| *id != said.shown_by);
        let all: Vec<_> = std::iter::once(said.shown_by).chain(others).collect();
        let id = all[self.next % all.len()];
        self.next += 1;
        Some(id)
    }
}
