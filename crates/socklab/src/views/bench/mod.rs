//! What a load is, how it goes on, and what came of it: for people, and as events.

mod event;
mod failure;
mod figures;
mod histogram;
mod plot;
mod report;
#[cfg(test)]
pub(crate) mod samples;

use std::time::Duration;

use endpoints::bench::{Interval, Results};

pub(crate) use self::event::{Begun, Whose};
#[cfg(test)]
pub(crate) use self::event::{Event, Summary};
pub(crate) use self::failure::{failure, invalid, unreadable};
use self::figures::{scaled, time};
use crate::context::Context;
use crate::failure::Failure;
use crate::{json, terminal};

/// Says what is done.
///
/// # Errors
///
/// Those of [`terminal::print`].
pub(crate) fn begun(begun: &Begun<'_>, context: &Context) -> Result<(), Failure> {
    if context.json {
        return write(&begun.event(), context);
    }
    if !context.quiet {
        for line in report::begun(begun, &context.words) {
            terminal::tell(&line);
        }
    }
    Ok(())
}

/// Says what came of it.
///
/// # Errors
///
/// Those of [`terminal::print`].
pub(crate) fn results(results: &Results, context: &Context) -> Result<(), Failure> {
    if context.json {
        return write(&event::summary(results), context);
    }
    let mut lines = report::figures(results, &context.words);
    if !context.quiet {
        lines.extend(report::pictures(results, &context.words));
        lines.extend(report::notes(results, &context.words));
    }
    terminal::print_lines(&context.words, &lines)
}

/// How it goes on: an event for each interval, or a line on a terminal that is written again and again.
pub(crate) struct Progress<'a> {
    context: &'a Context,
    has_line: bool,
}

impl<'a> Progress<'a> {
    pub(crate) fn new(context: &'a Context) -> Self {
        Self { context, has_line: false }
    }

    /// An interval is over.
    ///
    /// # Errors
    ///
    /// Those of [`terminal::print`].
    pub(crate) fn interval(
        &mut self,
        interval: &Interval,
        of: usize,
        length: Duration,
    ) -> Result<(), Failure> {
        if self.context.json {
            return write(&event::interval(interval, of), self.context);
        }
        if !self.context.quiet && terminal::stderr_size().is_some() {
            let count = u32::try_from(interval.counts.echoes).map_or(f64::MAX, f64::from);
            let p99 = time(interval.latencies.value_at_quantile(0.99));
            let rate = scaled(count / length.as_secs_f64().max(1e-9));
            let line = self.context.words.bench_progress(interval.index + 1, of, rate, p99);
            terminal::tell_part(&format!("\r{line}\x1b[K"));
            self.has_line = true;
        }
        Ok(())
    }

    /// Nothing more goes on.
    pub(crate) fn end(&mut self) {
        if std::mem::take(&mut self.has_line) {
            terminal::tell_part("\r\x1b[K");
        }
    }
}

fn write(event: &impl serde::Serialize, context: &Context) -> Result<(), Failure> {
    let line = json::line(context.started.elapsed(), event);
    terminal::print(&context.words, &format!("{line}\n"))
}
