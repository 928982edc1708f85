//! `socklab serve --how`: the receiver of the raw ways of exercise 2.5.4, without a session and without a key.

use std::thread;

use endpoints::events::{Detail, events};
use endpoints::ways::{Way, WaysConfig, WaysServer};

use super::Args;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::signals;
use crate::views::start;
use crate::views::ways::serve::ServeView;

/// Receives until a signal says to stop.
///
/// # Errors
///
/// A failure of usage: an address that cannot be had.
pub(super) fn run(way: Way, args: &Args, context: &Context) -> Result<Exit, Failure> {
    let words = &context.words;
    let config = WaysConfig { way, addresses: args.listen.addresses(words)?, as_taught: args.as_taught };
    let (sink, reader) = events(if context.quiet { Detail::Quiet } else { Detail::Peers });
    let server = WaysServer::bind(config, sink).map_err(|error| start::failure(&error, words))?;
    let (stop, signals) = signals::wake_on_stop(words)?;

    let told = thread::scope(|scope| {
        let stop = &stop;
        let started = thread::Builder::new().name("ways".to_owned()).spawn_scoped(scope, || server.run(stop));
        started.map_err(|error| Failure::system(words, Exit::Usage, "clone", "", &error))?;
        let told = ServeView::new(context).tell_all(&reader);
        // When nobody reads the events any more there is no use in going on.
        stop.wake();
        told
    });
    told?;
    signals.finish();
    Ok(Exit::Done)
}
