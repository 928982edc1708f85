//! `socklab serve`: the message server, and the receiver of the raw ways of exercise 2.5.4.

mod how;
mod session;

use std::path::PathBuf;
use std::time::Duration;

use endpoints::access::Source;
use endpoints::messages::serve::config::SESSIONS_MAX;

use super::how::Choice;
use super::listen::Listen;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::value;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    pub(crate) listen: Listen,
    #[command(flatten)]
    pub(crate) choice: Choice,
    #[arg(long, requires = "how")]
    pub(crate) as_taught: bool,
    #[arg(long, conflicts_with = "how")]
    pub(crate) keys: Option<PathBuf>,
    #[arg(long, conflicts_with = "how")]
    pub(crate) plain: bool,
    #[arg(long, conflicts_with = "how")]
    pub(crate) inbox: Option<PathBuf>,
    #[arg(long, conflicts_with_all = ["inbox", "how"])]
    pub(crate) no_inbox: bool,
    #[arg(long, value_parser = value::disk_size, conflicts_with = "how")]
    pub(crate) max_file: Option<u64>,
    #[arg(long, value_parser = value::disk_size, conflicts_with = "how")]
    pub(crate) max_inbox: Option<u64>,
    #[arg(long, value_parser = value::whole(1, SESSIONS_MAX as u32), conflicts_with = "how")]
    pub(crate) sessions: Option<u32>,
    #[arg(long, value_parser = value::time, conflicts_with = "how")]
    pub(crate) drain: Option<Duration>,
    #[arg(long, conflicts_with = "how")]
    pub(crate) exec_dir: Option<PathBuf>,
    #[arg(long, value_parser = value::time, conflicts_with = "how")]
    pub(crate) exec_time: Option<Duration>,
    #[arg(long, value_parser = value::disk_size, conflicts_with = "how")]
    pub(crate) exec_output: Option<u64>,
    #[arg(long, value_parser = value::rule, conflicts_with = "how")]
    pub(crate) allow: Vec<Source>,
    #[arg(long, value_parser = value::rule, conflicts_with = "how")]
    pub(crate) deny: Vec<Source>,
    #[arg(long, conflicts_with = "how")]
    pub(crate) allow_file: Vec<PathBuf>,
    #[arg(long, conflicts_with = "how")]
    pub(crate) deny_file: Vec<PathBuf>,
}

/// Serves until a signal, or a client that may, says to stop.
///
/// # Errors
///
/// A failure of usage: an address that cannot be had, and whatever else keeps the server from starting.
pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, Failure> {
    match args.choice.way(&context.words)? {
        Some(way) => how::run(way, args, context),
        None => session::run(args, context),
    }
}
