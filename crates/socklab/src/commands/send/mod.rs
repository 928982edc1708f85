//! `socklab send`: texts and files to a receiver.

mod how;

use std::path::PathBuf;
use std::time::Duration;

use super::family::Family;
use super::how::Choice;
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
    #[arg(long, value_parser = value::time)]
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
    how::run(args, context)
}
