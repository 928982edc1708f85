//! What came of a check, as lines for people.

use lab::check::manifest::SourceLanguage;
use lab::check::{CheckReport, Output, Role, Severity, SourceLine, State, Told};

use super::bytes::{escaped, shown};
use super::document::told as without_secrets;
use super::prose::lines as lines_of;
use super::step::step;
use super::told::{call, isolation, place, role, told, why};
use super::{CAUSE, KNOWLEDGE, SEEN, View, is_failure, state};
use crate::views::printable::printable;
use crate::views::trace::folded;
use crate::views::trace::{ALARM, NAME, PLAIN, QUIET, Text, WAIT};

/// Columns of a line that nobody has limited.
const WIDTH_USUAL: usize = 100;

/// How many of the last steps, of the last lines of a timeline and of a program's output are shown; JSON has all.
const STEPS_SHOWN: usize = 20;
const TIMELINE_SHOWN: usize = 20;
const OUTPUT_SHOWN: usize = 12;

/// How the lines look.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Style {
    /// The columns there are; `None` if lines may be as long as they are.
    pub(crate) width: Option<usize>,
    /// Whether there are colours.
    pub(crate) color: bool,
    /// Whether the reader has seen a line of each requirement when it was known: then those that are met are not shown again.
    pub(crate) is_seen: bool,
}

/// The lines of a judgement.
pub(super) fn lines(view: &View<'_>, style: Style) -> Vec<String> {
    let checks = view.judgement.checks.iter().filter(|report| !style.is_seen || report.state != State::Pass);
    let checks: Vec<_> = checks.flat_map(|report| check(view, report, style)).collect();
    let kind = match view.judgement.verdict {
        lab::check::Verdict::Pass => NAME,
        _ => ALARM,
    };
    let verdict = Text::default().with(kind, view.verdict()).line(None, style.color);
    let width = style.width.unwrap_or(WIDTH_USUAL);
    let assumed = view.judgement.assumed.iter().map(|it| super::assumed(view.words, it));
    let isolation = view.judgement.isolation.and_then(|it| isolation(view.words, it));
    let before = assumed.filter(|_| !style.is_seen).chain(isolation).flat_map(|told| folded(&told, width));
    let space = style.is_seen && !checks.is_empty();
    before.chain(space.then(String::new)).chain(checks).chain([String::new(), verdict]).collect()
}

/// The lines of one requirement: one, unless there is something to explain.
pub(crate) fn check(view: &View<'_>, report: &CheckReport, style: Style) -> Vec<String> {
    let mut lines = vec![head(view, report, style.color)];
    if let Some(why_not) = &report.why {
        lines.push(format!("    {}", why(view.words, why_not)));
    }
    if is_failure(report.state) {
        let width = style.width.unwrap_or(WIDTH_USUAL).saturating_sub(4).max(40);
        let body = explained(view, &without_secrets(view, report), width);
        lines.extend(body.into_iter().map(|line| format!("    {line}").trim_end().to_owned()));
    }
    lines
}

/// The first of them: the requirement, and what came of it.
pub(super) fn head(view: &View<'_>, report: &CheckReport, color: bool) -> String {
    let words = view.words;
    let (sign, kind) = match report.state {
        State::Pass => ("+", NAME),
        State::Fail | State::Unstable => ("-", ALARM),
        State::Warn => ("~", WAIT),
        State::Skip | State::Error => ("?", QUIET),
    };
    let title = view.title(report);
    let mut head = Text::default().with(kind, format!("{sign} {}", state(words, report.state)));
    head.push(PLAIN, "  ");
    head.push(NAME, &report.id);
    match report.severity {
        Severity::Required => {}
        Severity::Robust => head.push(QUIET, format!(" ({})", words.check_severity_robust())),
        Severity::Advice => head.push(QUIET, format!(" ({})", words.check_severity_advice())),
    }
    if title != report.id {
        head.push(PLAIN, format!("  {title}"));
    }
    head.line(None, color)
}

/// Everything that there is to say of a failure.
pub(super) fn explained(view: &View<'_>, report: &CheckReport, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    if view.hints >= SEEN {
        lines.extend(difference(view, report));
        lines.extend(steps(view, report));
        lines.extend(evidence(view, report));
    }
    if report.state == State::Unstable {
        lines.extend(folded(&view.words.check_other_trial(), width));
    }
    lines.extend(hints(view, report, width));
    lines
}

/// What was expected and what was observed, one below the other, with a sign below the first difference.
fn difference(view: &View<'_>, report: &CheckReport) -> Vec<String> {
    let words = view.words;
    let labels = [words.check_expected(), words.check_observed()];
    let room = labels.iter().map(|label| label.chars().count()).max().unwrap_or_default();
    let mut lines = Vec::new();
    for (label, value) in labels.iter().zip([&report.expected, &report.observed]) {
        let Some(value) = value else { continue };
        let begin = format!("{label:room$}  ");
        match value {
            Told::Bytes(excerpt) | Told::Text(excerpt) => {
                let part = shown(excerpt);
                lines.push(format!("{begin}{}", part.text));
                if let Some(column) = part.column {
                    lines.push(format!("{}^", " ".repeat(room + 2 + column)));
                }
                if part.to - part.from != excerpt.total_bytes {
                    let told = words.check_part(part.from, part.to, excerpt.total_bytes);
                    lines.push(format!("{:room$}  {told}", ""));
                }
            }
            other => lines.push(format!("{begin}{}", told(words, other))),
        }
    }
    lines
}

/// What was done, with a sign at the last step: there it failed.
fn steps(view: &View<'_>, report: &CheckReport) -> Vec<String> {
    let words = view.words;
    let all = &report.steps;
    if all.is_empty() {
        return Vec::new();
    }
    let first = all.len().saturating_sub(STEPS_SHOWN);
    let mut lines = vec![format!("{}:", words.check_steps())];
    if first > 0 {
        lines.push(format!("     {}", words.step_left_out(first as u64)));
    }
    for (number, it) in all.iter().enumerate().skip(first) {
        let sign = if number + 1 == all.len() { ">" } else { " " };
        lines.push(format!("{sign} {:8.3} s  {}", it.at.as_secs_f64(), step(words, &it.act)));
    }
    lines
}

/// What else was seen.
fn evidence(view: &View<'_>, report: &CheckReport) -> Vec<String> {
    let words = view.words;
    let seen = &report.evidence;
    let mut lines = Vec::new();
    if !seen.timeline.is_empty() {
        let first = seen.timeline.len().saturating_sub(TIMELINE_SHOWN);
        lines.push(format!("{}:", words.check_timeline()));
        let left_out = seen.lines_left_out + first as u64;
        if left_out > 0 {
            lines.push(format!("  {}", words.check_lines_left_out(left_out)));
        }
        lines.extend(seen.timeline[first..].iter().map(|line| format!("  {}", printable(line))));
    }
    if !seen.counters.is_empty() {
        let all = seen.counters.iter().map(|(name, growth)| format!("{} +{growth}", printable(name)));
        lines.push(format!("{}: {}", words.check_counters(), all.collect::<Vec<_>>().join(", ")));
    }
    for (of, blocked) in &seen.blocked_in {
        let at = blocked.place.as_ref().map(|it| format!(", {}", place(it))).unwrap_or_default();
        lines.push(format!("{} {}{at}", words.check_waits(role(words, *of)), call(blocked)));
    }
    lines.extend(source(view, &seen.source));
    for (of, output) in &seen.output {
        lines.extend(written(&words.check_wrote(role(words, *of)), output));
    }
    lines
}

/// Where the last calls stand that the programs made.
fn source(view: &View<'_>, all: &[SourceLine]) -> Vec<String> {
    let words = view.words;
    let mut lines = Vec::new();
    for of in [Role::Server, Role::Client] {
        let its: Vec<_> = all.iter().filter(|line| line.role == of).collect();
        if !its.is_empty() {
            lines.push(format!("{}:", words.check_source(role(words, of))));
        }
        lines.extend(its.iter().map(|it| format!("  {}  {}", place(&it.place), printable(&it.call))));
    }
    lines
}

/// The last lines that a program wrote.
fn written(label: &str, output: &Output) -> Vec<String> {
    let bytes = output.bytes();
    let all: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).collect();
    if all.is_empty() {
        return Vec::new();
    }
    let first = all.len().saturating_sub(OUTPUT_SHOWN);
    let lines = all[first..].iter().map(|line| format!("  | {}", escaped(line)));
    [format!("{label}:")].into_iter().chain(lines).collect()
}

/// What there is to know, and the probable cause, as far as hints go.
pub(super) fn hints(view: &View<'_>, report: &CheckReport, width: usize) -> Vec<String> {
    let words = view.words;
    let mut lines = Vec::new();
    if view.hints >= KNOWLEDGE {
        let concept = view.requirements.concept(&report.id);
        if !concept.is_empty() {
            lines.push(format!("{}:", words.check_knowledge()));
            lines.extend(
                lines_of(&concept, width.saturating_sub(2)).into_iter().map(|line| format!("  {line}")),
            );
        }
        lines.push(words.check_experiment(format!("socklab lab run {}", report.exercise)));
    }
    if view.hints >= CAUSE
        && let Some(signature) = report.signature
    {
        let id = signature.id();
        let title = view.causes.title(&id).map(super::prose::plain).unwrap_or_default();
        lines.push(format!("{}: {title}", words.check_cause()));
        let said = lines_of(&view.causes.said(&id), width.saturating_sub(2));
        lines.extend(said.into_iter().map(|line| format!("  {line}")));
        let source = view.source.unwrap_or(SourceLanguage::Python);
        let snippet = view.causes.snippet(&id, source).unwrap_or_default();
        lines.extend(snippet.lines().map(|line| format!("      {line}")));
    }
    lines
}
