//! What an experiment says, by names.

use std::collections::BTreeSet;

use super::{Kind, Marker, Part, Problem, Section, Span, TextError, sections};
use crate::experiments::{Claim, Experiment, Form, Settings, State};

/// What an experiment says, in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Its title.
    pub title: Vec<Span>,
    /// What it asks.
    pub question: Vec<Part>,
    /// What may be predicted, if anything.
    pub prediction: Option<Prediction>,
    /// What each scene is, in the order of the text.
    pub scenes: Vec<Named>,
    /// The answer: what it always says, and what it says of each claim in each state.
    pub answer: Vec<Piece>,
    /// What to read, and what to type.
    pub more: Vec<Part>,
}

/// What may be predicted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prediction {
    /// What stands before the options.
    pub before: Vec<Part>,
    /// What can be chosen; one at least.
    pub options: Vec<Named>,
}

/// Something with a name, and what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// Its name.
    pub id: String,
    /// What it says.
    pub spans: Vec<Span>,
}

/// A part of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The claim, and in which state of it this is said; `None` for what is always said.
    pub claim: Option<(String, State)>,
    /// What is said.
    pub part: Part,
}

const QUESTION: &str = "question";
const PREDICTION: &str = "prediction";
const SCENES: &str = "scenes";
const ANSWER: &str = "answer";
const MORE: &str = "more";

impl Document {
    /// Reads a text. `file` is its name in errors.
    ///
    /// # Errors
    ///
    /// [`TextError`], which names the line: what breaks the structure.
    pub fn read(file: &str, text: &str) -> Result<Self, TextError> {
        let at = |line, problem| TextError { file: file.to_owned(), line, problem };
        let mut sections = sections(file, text)?.into_iter();
        let title = sections.next().ok_or_else(|| at(1, Problem::NoTitle))?;
        let mut document = Self {
            title: title.title,
            question: Vec::new(),
            prediction: None,
            scenes: Vec::new(),
            answer: Vec::new(),
            more: Vec::new(),
        };
        let mut seen = BTreeSet::new();
        for section in sections {
            let id = section.id.clone().unwrap_or_default();
            if !seen.insert(id.clone()) {
                return Err(at(section.line, Problem::Twice(id)));
            }
            document.take(&id, section).map_err(|(line, problem)| at(line, problem))?;
        }
        for needed in [QUESTION, SCENES, ANSWER, MORE] {
            if !seen.contains(needed) {
                return Err(at(1, Problem::Missing(needed)));
            }
        }
        Ok(document)
    }

    fn take(&mut self, id: &str, section: Section) -> Result<(), (usize, Problem)> {
        let Section { level, line, parts, .. } = section;
        match (level, id) {
            (2, QUESTION) => self.question = parts,
            (2, PREDICTION) => {
                let (before, items): (Vec<_>, Vec<_>) =
                    parts.into_iter().partition(|part| part.kind != Kind::Item);
                self.prediction = Some(Prediction { before, options: named(items)? });
            }
            (2, SCENES) => self.scenes = named(parts)?,
            (2, ANSWER) => self.answer = parts.into_iter().map(piece).collect::<Result<_, _>>()?,
            (2, MORE) => self.more = parts,
            _ => return Err((line, Problem::NoSuchSection(id.to_owned()))),
        }
        Ok(())
    }

    /// What is said of a claim: its parts for the state that it has. Of an unknown one there may be none.
    pub fn of<'d>(&'d self, claim: &Claim) -> impl Iterator<Item = &'d Part> + use<'d> {
        let key = (claim.id(), claim.state());
        let is_about = move |piece: &&Piece| {
            piece.claim.as_ref().is_some_and(|(id, state)| (id.as_str(), *state) == key)
        };
        self.answer.iter().filter(is_about).map(|piece| &piece.part)
    }

    /// Says what is missing in the text of an experiment, or too much: each scene and each claim has its part, and each part its
    /// scene or claim; a value is one that the claim has in that state; and no other figure is given as an answer.
    pub fn problems(&self, file: &str, experiment: &Experiment) -> Vec<TextError> {
        let mut found = Vec::new();
        self.check_scenes(experiment, &mut found);
        self.check_claims(experiment.forms, &mut found);
        self.check_values(experiment.forms, &mut found);
        found.into_iter().map(|(line, problem)| TextError { file: file.to_owned(), line, problem }).collect()
    }

    fn check_scenes(&self, experiment: &Experiment, found: &mut Vec<(usize, Problem)>) {
        let scenes = (experiment.scenes)(&Settings::default());
        for scene in &scenes {
            if !self.scenes.iter().any(|named| named.id == scene.id) {
                found.push((1, Problem::Untold(Marker::named(scene.id))));
            }
        }
    }

    fn check_claims(&self, forms: &[Form], found: &mut Vec<(usize, Problem)>) {
        for form in forms {
            for state in [State::Holds, State::Differs] {
                let key = (form.id.to_owned(), state);
                if !self.answer.iter().any(|piece| piece.claim.as_ref() == Some(&key)) {
                    found.push((1, Problem::Untold(Marker::of_claim(form.id, state))));
                }
            }
        }
    }

    fn check_values(&self, forms: &[Form], found: &mut Vec<(usize, Problem)>) {
        for Piece { claim, part } in &self.answer {
            let form =
                claim.as_ref().map(|(id, state)| (id, *state, forms.iter().find(|form| form.id == id)));
            let values = match form {
                None => &[][..],
                Some((_, state, Some(form))) => form.values(state),
                Some((id, state, None)) => {
                    found.push((part.line, Problem::Unknown(Marker::of_claim(id, state))));
                    continue;
                }
            };
            for span in &part.spans {
                match span {
                    Span::Value(name) if !values.contains(&name.as_str()) => {
                        found.push((part.line, Problem::NoValue(name.clone())));
                    }
                    Span::Text(text) | Span::Strong(text) | Span::Emphasis(text) => {
                        found.extend(figures(text).map(|figure| (part.line, Problem::Figure(figure))));
                    }
                    _ => {}
                }
            }
        }
        let others = self.question.iter().chain(&self.more);
        for (part, span) in others.flat_map(|part| part.spans.iter().map(move |span| (part, span))) {
            if let Span::Value(name) = span {
                found.push((part.line, Problem::NoValue(name.clone())));
            }
        }
    }
}

impl Form {
    /// The names of the values that the claim has in a state.
    pub fn values(&self, state: State) -> &'static [&'static str] {
        match state {
            State::Holds => self.holds,
            State::Differs => self.differs,
            State::Unknown => &[],
        }
    }
}

/// The items of a list, each of which has a name of its own.
fn named(parts: Vec<Part>) -> Result<Vec<Named>, (usize, Problem)> {
    let mut all: Vec<Named> = Vec::new();
    for part in parts {
        let Some(Marker { id, variant: None }) = part.marker else {
            return Err((part.line, Problem::NoMarker));
        };
        if all.iter().any(|other| other.id == id) {
            return Err((part.line, Problem::Twice(id)));
        }
        all.push(Named { id, spans: part.spans });
    }
    Ok(all)
}

fn piece(part: Part) -> Result<Piece, (usize, Problem)> {
    let claim = match &part.marker {
        None => None,
        Some(marker) => {
            let state = marker.state().ok_or_else(|| (part.line, Problem::Unknown(marker.clone())))?;
            Some((marker.id.clone(), state))
        }
    };
    Ok(Piece { claim, part })
}

/// The words that are numbers, but for those of documents: RFC 1122, §4.
fn figures(text: &str) -> impl Iterator<Item = String> {
    let mut before = "";
    let words = text.split_whitespace().filter(move |word| {
        let is_of_document = before == "RFC";
        before = word;
        let bare = word.trim_matches(|mark: char| !mark.is_alphanumeric());
        !is_of_document
            && !bare.is_empty()
            && bare.chars().all(|it| it.is_ascii_digit() || ".,%".contains(it))
            && !word.starts_with('§')
    });
    words.map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# T\n\n## Q {#question}\n\nWhy?\n\n## P {#prediction}\n\nChoose.\n\n- {#a} A\n- {#b} B\n\n\
        ## S {#scenes}\n\n- {#only} The only one.\n\n## A {#answer}\n\nAlways.\n\n{#x} It is {n}.\n\n{#x:differs} No.\n\n## M {#more}\n\nudp(7)\n";

    fn problem(text: &str) -> (usize, Problem) {
        let error = Document::read("x.md", text).unwrap_err();
        (error.line, error.problem)
    }

    #[test]
    fn a_document_has_its_parts_by_name() {
        let document = Document::read("x.md", TEXT).unwrap();

        let options = document.prediction.unwrap().options;
        assert_eq!(options.iter().map(|option| option.id.as_str()).collect::<Vec<_>>(), ["a", "b"]);
        let claims: Vec<_> = document.answer.iter().map(|piece| piece.claim.clone()).collect();
        let x = |state| Some(("x".to_owned(), state));
        assert_eq!(claims, [None, x(State::Holds), x(State::Differs)]);
    }

    #[test]
    fn what_breaks_the_structure_is_named_with_its_line() {
        let twice = TEXT.replace("{#b}", "{#a}");
        assert_eq!(problem(&twice), (12, Problem::Twice("a".to_owned())));
        assert_eq!(problem(&TEXT.replace("{#b} ", "")), (12, Problem::NoMarker));
        assert_eq!(problem(&TEXT.replace("{#more}", "{#less}")).1, Problem::NoSuchSection("less".to_owned()));
        assert_eq!(problem(&TEXT.replace("## M {#more}\n\nudp(7)\n", "")).1, Problem::Missing("more"));
        let state = TEXT.replace("{#x:differs}", "{#x:perhaps}");
        assert!(matches!(problem(&state).1, Problem::Unknown(_)));
    }

    #[test]
    fn a_figure_is_a_word_of_digits_that_names_no_document() {
        let found = |text: &str| figures(text).collect::<Vec<_>>();

        assert_eq!(found("there are 256 of them, 1,024 bytes"), ["256", "1,024"]);
        assert_eq!(found("RFC 1122 §4.1 says of IPv4 and udp(7)"), Vec::<String>::new());
    }
}
