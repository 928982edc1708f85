//! Watched sockets on a terminal: the whole table, drawn again in place.
//!
//! The control sequences are those of ECMA-48 and of `console_codes(4)`. What was drawn last stays on the terminal.

use std::time::Duration;

use kernel::terminal::Size;
use scope::sockets::{Filter, Snapshot, compare};

use super::super::notes::notes;
use super::super::table::Table;
use super::Watched;
use crate::context::Context;
use crate::failure::Failure;
use crate::terminal;

/// Hides the cursor, stops folding what is too wide, and erases everything.
const ENTER: &str = "\x1b[?25l\x1b[?7l\x1b[2J";

/// Takes back what [`ENTER`] set.
const LEAVE: &str = "\x1b[?7h\x1b[?25h";

/// Goes to the first line.
const HOME: &str = "\x1b[H";

/// Erases a line, before it is written: after a line that is as wide as the terminal, it would erase its last character.
const ERASE_LINE: &str = "\x1b[K";

/// Erases everything below.
const ERASE_BELOW: &str = "\x1b[J";

pub(super) struct Screen<'c> {
    context: &'c Context,
    filter: &'c Filter,
    pace: Duration,
    /// Whether [`ENTER`] holds.
    has_entered: bool,
}

impl<'c> Screen<'c> {
    pub(super) fn new(context: &'c Context, filter: &'c Filter, pace: Duration) -> Self {
        Self { context, filter, pace, has_entered: false }
    }

    fn draw(&mut self, before: &Snapshot, after: &Snapshot) -> Result<(), Failure> {
        let Some(size) = terminal::size() else {
            // The terminal has gone; the next signal or write ends the program.
            return Ok(());
        };
        let lines = self.frame(before, after, size);
        let frame: String = lines.iter().flat_map(|line| [ERASE_LINE, line, "\n"]).collect();
        let enter = if self.has_entered { "" } else { ENTER };
        self.has_entered = true;
        terminal::print(&self.context.words, &format!("{enter}{HOME}{frame}{ERASE_BELOW}"))
    }

    /// Returns the lines of a frame: at most one less than the terminal has, for the cursor stays below them.
    fn frame(&self, before: &Snapshot, after: &Snapshot, size: Size) -> Vec<String> {
        let Context { words, color, quiet, .. } = self.context;
        let rows = usize::from(size.rows).saturating_sub(1);
        let head = words.sockets_screen_head(format!("{:?}", self.pace));
        let table =
            Table::of_changes(&compare(before, after), words).lay_out(Some(size.columns.into()), *color);
        let notes = if *quiet { Vec::new() } else { notes(after, self.filter, words) };

        // Beside the table and the notes, there are the head and a blank line on either side of the table.
        let room = rows.saturating_sub(3 + notes.len());
        let table = shortened(table, room, |left| words.sockets_screen_is_short(left));
        let blank = vec![String::new()];
        let mut lines = [vec![head], blank.clone(), table, blank, notes].concat();
        lines.truncate(rows);
        lines
    }

    fn leave(&mut self) -> Result<(), Failure> {
        if !self.has_entered {
            return Ok(());
        }
        self.has_entered = false;
        terminal::print(&self.context.words, LEAVE)
    }
}

impl Watched for Screen<'_> {
    fn begin(&mut self, first: &Snapshot) -> Result<(), Failure> {
        self.draw(first, first)
    }

    fn update(&mut self, before: &Snapshot, after: &Snapshot) -> Result<(), Failure> {
        self.draw(before, after)
    }

    fn redraw(&mut self, before: &Snapshot, after: &Snapshot) -> Result<(), Failure> {
        self.draw(before, after)
    }

    fn suspend(&mut self) -> Result<(), Failure> {
        self.leave()
    }

    fn end(&mut self, _last: &Snapshot) -> Result<(), Failure> {
        self.leave()
    }
}

/// Leaves the terminal as it was also when watching ends by a failure.
impl Drop for Screen<'_> {
    fn drop(&mut self) {
        // When that fails, the failure is being reported already.
        let _ = self.leave();
    }
}

/// Cuts a table to as many lines as there is room for; the last one then says how many are missing.
fn shortened(mut lines: Vec<String>, room: usize, say: impl Fn(u64) -> String) -> Vec<String> {
    if lines.len() > room {
        let kept = room.saturating_sub(1);
        let left = lines.len() - kept;
        lines.truncate(kept);
        lines.push(say(left as u64));
    }
    lines
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use scope::sockets::{Hidden, Row};

    use super::super::super::samples::{connection, flooded_udp, listener};
    use super::*;
    use crate::lang::Lang;
    use crate::words::Words;

    #[test]
    fn a_frame_fits_into_any_terminal() {
        for rows in 1..30 {
            assert!(frame(Lang::English, 80, rows).len() < rows.into(), "{rows} rows");
        }
    }

    #[test]
    fn a_frame_says_what_its_signs_mean_in_both_languages() {
        let frames = [Lang::English, Lang::Spanish].map(|lang| frame(lang, 80, 16).join("\n"));

        insta::assert_snapshot!(frames.join("\n\n"));
    }

    #[test]
    fn a_table_that_is_too_long_says_what_is_missing() {
        let table: Vec<_> = (1..=4).map(|number| number.to_string()).collect();
        let say = |left| format!("{left} more");

        assert_eq!(shortened(table.clone(), 4, say), table);
        assert_eq!(shortened(table.clone(), 3, say), ["1", "2", "2 more"]);
        assert_eq!(shortened(table, 0, say), ["4 more"]);
    }

    /// Draws a frame in which a connection has gone and others have come.
    fn frame(lang: Lang, columns: u16, rows: u16) -> Vec<String> {
        let context = Context {
            words: Words::new(lang),
            json: false,
            quiet: false,
            verbose: false,
            color: false,
            stderr_color: false,
            started: Instant::now(),
        };
        let filter = Filter::default();
        let gone = Row { cookie: 2, ..connection() };
        let before = Snapshot { rows: vec![gone], hidden: Hidden::default() };
        let after = Snapshot { rows: vec![listener(2, 1), flooded_udp()], hidden: Hidden::default() };
        Screen::new(&context, &filter, Duration::from_millis(500)).frame(
            &before,
            &after,
            Size { columns, rows },
        )
    }
}
