//! The answer: what was so, what was not, what shows it, and what was predicted.

use std::collections::HashMap;

use lab::exercise::Exercise;
use lab::experiments::{Claim, Evidence, Run, State, Unseen};
use lab::text::{Document, Part, Piece, Span};
use unicode_width::UnicodeWidthStr;

use super::event::Event;
use super::prose::{Paper, in_words};
use super::tell::{event_line, more, plain};
use crate::context::Context;
use crate::errno;
use crate::failure::Failure;
use crate::terminal;
use crate::views::trace::{NAME, PLAIN, Text};
use crate::words::Words;

/// How many lines are named as evidence; of more, the first.
const EVIDENCE_SHOWN_MAX: usize = 8;

/// Where lines are, and when what they show was.
type Places = HashMap<Evidence, (Option<usize>, String)>;

/// What came of an experiment.
pub(crate) struct Outcome<'d> {
    exercise: Exercise,
    title: &'d [Span],
    holds: usize,
    differs: usize,
    unknown: usize,
    predicted: Option<String>,
    came_true: Option<&'static str>,
}

impl<'d> Outcome<'d> {
    /// Counts the claims.
    pub(crate) fn of(document: &'d Document, run: &Run, predicted: Option<String>) -> Self {
        let count = |state| run.claims.iter().filter(|claim| claim.state() == state).count();
        Self {
            exercise: run.exercise,
            title: &document.title,
            holds: count(State::Holds),
            differs: count(State::Differs),
            unknown: count(State::Unknown),
            predicted,
            came_true: run.outcome,
        }
    }

    fn is_right(&self) -> Option<bool> {
        Some(self.predicted.as_deref()? == self.came_true?)
    }
}

/// The answer as lines.
pub(super) fn lines(
    document: &Document,
    run: &Run,
    outcome: &Outcome<'_>,
    places: &Places,
    paper: Paper<'_>,
) -> Vec<String> {
    let mut lines = paper.heading(&paper.words.lab_answer());
    for piece in &document.answer {
        lines.extend(said(piece, run, document, places, paper));
    }
    for claim in run.claims.iter().filter(|claim| claim.state() == State::Unknown) {
        if document.of(claim).next().is_none() {
            lines.push(String::new());
            lines.extend(unknown(claim, document, paper));
        }
    }
    lines.extend(prediction(document, outcome, paper));
    lines.extend(more(document, paper));
    lines
}

/// A piece of the answer: what is always said, or what is said of a claim in the state that it has.
fn said(piece: &Piece, run: &Run, document: &Document, places: &Places, paper: Paper<'_>) -> Vec<String> {
    let Some((id, state)) = &piece.claim else {
        return [String::new()].into_iter().chain(paper.part(&piece.part, &[])).collect();
    };
    let Some(claim) = run.claims.iter().find(|claim| claim.id() == id && claim.state() == *state) else {
        return Vec::new();
    };
    let mark = mark(*state);
    let mut lines = vec![String::new()];
    lines.extend(paper.folded(mark, &piece.part.spans, claim.values()));
    let is_last = |part: &Part| document.of(claim).last().is_some_and(|last| last == part);
    if is_last(&piece.part) {
        lines.extend(evidence(claim, places, paper));
    }
    lines
}

fn mark(state: State) -> &'static str {
    match state {
        State::Holds => "✓ ",
        State::Differs => "≠ ",
        State::Unknown => "? ",
    }
}

/// What shows a claim: lines above, with their times.
fn evidence(claim: &Claim, places: &Places, paper: Paper<'_>) -> Vec<String> {
    let words = paper.words;
    if let Some(unseen) = claim.unseen() {
        return paper.quiet(2, &because(unseen, words));
    }
    let all = claim.evidence();
    let shown = all.iter().take(EVIDENCE_SHOWN_MAX).filter_map(|evidence| places.get(evidence));
    let shown: Vec<_> = shown
        .map(|(line, time)| match line {
            Some(line) => words.lab_line(line, time),
            None => words.lab_time(time),
        })
        .collect();
    let rest = all.len().saturating_sub(EVIDENCE_SHOWN_MAX);
    let rest = (rest > 0).then(|| format!("+{rest}"));
    let all: Vec<_> = shown.into_iter().chain(rest).collect();
    paper.quiet(2, &words.lab_evidence(all.join(", ")))
}

/// Says of a claim that it is not known, by what it would say.
fn unknown(claim: &Claim, document: &Document, paper: Paper<'_>) -> Vec<String> {
    let is_its = |piece: &&Piece| {
        piece.claim.as_ref().is_some_and(|(id, state)| id == claim.id() && *state == State::Holds)
    };
    let would = document.answer.iter().find(is_its).map(|piece| piece.part.spans.as_slice());
    let mut lines = paper.folded(mark(State::Unknown), &without_values(would.unwrap_or_default()), &[]);
    lines.extend(
        claim.unseen().map(|unseen| paper.quiet(2, &because(unseen, paper.words))).unwrap_or_default(),
    );
    lines
}

/// The same words with an ellipsis for what was not measured.
fn without_values(spans: &[Span]) -> Vec<Span> {
    let unmeasured = |span: &Span| match span {
        Span::Value(_) => Span::Text("…".to_owned()),
        other => other.clone(),
    };
    spans.iter().map(unmeasured).collect()
}

pub(crate) fn because(unseen: &Unseen, words: &Words) -> String {
    match unseen {
        Unseen::Packets => words.lab_unseen_packets(),
        Unseen::PrivateNetwork => words.lab_unseen_network(),
        Unseen::Setting { name, errno } => {
            words.lab_setting_refused(name, errno::explain_number(words, *errno))
        }
        Unseen::NotReached => words.lab_unseen_not_reached(),
    }
}

/// What was predicted, and what came true.
fn prediction(document: &Document, outcome: &Outcome<'_>, paper: Paper<'_>) -> Vec<String> {
    let words = paper.words;
    let Some(prediction) = &document.prediction else { return Vec::new() };
    let text = |id: &str| {
        prediction.options.iter().find(|option| option.id == id).map(|option| plain(&option.spans))
    };
    let told = |said: String| {
        let mut lines = vec![String::new()];
        lines.extend(paper.folded("→ ", &[Span::Text(said)], &[]));
        lines
    };
    let came = outcome.came_true.and_then(text);
    match (outcome.predicted.as_deref().and_then(text), came) {
        (Some(predicted), Some(_)) if outcome.is_right() == Some(true) => told(words.lab_right(predicted)),
        (Some(predicted), Some(came)) => told(words.lab_wrong(predicted, came)),
        (Some(predicted), None) => told(words.lab_no_outcome(predicted)),
        (None, Some(came)) => told(words.lab_came_true(came)),
        (None, None) => Vec::new(),
    }
}

/// The answer as events.
pub(super) fn events(
    document: &Document,
    run: &Run,
    outcome: &Outcome<'_>,
    context: &Context,
) -> Vec<String> {
    let scenes: Vec<_> = run.scenes.iter().map(|recorded| recorded.scene.id).collect();
    let of_claim = |claim| {
        let text = text_of(document, claim, &context.words);
        event_line(&Event::claim(run.exercise, claim, &scenes, text), context)
    };
    let mut lines: Vec<_> = run.claims.iter().map(of_claim).collect();
    let Outcome { holds, differs, unknown, came_true, predicted, .. } = outcome;
    let answer = Event::Answer {
        exercise: run.exercise,
        holds: *holds,
        differs: *differs,
        unknown: *unknown,
        predicted: predicted.as_deref(),
        outcome: *came_true,
    };
    lines.push(event_line(&answer, context));
    lines
}

/// What is said of a claim, in one line.
fn text_of(document: &Document, claim: &Claim, words: &Words) -> String {
    let value = |span: &Span| match span {
        Span::Value(name) => {
            let value = claim.values().iter().find(|(its, _)| its == name);
            value.map_or_else(|| "—".to_owned(), |(_, value)| in_words(value, words))
        }
        other => plain(std::slice::from_ref(other)),
    };
    let parts = document.of(claim).map(|part| part.spans.iter().map(value).collect::<String>());
    parts.collect::<Vec<_>>().join(" ")
}

/// What came of several experiments, one in each line.
///
/// # Errors
///
/// A failure to write to standard output; none to say when the reader has gone.
pub(crate) fn table(outcomes: &[Outcome<'_>], context: &Context) -> Result<(), Failure> {
    if context.json || context.quiet {
        return Ok(());
    }
    let words = &context.words;
    let paper = Paper::of(context);
    let titles: Vec<_> = outcomes.iter().map(|outcome| plain(outcome.title)).collect();
    let wide = titles.iter().map(|title| title.width()).max().unwrap_or_default();
    let mut lines = paper.heading(&words.lab_all());
    for (outcome, title) in outcomes.iter().zip(titles) {
        let number = format!("{:<7}", outcome.exercise.number());
        let mut line = Text::default().with(NAME, number);
        let from = line.width();
        line.push(PLAIN, &title);
        line.pad_to(from + wide + 2);
        let said = words.lab_counts(outcome.holds, outcome.differs, outcome.unknown);
        line.push(PLAIN, said);
        let predicted = outcome
            .is_right()
            .map(|is_right| if is_right { words.lab_row_right() } else { words.lab_row_wrong() });
        line.push(PLAIN, predicted.map(|said| format!("  {said}")).unwrap_or_default());
        lines.push(paper.line(&line));
    }
    terminal::print_lines(words, &lines)
}
