//! What the views of servers have in common: where a line belongs, and telling events as they come.

use std::io::{self, BufWriter, Write};
use std::thread;
use std::time::Duration;

use endpoints::events::{EventReader, ServerEvent, Told};
use kernel::code;
use serde::Serialize;

use crate::context::Context;
use crate::failure::Failure;
use crate::{json, terminal};

/// How many lines are written at once while there are many.
const LINES_AT_ONCE_MAX: usize = 1024;
/// When so many events came at once, more are waited for, so that the server's threads need not wake this one for each.
const MANY: usize = 16;
const MANY_NAP: Duration = Duration::from_millis(1);

/// A line for a person, and where it belongs.
pub(super) enum Line {
    /// What arrived or was done.
    Data(String),
    /// The rest of the conversation.
    Note(String),
    /// What somebody should look at, or has asked for: it is told even when only errors are.
    Attention(String),
    None,
}

/// Tells the events of one server.
pub(super) struct Teller<'a, L> {
    pub(super) context: &'a Context,
    /// What an event is to a person.
    pub(super) line: L,
}

impl<L> Teller<'_, L> {
    /// Tells events as they come, up to the one that `is_last`.
    ///
    /// # Errors
    ///
    /// A failure to write to standard output, which says nothing when the reader has gone.
    pub(super) fn tell_all<E: ServerEvent + Serialize>(
        &self,
        reader: &EventReader<E>,
        is_last: impl Fn(&E) -> bool,
    ) -> Result<(), Failure>
    where
        L: Fn(&E) -> Line,
    {
        let mut stdout = BufWriter::new(io::stdout().lock());
        let written =
            |result: io::Result<()>| result.map_err(|error| Failure::stdout(&self.context.words, &error));
        let mut has_started = false;
        while let Some(first) = reader.wait() {
            let more = std::iter::from_fn(|| reader.poll()).take(LINES_AT_ONCE_MAX);
            let mut count = 0;
            for told in std::iter::once(first).chain(more) {
                count += 1;
                written(self.tell(&told, &mut stdout))?;
                if is_last(&told.event) {
                    return written(stdout.flush());
                }
            }
            written(stdout.flush())?;
            if !std::mem::replace(&mut has_started, true) {
                code::give_back();
            }
            if count >= MANY {
                thread::sleep(MANY_NAP);
            }
        }
        Ok(())
    }

    fn tell<E: ServerEvent + Serialize>(&self, told: &Told<E>, stdout: &mut impl Write) -> io::Result<()>
    where
        L: Fn(&E) -> Line,
    {
        if self.context.json {
            let since_start = told.at.saturating_duration_since(self.context.started);
            return writeln!(stdout, "{}", json::line(since_start, &told.event));
        }
        match (self.line)(&told.event) {
            Line::None => Ok(()),
            Line::Data(_) | Line::Note(_) if self.context.quiet => Ok(()),
            Line::Data(line) => writeln!(stdout, "{line}"),
            Line::Note(line) | Line::Attention(line) => {
                stdout.flush()?;
                terminal::tell(&line);
                Ok(())
            }
        }
    }
}
