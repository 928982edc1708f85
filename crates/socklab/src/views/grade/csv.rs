//! A table for spreadsheets (RFC 4180), in which no cell is a formula.

use lab::check::Isolation;
use lab::grade::{Cell, Outcome, Row, Summary};

use super::outcome;
use crate::words::Words;

/// What a spreadsheet takes for the beginning of a formula.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// Writes a line for each submission: what it earned of each exercise, and what came of it.
pub(crate) fn csv(summary: &Summary, words: &Words) -> String {
    let mut head =
        vec![words.page_submission(), words.page_points(), words.grade_late(), words.grade_isolation()];
    for worth in &summary.exercises {
        head.push(worth.exercise.to_string());
        head.push(format!("{}: {}", worth.exercise, words.page_points()));
    }
    let rows = summary.rows.iter().map(|row| line(&cells(row, words)));
    [line(&head)].into_iter().chain(rows).collect()
}

fn cells(row: &Row, words: &Words) -> Vec<String> {
    let late = if row.late { words.grade_late() } else { String::new() };
    let mut cells = vec![row.submission.clone(), row.points.to_string(), late, isolation(row, words)];
    for cell in &row.cells {
        match cell {
            Some(cell) => cells.extend([outcome(&cell.outcome, words), cell.points.to_string()]),
            None => cells.extend([words.grade_pending(), String::new()]),
        }
    }
    cells
}

/// From what a program of theirs was not kept; nothing if they were kept from everything.
fn isolation(row: &Row, words: &Words) -> String {
    let of = |cell: &Cell| match cell.outcome {
        Outcome::Judged { isolation, .. } => isolation,
        _ => None,
    };
    match row.cells.iter().flatten().filter_map(of).min() {
        Some(Isolation::None) => words.grade_isolation_none(),
        Some(Isolation::NoMounts) => words.grade_isolation_no_mounts(),
        Some(Isolation::Full) | None => String::new(),
    }
}

fn line(cells: &[String]) -> String {
    let cells: Vec<String> = cells.iter().map(|cell| escaped(cell)).collect();
    cells.join(",") + "\r\n"
}

/// Writes a cell. One that a spreadsheet would take for a formula has an apostrophe before it, which makes it a text there.
fn escaped(cell: &str) -> String {
    let cell = if cell.starts_with(FORMULA) { format!("'{cell}") } else { cell.to_owned() };
    if cell.contains(['"', ',', '\r', '\n', ';']) {
        return format!("\"{}\"", cell.replace('"', "\"\""));
    }
    cell
}

#[cfg(test)]
mod tests {
    use lab::check::Verdict;
    use lab::check::judgement::Score;
    use lab::check::points::Points;
    use proptest::prelude::*;

    use super::*;
    use crate::lang::Lang;

    #[test]
    fn a_cell_is_quoted_if_it_must_be_and_never_a_formula() {
        for (cell, written) in [
            ("ana", "ana"),
            ("Peña, Ana", "\"Peña, Ana\""),
            ("a \"b\"", "\"a \"\"b\"\"\""),
            ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
            ("@x", "'@x"),
            ("-1", "'-1"),
            ("=a,b", "\"'=a,b\""),
        ] {
            assert_eq!(escaped(cell), written);
        }
    }

    #[test]
    fn the_least_that_programs_were_kept_from_is_told_of_a_submission() {
        let words = Words::new(Lang::English);
        let row = |isolations: &[Isolation]| Row {
            submission: "ana".to_owned(),
            cells: isolations.iter().map(|it| Some(judged(*it))).collect(),
            points: Points::NONE,
            late: false,
        };

        assert_eq!(isolation(&row(&[]), &words), "");
        assert_eq!(isolation(&row(&[Isolation::Full]), &words), "");
        let some = row(&[Isolation::Full, Isolation::NoMounts]);
        assert_eq!(isolation(&some, &words), words.grade_isolation_no_mounts());
        assert_eq!(isolation(&row(&[Isolation::None]), &words), words.grade_isolation_none());
    }

    fn judged(isolation: Isolation) -> Cell {
        let score = Score { earned: Points::ONE, of: Points::ONE };
        let (verdict, isolation) = (Verdict::Pass, Some(isolation));
        let outcome = Outcome::Judged { verdict, score, seed: 1, isolation, checks: Vec::new() };
        Cell { outcome, points: Points::ONE }
    }

    proptest! {
        #[test]
        fn cells_are_the_same_after_being_written(cells in proptest::collection::vec("[a-z\",\\n; ñ]{0,8}", 1..5)) {
            prop_assert_eq!(read(&line(&cells)), cells);
        }

        #[test]
        fn no_cell_begins_a_formula(cell: String) {
            let written = escaped(&cell);
            // What a program that reads the file takes for the beginning of the cell.
            let read = written.strip_prefix('"').unwrap_or(&written);
            prop_assert!(!read.starts_with(['=', '+', '-', '@']), "{}", written);
        }
    }

    /// Reads a line as RFC 4180 says.
    fn read(line: &str) -> Vec<String> {
        let mut cells = vec![String::new()];
        let mut is_quoted = false;
        let mut letters = line.strip_suffix("\r\n").unwrap().chars().peekable();
        while let Some(c) = letters.next() {
            match c {
                '"' if is_quoted && letters.peek() == Some(&'"') => {
                    letters.next();
                    cells.last_mut().unwrap().push('"');
                }
                '"' => is_quoted = !is_quoted,
                ',' if !is_quoted => cells.push(String::new()),
                c => cells.last_mut().unwrap().push(c),
            }
        }
        cells
    }
}
