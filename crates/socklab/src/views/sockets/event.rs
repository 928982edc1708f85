//! Sockets as events of `--json`. The schema is in `docs/events.md`.

use scope::sockets::{Change, Compared, Row, Snapshot};
use serde::Serialize;

use crate::context::Context;
use crate::failure::Failure;
use crate::{json, terminal};

/// An event of `socklab sockets`. None of it is translated.
#[derive(Debug, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub(crate) enum Event<'s> {
    /// A socket as it is, or as it was if it is gone.
    Socket {
        #[serde(flatten)]
        row: &'s Row,
        /// What happened to it; only told of sockets that are watched.
        #[serde(skip_serializing_if = "Option::is_none")]
        change: Option<&'s Change>,
    },
    /// The last event: counts of the last snapshot.
    Summary {
        /// How many sockets fit.
        sockets: usize,
        /// How many sockets have a process that this user may not see.
        hidden_sockets: usize,
        /// How many processes this user may not look into.
        hidden_processes: usize,
    },
}

impl<'s> Event<'s> {
    /// Returns the event of a socket that is not watched.
    pub(crate) fn socket(row: &'s Row) -> Self {
        Self::Socket { row, change: None }
    }

    /// Returns the event of what happened to a socket.
    pub(crate) fn change(compared: &'s Compared<'s>) -> Self {
        Self::Socket { row: compared.row, change: Some(&compared.change) }
    }

    /// Returns the event that ends the output.
    pub(crate) fn summary(snapshot: &Snapshot) -> Self {
        Self::Summary {
            sockets: snapshot.rows.len(),
            hidden_sockets: snapshot.hidden.sockets,
            hidden_processes: snapshot.hidden.processes,
        }
    }
}

/// Prints events that happened at once, a line each.
///
/// # Errors
///
/// Those of [`terminal::print`].
pub(super) fn print<'s>(
    context: &Context,
    events: impl IntoIterator<Item = Event<'s>>,
) -> Result<(), Failure> {
    let since_start = context.started.elapsed();
    let lines: Vec<_> = events.into_iter().map(|event| json::line(since_start, &event)).collect();
    terminal::print_lines(&context.words, &lines)
}
