//! What was found, below the lines.

use scope::findings::Severity;
use scope::model::Time;
use unicode_width::UnicodeWidthStr;

use super::text::{ALARM, NAME, PLAIN, QUIET, Text, WAIT};
use crate::views::finding::Said;
use crate::words::Words;

/// Where the lines below a title begin.
const INDENT: usize = 4;

/// The narrowest text: in less, lines are cut.
const WIDTH_MIN: usize = 30;

/// Lists findings, each with its time, the moment in the lines above. Without any there is nothing to be said.
pub(super) fn lines(
    findings: &[Said],
    moment: impl Fn(Time) -> String,
    width: Option<usize>,
    words: &Words,
) -> Vec<Text> {
    if findings.is_empty() {
        return Vec::new();
    }
    let heading = Text::default().with(NAME, words.trace_findings(findings.len() as u64));
    let each = findings.iter().flat_map(|finding| {
        let (style, mark) = of(finding.severity);
        let title = Text::default().with(style, mark).with(NAME, format!(" {}", finding.title));
        let title = title.with(QUIET, format!("  [{}]", moment(finding.at)));
        let room = width.unwrap_or(usize::MAX).saturating_sub(INDENT).max(WIDTH_MIN);
        let below = [(PLAIN, &finding.why), (PLAIN, &finding.what_to_do)];
        let below = below.into_iter().zip(["", "→ "]).flat_map(move |((style, said), mark)| {
            folded(&format!("{mark}{said}"), room)
                .into_iter()
                .map(move |line| Text::plain(" ".repeat(INDENT)).with(style, line))
        });
        std::iter::once(title).chain(below)
    });
    [Text::default(), heading].into_iter().chain(each).collect()
}

/// A sign and a style for how much something matters; the sign alone says it.
pub(in crate::views) fn of(severity: Severity) -> (clap::builder::styling::Style, &'static str) {
    match severity {
        Severity::Fault => (ALARM, "!!"),
        Severity::Fragile => (WAIT, " !"),
        Severity::Advice => (QUIET, " i"),
    }
}

/// Folds a text at blanks.
pub(in crate::views) fn folded(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.width() + 1 + word.width() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}
