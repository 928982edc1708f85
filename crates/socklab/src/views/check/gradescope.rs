//! What came of a check as Gradescope's `results.json`, by its rules (gradescope-autograders.readthedocs.io, "Autograder
//! Specifications"): a test for each requirement, with its points, and with a visibility where students are not to see it yet.

use lab::check::{CheckReport, State};
use serde::Serialize;
use serde_json::{Value, json};

use super::human::explained;
use super::{View, document, is_failure, state, told};

/// Columns of the text of a failure.
const WIDTH: usize = 100;

/// How many bytes of evidence go with a test: all tests of a course are kept for ever.
const EXTRA_BYTES_MAX: usize = 65_536;

#[derive(Serialize)]
struct Results {
    execution_time: f64,
    visibility: &'static str,
    stdout_visibility: &'static str,
    output: String,
    output_format: &'static str,
    tests: Vec<Test>,
    extra_data: Value,
}

#[derive(Serialize)]
struct Test {
    name: String,
    number: String,
    score: f64,
    max_score: f64,
    status: &'static str,
    output: String,
    output_format: &'static str,
    tags: Vec<String>,
    visibility: &'static str,
    extra_data: Value,
}

/// Writes the document.
pub(super) fn document(view: &View<'_>) -> String {
    let judgement = view.judgement;
    let seconds: f64 = judgement.checks.iter().map(|report| report.took.as_secs_f64()).sum();
    let results = Results {
        execution_time: (seconds * 1000.0).round() / 1000.0,
        visibility: "visible",
        stdout_visibility: "hidden",
        output: view.verdict(),
        output_format: "text",
        tests: judgement.checks.iter().zip(1..).map(|(report, number)| test(view, report, number)).collect(),
        extra_data: json!({
            "seed": judgement.seed,
            "strict": judgement.strict,
            "kernel": judgement.kernel,
            "isolation": judgement.isolation,
            "verdict": judgement.verdict,
        }),
    };
    serde_json::to_string_pretty(&results).unwrap_or_default() + "\n"
}

fn test(view: &View<'_>, report: &CheckReport, number: usize) -> Test {
    let (score, max_score) = view.points(report);
    let shown = document::told(view, report);
    Test {
        name: view.title(report),
        number: format!("{}-{number}", report.exercise),
        score,
        max_score,
        status: if report.state == State::Pass { "passed" } else { "failed" },
        output: output(view, &shown),
        output_format: "md",
        tags: vec![report.id.clone()],
        visibility: if view.is_hidden(report) { "after_due_date" } else { "visible" },
        extra_data: extra(&shown),
    }
}

/// What students read. It is Markdown, so what programs wrote stands in a block of code that nothing in it can end.
fn output(view: &View<'_>, report: &CheckReport) -> String {
    let said = state(view.words, report.state);
    if let Some(why) = &report.why {
        return format!("{said}: {}", told::why(view.words, why).replace(['`', '<', '&'], "'"));
    }
    if !is_failure(report.state) {
        return said;
    }
    let lines = explained(view, report, WIDTH);
    // Four blanks make a line code, whatever is in it.
    let lines: Vec<String> = lines.iter().map(|line| format!("    {line}").trim_end().to_owned()).collect();
    format!("{said}\n\n{}\n", lines.join("\n"))
}

fn extra(report: &CheckReport) -> Value {
    let all = serde_json::to_value(report).unwrap_or_default();
    if all.to_string().len() <= EXTRA_BYTES_MAX {
        return all;
    }
    json!({ "exercise": report.exercise, "id": report.id, "state": report.state, "signature": report.signature, "cut": true })
}
