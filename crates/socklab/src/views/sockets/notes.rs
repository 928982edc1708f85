//! What is told below the table: what its signs mean, where there are any, and what is missing in it.

use scope::sockets::{Filter, Queues, Row, Snapshot};

use super::cells::{is_dual, is_full};
use crate::words::Words;

/// Returns a line for each thing that a reader of this snapshot has to know.
pub(super) fn notes(snapshot: &Snapshot, filter: &Filter, words: &Words) -> Vec<String> {
    let any = |is_so: fn(&Row) -> bool| snapshot.rows.iter().any(is_so);
    [
        snapshot.rows.is_empty().then(|| words.sockets_none()),
        any(is_listener).then(|| words.sockets_queue_note()),
        any(has_full_queue).then(|| words.sockets_full_note()),
        any(has_drops).then(|| words.sockets_drops_note()),
        any(is_dual).then(|| words.sockets_dual_note()),
        hidden(snapshot, filter, words),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn is_listener(row: &Row) -> bool {
    matches!(row.queues, Queues::Accept(_))
}

fn has_full_queue(row: &Row) -> bool {
    matches!(row.queues, Queues::Accept(queue) if is_full(queue))
}

fn has_drops(row: &Row) -> bool {
    row.drops.is_some_and(|drops| drops > 0)
}

/// Tells how many sockets have a process that is hidden. They are shown without it, unless the process is what was
/// looked for: then they are missing.
fn hidden(snapshot: &Snapshot, filter: &Filter, words: &Words) -> Option<String> {
    let sockets = snapshot.hidden.sockets as u64;
    if sockets == 0 {
        None
    } else if filter.pids.is_empty() && filter.names.is_empty() {
        Some(words.sockets_hidden_note(sockets))
    } else {
        Some(words.sockets_left_out_note(sockets))
    }
}

#[cfg(test)]
mod tests {
    use scope::sockets::Hidden;

    use super::super::samples::{connection, listener};
    use super::*;
    use crate::lang::Lang;

    #[test]
    fn what_needs_no_explanation_gets_none() {
        assert_eq!(told(vec![connection()], Hidden::default(), &Filter::default()), "");
    }

    #[test]
    fn each_sign_in_the_table_is_explained_and_so_is_what_is_hidden() {
        let mut listener = listener(2, 1);
        listener.drops = Some(6);
        listener.v6_only = Some(false);
        let hidden = Hidden { sockets: 1, processes: 5 };

        insta::assert_snapshot!(told(vec![listener], hidden, &Filter::default()));
    }

    #[test]
    fn who_looks_for_a_process_is_told_what_may_be_missing() {
        let filter = Filter { names: vec!["python".to_owned()], ..Filter::default() };
        let hidden = Hidden { sockets: 2, processes: 5 };

        insta::assert_snapshot!(told(Vec::new(), hidden, &filter));
    }

    fn told(rows: Vec<Row>, hidden: Hidden, filter: &Filter) -> String {
        let snapshot = Snapshot { rows, hidden };
        let in_both = [Lang::English, Lang::Spanish].map(|lang| notes(&snapshot, filter, &Words::new(lang)));
        in_both.concat().join("\n")
    }
}
