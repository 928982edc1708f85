//! `socklab serve`: receives texts and files.

mod how;

use super::how::Choice;
use super::listen::Listen;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    pub(crate) listen: Listen,
    #[command(flatten)]
    pub(crate) choice: Choice,
    #[arg(long)]
    pub(crate) as_taught: bool,
}

/// Receives until a signal says to stop.
///
/// # Errors
///
/// A failure of usage: an address that cannot be had.
pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, Failure> {
    how::run(args, context)
}
