//! `socklab bench merge`: one result of the parts of a load.

use std::path::PathBuf;

use super::super::check::write_whole;
use super::read;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::views::bench as view;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[arg(required = true)]
    files: Vec<PathBuf>,
    #[arg(long, short)]
    output: Option<PathBuf>,
}

/// Reads the results of parts, in any order, and says what they are together.
///
/// # Errors
///
/// A failure of usage: a file that cannot be read, that has no results, or those of another load or of the same part.
pub(super) fn run(args: &Args, context: &Context) -> Result<Exit, Failure> {
    let words = &context.words;
    let mut all = None;
    for path in &args.files {
        let results = read(path, words)?;
        match &mut all {
            None => all = Some(results),
            Some(all) => all.merge(&results).map_err(|error| view::unreadable(&error, path, words))?,
        }
    }
    if let Some(all) = all {
        if let Some(path) = &args.output {
            write_whole(path, &all.to_json(), words)?;
        }
        view::results(&all, context)?;
    }
    Ok(Exit::Done)
}
