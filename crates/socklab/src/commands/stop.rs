//! `socklab stop`: ends a message server, when it has finished what it has in hand.

use std::time::Duration;

use endpoints::messages::client::stop::stop;
use wire::message::ResultCode;

use super::family::Family;
use super::remote::{Remote, Working};
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::value::{self, Target};
use crate::views::session as view;
use crate::views::stop::StopView;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    pub(crate) target: Option<Target>,
    #[command(flatten)]
    pub(crate) remote: Remote,
    #[arg(long, value_parser = value::time)]
    pub(crate) timeout: Option<Duration>,
    #[command(flatten)]
    pub(crate) family: Family,
}

/// Asks the server to stop, and waits until it has.
///
/// # Errors
///
/// A failure of usage, of the network or of denial.
pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, Failure> {
    let words = &context.words;
    let target = args.target.clone().unwrap_or_default();
    let has_key = args.remote.has_key();
    let stopped = Working::new(context)?.run(async {
        let session = args.remote.open(&target, args.family, args.timeout, words).await?;
        let peer = session.peer();
        let view = StopView::new(context, peer);
        let mut told = Ok(());
        let result = stop(&session, |sessions, streams| told = view.draining(sessions, streams)).await;
        told?;
        let result = result.map_err(|error| view::broken(&error, words))?;
        session.close().await;
        if result.code != ResultCode::Done {
            let message = words.stop_failed(peer, view::explain(&result, words));
            let failure = Failure::new(view::exit(result.code), message);
            return Err(view::hinted(failure, result.code, has_key, words));
        }
        view.stopped()
    })?;
    Ok(stopped.map_or(Exit::Network, |()| Exit::Done))
}
