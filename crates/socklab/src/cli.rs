//! The command line: its verbs and the flags that all of them take.
//!
//! Nothing here has a text of help. Both languages are equals, so help comes from the files of words by the path of
//! each argument; the module `help` puts it in its place.

use std::ffi::OsString;

use clap::{CommandFactory, FromArgMatches, Parser};

use crate::commands::Verb;
use crate::context::Color;
use crate::help;
use crate::lang::Lang;
use crate::words::Words;

#[derive(Debug, Parser)]
#[command(
    name = "socklab",
    version,
    arg_required_else_help = true,
    disable_help_flag = true,
    disable_help_subcommand = true,
    disable_version_flag = true
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

/// The flags that every verb takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Global {
    #[arg(long, global = true)]
    pub(crate) lang: Option<Lang>,
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[arg(long, global = true)]
    pub(crate) quiet: bool,
    // Saying it twice is no mistake, and adds nothing.
    #[arg(long, short, global = true, overrides_with = "verbose")]
    pub(crate) verbose: bool,
    #[arg(long, global = true, default_value = "auto")]
    pub(crate) color: Color,
}

/// Builds the command tree, with its help in the language of `words`.
pub(crate) fn tree(words: &Words) -> clap::Command {
    help::localise(Cli::command(), words)
}

/// Parses the arguments, the name of the program among them.
///
/// # Errors
///
/// Clap's own, also for `--help` and `--version`; see `usage::explain`.
pub(crate) fn parse(arguments: &[OsString], words: &Words) -> Result<Cli, clap::Error> {
    let matches = tree(words).try_get_matches_from(arguments)?;
    Cli::from_arg_matches(&matches)
}
