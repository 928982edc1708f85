//! How cells look on a terminal with colours. Nothing is said by colour alone: a sign says the same.

use clap::builder::styling::{AnsiColor, Style};
use scope::sockets::{Aspect, Change, Queues, Row};

use super::cells::{Column, is_full};

const PLAIN: Style = Style::new();
const ALARM: Style = AnsiColor::Red.on_default().bold();
const APPEARED: Style = AnsiColor::Green.on_default();
const CHANGED: Style = AnsiColor::Yellow.on_default().bold();
const GONE: Style = AnsiColor::Red.on_default().dimmed();

/// The style of the headings.
pub(super) const HEADING: Style = Style::new().bold();

/// Returns the sign that stands before a socket to which this happened.
pub(super) fn mark(change: &Change) -> char {
    match change {
        Change::Same => ' ',
        Change::Appeared => '+',
        Change::Changed(_) => '~',
        Change::Gone => '-',
    }
}

/// Returns the style of that sign.
pub(super) fn of_mark(change: &Change) -> Style {
    match change {
        Change::Same => PLAIN,
        Change::Appeared => APPEARED,
        Change::Changed(_) => CHANGED,
        Change::Gone => GONE,
    }
}

/// Returns the style of a cell.
pub(super) fn of_cell(column: Column, row: &Row, change: &Change) -> Style {
    match change {
        Change::Gone => GONE,
        _ if is_alarming(column, row) => ALARM,
        Change::Appeared => APPEARED,
        Change::Changed(aspects) if aspects.iter().any(|aspect| shows(column, *aspect)) => CHANGED,
        Change::Changed(_) | Change::Same => PLAIN,
    }
}

/// Tells whether a cell shows that the program does not keep up.
fn is_alarming(column: Column, row: &Row) -> bool {
    match column {
        Column::RecvQueue => matches!(row.queues, Queues::Accept(queue) if is_full(queue)),
        Column::Drops => row.drops.is_some_and(|drops| drops > 0),
        _ => false,
    }
}

/// Tells whether a change of `aspect` is seen in `column`.
fn shows(column: Column, aspect: Aspect) -> bool {
    match aspect {
        Aspect::State => column == Column::State,
        Aspect::Queues => matches!(column, Column::RecvQueue | Column::SendQueue),
        Aspect::Drops => column == Column::Drops,
        Aspect::Owner => matches!(column, Column::Program | Column::CommandLine),
    }
}
