//! The answer: what is said of each claim, and the rows that show it.

use lab::experiments::{Claim, Evidence, State};
use lab::text::Kind;

use super::Chapter;
use super::diagram::anchor;
use super::markup::{classed, escaped, spans};
use scope::model::Time;

use crate::views::lab::because;
use crate::views::trace::moment;
use crate::words::Words;

/// The answer of a chapter.
pub(super) fn answer(chapter: &Chapter<'_>, words: &Words) -> String {
    let mut html = String::new();
    for piece in &chapter.document.answer {
        let claim = match &piece.claim {
            None => None,
            Some((id, state)) => {
                let is_it = |claim: &&Claim| claim.id() == id && claim.state() == *state;
                let Some(claim) = chapter.run.claims.iter().find(is_it) else { continue };
                Some(claim)
            }
        };
        let said = spans(&piece.part.spans, claim.map(Claim::values).unwrap_or_default(), words);
        let said =
            if matches!(piece.part.kind, Kind::Code(_)) { format!("<code>{said}</code>") } else { said };
        let told = match claim {
            None => format!("<p>{said}</p>\n"),
            Some(claim) => told(claim, &said, chapter, words),
        };
        html.push_str(&told);
    }
    let is_untold =
        |claim: &&Claim| claim.state() == State::Unknown && chapter.document.of(claim).next().is_none();
    for claim in chapter.run.claims.iter().filter(is_untold) {
        html.push_str(&told(claim, &escaped(claim.id()), chapter, words));
    }
    html
}

/// What is said of a claim, with its state and its evidence.
fn told(claim: &Claim, said: &str, chapter: &Chapter<'_>, words: &Words) -> String {
    let (class, mark, state) = match claim.state() {
        State::Holds => ("holds", "✓", words.report_holds()),
        State::Differs => ("differs", "≠", words.report_differs()),
        State::Unknown => ("unknown", "?", words.report_unknown()),
    };
    let state =
        format!("<span class=\"state\" title=\"{0}\" aria-label=\"{0}\">{mark}</span>", escaped(&state));
    let shown: Vec<_> = claim.evidence().iter().filter_map(|evidence| link(evidence, chapter)).collect();
    let proof = match claim.unseen() {
        Some(unseen) => classed("small", "evidence", &because(unseen, words)),
        None => format!(
            "<small class=\"evidence\">{} {}</small>",
            escaped(&words.page_evidence()),
            shown.join(" ")
        ),
    };
    format!("<div class=\"claim {class}\" data-claim=\"{}\">{state}<p>{said}</p>{proof}</div>\n", claim.id())
}

/// A link to the row that shows something, named by its scene and its time.
fn link(evidence: &Evidence, chapter: &Chapter<'_>) -> Option<String> {
    let recorded = chapter.run.scenes.get(evidence.scene)?;
    let entry = recorded.timeline.entry(evidence.event)?;
    let anchor = anchor((chapter.run.exercise.number(), evidence.scene), entry.id);
    let name = format!("{} {} ms", recorded.scene.id, moment(entry.time, Time(0)));
    Some(format!("<a href=\"#{anchor}\">{}</a>", escaped(&name)))
}
