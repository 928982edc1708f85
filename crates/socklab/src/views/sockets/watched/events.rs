//! Watched sockets as events: all of them at first, as unchanged, and from then on those to which something happens.

use scope::sockets::{Change, Snapshot, compare};

use super::super::event::{self, Event};
use super::Watched;
use crate::context::Context;
use crate::failure::Failure;

pub(super) struct Events<'c> {
    context: &'c Context,
}

impl<'c> Events<'c> {
    pub(super) fn new(context: &'c Context) -> Self {
        Self { context }
    }
}

impl Watched for Events<'_> {
    fn begin(&mut self, first: &Snapshot) -> Result<(), Failure> {
        event::print(self.context, compare(first, first).iter().map(Event::change))
    }

    fn update(&mut self, before: &Snapshot, after: &Snapshot) -> Result<(), Failure> {
        let compared = compare(before, after);
        let changes = compared.iter().filter(|compared| compared.change != Change::Same);
        event::print(self.context, changes.map(Event::change))
    }

    fn end(&mut self, last: &Snapshot) -> Result<(), Failure> {
        event::print(self.context, [Event::summary(last)])
    }
}
