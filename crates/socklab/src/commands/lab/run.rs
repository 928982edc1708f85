//! `socklab lab run`: predict, look, compare.

use std::io::{self, BufRead, IsTerminal, Write};
use std::path::PathBuf;
use std::time::Duration;

use lab::experiments::{self, Experiment, Knob, Run, RunError, Settings};
use lab::text::{Document, Prediction};

use super::report::Report;
use super::{documents, find};
use crate::context::Context;
use crate::errno;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::terminal;
use crate::value::{self, Exercises};
use crate::views::lab::{self as view, Live, Outcome};
use crate::words::Words;

/// The longest accept queue that can be asked for, and the largest number of clients of an experiment.
const BACKLOG_MAX: u32 = 65_535;
const CLIENTS_MAX: u32 = 32;
/// The least that IPv4 may have (RFC 791), and the most that the kernel's loopback takes.
const MTU_MIN: u32 = 68;
const MTU_MAX: u32 = 65_536;
/// How long an answer to the prediction may be, in bytes; of a longer line the rest is not looked at.
const CHOICE_BYTES_MAX: u64 = 1024;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[arg(required = true)]
    exercise: Vec<Exercises>,
    #[arg(long)]
    yes: bool,
    #[arg(long)]
    all: bool,
    #[arg(long)]
    predict: Option<String>,
    #[arg(long)]
    report: Option<PathBuf>,
    #[arg(long, value_parser = value::whole(0, BACKLOG_MAX))]
    backlog: Option<u32>,
    #[arg(long, value_parser = value::whole(1, CLIENTS_MAX))]
    clients: Option<u32>,
    #[arg(long, value_parser = value::size)]
    message_size: Option<usize>,
    #[arg(long, value_parser = value::size)]
    buffer: Option<usize>,
    #[arg(long, value_parser = value::time)]
    pause: Option<Duration>,
    #[arg(long, value_parser = value::whole(MTU_MIN, MTU_MAX))]
    mtu: Option<u32>,
    #[arg(long, value_parser = value::sysctl)]
    sysctl: Vec<(String, String)>,
}

/// Runs experiments, one after the other.
///
/// # Errors
///
/// A failure of usage: a flag that an experiment does not have, a setting that the kernel refuses, a file that cannot be written;
/// one of integrity: a scene that could not be recorded. The other experiments are run first.
pub(super) fn run(args: &Args, context: &Context) -> Result<Exit, Failure> {
    let words = &context.words;
    let chosen = documents(args.chosen(words)?.into_iter(), words)?;
    for (experiment, document) in &chosen {
        args.check(experiment, document, chosen.len(), words)?;
    }
    let mut report = args.report.as_deref().map(|path| Report::create(path, words)).transpose()?;
    let settings = args.settings();
    let mut outcomes = Vec::new();
    let mut failed = None;
    for (experiment, document) in &chosen {
        let predicted = args.predicted(document, experiment, context)?;
        match one((experiment, document), (&settings, args.all), predicted.clone(), context) {
            Ok((run, outcome)) => {
                if let Some(report) = &mut report {
                    report.add(document, run, predicted, words)?;
                }
                outcomes.push(outcome);
            }
            // The others may be recorded all the same.
            Err(failure) if failure.exit() == Exit::Integrity && chosen.len() > 1 => {
                failure.tell(context);
                failed = Some(failure);
            }
            Err(failure) => return Err(failure),
        }
    }
    if chosen.len() > 1 {
        view::table(&outcomes, context)?;
    }
    if let Some(report) = report.filter(|_| !context.quiet && !context.json) {
        terminal::tell(&words.report_written(report.page().display()));
    }
    failed.map_or(Ok(Exit::Done), Err)
}

fn one<'d>(
    (experiment, document): (&'static Experiment, &'d Document),
    (settings, all): (&Settings, bool),
    predicted: Option<String>,
    context: &Context,
) -> Result<(Run, Outcome<'d>), Failure> {
    let mut live = Live::new((experiment, document), all, context);
    let run =
        experiments::run(experiment, settings, &mut live).map_err(|error| failure(&error, &context.words));
    // What could not be written comes first: nobody reads the rest.
    live.written()?;
    let run = run?;
    let outcome = Outcome::of(document, &run, predicted);
    live.answer(&run, &outcome)?;
    Ok((run, outcome))
}

impl Args {
    fn chosen(&self, words: &Words) -> Result<Vec<&'static Experiment>, Failure> {
        let mut chosen: Vec<&'static Experiment> = Vec::new();
        for which in &self.exercise {
            let found = match which {
                Exercises::All => experiments::all().iter().collect(),
                Exercises::One(exercise) => vec![find(*exercise, words)?],
            };
            for experiment in found {
                if chosen.iter().all(|it| it.exercise != experiment.exercise) {
                    chosen.push(experiment);
                }
            }
        }
        Ok(chosen)
    }

    /// Refuses what an experiment does not have. Of several, each takes the flags that it has.
    fn check(
        &self,
        experiment: &Experiment,
        document: &Document,
        of: usize,
        words: &Words,
    ) -> Result<(), Failure> {
        if of > 1 {
            return Ok(());
        }
        let given = self.knobs();
        if let Some(knob) = given.iter().find(|knob| !experiment.knobs.contains(knob)) {
            return Err(Failure::new(Exit::Usage, words.lab_no_knob(view::flag(*knob), experiment.exercise))
                .hint(words.hint_see_help(format!("socklab lab show {}", experiment.exercise))));
        }
        let options = document.prediction.iter().flat_map(|prediction| &prediction.options);
        let names: Vec<_> = options.map(|option| option.id.as_str()).collect();
        match &self.predict {
            Some(option) if !names.contains(&option.as_str()) => {
                Err(Failure::new(Exit::Usage, words.lab_no_option(option, experiment.exercise))
                    .hint(words.hint_possible_values(names.join(", "))))
            }
            _ => Ok(()),
        }
    }

    fn knobs(&self) -> Vec<Knob> {
        let given = [
            (self.backlog.is_some(), Knob::Backlog),
            (self.clients.is_some(), Knob::Clients),
            (self.message_size.is_some(), Knob::MessageSize),
            (self.buffer.is_some(), Knob::Buffer),
            (self.pause.is_some(), Knob::Pause),
        ];
        given.into_iter().filter(|(is_given, _)| *is_given).map(|(_, knob)| knob).collect()
    }

    fn settings(&self) -> Settings {
        let bytes = |size: usize| u32::try_from(size).unwrap_or(u32::MAX);
        Settings {
            backlog: self.backlog.and_then(|backlog| i32::try_from(backlog).ok()),
            clients: self.clients,
            message_bytes: self.message_size.map(bytes),
            buffer_bytes: self.buffer.map(bytes),
            pause: self.pause,
            mtu_bytes: self.mtu,
            sysctls: self.sysctl.clone(),
        }
    }

    /// What the reader says will happen: by the flag, or at the terminal.
    fn predicted(
        &self,
        document: &Document,
        experiment: &Experiment,
        context: &Context,
    ) -> Result<Option<String>, Failure> {
        let Some(prediction) = &document.prediction else { return Ok(None) };
        let by_flag = self.predict.clone();
        let is_there = |id: &String| prediction.options.iter().any(|option| option.id == *id);
        if self.predict.is_some() {
            return Ok(by_flag.filter(is_there));
        }
        let is_asked = !self.yes && !context.json && !context.quiet;
        if !is_asked || !io::stdin().is_terminal() || !io::stdout().is_terminal() {
            return Ok(None);
        }
        view::question(experiment, document, context)?;
        ask(prediction, context)
    }
}

/// Asks at the terminal; whoever enters nothing skips the question.
fn ask(prediction: &Prediction, context: &Context) -> Result<Option<String>, Failure> {
    let words = &context.words;
    loop {
        terminal::print(words, &format!("\n{} ", words.lab_ask(prediction.options.len())))?;
        // What cannot be written is seen by the next who writes.
        let _ = io::stdout().flush();
        let mut line = String::new();
        let read = io::Read::take(io::stdin().lock(), CHOICE_BYTES_MAX).read_line(&mut line);
        match read {
            Ok(length) if length > 0 && !line.trim().is_empty() => {}
            _ => return Ok(None),
        }
        let chosen = line.trim().parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        if let Some(option) = chosen.and_then(|index| prediction.options.get(index)) {
            return Ok(Some(option.id.clone()));
        }
    }
}

/// Says why an experiment could not be run.
fn failure(error: &RunError, words: &Words) -> Failure {
    match error {
        RunError::Setting(refused) => {
            let cause = errno::explain_number(words, refused.errno);
            Failure::new(Exit::Usage, words.failure_system("set", &refused.setting, cause))
                .hint(words.hint_sysctl())
        }
        RunError::Stage { scene, cause } => {
            Failure::new(Exit::Integrity, words.lab_not_recorded(scene, view::cause(cause, words)))
                .hint(words.hint_see_help("socklab doctor"))
        }
        RunError::Recording { .. } | RunError::Claim(_) => Failure::internal(words, error),
    }
}
