//! What happened to a socket, on a line that needs no headings: a log, not a table.

use std::time::Duration;

use scope::sockets::Compared;

use super::cells::{self, Column};
use super::style;
use crate::words::Words;

/// Writes when it happened, counted from the start of the program, what, and how the socket is now or was last.
pub(super) fn line(since_start: Duration, compared: &Compared<'_>, words: &Words, color: bool) -> String {
    let mark = style::mark(&compared.change);
    let style = style::of_mark(&compared.change);
    let mark = if color { format!("{style}{mark}{style:#}") } else { mark.to_string() };
    let lines: Vec<_> = cells::lines(compared.row, words).iter().map(|cells| joined(cells, words)).collect();
    format!("{:.3}s {mark} {}", since_start.as_secs_f64(), lines.join("; "))
}

/// Joins the cells that are not empty; numbers need the names of their columns.
fn joined(cells: &cells::Cells, words: &Words) -> String {
    let named = |column: Column| {
        let text = &cells[column as usize];
        if column.is_number() { format!("{} {text}", column.heading(words)) } else { text.clone() }
    };
    let texts = Column::ALL.into_iter().filter(|column| !cells[*column as usize].is_empty()).map(named);
    texts.collect::<Vec<_>>().join("  ")
}

#[cfg(test)]
mod tests {
    use scope::sockets::{Aspect, Change};

    use super::super::samples::{listener, process, shared_by};
    use super::*;
    use crate::lang::Lang;

    #[test]
    fn a_change_stands_on_one_line_in_both_languages() {
        let row = shared_by(
            listener(2, 1),
            vec![
                process(4242, "python3", &["python3", "server.py"]),
                process(4243, "python3", &["python3", "server.py"]),
            ],
        );
        let changes = [Change::Appeared, Change::Changed(vec![Aspect::Queues]), Change::Gone];

        let mut log = Vec::new();
        for lang in [Lang::English, Lang::Spanish] {
            for change in changes.clone() {
                let compared = Compared { row: &row, change };
                log.push(line(Duration::from_millis(1234), &compared, &Words::new(lang), false));
            }
        }

        insta::assert_snapshot!(log.join("\n"));
    }
}
