//! `socklab replay`: shows a recording again.

use std::fs::File;
use std::io::{self, BufRead, BufReader, IsTerminal};
use std::path::{Path, PathBuf};

use scope::model::Observation;
use scope::model::archive::{self, ArchiveError, LINE_BYTES_MAX, OBSERVATIONS_MAX, VERSION};
use scope::timeline::{BuildError, Timeline};
use serde_json::error::Category;

use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::input::STDIN;
use crate::terminal;
use crate::views::trace::{Events, Lines, Style};
use crate::words::Words;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    file: PathBuf,
    #[arg(long)]
    all: bool,
}

/// Reads a recording, and shows it as it was shown when it was made.
///
/// # Errors
///
/// A failure of usage: a file that cannot be read, or that is no recording; the line is named.
pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, Failure> {
    let words = &context.words;
    let observations = read(&args.file, context)?;
    if context.json {
        write_events(observations, words)?;
    } else {
        write_lines(observations, args.all, context)?;
    }
    Ok(Exit::Done)
}

fn write_events(observations: Vec<Observation>, words: &Words) -> Result<(), Failure> {
    let failed = |error: io::Error| Failure::stdout(words, &error);
    let mut events = Events::new(io::stdout().lock());
    events.write(&observations).map_err(failed)?;
    let _timeline = build(observations, words)?;
    events.end(&[]).map_err(failed)
}

fn write_lines(observations: Vec<Observation>, all: bool, context: &Context) -> Result<(), Failure> {
    let words = &context.words;
    let timeline = build(observations, words)?;
    let width = terminal::size().map(|size| size.columns.into());
    let style = Style { width, color: context.color, all };
    let mut lines = Lines::new(&timeline.header, style, words);
    for entries in timeline.entries.chunks(ENTRIES_AT_ONCE) {
        lines.add(entries, &timeline.processes, &timeline.sockets);
        terminal::print_lines(words, &lines.take())?;
    }
    lines.finish(&[], &timeline);
    terminal::print_lines(words, &lines.take())
}

/// How many entries are made into lines before these are written.
const ENTRIES_AT_ONCE: usize = 1024;

fn read(file: &Path, context: &Context) -> Result<Vec<Observation>, Failure> {
    let words = &context.words;
    if file == Path::new(STDIN) {
        let mut stdin = io::stdin().lock();
        if io::stdin().is_terminal() && !context.quiet {
            terminal::tell(&words.replay_awaited());
        }
        return observations(&mut stdin, &words.object_stdin(), words);
    }
    let object = file.display().to_string();
    let open = File::open(file).map_err(|error| unreadable(&object, &error, words))?;
    observations(&mut BufReader::new(open), &object, words)
}

fn observations(reader: &mut impl BufRead, object: &str, words: &Words) -> Result<Vec<Observation>, Failure> {
    archive::read(reader).map_err(|error| failure(&error, object, words))
}

fn build(observations: Vec<Observation>, words: &Words) -> Result<Timeline, Failure> {
    Timeline::build(observations).map_err(|error| match error {
        BuildError::NoHeader => no_recording(words.replay_no_header(), words),
        BuildError::TooMany => no_recording(words.replay_too_many(OBSERVATIONS_MAX), words),
    })
}

/// Says what is wrong with an archive.
fn failure(error: &ArchiveError, object: &str, words: &Words) -> Failure {
    let message = match error {
        ArchiveError::Read(error) => return unreadable(object, error, words),
        ArchiveError::Line { line, cause } => {
            let cause = match cause.classify() {
                Category::Data => words.replay_no_observation(cause.column()),
                Category::Io | Category::Syntax | Category::Eof => words.replay_no_json(cause.column()),
            };
            words.replay_line(object, line, cause)
        }
        ArchiveError::TooLong { line } => {
            words.replay_line(object, line, words.replay_too_long(LINE_BYTES_MAX))
        }
        ArchiveError::Version { line, version } => {
            let failure = words.replay_line(object, line, words.replay_version(version, VERSION));
            return Failure::new(Exit::Usage, failure).hint(words.hint_replay_version());
        }
        ArchiveError::NoHeader => words.replay_line(object, 1, words.replay_no_header()),
        ArchiveError::TooMany => {
            words.replay_line(object, OBSERVATIONS_MAX, words.replay_too_many(OBSERVATIONS_MAX))
        }
    };
    no_recording(message, words)
}

fn unreadable(object: &str, error: &io::Error, words: &Words) -> Failure {
    Failure::system(words, Exit::Usage, "read", object, error).hint(words.hint_replay())
}

fn no_recording(message: String, words: &Words) -> Failure {
    Failure::new(Exit::Usage, message).hint(words.hint_replay())
}
