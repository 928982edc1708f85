//! Sockets that are watched: as a screen that is drawn again, as a log of changes or as events.

mod events;
mod log;
mod screen;

use std::time::Duration;

use scope::sockets::{Filter, Snapshot};

use crate::context::Context;
use crate::failure::Failure;
use crate::terminal;

/// A way to show sockets that are watched.
pub(crate) trait Watched {
    /// Shows the sockets as they are at first.
    ///
    /// # Errors
    ///
    /// Those of [`terminal::print`], here and below.
    fn begin(&mut self, first: &Snapshot) -> Result<(), Failure>;

    /// Shows what has changed since the snapshot before.
    fn update(&mut self, before: &Snapshot, after: &Snapshot) -> Result<(), Failure>;

    /// Shows the last update again, on a terminal that has another size or was used by others meanwhile.
    fn redraw(&mut self, _before: &Snapshot, _after: &Snapshot) -> Result<(), Failure> {
        Ok(())
    }

    /// Leaves the terminal to others for a while.
    fn suspend(&mut self) -> Result<(), Failure> {
        Ok(())
    }

    /// Ends, after the last snapshot.
    fn end(&mut self, last: &Snapshot) -> Result<(), Failure>;
}

/// Chooses how to show: events if they are asked for, a screen on a terminal, and a log elsewhere.
pub(crate) fn watched<'c>(context: &'c Context, filter: &'c Filter, pace: Duration) -> Box<dyn Watched + 'c> {
    if context.json {
        Box::new(events::Events::new(context))
    } else if terminal::size().is_some() {
        Box::new(screen::Screen::new(context, filter, pace))
    } else {
        Box::new(log::Log::new(context, pace))
    }
}
