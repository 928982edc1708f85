//! `socklab grade merge`: one result of the parts that several machines have done.

use std::fs;
use std::path::{Path, PathBuf};

use lab::grade::{Journal, Summary, read_journal};

use super::results::{PAGE, write_results};
use super::{OUTPUT, make_output, of_store, system};
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::terminal;
use crate::views::grade as view;
use crate::words::Words;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[arg(required = true)]
    journals: Vec<PathBuf>,
    #[arg(long, short, default_value = OUTPUT)]
    output: PathBuf,
}

/// Reads journals, in any order, and writes what they say together.
///
/// # Errors
///
/// A failure of usage: a file that cannot be read, that is no journal, or that is of another class.
pub(super) fn run(args: &Args, context: &Context) -> Result<Exit, Failure> {
    let words = &context.words;
    let mut all: Option<Journal> = None;
    for path in files(&args.journals, words)? {
        let journal =
            read_journal(&path).map_err(|error| of_store(&error, words.hint_grade_journals(), words))?;
        match &mut all {
            None => all = Some(journal),
            Some(all) => all.merge(journal).map_err(|_| {
                Failure::new(Exit::Usage, words.grade_other_class(path.display()))
                    .hint(words.hint_grade_other_class())
            })?,
        }
    }
    let Some(journal) = all else {
        let shown = args.journals.first().map(|path| path.display().to_string()).unwrap_or_default();
        let failure = Failure::new(Exit::Usage, words.grade_no_journals(shown));
        return Err(failure.hint(words.hint_grade_journals()));
    };
    make_output(&args.output, words)?;
    let summary = Summary::of(&journal);
    write_results(&journal, &summary, &args.output, words)?;
    if !context.quiet {
        let page = args.output.join(PAGE);
        terminal::tell(&words.grade_written(summary.done, summary.tasks, page.display()));
    }
    if context.json {
        view::write_summary(&summary, context)?;
    }
    Ok(Exit::Done)
}

/// The journals that are meant: files, and those in directories.
fn files(paths: &[PathBuf], words: &Words) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    for path in paths {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let entries = fs::read_dir(path).map_err(|error| system("opendir", path, &error, words))?;
        let found = entries.filter_map(Result::ok).map(|entry| entry.path()).filter(|path| is_journal(path));
        let mut found: Vec<PathBuf> = found.collect();
        found.sort();
        files.extend(found);
    }
    Ok(files)
}

fn is_journal(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let stem = name.strip_suffix(".jsonl").unwrap_or_default();
    stem == "journal" || stem.starts_with("journal-")
}
