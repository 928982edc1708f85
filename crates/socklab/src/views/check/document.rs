//! What came of a check as JSON: the reports as they are, with what people are told of them.

use lab::check::{Assumed, CheckReport, Evidence, Isolation, Program, State, Verdict};
use lab::exercise::Exercise;
use serde::Serialize;

use super::{CAUSE, SEEN, View, human};

/// The version of the form; `docs/check.md` has its fields.
const SCHEMA: u32 = 1;

/// What came of a check.
#[derive(Debug, Serialize)]
pub(crate) struct Document<'a> {
    schema: u32,
    exercise: Exercise,
    verdict: Verdict,
    strict: bool,
    seed: u64,
    isolation: Option<Isolation>,
    kernel: &'a str,
    programs: &'a [Program],
    /// What nobody said, and trials have shown.
    assumed: &'a [Assumed],
    points: f64,
    max_points: f64,
    checks: Vec<CheckDocument>,
}

/// What came of one requirement.
#[derive(Debug, Serialize)]
pub(crate) struct CheckDocument {
    #[serde(flatten)]
    report: CheckReport,
    title: String,
    points: f64,
    max_points: f64,
    /// What there is to know and the probable cause, as far as hints go.
    hint: Vec<String>,
}

/// Makes the document of a judgement.
pub(super) fn document<'a>(view: &View<'a>) -> Document<'a> {
    let judgement = view.judgement;
    let score = lab::check::judgement::score(&judgement.checks, view.grade);
    Document {
        schema: SCHEMA,
        exercise: judgement.exercise,
        verdict: judgement.verdict,
        strict: judgement.strict,
        seed: judgement.seed,
        isolation: judgement.isolation,
        kernel: &judgement.kernel,
        programs: &judgement.programs,
        assumed: &judgement.assumed,
        points: score.earned.number(),
        max_points: score.of.number(),
        checks: judgement.checks.iter().map(|report| check(view, report)).collect(),
    }
}

/// Makes that of one requirement.
pub(super) fn check(view: &View<'_>, report: &CheckReport) -> CheckDocument {
    let (points, max_points) = view.points(report);
    let hint =
        if super::is_failure(report.state) { human::hints(view, report, usize::MAX) } else { Vec::new() };
    CheckDocument { report: told(view, report), title: view.title(report), points, max_points, hint }
}

/// A report without what hints may not give away.
pub(super) fn told(view: &View<'_>, report: &CheckReport) -> CheckReport {
    let mut told = report.clone();
    if view.hints < CAUSE {
        told.signature = None;
    }
    if view.hints < SEEN && told.state != State::Pass {
        told.expected = None;
        told.observed = None;
        told.steps = Vec::new();
        told.evidence = Evidence::default();
    }
    told.other = told.other.map(|other| Box::new(self::told(view, &other)));
    told
}
