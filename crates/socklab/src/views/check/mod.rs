//! What came of a check: for people, and in the forms that other programs read, all of them from the same reports.

mod bytes;
mod document;
mod gradescope;
mod human;
mod junit;
mod prose;
#[cfg(test)]
pub(crate) mod samples;
mod step;
#[cfg(test)]
mod tests;
mod told;
pub(crate) mod xml;

use lab::check::judgement::{is_hidden, score_of};
use lab::check::manifest::{Grade, SourceLanguage};
use lab::check::texts::Texts;
use lab::check::{CheckReport, Judgement, State, Verdict};
use lab::experiments::Language;

pub(crate) use self::document::Document;
pub(crate) use self::human::Style;
pub(crate) use self::prose::plain;
pub(crate) use self::told::assumed;
use crate::lang::Lang;
use crate::words::Words;

/// How much hints give away: the name of a requirement, what was seen, what there is to know, the probable cause.
const SEEN: u8 = 1;
const KNOWLEDGE: u8 = 2;
const CAUSE: u8 = 3;

/// A judgement, with all that is needed to tell it.
pub(crate) struct View<'a> {
    judgement: &'a Judgement,
    grade: &'a Grade,
    /// How much hints give away, from 0 to 3.
    hints: u8,
    /// What the program is written in, if that is known.
    source: Option<SourceLanguage>,
    requirements: Texts,
    causes: Texts,
    words: &'a Words,
}

impl<'a> View<'a> {
    /// Makes the view of a judgement. `hints` is bounded by what the teacher lets be given away.
    pub(crate) fn new(
        judgement: &'a Judgement,
        grade: &'a Grade,
        hints: u8,
        source: Option<SourceLanguage>,
        words: &'a Words,
    ) -> Self {
        let language = match words.lang() {
            Lang::English => Language::English,
            Lang::Spanish => Language::Spanish,
        };
        Self {
            judgement,
            grade,
            hints: hints.min(grade.hint_level_max),
            source,
            requirements: Texts::of_requirements(judgement.exercise, language),
            causes: Texts::of_signatures(language),
            words,
        }
    }

    /// The lines for people.
    pub(crate) fn lines(&self, style: Style) -> Vec<String> {
        human::lines(self, style)
    }

    /// The line that says of a requirement what came of it.
    pub(crate) fn line(&self, report: &CheckReport, color: bool) -> String {
        human::head(self, report, color)
    }

    /// The document of JSON.
    pub(crate) fn document(&self) -> Document<'_> {
        document::document(self)
    }

    /// The document of `JUnit` XML.
    pub(crate) fn junit(&self) -> String {
        junit::document(self)
    }

    /// Gradescope's `results.json`.
    pub(crate) fn gradescope(&self) -> String {
        gradescope::document(self)
    }

    /// What a requirement is called, for people.
    fn title(&self, report: &CheckReport) -> String {
        self.requirements.title(&report.id).map_or_else(|| report.id.clone(), plain)
    }

    /// What was earned with it, and of how much.
    fn points(&self, report: &CheckReport) -> (f64, f64) {
        let score = score_of(report, &self.judgement.checks, self.grade);
        (score.earned.number(), score.of.number())
    }

    fn is_hidden(&self, report: &CheckReport) -> bool {
        is_hidden(report, self.grade)
    }

    /// The one line that says what came of all.
    fn verdict(&self) -> String {
        let (judgement, words) = (self.judgement, self.words);
        let passed = judgement.checks.iter().filter(|report| report.state == State::Pass).count();
        let (exercise, of) = (judgement.exercise.to_string(), judgement.checks.len());
        match judgement.verdict {
            Verdict::Pass => words.check_verdict_pass(exercise, passed, of),
            Verdict::Fail => words.check_verdict_fail(exercise, passed, of),
            Verdict::Error => words.check_verdict_error(exercise, passed, of),
            Verdict::Unstable => words.check_verdict_unstable(exercise, passed, of),
        }
    }
}

/// The word for a state.
pub(crate) fn state(words: &Words, state: State) -> String {
    match state {
        State::Pass => words.check_state_pass(),
        State::Fail => words.check_state_fail(),
        State::Warn => words.check_state_warn(),
        State::Skip => words.check_state_skip(),
        State::Error => words.check_state_error(),
        State::Unstable => words.check_state_unstable(),
    }
}

/// Says whether a state is one to be explained.
fn is_failure(state: State) -> bool {
    matches!(state, State::Fail | State::Warn | State::Unstable)
}
