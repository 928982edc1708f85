//! `socklab send`: texts and files, through a session or in one of the raw ways of exercise 2.5.4.

mod how;
mod session;

use std::path::PathBuf;
use std::time::Duration;

use super::family::Family;
use super::how::Choice;
use super::remote::Remote;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::value::{self, Target};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    pub(crate) target: Option<Target>,
    #[arg(long)]
    pub(crate) text: Vec<String>,
    #[arg(long)]
    pub(crate) file: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) choice: Choice,
    #[command(flatten)]
    pub(crate) remote: Remote,
    #[arg(long, value_parser = value::time, requires = "how")]
    pub(crate) between: Option<Duration>,
    #[arg(long, value_parser = value::time)]
    pub(crate) timeout: Option<Duration>,
    #[command(flatten)]
    pub(crate) family: Family,
}

/// Sends.
///
/// # Errors
///
/// A failure of usage: nothing to send, a file that cannot be read, a name without an address.
pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, Failure> {
    match args.choice.way(&context.words)? {
        Some(_) if args.remote.is_named() => {
            let help = context.words.hint_see_help("socklab send --help");
            Err(Failure::new(Exit::Usage, context.words.ways_no_key()).hint(help))
        }
        Some(way) => how::run(way, args, context),
        None => session::run(args, context),
    }
}
