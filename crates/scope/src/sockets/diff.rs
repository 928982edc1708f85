//! What changed between two snapshots.

use std::collections::{HashMap, HashSet};

use serde::Serialize;

use super::row::Row;
use super::snapshot::Snapshot;

/// A socket and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Compared<'s> {
    /// The socket as it is, or as it was if it is gone.
    #[serde(flatten)]
    pub row: &'s Row,
    /// What happened to it.
    pub change: Change,
}

/// What happened to a socket between two snapshots.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// Nothing that is marked.
    Same,
    /// It was not there before.
    Appeared,
    /// It is not there any more.
    Gone,
    /// These aspects of it, one or more.
    Changed(Vec<Aspect>),
}

/// A part of a row whose change is worth a mark. Timers run all the time and are none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Aspect {
    /// The state.
    State,
    /// What waits.
    Queues,
    /// What was dropped.
    Drops,
    /// Who has it: it was accepted, inherited or closed.
    Owner,
}

/// Compares two snapshots that were taken with the same filter.
///
/// The sockets of both come in the order of a snapshot, each once: those that are gone stand where they stood. The cookie
/// tells which is which, so a new socket with an old one's addresses is another one.
pub fn compare<'s>(before: &'s Snapshot, after: &'s Snapshot) -> Vec<Compared<'s>> {
    let former: HashMap<_, _> = before.rows.iter().map(|row| (row.cookie, row)).collect();
    let present: HashSet<_> = after.rows.iter().map(|row| row.cookie).collect();

    let here = after.rows.iter().map(|row| Compared {
        row,
        change: former.get(&row.cookie).map_or(Change::Appeared, |was| change(was, row)),
    });
    let gone = before
        .rows
        .iter()
        .filter(|row| !present.contains(&row.cookie))
        .map(|row| Compared { row, change: Change::Gone });

    let mut all: Vec<_> = here.chain(gone).collect();
    all.sort_by_cached_key(|compared| compared.row.order());
    all
}

fn change(was: &Row, is: &Row) -> Change {
    let aspects: Vec<_> = [
        (was.state != is.state, Aspect::State),
        (was.queues != is.queues, Aspect::Queues),
        (was.drops != is.drops, Aspect::Drops),
        (was.owner != is.owner, Aspect::Owner),
    ]
    .into_iter()
    .filter_map(|(has_changed, aspect)| has_changed.then_some(aspect))
    .collect();
    if aspects.is_empty() { Change::Same } else { Change::Changed(aspects) }
}

#[cfg(test)]
mod tests {
    use wire::sock_diag::{Entry, State};
    use wire::tcp_state::TcpState;

    use super::super::filter::Filter;
    use super::super::holders::Holders;
    use super::super::samples::{connection, listener, process};
    use super::super::users::Users;
    use super::*;

    #[test]
    fn a_snapshot_is_the_same_as_itself() {
        let snapshot = snapshot(&[listener(3500), connection(3500, 50000)]);

        let changes = changes(&snapshot, &snapshot);

        assert_eq!(changes, [(3500, Change::Same), (3500, Change::Same)]);
    }

    #[test]
    fn what_comes_and_goes_is_told_in_the_order_of_the_rows() {
        let before = snapshot(&[listener(3500), connection(3501, 50000)]);
        let after = snapshot(&[listener(3500), connection(3500, 50001)]);

        let changes = changes(&before, &after);

        let expected = [(3500, Change::Same), (3500, Change::Appeared), (3501, Change::Gone)];
        assert_eq!(changes, expected);
    }

    #[test]
    fn a_queue_that_fills_and_drops_are_marked() {
        let quiet = listener(3500);
        let mut flooded = quiet.clone();
        flooded.recv_queue = 2;
        flooded.memory.as_mut().unwrap().drops = 6;

        let changes = changes(&snapshot(&[quiet]), &snapshot(&[flooded]));

        let aspects = vec![Aspect::Queues, Aspect::Drops];
        assert_eq!(changes, [(3500, Change::Changed(aspects))]);
    }

    #[test]
    fn a_timer_that_runs_is_no_change() {
        let connection = connection(3500, 50000);
        let later = Entry { timer_ms: 100, ..connection.clone() };

        let changes = changes(&snapshot(&[connection]), &snapshot(&[later]));

        assert_eq!(changes, [(3500, Change::Same)]);
    }

    #[test]
    fn being_closed_changes_state_and_owner() {
        let open = connection(3500, 50000);
        let closed = Entry { state: State::Tcp(TcpState::FinWait2), inode: 0, ..open.clone() };

        let changes = changes(&snapshot(&[open]), &snapshot(&[closed]));

        let aspects = vec![Aspect::State, Aspect::Owner];
        assert_eq!(changes, [(3500, Change::Changed(aspects))]);
    }

    #[test]
    fn the_same_addresses_with_another_cookie_are_another_socket() {
        let old = connection(3500, 50000);
        let new = Entry { cookie: old.cookie + 1, ..old.clone() };

        let changes = changes(&snapshot(&[old]), &snapshot(&[new]));

        let expected = [(3500, Change::Gone), (3500, Change::Appeared)];
        assert_eq!(changes, expected);
    }

    /// Assembles a snapshot in which one process has every socket open.
    fn snapshot(entries: &[Entry]) -> Snapshot {
        let server = process(7, "server", &[]);
        let holders = Holders {
            by_inode: entries
                .iter()
                .filter(|entry| entry.inode != 0)
                .map(|entry| (entry.inode, vec![server.clone()]))
                .collect(),
            unreadable: 0,
        };
        Snapshot::assemble(entries, &holders, &Users::default(), &Filter::default())
    }

    /// Compares two snapshots down to the local ports and what happened to them.
    fn changes(before: &Snapshot, after: &Snapshot) -> Vec<(u16, Change)> {
        compare(before, after)
            .into_iter()
            .map(|compared| (compared.row.local.port(), compared.change))
            .collect()
    }
}
