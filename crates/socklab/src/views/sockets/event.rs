//! Sockets as events of `--json`.

use scope::sockets::{Change, Compared, Row, Snapshot};
use serde::Serialize;

use crate::context::Context;
use crate::failure::Failure;
use crate::{json, terminal};

/// An event of `socklab sockets`. None of it is translated.
#[derive(Debug, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub(super) enum Event<'s> {
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
    pub(super) fn socket(row: &'s Row) -> Self {
        Self::Socket { row, change: None }
    }

    /// Returns the event of what happened to a socket.
    pub(super) fn change(compared: &'s Compared<'s>) -> Self {
        Self::Socket { row: compared.row, change: Some(&compared.change) }
    }

    /// Returns the event that ends the output.
    pub(super) fn summary(snapshot: &Snapshot) -> Self {
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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use scope::sockets::{Aspect, Hidden};

    use super::super::samples::{connection, listener};
    use super::*;

    #[test]
    fn a_socket_is_one_flat_object() {
        let events = [Event::socket(&listener(2, 1)), Event::socket(&connection())]
            .map(|event| json::line(Duration::ZERO, &event));

        insta::assert_snapshot!(events.join("\n"));
    }

    #[test]
    fn a_change_is_named_and_says_what_it_is_of() {
        let row = connection();
        let changes = [Change::Same, Change::Appeared, Change::Changed(vec![Aspect::State]), Change::Gone]
            .map(|change| Compared { row: &row, change });

        let told = changes
            .each_ref()
            .map(|compared| serde_json::to_value(Event::change(compared)).unwrap()["change"].to_string());

        assert_eq!(told, [r#""same""#, r#""appeared""#, r#"{"changed":["state"]}"#, r#""gone""#]);
    }

    #[test]
    fn the_summary_counts_what_is_shown_and_what_is_hidden() {
        let hidden = Hidden { sockets: 2, processes: 5 };
        let snapshot = Snapshot { rows: vec![connection()], hidden };

        assert_eq!(
            json::line(Duration::ZERO, &Event::summary(&snapshot)),
            r#"{"v":1,"t":0.0,"event":"summary","sockets":1,"hidden_sockets":2,"hidden_processes":5}"#
        );
    }
}
