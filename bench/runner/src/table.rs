//! Markdown tables that can also be read as they are.

use std::fmt;

/// A table with notes below it: the first column or columns are text, the others are figures and stand to the right.
pub(crate) struct Table {
    text_columns: usize,
    header: Vec<String>,
    rows: Vec<Vec<String>>,
    notes: Vec<String>,
}

impl Table {
    /// A table with a header and no rows yet.
    pub(crate) fn new<S: Into<String>>(header: impl IntoIterator<Item = S>) -> Self {
        Self { text_columns: 1, header: row(header), rows: Vec::new(), notes: Vec::new() }
    }

    /// The same with so many columns of text.
    pub(crate) fn with_text_columns(self, text_columns: usize) -> Self {
        Self { text_columns, ..self }
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

    fn write_row(&self, f: &mut fmt::Formatter<'_>, row: &[String], widths: &[usize]) -> fmt::Result {
        for (column, (cell, &width)) in row.iter().zip(widths).enumerate() {
            if column < self.text_columns {
                write!(f, "| {cell:<width$} ")?;
            } else {
                write!(f, "| {cell:>width$} ")?;
            }
        }
        writeln!(f, "|")
    }

    fn write_rule(&self, f: &mut fmt::Formatter<'_>, widths: &[usize]) -> fmt::Result {
        for (column, &width) in widths.iter().enumerate() {
            if column < self.text_columns {
                write!(f, "| {} ", "-".repeat(width))?;
            } else {
                write!(f, "| {}: ", "-".repeat(width - 1))?;
            }
        }
        writeln!(f, "|")
    }
}

/// A table without rows shows its notes only.
impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.rows.is_empty() {
            let widths = self.widths();
            self.write_row(f, &self.header, &widths)?;
            self.write_rule(f, &widths)?;
            self.rows.iter().try_for_each(|row| self.write_row(f, row, &widths))?;
        }
        if !self.rows.is_empty() && !self.notes.is_empty() {
            writeln!(f)?;
        }
        self.notes.iter().try_for_each(|note| writeln!(f, "{note}"))
    }
}

/// The longest bar, in halves of a character.
const BAR_HALVES_MAX: u32 = 40;

/// A bar as long as `share`, from 0 to 1, of the longest.
pub(crate) fn bar(share: f64) -> String {
    let is_reached = |half: &u32| share * f64::from(BAR_HALVES_MAX) + 0.5 >= f64::from(*half);
    let halves = (1..=BAR_HALVES_MAX).filter(is_reached).count();
    "█".repeat(halves / 2) + if halves % 2 == 1 { "▌" } else { "" }
}

/// A pipe inside a cell would begin another one.
fn row<S: Into<String>>(cells: impl IntoIterator<Item = S>) -> Vec<String> {
    cells.into_iter().map(|cell| cell.into().replace('|', "\\|")).collect()
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
    fn a_bar_is_as_long_as_its_share() {
        assert_eq!(bar(1.0).chars().count(), 20);
        assert_eq!(bar(0.13), "██▌");
        assert_eq!(bar(0.01), "");
        assert_eq!(bar(f64::NAN), "");
        assert_eq!(bar(7.0), bar(1.0));
    }

    #[test]
    fn a_table_without_rows_shows_its_notes_only() {
        let mut table = Table::new(["server", "µs"]);
        assert_eq!(table.to_string(), "");
        table.note("socat", "SKIP: not installed");
        assert_eq!(table.to_string(), "- socat: SKIP: not installed\n");
    }
}
