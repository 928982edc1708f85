//! What there is to know of an experiment before it runs.

use std::io;

use lab::experiments::{Experiment, Knob};
use lab::stage::StageError;
use lab::text::{Document, Part, Span};
use unicode_width::UnicodeWidthStr;

use super::event::{Choice, Event};
use super::prose::Paper;
use crate::context::Context;
use crate::errno;
use crate::failure::Failure;
use crate::json;
use crate::terminal;
use crate::views::trace::{NAME, PLAIN, QUIET, Text};
use crate::words::Words;

/// The widest number of an exercise: `2.5.4`.
const NUMBER_WIDTH: usize = 5;

/// The words of some spans, without styles.
pub(crate) fn plain(spans: &[Span]) -> String {
    let text = |span: &Span| match span {
        Span::Text(text)
        | Span::Strong(text)
        | Span::Emphasis(text)
        | Span::Code(text)
        | Span::Link { text, .. } => text.clone(),
        Span::Value(name) => format!("{{{name}}}"),
    };
    spans.iter().map(text).collect()
}

/// Lists experiments.
///
/// # Errors
///
/// A failure to write to standard output; none to say when the reader has gone.
pub(crate) fn list(all: &[(&'static Experiment, Document)], context: &Context) -> Result<(), Failure> {
    let lines: Vec<_> = if context.json {
        all.iter().map(|(experiment, document)| event_line(&listed(experiment, document), context)).collect()
    } else {
        all.iter().map(|(experiment, document)| line_of(experiment, document, context)).collect()
    };
    terminal::print_lines(&context.words, &lines)
}

fn line_of(experiment: &Experiment, document: &Document, context: &Context) -> String {
    let number = experiment.exercise.number();
    let blank = " ".repeat(NUMBER_WIDTH.saturating_sub(number.width()) + 2);
    let flags: Vec<_> = experiment.knobs.iter().map(|knob| flag(*knob)).collect();
    let text = Text::default().with(NAME, number).with(PLAIN, blank).with(PLAIN, plain(&document.title));
    let text = if flags.is_empty() { text } else { text.with(QUIET, format!("  {}", flags.join(" "))) };
    text.line(terminal::size().map(|size| size.columns.into()), context.color)
}

/// Shows an experiment: what it asks and how it can be varied, but no answer.
///
/// # Errors
///
/// Those of [`list`].
pub(crate) fn show(experiment: &Experiment, document: &Document, context: &Context) -> Result<(), Failure> {
    let words = &context.words;
    if context.json {
        return terminal::print_lines(words, &[event_line(&listed(experiment, document), context)]);
    }
    let paper = Paper::of(context);
    let mut lines = asked(experiment, document, paper);
    lines.extend(paper.heading(&words.lab_scenes()));
    lines.extend(document.scenes.iter().flat_map(|scene| paper.folded("- ", &scene.spans, &[])));
    let flags: Vec<_> = experiment.knobs.iter().map(|knob| flag(*knob)).collect();
    let flags = flags.into_iter().chain(["--mtu", "--sysctl"]).collect::<Vec<_>>().join(" ");
    lines.extend([String::new()]);
    lines.extend(paper.quiet(0, &words.lab_varied_by(flags)));
    lines.extend(more(document, paper));
    terminal::print_lines(words, &lines)
}

/// Shows what an experiment asks, before it runs.
///
/// # Errors
///
/// Those of [`list`].
pub(crate) fn question(
    experiment: &Experiment,
    document: &Document,
    context: &Context,
) -> Result<(), Failure> {
    terminal::print_lines(&context.words, &asked(experiment, document, Paper::of(context)))
}

/// The title, the question, and what may be predicted.
pub(super) fn asked(experiment: &Experiment, document: &Document, paper: Paper<'_>) -> Vec<String> {
    let mut lines = title(experiment, document, paper);
    lines.extend(paragraphs(&document.question, paper));
    if let Some(prediction) = &document.prediction {
        lines.extend(paragraphs(&prediction.before, paper));
        lines.push(String::new());
        for (number, option) in prediction.options.iter().enumerate() {
            lines.extend(paper.folded(&format!("  {}. ", number + 1), &option.spans, &[]));
        }
    }
    lines
}

/// The title alone.
pub(super) fn title(experiment: &Experiment, document: &Document, paper: Paper<'_>) -> Vec<String> {
    paper.heading(&format!("{}  {}", experiment.exercise, plain(&document.title)))
}

/// What to read, and what to type.
pub(super) fn more(document: &Document, paper: Paper<'_>) -> Vec<String> {
    let mut lines = paper.heading(&paper.words.lab_more());
    lines.extend(document.more.iter().flat_map(|part| paper.part(part, &[])));
    lines
}

fn paragraphs(parts: &[Part], paper: Paper<'_>) -> Vec<String> {
    parts.iter().flat_map(|part| [String::new()].into_iter().chain(paper.part(part, &[]))).collect()
}

fn listed<'e>(experiment: &'e Experiment, document: &'e Document) -> Event<'e> {
    let options = document.prediction.iter().flat_map(|prediction| &prediction.options);
    Event::Exercise {
        exercise: experiment.exercise,
        title: plain(&document.title),
        flags: experiment.knobs.iter().map(|knob| flag(*knob)).collect(),
        options: options.map(|it| Choice { id: &it.id, text: plain(&it.spans) }).collect(),
        scenes: document.scenes.iter().map(|scene| scene.id.as_str()).collect(),
    }
}

pub(super) fn event_line(event: &Event<'_>, context: &Context) -> String {
    json::line(context.started.elapsed(), event)
}

/// The flag that varies something.
pub(crate) fn flag(knob: Knob) -> &'static str {
    match knob {
        Knob::Backlog => "--backlog",
        Knob::Clients => "--clients",
        Knob::MessageSize => "--message-size",
        Knob::Buffer => "--buffer",
        Knob::Pause => "--pause",
    }
}

/// Why a stage did not record its scene.
pub(crate) fn cause(error: &StageError, words: &Words) -> String {
    match error {
        StageError::System { operation, errno } => {
            let error = io::Error::from_raw_os_error(*errno);
            words.lab_step(operation, errno::explain(words, &error))
        }
        other => other.to_string(),
    }
}
