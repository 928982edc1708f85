//! `socklab lab`: the exercises of the practical, made to happen and observed.

mod report;
mod run;

use lab::exercise::Exercise;
use lab::experiments::{self, Experiment, Language};
use lab::text::Document;

use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::lang::Lang;
use crate::value;
use crate::views::lab as view;
use crate::words::Words;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    List(List),
    Show(Show),
    Run(Box<run::Args>),
}

#[derive(Debug, clap::Args)]
struct List {}

#[derive(Debug, clap::Args)]
struct Show {
    #[arg(value_parser = value::exercise)]
    exercise: Exercise,
}

/// Lists the experiments, shows one, or runs some.
///
/// # Errors
///
/// A failure of usage: an exercise of which there is no experiment, a flag that it does not have; one of integrity: a scene that
/// could not be recorded.
pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, Failure> {
    match &args.verb {
        Verb::List(List {}) => {
            let all = documents(experiments::all().iter(), &context.words)?;
            view::list(&all, context)?;
            Ok(Exit::Done)
        }
        Verb::Show(Show { exercise }) => {
            let experiment = find(*exercise, &context.words)?;
            view::show(experiment, &document(experiment, &context.words)?, context)?;
            Ok(Exit::Done)
        }
        Verb::Run(args) => run::run(args, context),
    }
}

/// An experiment with its text.
type Told = (&'static Experiment, Document);

fn documents(all: impl Iterator<Item = &'static Experiment>, words: &Words) -> Result<Vec<Told>, Failure> {
    all.map(|experiment| Ok((experiment, document(experiment, words)?))).collect()
}

fn document(experiment: &Experiment, words: &Words) -> Result<Document, Failure> {
    let language = match words.lang() {
        Lang::English => Language::English,
        Lang::Spanish => Language::Spanish,
    };
    experiment.document(language).map_err(|error| Failure::internal(words, error))
}

fn find(exercise: Exercise, words: &Words) -> Result<&'static Experiment, Failure> {
    experiments::of(exercise).ok_or_else(|| {
        Failure::new(Exit::Usage, words.lab_no_experiment(exercise))
            .hint(words.hint_see_help("socklab lab list"))
    })
}
