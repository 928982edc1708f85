//! Watched sockets as a log: a line for each change, for files and pipes.

use std::time::Duration;

use scope::sockets::{Change, Snapshot, compare};

use super::super::change;
use super::Watched;
use crate::context::Context;
use crate::failure::Failure;
use crate::terminal;

pub(super) struct Log<'c> {
    context: &'c Context,
    pace: Duration,
}

impl<'c> Log<'c> {
    pub(super) fn new(context: &'c Context, pace: Duration) -> Self {
        Self { context, pace }
    }
}

impl Watched for Log<'_> {
    /// Says on standard error what the changes to come are changes of.
    fn begin(&mut self, first: &Snapshot) -> Result<(), Failure> {
        if !self.context.quiet {
            let pace = format!("{:?}", self.pace);
            terminal::tell(&self.context.words.sockets_log_begins(first.rows.len() as u64, pace));
        }
        Ok(())
    }

    fn update(&mut self, before: &Snapshot, after: &Snapshot) -> Result<(), Failure> {
        let Context { words, color, started, .. } = self.context;
        let since_start = started.elapsed();
        let lines: Vec<_> = compare(before, after)
            .iter()
            .filter(|compared| compared.change != Change::Same)
            .map(|compared| change::line(since_start, compared, words, *color))
            .collect();
        terminal::print_lines(words, &lines)
    }

    fn end(&mut self, _last: &Snapshot) -> Result<(), Failure> {
        Ok(())
    }
}
