//! What a student is told of requirements and of causes: Markdown beside the code, by names.
//!
//! `requirements/FOLDER/{en,es}.md` has for each requirement `## Title {#near-miss}`, with what is asked, and
//! `### … {#near-miss:concept}`, with what there is to know. `signatures/{en,es}.md` has for each cause `## Title {#single-receive}`, with
//! what happens, and a snippet for each language.

use crate::check::manifest::SourceLanguage;
use crate::check::requirements;
use crate::check::signatures::Signature;
use crate::exercise::Exercise;
use crate::experiments::Language;
use crate::text::{Kind, Part, Section, Span, TextError, sections};

/// What follows the name of a requirement in the heading of what there is to know.
const CONCEPT: &str = ":concept";

/// What is said of requirements, or of causes, in one language.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Texts {
    sections: Vec<Section>,
}

impl Texts {
    /// Reads a text. `file` is its name in errors.
    ///
    /// # Errors
    ///
    /// [`TextError`]: what breaks the structure.
    pub fn read(file: &str, text: &str) -> Result<Self, TextError> {
        Ok(Self { sections: sections(file, text)? })
    }

    /// What is said of the requirements of an exercise.
    pub fn of_requirements(exercise: Exercise, language: Language) -> Self {
        let [english, spanish] = requirements::texts(exercise);
        Self::chosen(language, english, spanish)
    }

    /// What is said of causes.
    pub fn of_signatures(language: Language) -> Self {
        Self::chosen(language, include_str!("signatures/en.md"), include_str!("signatures/es.md"))
    }

    fn chosen(language: Language, english: &str, spanish: &str) -> Self {
        let text = match language {
            Language::English => english,
            Language::Spanish => spanish,
        };
        // A test reads all of them; one that could not be read says nothing.
        Self::read("text", text).unwrap_or_default()
    }

    /// The title of what has this name.
    pub fn title(&self, id: &str) -> Option<&[Span]> {
        Some(&self.section(id)?.title)
    }

    /// What is said of it, without code.
    pub fn said(&self, id: &str) -> Vec<&Part> {
        let parts = self.section(id).into_iter().flat_map(|section| &section.parts);
        parts.filter(|part| !matches!(part.kind, Kind::Code(_))).collect()
    }

    /// What there is to know about it.
    pub fn concept(&self, id: &str) -> Vec<&Part> {
        let section = self.section(&format!("{id}{CONCEPT}"));
        section.into_iter().flat_map(|section| &section.parts).collect()
    }

    /// Its snippet in a language.
    pub fn snippet(&self, id: &str, language: SourceLanguage) -> Option<&str> {
        let parts = &self.section(id)?.parts;
        let is_meant = |part: &&Part| part.kind == Kind::Code(language.name().to_owned());
        match parts.iter().find(is_meant)?.spans.as_slice() {
            [Span::Code(code)] => Some(code),
            _ => None,
        }
    }

    /// The names of everything that something is said of.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.sections.iter().filter_map(|section| section.id.as_deref())
    }

    fn section(&self, id: &str) -> Option<&Section> {
        self.sections.iter().find(|section| section.id.as_deref() == Some(id))
    }
}

impl Signature {
    /// Returns the name that the texts and our JSON have for it.
    pub fn id(self) -> String {
        serde_json::to_value(self).ok().and_then(|name| name.as_str().map(str::to_owned)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LANGUAGES: [Language; 2] = [Language::English, Language::Spanish];

    /// Every one that there is; the match makes the compiler ask for a new one.
    fn signatures() -> Vec<Signature> {
        use Signature as S;
        let all = [
            S::WaitStatus,
            S::ShiftedStatus,
            S::PrefixPassed,
            S::SingleReceive,
            S::WholeBuffer,
            S::StaleBytes,
            S::EndIgnored,
            S::AnswersItself,
            S::CharactersCounted,
            S::SentAgain,
            S::SendResultIgnored,
            S::ShortReceiveIsEnd,
            S::PauseIsEnd,
            S::StrictDecoding,
            S::BrokenPipe,
            S::NoReuseAddress,
        ];
        all.to_vec()
    }

    #[test]
    fn every_cause_is_told_in_both_languages_with_a_snippet_for_each_language_of_programs() {
        for (file, text) in
            [("en", include_str!("signatures/en.md")), ("es", include_str!("signatures/es.md"))]
        {
            Texts::read(file, text).unwrap();
        }
        for language in LANGUAGES {
            let texts = Texts::of_signatures(language);
            for id in signatures().into_iter().map(Signature::id) {
                assert!(texts.title(&id).is_some() && !texts.said(&id).is_empty(), "{id} in {language:?}");
                for source in [
                    SourceLanguage::Python,
                    SourceLanguage::C,
                    SourceLanguage::JavaScript,
                    SourceLanguage::Java,
                ] {
                    assert!(texts.snippet(&id, source).is_some(), "{id} in {language:?}: {source:?}");
                }
            }
            assert_eq!(texts.ids().count(), signatures().len());
        }
    }

    #[test]
    fn the_texts_of_requirements_have_the_names_of_requirements_and_the_same_in_both_languages() {
        for exercise in Exercise::ALL {
            let names = LANGUAGES.map(|language| {
                let texts = Texts::of_requirements(exercise, language);
                texts.ids().map(str::to_owned).collect::<Vec<_>>()
            });
            assert_eq!(names[0], names[1], "{exercise}");
            for id in &names[0] {
                let name = id.trim_end_matches(CONCEPT);
                assert!(requirements::find(exercise, name).is_some(), "{exercise}: {id}");
            }
        }
    }

    #[test]
    fn a_concept_is_found_by_the_name_of_its_requirement() {
        let text = "# Requirements\n\n## Near misses {#near-miss}\n\nOnly whole addresses.\n\n### Text {#near-miss:concept}\n\nSee `ip(7)`.";
        let texts = Texts::read("x", text).unwrap();

        assert_eq!(texts.said("near-miss").len(), 1);
        assert_eq!(texts.concept("near-miss").len(), 1);
        assert_eq!(texts.snippet("near-miss", SourceLanguage::C), None);
        assert_eq!(texts.title("other"), None);
    }
}
