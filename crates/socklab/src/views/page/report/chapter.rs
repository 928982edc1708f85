//! An experiment in the report.

use std::collections::BTreeSet;
use std::io::{self, Write};

use lab::experiments::{Claim, Recorded, State};
use lab::text::{Named, Prediction};
use scope::model::EventId;

use super::Chapter;
use super::answer;
use super::diagram;
use super::markup::{classed, element, escaped, parts, spans};
use crate::views::finding::{self, in_words};
use crate::views::lab::plain;
use crate::words::Words;

/// Its line in the list of contents: what came of it.
pub(super) fn entry(chapter: &Chapter<'_>, words: &Words) -> String {
    let count = |state| chapter.run.claims.iter().filter(|claim| claim.state() == state).count();
    let counts = words.lab_counts(count(State::Holds), count(State::Differs), count(State::Unknown));
    let number = chapter.run.exercise.number();
    let title = escaped(&plain(&chapter.document.title));
    let said = classed("span", "counts", &counts);
    format!("<li><a href=\"#{number}\"><b>{number}</b> {title}</a> {said}</li>\n")
}

/// Writes it.
pub(super) fn write(chapter: &Chapter<'_>, words: &Words, out: &mut impl Write) -> io::Result<()> {
    let number = chapter.run.exercise.number();
    let title = escaped(&plain(&chapter.document.title));
    writeln!(out, "<section class=\"chapter\" id=\"{number}\">\n<h2><b>{number}</b> {title}</h2>")?;
    writeln!(out, "{}", element("h3", &words.report_question()))?;
    out.write_all(parts(&chapter.document.question, words).as_bytes())?;
    if let Some(prediction) = &chapter.document.prediction {
        out.write_all(predicted(chapter, prediction, words).as_bytes())?;
    }
    writeln!(out, "{}", element("h3", &words.lab_scenes()))?;
    for (index, recorded) in chapter.run.scenes.iter().enumerate() {
        out.write_all(scene(chapter, index, recorded, words).as_bytes())?;
    }
    writeln!(out, "{}", element("h3", &words.lab_answer()))?;
    out.write_all(answer::answer(chapter, words).as_bytes())?;
    writeln!(out, "{}", element("h3", &words.lab_more()))?;
    out.write_all(parts(&chapter.document.more, words).as_bytes())?;
    writeln!(out, "</section>")
}

/// What could be predicted, what was, and what came true.
fn predicted(chapter: &Chapter<'_>, prediction: &Prediction, words: &Words) -> String {
    let option = |option: &Named| {
        let is_chosen = chapter.predicted == Some(option.id.as_str());
        let is_true = chapter.run.outcome == Some(option.id.as_str());
        let marks =
            [(is_chosen, "chosen", words.report_chosen()), (is_true, "true", words.report_came_true())];
        let marks = marks.into_iter().filter(|(is_so, ..)| *is_so);
        let marks: Vec<_> = marks.map(|(_, class, said)| classed("mark", class, &said)).collect();
        format!("<li>{} {}</li>\n", spans(&option.spans, &[], words), marks.join(" "))
    };
    let options: String = prediction.options.iter().map(option).collect();
    let before = parts(&prediction.before, words);
    format!("{}\n{before}<ul class=\"options\">\n{options}</ul>\n", element("h3", &words.report_prediction()))
}

/// A scene: what it is, its diagram, what was found, and where its files are.
fn scene(chapter: &Chapter<'_>, index: usize, recorded: &Recorded, words: &Words) -> String {
    let id = recorded.scene.id;
    let number = chapter.run.exercise.number();
    let said = chapter.document.scenes.iter().find(|scene| scene.id == id);
    let said = said.map_or_else(|| escaped(id), |scene| spans(&scene.spans, &[], words));
    let findings = in_words(&recorded.findings, words);
    let proofs = proofs(chapter, index);
    let diagram = diagram::diagram(&recorded.timeline, &findings, &proofs, (number, index), words);
    let found: String = findings.iter().map(|said| found(said, words)).collect();
    let found = if found.is_empty() { found } else { format!("<ul class=\"findings\">\n{found}</ul>\n") };
    let files = words.report_files(format!("{number}-{id}.pcapng"), format!("{number}-{id}.jsonl"));
    let files = classed("p", "files", &files);
    format!(
        "<section class=\"scene\" id=\"{number}-{id}\">\n<h4>{said}</h4>\n{diagram}{found}{files}\n</section>\n"
    )
}

/// The observations of a scene that claims name.
fn proofs(chapter: &Chapter<'_>, scene: usize) -> BTreeSet<EventId> {
    let all = chapter.run.claims.iter().flat_map(Claim::evidence);
    all.filter(|evidence| evidence.scene == scene).map(|evidence| evidence.event).collect()
}

fn found(said: &finding::Said, words: &Words) -> String {
    let weight = classed("b", "weight", &finding::severity(words, said.severity));
    let title = element("strong", &said.title);
    format!("<li>{weight} {title} {} {}</li>\n", escaped(&said.why), element("em", &said.what_to_do))
}
