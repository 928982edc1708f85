//! What came of a class: lines while it goes on, a table for spreadsheets, a page for a browser, and events.

mod csv;
mod html;

use lab::check::Verdict;
use lab::exercise::Exercise;
use lab::grade::{Journal, Outcome, Progress, Record, Summary};
use serde::Serialize;

pub(crate) use self::csv::csv;
pub(crate) use self::html::html;
use crate::context::Context;
use crate::failure::Failure;
use crate::json;
use crate::terminal;
use crate::views::printable::printable;
use crate::words::Words;

/// An event of `socklab grade`.
#[derive(Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub(crate) enum Event<'a> {
    /// What is to be done here.
    GradeBegun {
        /// How many tasks there are.
        tasks: usize,
        /// How many were done before.
        done: usize,
    },
    /// A task was done.
    Graded {
        #[serde(flatten)]
        record: &'a Record,
    },
    /// What came of all.
    Summary { submissions: usize, tasks: usize, done: usize, groups: usize },
}

/// What is the same whenever and however often a class is graded.
#[derive(Serialize)]
struct Result<'a> {
    submission: &'a str,
    exercise: Exercise,
    #[serde(flatten)]
    outcome: &'a Outcome,
    points: f64,
    late: bool,
    fingerprint: &'a str,
}

/// The results, a line for each task, in the order of the submissions and exercises: the same bytes for the same results.
pub(crate) fn jsonl(journal: &Journal) -> String {
    let line = |record: &Record| {
        let result = Result {
            submission: &record.task.submission,
            exercise: record.task.exercise,
            outcome: &record.outcome,
            points: record.points.number(),
            late: record.late,
            fingerprint: &record.fingerprint,
        };
        serde_json::to_string(&result).unwrap_or_default() + "\n"
    };
    journal.records.values().map(line).collect()
}

/// A line that says how far it is.
pub(crate) fn progress(progress: &Progress<'_>, words: &Words) -> String {
    match progress {
        Progress::Begun { tasks, done } => words.grade_begun(tasks, done),
        Progress::Done { record, done, tasks } => {
            let said = match record.outcome {
                Outcome::Judged { .. } => {
                    words.grade_result(outcome(&record.outcome, words), record.points.to_string())
                }
                _ => outcome(&record.outcome, words),
            };
            words.grade_done(done, tasks, &record.task.submission, record.task.exercise.to_string(), said)
        }
    }
}

/// What came of a task, in a few words.
fn outcome(outcome: &Outcome, words: &Words) -> String {
    match outcome {
        Outcome::Judged { verdict: Verdict::Pass, .. } => words.grade_pass(),
        Outcome::Judged { verdict: Verdict::Fail, .. } => words.grade_fail(),
        Outcome::Judged { verdict: Verdict::Error, .. } => words.grade_error(),
        Outcome::Judged { verdict: Verdict::Unstable, .. } => words.grade_unstable(),
        Outcome::Absent => words.grade_absent(),
        Outcome::Ambiguous { files } => words.grade_ambiguous(printable(&files.join(", "))),
        Outcome::Language { file } => words.grade_language(printable(file)),
        Outcome::Manifest { mistake } => words.grade_manifest(printable(mistake)),
        Outcome::Unreadable { cause } => words.grade_unreadable(printable(cause)),
        Outcome::Broken { cause } => words.grade_broken(printable(cause)),
    }
}

/// Writes how far it is, as an event.
///
/// # Errors
///
/// Those of [`terminal::print`].
pub(crate) fn write_progress(progress: &Progress<'_>, context: &Context) -> std::result::Result<(), Failure> {
    write(
        &match progress {
            Progress::Begun { tasks, done } => Event::GradeBegun { tasks: *tasks, done: *done },
            Progress::Done { record, .. } => Event::Graded { record },
        },
        context,
    )
}

/// Writes the last event.
///
/// # Errors
///
/// Those of [`terminal::print`].
pub(crate) fn write_summary(summary: &Summary, context: &Context) -> std::result::Result<(), Failure> {
    let Summary { rows, tasks, done, groups, .. } = summary;
    write(
        &Event::Summary { submissions: rows.len(), tasks: *tasks, done: *done, groups: groups.len() },
        context,
    )
}

fn write(event: &Event<'_>, context: &Context) -> std::result::Result<(), Failure> {
    let line = json::line(context.started.elapsed(), event);
    terminal::print(&context.words, &format!("{line}\n"))
}
