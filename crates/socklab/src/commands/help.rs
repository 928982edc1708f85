//! `socklab help`: the same as `--help` after the command that it names.

use std::ffi::OsString;

use crate::cli;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::usage;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    // A verb, and one of its own if it has any.
    #[arg(num_args = 0..=2)]
    command: Vec<OsString>,
}

pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, Failure> {
    let line = [vec!["socklab".into()], args.command.clone(), vec!["--help".into()]];
    let arguments: Vec<OsString> = line.concat();
    match cli::parse(&arguments, &context.words) {
        Ok(_) => Ok(Exit::Done),
        Err(help) => usage::explain(&help, &arguments, context),
    }
}
