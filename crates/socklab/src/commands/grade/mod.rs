//! `socklab grade`: the check of a whole class.

mod merge;
mod results;

use std::path::{Path, PathBuf};
use std::{env, fs, thread};

use lab::check::manifest::FILE_BYTES_MAX;
use lab::grade::{
    self, Class, ClassError, Header, JournalError, Plan, Progress, RunError, SUBMISSIONS_MAX, Shard, Store,
    StoreError, SubmissionError, Summary, WORKERS_MAX, Worth,
};
use lab::{Scratch, Stop};
use sha2::{Digest, Sha256};

use self::results::write_results;
use super::check::{Engine, manifest_failure};
use super::shard;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::input;
use crate::signals;
use crate::terminal;
use crate::value;
use crate::views::grade as view;
use crate::words::Words;

/// The file that says what is asked, in the directory of the submissions.
const CLASS_FILE: &str = "class.toml";

/// Where results go unless it is said.
const OUTPUT: &str = "graded";

#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true, arg_required_else_help = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    merge: Option<Verb>,
    #[arg(required = true)]
    directory: Option<PathBuf>,
    #[arg(long)]
    class: Option<PathBuf>,
    #[arg(long, short, default_value = OUTPUT)]
    output: PathBuf,
    #[arg(long, value_parser = value::shard)]
    shard: Option<Shard>,
    #[arg(long, short, value_parser = value::whole(1, WORKERS_MAX_TYPED))]
    jobs: Option<u32>,
    #[arg(long, value_parser = value::whole(0, u32::MAX))]
    seed: Option<u32>,
}

/// How many tasks share a processor unless it is said.
const TASKS_PER_PROCESSOR: usize = 4;

/// The most that `--jobs` takes.
const WORKERS_MAX_TYPED: u32 = 256;

#[derive(Debug, clap::Subcommand)]
enum Verb {
    Merge(merge::Args),
}

/// Grades, or puts together what others have graded.
///
/// # Errors
///
/// A failure of usage: the command line, a file, a journal of another class.
pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, Failure> {
    if let Some(Verb::Merge(args)) = &args.merge {
        return merge::run(args, context);
    }
    let words = &context.words;
    let directory = args.directory.as_deref().unwrap_or(Path::new("."));
    let (class, digest) = class(&args.class.clone().unwrap_or_else(|| directory.join(CLASS_FILE)), words)?;
    let shard = shard::chosen(args.shard, words)?;
    make_output(&args.output, words)?;
    let submissions = submissions(directory, &args.output, words)?;
    let names = submissions.iter().map(|submission| submission.name.clone()).collect();
    let worth =
        class.assignments.iter().map(|(exercise, it)| Worth { exercise: *exercise, points: it.points });
    let header = Header::new(class.title.clone(), digest.clone(), worth.collect(), names);
    let journal = args.output.join(journal_name(shard));
    let mut store = Store::open(&journal, header)
        .map_err(|error| of_store(&error, words.hint_grade_other_class(), words))?;
    let seed = args.seed.map_or_else(|| seed_of(&digest), u64::from);
    let workers = args.jobs.map_or_else(workers, |jobs| jobs as usize);
    let temporary = env::temp_dir();
    let scratch = Scratch::new(&temporary).map_err(|error| system("mkdir", &temporary, &error, words))?;
    let engine = Engine::new();
    let plan = Plan { submissions, shard, workers, seed, scratch: scratch.path().to_owned() };
    let stop = Stop::default();
    let stopping = stop.clone();
    let _listening = signals::on_stop(words, move || stopping.set())?;
    let ran =
        grade::run((&class, &plan), &mut store, &engine, &stop, &mut |progress| tell(&progress, context));
    finish(ran, &store, (shard, &args.output), context)
}

/// Writes the results, also when it was stopped: what was done is known.
fn finish(
    ran: Result<(), RunError>,
    store: &Store,
    (shard, output): (Shard, &Path),
    context: &Context,
) -> Result<Exit, Failure> {
    let words = &context.words;
    let summary = Summary::of(store.journal());
    if shard == Shard::WHOLE {
        write_results(store.journal(), &summary, output, words)?;
    }
    match ran {
        Ok(()) => {}
        Err(RunError::Store(error)) => {
            return Err(of_store(&error, words.hint_see_help("socklab grade --help"), words));
        }
        Err(RunError::Stopped) => {
            return Err(Failure::new(Exit::Usage, words.grade_stopped(summary.done, summary.tasks)));
        }
    }
    let told = if shard == Shard::WHOLE {
        words.grade_written(summary.done, summary.tasks, output.join(results::PAGE).display())
    } else {
        let command = format!("socklab grade merge {0} --output {0}", output.display());
        words.grade_shard_written(shard.index + 1, shard.count, command)
    };
    if !context.quiet {
        terminal::tell(&told);
    }
    if context.json {
        view::write_summary(&summary, context)?;
    }
    Ok(Exit::Done)
}

/// Says how far it is.
fn tell(progress: &Progress<'_>, context: &Context) {
    if context.json {
        // Standard output may be gone; the journal has everything all the same.
        let _ = view::write_progress(progress, context);
    } else if !context.quiet {
        terminal::tell(&view::progress(progress, &context.words));
    }
}

/// Reads what the class is asked, and the hash of it.
fn class(path: &Path, words: &Words) -> Result<(Class, String), Failure> {
    let shown = path.display().to_string();
    let text = input::read_at_most(path, FILE_BYTES_MAX as u64).map_err(|error| {
        Failure::system(words, Exit::Usage, "read", &shown, &error).hint(words.hint_grade_class(&shown))
    })?;
    let text = text.ok_or_else(|| {
        Failure::new(Exit::Usage, words.manifest_too_long(&shown, FILE_BYTES_MAX))
            .hint(words.hint_grade_class(&shown))
    })?;
    let digest = hexadecimal(&Sha256::digest(&text));
    let class = Class::read(&String::from_utf8_lossy(&text)).map_err(|error| match error {
        ClassError::Manifest(error) => manifest_failure(&error, path, words),
        ClassError::NoExercise => {
            Failure::new(Exit::Usage, words.manifest_no_exercise(&shown)).hint(words.hint_grade_class(&shown))
        }
        ClassError::Deadline { line } => {
            Failure::new(Exit::Usage, words.manifest_mistake(&shown, line, words.manifest_deadline()))
                .hint(words.hint_manifest_deadline())
        }
    })?;
    Ok((class, digest))
}

/// The submissions of a directory, without the results that may be written beside them.
fn submissions(directory: &Path, output: &Path, words: &Words) -> Result<Vec<grade::Submission>, Failure> {
    let shown = directory.display();
    let all = grade::submissions(directory).map_err(|error| match error {
        SubmissionError::System { operation, path, error } => {
            Failure::system(words, Exit::Usage, operation, path, &error).hint(words.hint_grade_directory())
        }
        SubmissionError::TooLarge | SubmissionError::TooMany => {
            Failure::new(Exit::Usage, words.grade_too_many(&shown, SUBMISSIONS_MAX))
        }
    })?;
    let output = fs::canonicalize(output).unwrap_or_default();
    let is_output = |it: &grade::Submission| fs::canonicalize(&it.path).is_ok_and(|path| path == output);
    let all: Vec<_> = all.into_iter().filter(|submission| !is_output(submission)).collect();
    if all.is_empty() {
        let failure = Failure::new(Exit::Usage, words.grade_no_submissions(&shown));
        return Err(failure.hint(words.hint_grade_directory()));
    }
    Ok(all)
}

/// Says what kept a journal from being read or written, and what to try when it is none.
fn of_store(error: &StoreError, hint: String, words: &Words) -> Failure {
    match error {
        StoreError::System { operation, path, error } => {
            Failure::system(words, Exit::Usage, operation, path, error).hint(hint)
        }
        StoreError::Busy { path } => Failure::new(Exit::Usage, words.grade_busy(path)),
        StoreError::Journal { path, error: JournalError::OtherClass } => {
            Failure::new(Exit::Usage, words.grade_other_class(path)).hint(words.hint_grade_other_class())
        }
        StoreError::Journal { path, error } => {
            Failure::new(Exit::Usage, words.grade_no_journal(path, of_journal(error, words))).hint(hint)
        }
    }
}

fn of_journal(error: &JournalError, words: &Words) -> String {
    match error {
        JournalError::NoHeader | JournalError::OtherClass => words.grade_journal_header(),
        JournalError::Version(version) => words.grade_journal_version(version),
        JournalError::Line { line, .. } => words.grade_journal_line(line),
        JournalError::TooLong => words.grade_journal_too_long(),
    }
}

fn system(operation: &str, path: &Path, error: &std::io::Error, words: &Words) -> Failure {
    Failure::system(words, Exit::Usage, operation, path.display(), error)
}

/// Makes the directory of the results, if it is not there.
fn make_output(output: &Path, words: &Words) -> Result<(), Failure> {
    fs::create_dir_all(output)
        .map_err(|error| system("mkdir", output, &error, words).hint(words.hint_grade_output()))
}

fn journal_name(shard: Shard) -> String {
    if shard == Shard::WHOLE {
        return "journal.jsonl".to_owned();
    }
    format!("journal-{}-of-{}.jsonl", shard.index + 1, shard.count)
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

/// A number that is the same on every machine of a class, and that students do not know.
fn seed_of(digest: &str) -> u64 {
    digest.get(..8).and_then(|digits| u64::from_str_radix(digits, 16).ok()).unwrap_or(1)
}

/// How many tasks are done at once unless it is said: a trial waits for most of its time.
fn workers() -> usize {
    (thread::available_parallelism().map_or(1, usize::from) * TASKS_PER_PROCESSOR).min(WORKERS_MAX)
}
