//! Markdown tables that can also be read as they are.

use std::fmt;

/// A table with notes below it: the first column is text, the others are figures and stand to the right.
pub(crate) struct Table {
    header: Vec<String>,
    rows: Vec<Vec<String>>,
    notes: Vec<String>,
}

impl Table {
    /// A table with a header and no rows yet.
    pub(crate) fn new<S: Into<String>>(header: impl IntoIterator<Item = S>) -> Self {
        Self { header: row(header), rows: Vec::new(), notes: Vec::new() }
    }

    /// Adds a row; cells that are not given are empty.
    pub(crate) fn push<S: Into<String>>(&mut self, cells: impl IntoIterator<Item = S>) {
        let mut row = row(cells);
        row.resize(self.header.len(), String::new());
        self.rows.push(row);
    }

    /// Adds a line to the list below the table: what happened to `server`.
    pub(crate) fn note(&mut self, server: &str, what: impl fmt::Display) {
        self.notes.push(format!("- {server}: {what}"));
    }

    fn widths(&self) -> Vec<usize> {
        let rows = || std::iter::once(&self.header).chain(&self.rows);
        let width = |column: usize| rows().map(|row| row[column].chars().count()).max().unwrap_or(0).max(3);
        (0..self.header.len()).map(width).collect()
    }
}

/// A table without rows shows its notes only.
impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.rows.is_empty() {
            let widths = self.widths();
            write_row(f, &self.header, &widths)?;
            write_rule(f, &widths)?;
            self.rows.iter().try_for_each(|row| write_row(f, row, &widths))?;
        }
        if !self.rows.is_empty() && !self.notes.is_empty() {
            writeln!(f)?;
        }
        self.notes.iter().try_for_each(|note| writeln!(f, "{note}"))
    }
}

/// A pipe inside a cell would begin another one.
fn row<S: Into<String>>(cells: impl IntoIterator<Item = S>) -> Vec<String> {
    cells.into_iter().map(|cell| cell.into().replace('|', "\\|")).collect()
}

fn write_row(f: &mut fmt::Formatter<'_>, row: &[String], widths: &[usize]) -> fmt::Result {
    for (column, (cell, &width)) in row.iter().zip(widths).enumerate() {
        match column {
            0 => write!(f, "| {cell:<width$} ")?,
            _ => write!(f, "| {cell:>width$} ")?,
        }
    }
    writeln!(f, "|")
}

fn write_rule(f: &mut fmt::Formatter<'_>, widths: &[usize]) -> fmt::Result {
    for (column, &width) in widths.iter().enumerate() {
        match column {
            0 => write!(f, "| {} ", "-".repeat(width))?,
            _ => write!(f, "| {}: ", "-".repeat(width - 1))?,
        }
    }
    writeln!(f, "|")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned_and_notes_stand_below() {
        let mut table = Table::new(["server", "µs"]);
        table.push(["socklab", "3.1"]);
        table.push(["a|b"]);
        table.note("socat", "SKIP: not installed");
        let expected = "\
| server  |  µs |
| ------- | --: |
| socklab | 3.1 |
| a\\|b    |     |

- socat: SKIP: not installed
";
        assert_eq!(table.to_string(), expected);
    }

    #[test]
    fn a_table_without_rows_shows_its_notes_only() {
        let mut table = Table::new(["server", "µs"]);
        assert_eq!(table.to_string(), "");
        table.note("socat", "SKIP: not installed");
        assert_eq!(table.to_string(), "- socat: SKIP: not installed\n");
    }
}
