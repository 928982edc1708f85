//! Where on the screen things stand.

use ratatui::layout::{Constraint, Layout, Rect};

use super::pane::Pane;

/// From how many columns on two panes stand beside each other below the lines.
const WIDE: u16 = 120;
/// The highest the panes become.
const PANES_HEIGHT: u16 = 18;
/// The lowest screen that has room for panes.
const PANES_FROM: u16 = 12;
/// How many lines about the whole recording stay on the screen.
const HEAD_HEIGHT: u16 = 3;
/// What stands before each line: whether it is chosen, and whether it is evidence.
pub(super) const GUTTER: u16 = 2;

/// The parts of the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Areas {
    pub(super) head: Rect,
    pub(super) lines: Rect,
    /// The panes that are open, each with the room that it has, its title included.
    pub(super) panes: Vec<(Pane, Rect)>,
    pub(super) status: Rect,
}

/// Divides the screen. `below` is the pane that was used last.
pub(super) fn areas(screen: Rect, head: usize, below: Pane) -> Areas {
    let head = u16::try_from(head).unwrap_or(HEAD_HEIGHT).min(HEAD_HEIGHT);
    let below_height = if screen.height < PANES_FROM { 0 } else { (screen.height * 2 / 5).min(PANES_HEIGHT) };
    let [head, lines, panes, status] = Layout::vertical([
        Constraint::Length(head),
        Constraint::Min(1),
        Constraint::Length(below_height),
        Constraint::Length(1),
    ])
    .areas(screen);
    Areas { head, lines, panes: panes_in(panes, below), status }
}

fn panes_in(room: Rect, below: Pane) -> Vec<(Pane, Rect)> {
    if room.height == 0 {
        return Vec::new();
    }
    if room.width < WIDE {
        return vec![(below, room)];
    }
    let [left, right] = Layout::horizontal([Constraint::Fill(1), Constraint::Fill(1)]).spacing(1).areas(room);
    let beside = if below == Pane::Details { Pane::Sockets } else { below };
    vec![(Pane::Details, left), (beside, right)]
}
