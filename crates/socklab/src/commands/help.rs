//! `socklab help`: the same as `--help` after the command that it names.

use std::ffi::OsString;

use crate::cli;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::usage;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    command: Option<OsString>,
}

pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, Failure> {
    let line = [Some("socklab".into()), args.command.clone(), Some("--help".into())];
    let arguments: Vec<OsString> = line.into_iter().flatten().collect();
    match cli::parse(&arguments, &context.words) {
        Ok(_) => Ok(Exit::Done),
        Err(help) => usage::explain(&help, &arguments, context),
    }
}
