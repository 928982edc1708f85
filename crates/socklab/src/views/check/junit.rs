//! What came of a check as `JUnit` XML, in the form that Jenkins' `junit-10.xsd` describes, with nothing that other readers lack.
//!
//! A requirement is a test case. What fails without deciding is a case that passes, and says so on its output; severities are
//! properties of the suite, since a case has none there.

use lab::check::{CheckReport, Severity, State};

use super::human::explained;
use super::xml::Element;
use super::{View, document, told};

/// Columns of the text of a failure.
const WIDTH: usize = 100;

/// Writes the document.
pub(super) fn document(view: &View<'_>) -> String {
    let judgement = view.judgement;
    let count =
        |states: &[State]| judgement.checks.iter().filter(|report| states.contains(&report.state)).count();
    let (tests, failures) = (judgement.checks.len(), count(&[State::Fail, State::Unstable]));
    let (errors, skipped) = (count(&[State::Error]), count(&[State::Skip]));
    let seconds: f64 = judgement.checks.iter().map(|report| report.took.as_secs_f64()).sum();
    let suite = Element::new("testsuite")
        .with("name", judgement.exercise)
        .with("tests", tests)
        .with("failures", failures)
        .with("errors", errors)
        .with("skipped", skipped)
        .with("time", time(seconds))
        .element(&properties(view))
        .elements(judgement.checks.iter().map(|report| case(view, report)));
    Element::new("testsuites")
        .with("name", "socklab check")
        .with("time", time(seconds))
        .with("tests", tests)
        .with("failures", failures)
        .with("errors", errors)
        .element(&suite)
        .document()
}

fn properties(view: &View<'_>) -> Element {
    let judgement = view.judgement;
    let property =
        |name: String, value: String| Element::new("property").with("name", name).with("value", value);
    let of_run = [
        ("seed", judgement.seed.to_string()),
        ("strict", judgement.strict.to_string()),
        ("kernel", judgement.kernel.clone()),
        ("verdict", name(&judgement.verdict)),
        ("isolation", judgement.isolation.as_ref().map_or_else(|| "none".to_owned(), name)),
    ];
    let of_run = of_run.into_iter().map(|(key, value)| property(key.to_owned(), value));
    let severity = |report: &CheckReport| property(format!("severity.{}", report.id), name(&report.severity));
    Element::new("properties").elements(of_run.chain(judgement.checks.iter().map(severity)))
}

fn case(view: &View<'_>, report: &CheckReport) -> Element {
    let case = Element::new("testcase")
        .with("name", format!("{}: {}", report.id, view.title(report)))
        .with("classname", format!("socklab.{}", report.exercise))
        .with("time", time(report.took.as_secs_f64()));
    let text = || explained(view, &document::told(view, report), WIDTH).join("\n");
    let why = report.why.as_ref().map(|why| told::why(view.words, why)).unwrap_or_default();
    match report.state {
        State::Pass => case,
        State::Warn => case.element(&Element::new("system-out").text(&text())),
        State::Fail | State::Unstable => {
            let kind =
                if report.state == State::Unstable { "unstable".to_owned() } else { name(&report.severity) };
            let message =
                if matches!(report.severity, Severity::Required) { view.title(report) } else { kind.clone() };
            case.element(&Element::new("failure").with("type", kind).with("message", message).text(&text()))
        }
        State::Error => case.element(&Element::new("error").with("type", "error").with("message", why)),
        State::Skip => case.element(&Element::new("skipped").with("message", why)),
    }
}

fn time(seconds: f64) -> String {
    format!("{seconds:.3}")
}

/// The name that our JSON has for a value.
fn name(value: &impl serde::Serialize) -> String {
    let value = serde_json::to_value(value).unwrap_or_default();
    value.as_str().map(str::to_owned).unwrap_or_default()
}
