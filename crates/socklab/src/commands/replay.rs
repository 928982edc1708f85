//! `socklab replay`: shows a recording again.

use std::fs::File;
use std::io::{self, BufRead, BufReader, IsTerminal};
use std::path::{Path, PathBuf};

use scope::findings::find;
use scope::model::Observation;
use scope::model::archive::{self, ArchiveError, LINE_BYTES_MAX, OBSERVATIONS_MAX, VERSION};
use scope::script::{self, Difference, SCRIPT_BYTES_MAX, Script};
use scope::timeline::{BuildError, Timeline};
use serde_json::error::Category;

use super::exports::Exports;
use super::screen;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::input::{self, STDIN};
use crate::terminal;
use crate::views::finding::{Said, in_words};
use crate::views::printable::printable;
use crate::views::trace::{Events, Lines, Style};
use crate::views::tui::State;
use crate::words::Words;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    file: PathBuf,
    #[command(flatten)]
    exports: Exports,
    #[arg(long)]
    tui: bool,
    #[arg(long)]
    expect: Option<PathBuf>,
    #[arg(long)]
    all: bool,
}

/// Reads a recording, and shows it as it was shown when it was made.
///
/// # Errors
///
/// A failure of usage: a file that cannot be read or written, or that is no recording; the line is named. One of integrity: the
/// recording is not what the script says.
pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, Failure> {
    let words = &context.words;
    let files = args.exports.open(context.json, words)?;
    if args.tui {
        screen::check(args.exports.take_stdout(), context)?;
    }
    let expected = args.expect.as_deref().map(|path| script(path, words)).transpose()?;
    let observations = read(&args.file, context)?;
    let mut events = context.json.then(|| Events::new(io::stdout().lock()));
    if let Some(events) = &mut events {
        events.write(&observations).map_err(|error| Failure::stdout(words, &error))?;
    }
    let timeline = build(observations, words)?;
    let found = find(&timeline);
    let findings = in_words(&found, words);
    if let Some(events) = &mut events {
        events.end(&found).map_err(|error| Failure::stdout(words, &error))?;
    } else if args.tui {
        let mut state = State::of(timeline.clone(), findings.clone(), args.all, words);
        screen::leaf_through(&mut state, context)?;
    } else {
        write_lines(&timeline, &findings, args, context)?;
    }
    // What is exported may go to standard output, too.
    drop(events);
    if let Some(failure) = tell(files.write(&timeline, &findings, words), context) {
        return Err(failure);
    }
    let compared = expected.map_or(Ok(()), |script| script::compare(&script, &timeline));
    compared.map_err(|difference| differs(&difference, words))?;
    Ok(Exit::Done)
}

/// Writes the lines: to standard error when standard output has something else.
fn write_lines(
    timeline: &Timeline,
    findings: &[Said],
    args: &Args,
    context: &Context,
) -> Result<(), Failure> {
    let to_stderr = args.exports.take_stdout();
    if context.quiet {
        return Ok(());
    }
    let (size, color) = if to_stderr {
        (terminal::stderr_size(), context.stderr_color)
    } else {
        (terminal::size(), context.color)
    };
    let style = Style { width: size.map(|size| size.columns.into()), color, all: args.all };
    let write = |lines: Vec<String>| {
        if to_stderr {
            for line in &lines {
                terminal::tell(line);
            }
            return Ok(());
        }
        terminal::print_lines(&context.words, &lines)
    };
    let mut lines = Lines::new(&timeline.header, style, &context.words);
    for entries in timeline.entries.chunks(ENTRIES_AT_ONCE) {
        lines.add(entries, &timeline.processes, &timeline.sockets);
        write(lines.take())?;
    }
    lines.finish(findings, timeline);
    write(lines.take())
}

/// Tells failures, all but the last, which is returned.
fn tell(mut failures: Vec<Failure>, context: &Context) -> Option<Failure> {
    let last = failures.pop();
    for failure in &failures {
        failure.tell(context);
    }
    last
}

/// Reads the script that the recording is compared with.
fn script(path: &Path, words: &Words) -> Result<Script, Failure> {
    let object = path.display();
    let text = input::read_at_most(path, SCRIPT_BYTES_MAX as u64).map_err(|error| {
        Failure::system(words, Exit::Usage, "read", &object, &error).hint(words.hint_replay_script())
    })?;
    let Some(text) = text else {
        let message = words.replay_script_too_long(&object, SCRIPT_BYTES_MAX);
        return Err(Failure::new(Exit::Usage, message).hint(words.hint_replay_script()));
    };
    // What is no text in UTF-8 stands in a line that is none of a script, and that one is named.
    script::read(&String::from_utf8_lossy(&text)).map_err(|error| {
        let message = words.replay_script(&object, error.line, error.column);
        Failure::new(Exit::Usage, message).hint(words.hint_replay_script())
    })
}

/// Says where a recording is not as its script says.
fn differs(difference: &Difference, words: &Words) -> Failure {
    let shown = |text: &Option<String>| printable(text.as_deref().unwrap_or_default().trim());
    Failure::new(Exit::Integrity, words.replay_differs(difference.line, difference.column))
        .hint(words.replay_expected(shown(&difference.expected)))
        .hint(words.replay_found(shown(&difference.found)))
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
                Category::Eof => words.replay_no_end(),
                Category::Io | Category::Syntax => words.replay_no_json(cause.column()),
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
