//! `socklab check`: whether a program does what an exercise asks.

mod engine;
mod manifest;
mod output;
mod programs;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use lab::check::judgement::undeclared;
use lab::check::manifest::{FILE_NAME, HINT_LEVEL_MAX, Manifest, combine, init};
use lab::check::{Judgement, Progress, Verdict, requirements};
use lab::exercise::Exercise;
use lab::experiments::Language;

pub(crate) use self::engine::Engine;
pub(crate) use self::manifest::failure as manifest_failure;
pub(crate) use self::output::write_whole;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::lang::Lang;
use crate::terminal;
use crate::value;
use crate::views::check::{Style, View, assumed};
use crate::words::Words;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[arg(value_parser = value::exercise)]
    exercise: Exercise,
    #[arg(long)]
    manifest: Option<PathBuf>,
    #[arg(long)]
    strict: bool,
    #[arg(long, default_value = "1", value_parser = value::whole(0, u32::MAX))]
    seed: u32,
    #[arg(long)]
    only: Vec<String>,
    #[arg(long, default_value = "1", value_parser = value::whole(0, u32::from(HINT_LEVEL_MAX)))]
    hints: u32,
    #[arg(long, default_value = "human")]
    format: Format,
    #[arg(long, short)]
    output: Option<PathBuf>,
    #[arg(long, conflicts_with_all = ["manifest", "format", "server", "client", "command"])]
    init: bool,
    #[arg(long, conflicts_with = "command")]
    server: Option<String>,
    #[arg(long, conflicts_with = "command")]
    client: Option<String>,
    #[arg(last = true)]
    command: Vec<OsString>,
}

/// How the result is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    // For people.
    Human,
    // One document.
    Json,
    // XML, for continuous integration.
    Junit,
    // Gradescope's results.json.
    Gradescope,
}

/// What is to be checked, as it is meant.
pub(crate) struct Plan {
    /// The exercise.
    pub(crate) exercise: Exercise,
    /// What is known of the programs, their command lines included.
    pub(crate) manifest: Manifest,
    /// The directory that they are in.
    pub(crate) directory: PathBuf,
    /// What unpredictable contents are made of.
    pub(crate) seed: u64,
    /// The requirements that are put, by their names, with those that they need; empty is all of them.
    pub(crate) only: Vec<String>,
}

/// Checks the program, and ends as the verdict says.
///
/// # Errors
///
/// A failure of usage: the command line, a manifest, a file. One of judging: what the checker could not do.
pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, Failure> {
    if args.init {
        return write_manifest(args, context);
    }
    let plan = plan(args, context)?;
    let source = programs::source(&plan);
    let hints = u8::try_from(args.hints).unwrap_or(HINT_LEVEL_MAX);
    let view = |judgement: &Judgement, write: &dyn Fn(&View<'_>) -> Result<(), Failure>| {
        write(&View::new(judgement, &plan.manifest.grade, hints, source, &context.words))
    };
    let is_watched = is_watched(args, context);
    let (mut found, mut so_far) = (Vec::new(), Vec::new());
    let judged = engine::judge(&plan, &mut |progress| {
        match progress {
            Progress::Assumed(it) => found.push((*it).clone()),
            Progress::Ended(report) => so_far.push((*report).clone()),
            Progress::Began(_) | Progress::Again(_) => return,
        }
        let partial = engine::partial(&plan, &found, &so_far);
        if is_watched {
            let _ = view(&partial, &|view| {
                tell(progress, view, context);
                Ok(())
            });
        }
        // A grader that is killed at its time limit leaves what was judged until then.
        if let Some(path) = &args.output {
            let _ = view(&partial, &|view| write_whole(path, &text(view, args.format), &context.words));
        }
    });
    let judgement =
        judged.map_err(|cause| Failure::new(Exit::NotJudged, context.words.check_not_judged(cause)))?;
    let fields = undeclared(&judgement.checks);
    if !fields.is_empty() {
        return Err(needs_declaration(plan.exercise, &fields, &context.words));
    }
    view(&judgement, &|view| show(view, args, context))?;
    Ok(exit(judgement.verdict))
}

fn exit(verdict: Verdict) -> Exit {
    match verdict {
        Verdict::Pass => Exit::Done,
        Verdict::Fail => Exit::NotMet,
        Verdict::Error => Exit::NotJudged,
        Verdict::Unstable => Exit::Unstable,
    }
}

/// Whether somebody sees how far it is: a person at a terminal, who wants to read what came of it there.
fn is_watched(args: &Args, context: &Context) -> bool {
    let is_for_people = args.format == Format::Human && !context.json && !context.quiet;
    is_for_people && terminal::size().is_some() && terminal::stderr_size().is_some()
}

/// Says what is known since a moment ago.
fn tell(progress: &Progress<'_>, view: &View<'_>, context: &Context) {
    match progress {
        Progress::Assumed(it) => terminal::tell(&assumed(&context.words, it)),
        Progress::Ended(report) => terminal::tell(&view.line(report, context.color)),
        Progress::Began(_) | Progress::Again(_) => {}
    }
}

/// Reads what was typed and what the manifests say.
fn plan(args: &Args, context: &Context) -> Result<Plan, Failure> {
    let words = &context.words;
    are_requirements(&args.only, args.exercise, words)?;
    let student = manifest::read_if_there(Path::new(FILE_NAME), words)?;
    let teacher = args.manifest.as_deref().map(|path| manifest::read(path, words)).transpose()?;
    let combined = combine(student.as_ref(), teacher.as_ref());
    if !context.quiet {
        combined.notices.iter().for_each(|notice| terminal::tell(&manifest::notice(*notice, words)));
    }
    let mut manifest = combined.manifest;
    manifest.grade.strict |= args.strict;
    let typed = programs::Typed {
        server: args.server.as_deref(),
        client: args.client.as_deref(),
        command: &args.command,
    };
    programs::add(&mut manifest, args.exercise, &typed, words)?;
    let directory = std::env::current_dir()
        .map_err(|error| Failure::system(words, Exit::Usage, "getcwd", ".", &error))?;
    let only = args.only.clone();
    Ok(Plan { exercise: args.exercise, manifest, directory, seed: args.seed.into(), only })
}

/// Sees that each is the name of something that the exercise asks.
fn are_requirements(names: &[String], exercise: Exercise, words: &Words) -> Result<(), Failure> {
    let Some(unknown) = names.iter().find(|name| requirements::find(exercise, name).is_none()) else {
        return Ok(());
    };
    let all: Vec<_> = requirements::of(exercise).iter().map(|requirement| requirement.id).collect();
    Err(Failure::new(Exit::Usage, words.check_no_requirement(exercise.to_string(), unknown))
        .hint(words.hint_possible_values(all.join(", "))))
}

/// Writes a manifest to be filled in, over no other one.
fn write_manifest(args: &Args, context: &Context) -> Result<Exit, Failure> {
    let words = &context.words;
    let language = match words.lang() {
        Lang::English => Language::English,
        Lang::Spanish => Language::Spanish,
    };
    let text = init(args.exercise, language == Language::Spanish);
    let path = args.output.as_deref().unwrap_or(Path::new(FILE_NAME));
    if path == Path::new(output::STDOUT) {
        terminal::print(words, &text)?;
        return Ok(Exit::Done);
    }
    output::write_new(path, &text, words)?;
    if !context.quiet {
        terminal::tell(&words.check_written(path.display()));
    }
    Ok(Exit::Done)
}

/// Shows what came of it, where it was asked for.
fn show(view: &View<'_>, args: &Args, context: &Context) -> Result<(), Failure> {
    let words = &context.words;
    if let Some(path) = args.output.as_deref().filter(|path| *path != Path::new(output::STDOUT)) {
        return write_whole(path, &text(view, args.format), words);
    }
    if args.format == Format::Human && !context.json {
        let width = terminal::size().map(|size| size.columns.into());
        let style = Style { width, color: context.color, is_seen: is_watched(args, context) };
        return terminal::print_lines(words, &view.lines(style));
    }
    let format = if context.json { Format::Json } else { args.format };
    terminal::print(words, &text(view, format))
}

/// The whole of a form.
fn text(view: &View<'_>, format: Format) -> String {
    match format {
        Format::Human => {
            let lines = view.lines(Style { width: None, color: false, is_seen: false });
            lines.join("\n") + "\n"
        }
        Format::Json => serde_json::to_string(&view.document()).unwrap_or_default() + "\n",
        Format::Junit => view.junit(),
        Format::Gradescope => view.gradescope(),
    }
}

/// The practical leaves something free that was neither said nor found: nobody can be failed for that.
fn needs_declaration(exercise: Exercise, fields: &[&str], words: &Words) -> Failure {
    let command = format!("socklab check {exercise} --init");
    Failure::new(Exit::Usage, words.check_undeclared(exercise.to_string(), fields.join(", ")))
        .hint(words.hint_check_undeclared(command))
}
