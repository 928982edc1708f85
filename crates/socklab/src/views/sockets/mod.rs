//! Sockets as a table, as lines of changes and as events.
//!
//! Everything here turns values into text and prints it. To take snapshots and to wait is the command's work.

mod cells;
mod change;
pub(crate) mod event;
mod failure;
mod notes;
#[cfg(test)]
pub(crate) mod samples;
mod style;
mod table;
mod watched;

use scope::sockets::{Filter, Snapshot};

pub(crate) use self::failure::failure;
pub(crate) use self::watched::watched;

use self::event::Event;
use self::table::Table;
use crate::context::Context;
use crate::failure::Failure;
use crate::terminal;

/// Shows a snapshot as it was asked for: as a table with its notes, or as events.
///
/// # Errors
///
/// Those of [`terminal::print`].
pub(crate) fn show(snapshot: &Snapshot, filter: &Filter, context: &Context) -> Result<(), Failure> {
    if context.json {
        let sockets = snapshot.rows.iter().map(Event::socket);
        event::print(context, sockets.chain([Event::summary(snapshot)]))
    } else {
        show_table(snapshot, filter, context)
    }
}

fn show_table(snapshot: &Snapshot, filter: &Filter, context: &Context) -> Result<(), Failure> {
    let Context { words, color, quiet, .. } = context;
    let width = terminal::size().map(|size| size.columns.into());
    let table = Table::of(&snapshot.rows, words).lay_out(width, *color);
    terminal::print_lines(words, &table)?;
    if *quiet {
        return Ok(());
    }
    let notes = notes::notes(snapshot, filter, words);
    let is_below_the_table = width.is_some() && !table.is_empty() && !notes.is_empty();
    if is_below_the_table {
        terminal::tell("");
    }
    for note in notes {
        terminal::tell(&note);
    }
    Ok(())
}
