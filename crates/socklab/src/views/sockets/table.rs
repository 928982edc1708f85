//! The table: its lines, and how they fit into a width.

use std::ops::Range;
use std::{iter, mem};

use clap::builder::styling::Style;
use scope::sockets::{Change, Compared, Row};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::cells::{self, Cells, Column};
use super::style;
use crate::words::Words;

/// What stands between two columns.
const GAP: &str = "  ";

/// What stands before the second line of a socket, where the sign of what changed stands before the first.
const NO_MARK: &str = "  ";

/// How much room a long command line needs at least; with less, each socket takes two lines.
const COMMAND_LINE_WIDTH_MIN: usize = 30;

/// Sockets as a table.
#[derive(Debug)]
pub(super) struct Table {
    lines: Vec<Line>,
    /// Whether each line begins with the sign of what changed.
    has_marks: bool,
}

#[derive(Debug)]
struct Line {
    mark: Cell,
    cells: [Cell; Column::ALL.len()],
}

#[derive(Debug, Default)]
struct Cell {
    text: String,
    style: Style,
}

impl Table {
    /// Makes the table of sockets as they are; an empty one has no headings either.
    pub(super) fn of(rows: &[Row], words: &Words) -> Self {
        Self::new(rows.iter().map(|row| (row, &Change::Same)), false, words)
    }

    /// Makes the table of sockets and of what happened to them.
    pub(super) fn of_changes(compared: &[Compared<'_>], words: &Words) -> Self {
        Self::new(compared.iter().map(|compared| (compared.row, &compared.change)), true, words)
    }

    fn new<'s>(sockets: impl Iterator<Item = (&'s Row, &'s Change)>, has_marks: bool, words: &Words) -> Self {
        let mut lines: Vec<_> = sockets.flat_map(|(row, change)| socket(row, change, words)).collect();
        if !lines.is_empty() {
            lines.insert(0, headings(words));
        }
        Self { lines, has_marks }
    }

    /// Lays the table out in lines.
    ///
    /// With a width, the columns that do not fit stand on a second line, and command lines are cut. Addresses never
    /// are: a line of long ones may be wider. Without a width, everything is whole.
    pub(super) fn lay_out(&self, width: Option<usize>, color: bool) -> Vec<String> {
        let taken = if self.has_marks { NO_MARK.len() } else { 0 };
        let layout = Layout {
            widths: self.widths(),
            width: width.map(|width| width.saturating_sub(taken)),
            has_marks: self.has_marks,
            color,
        };
        self.lines.iter().flat_map(|line| layout.lines(line)).collect()
    }

    fn widths(&self) -> [usize; Column::ALL.len()] {
        Column::ALL.map(|column| {
            let cells = self.lines.iter().map(|line| line.cells[column as usize].text.width());
            cells.max().unwrap_or_default()
        })
    }
}

fn headings(words: &Words) -> Line {
    let heading = |column: Column| Cell { text: column.heading(words), style: style::HEADING };
    Line { mark: Cell::default(), cells: Column::ALL.map(heading) }
}

/// Makes the lines of one socket. The sign of what happened to it stands before the first.
fn socket(row: &Row, change: &Change, words: &Words) -> Vec<Line> {
    let mark = Cell { text: style::mark(change).to_string(), style: style::of_mark(change) };
    let marks = iter::once(mark).chain(iter::repeat_with(Cell::default));
    let texts = cells::lines(row, words).into_iter();
    texts.zip(marks).map(|(texts, mark)| Line { mark, cells: styled(texts, row, change) }).collect()
}

fn styled(mut texts: Cells, row: &Row, change: &Change) -> [Cell; Column::ALL.len()] {
    Column::ALL.map(|column| Cell {
        text: mem::take(&mut texts[column as usize]),
        style: style::of_cell(column, row, change),
    })
}

/// How wide the columns are, and where each one goes.
struct Layout {
    widths: [usize; Column::ALL.len()],
    width: Option<usize>,
    has_marks: bool,
    color: bool,
}

impl Layout {
    /// Writes a line of the table, on two lines if it is folded. What is empty is left out.
    fn lines(&self, line: &Line) -> Vec<String> {
        let fold = self.fold();
        // The second line begins below the second column.
        let indent = self.start(1);
        let parts = [
            (self.paint(&line.mark), self.part(line, 0..fold, 0)),
            (String::new(), self.part(line, fold..Column::ALL.len(), indent)),
        ];
        let written = parts.into_iter().filter_map(|(mark, part)| {
            let part = part?;
            Some(if self.has_marks { format!("{mark:1} {part}") } else { part })
        });
        written.collect()
    }

    /// Returns the first column that stands on the second line, or how many there are if all stand on the first.
    fn fold(&self) -> usize {
        let all = Column::ALL.len();
        let last = Column::CommandLine as usize;
        let needed = self.start(last) + self.widths[last].min(COMMAND_LINE_WIDTH_MIN);
        match self.width {
            Some(width) if needed > width => {
                let fits = |columns: &usize| self.start(*columns) <= width + GAP.len();
                let user = Column::User as usize;
                (1..=user).rev().find(fits).unwrap_or(user)
            }
            _ => all,
        }
    }

    /// Returns where a column starts when all before it stand on one line.
    fn start(&self, column: usize) -> usize {
        self.widths[..column].iter().map(|width| width + GAP.len()).sum()
    }

    fn part(&self, line: &Line, columns: Range<usize>, indent: usize) -> Option<String> {
        if line.cells[columns.clone()].iter().all(|cell| cell.text.is_empty()) {
            return None;
        }
        let mut text = " ".repeat(indent);
        let mut start = indent;
        for column in &Column::ALL[columns] {
            text.push_str(&self.cell(*column, line, start));
            text.push_str(GAP);
            start += self.widths[*column as usize] + GAP.len();
        }
        text.truncate(text.trim_end().len());
        Some(text)
    }

    /// Writes a cell as wide as its column, but for the command line, which ends with the line.
    fn cell(&self, column: Column, line: &Line, start: usize) -> String {
        let cell = &line.cells[column as usize];
        if column == Column::CommandLine {
            let room = self.width.map_or(usize::MAX, |width| width.saturating_sub(start));
            return self.paint(&Cell { text: cut(&cell.text, room), style: cell.style });
        }
        let padding = " ".repeat(self.widths[column as usize].saturating_sub(cell.text.width()));
        let painted = self.paint(cell);
        if column.is_number() { padding + &painted } else { painted + &padding }
    }

    fn paint(&self, cell: &Cell) -> String {
        let Cell { text, style } = cell;
        if self.color && !text.trim().is_empty() { format!("{style}{text}{style:#}") } else { text.clone() }
    }
}

/// Cuts a text to a width, with an ellipsis where something is missing.
fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut room = width.saturating_sub(1);
    let fits = |c: &char| match room.checked_sub(c.width().unwrap_or_default()) {
        Some(left) => {
            room = left;
            true
        }
        None => false,
    };
    text.chars().take_while(fits).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use scope::sockets::{Aspect, NoProcess, State, TcpState};

    use super::super::samples::{connection, flooded_udp, listener, process, shared_by, without_process};
    use super::*;
    use crate::lang::Lang;

    const LANGS: [Lang; 2] = [Lang::English, Lang::Spanish];

    #[test]
    fn a_wide_terminal_has_a_line_for_each_socket() {
        insta::assert_snapshot!(in_both(&rows(), Some(160)));
    }

    #[test]
    fn a_narrow_terminal_has_two_lines_for_each_socket() {
        insta::assert_snapshot!(in_both(&rows(), Some(80)));
    }

    #[test]
    fn without_a_terminal_everything_is_whole() {
        insta::assert_snapshot!(in_both(&rows(), None));
    }

    #[test]
    fn what_happened_stands_before_each_socket() {
        let row = connection();
        let changes = [
            Change::Same,
            Change::Appeared,
            Change::Changed(vec![Aspect::State, Aspect::Queues]),
            Change::Gone,
        ];
        let compared = changes.map(|change| Compared { row: &row, change });
        let table = Table::of_changes(&compared, &Words::new(Lang::English));

        let [plain, colored] = [false, true].map(|color| table.lay_out(Some(80), color).join("\n"));

        insta::assert_snapshot!(plain);
        insta::assert_snapshot!(colored.replace('\u{1b}', "ESC"));
    }

    #[test]
    fn colours_change_nothing_else() {
        let table = Table::of(&rows(), &Words::new(Lang::English));

        let [plain, colored] = [false, true].map(|color| table.lay_out(Some(120), color).join("\n"));

        assert_ne!(plain, colored);
        assert_eq!(plain, clap::builder::StyledStr::from(colored).to_string());
    }

    #[test]
    fn lines_without_long_addresses_fit_into_the_width() {
        for width in 80..200 {
            for line in Table::of(&rows(), &Words::new(Lang::Spanish)).lay_out(Some(width), false) {
                assert!(line.width() <= width, "{width}: {line}");
            }
        }
    }

    #[test]
    fn no_sockets_make_no_table() {
        assert!(Table::of(&[], &Words::new(Lang::English)).lay_out(None, false).is_empty());
    }

    #[test]
    fn a_text_is_cut_by_what_it_takes_on_the_screen() {
        for (width, shown) in [(7, "añ你好z"), (6, "añ你…"), (5, "añ你…"), (4, "añ…"), (1, "…")]
        {
            assert_eq!(cut("añ你好z", width), shown, "{width}");
        }
    }

    fn rows() -> Vec<Row> {
        let mut time_wait = without_process(connection(), NoProcess::TimeWait);
        time_wait.state = State::Tcp(TcpState::TimeWait);
        time_wait.drops = None;
        time_wait.user = None;
        vec![
            listener(0, 5),
            shared_by(
                listener(2, 1),
                vec![process(7, "parent", &["parent"]), process(11, "child", &["child", "-x"])],
            ),
            flooded_udp(),
            connection(),
            without_process(connection(), NoProcess::NotAccepted),
            time_wait,
            without_process(connection(), NoProcess::Hidden),
        ]
    }

    fn in_both(rows: &[Row], width: Option<usize>) -> String {
        let tables = LANGS.map(|lang| Table::of(rows, &Words::new(lang)).lay_out(width, false).join("\n"));
        tables.join("\n\n")
    }
}
