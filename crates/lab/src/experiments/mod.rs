//! The exercises as experiments: each is a folder with its code, its texts in both languages and the timelines to expect.
//!
//! An experiment has scenes: programs in a network of their own, for which a recording is made. Of the recordings it makes
//! claims, each with the observations that show it, or with those that show that it was otherwise here. The texts say what
//! the claims mean and have no figure of their own.

mod address_filter;
mod capture_tcp;
mod capture_udp;
mod chat_turns;
mod claim;
mod echo_tcp;
mod echo_udp;
mod echoed;
mod forged;
mod keyed;
mod listen_backlog;
pub mod look;
mod no_server;
mod perform;
mod practical;
mod remote_command;
mod remote_stop;
mod run;
mod scene;
mod seen;
mod settings;
mod short_receive;
mod short_send;
mod steps;
mod stream_steps;
mod text_and_image;
mod truncation;

pub use self::claim::{Claim, EVIDENCE_MAX, Evidence, Form, State, Unseen, Value};
pub(crate) use self::perform::perform;
pub use self::perform::{ACTOR_VERB, ScenePlan};
pub use self::run::{OBSERVATIONS_MAX, OUTPUT_BYTES_MAX, Run, RunError, Witness, run};
pub use self::scene::{Act, Cast, Scene, Setting, When};
pub use self::settings::{Knob, Settings};

use scope::findings::Finding;
use scope::model::{Bytes, Observation};
use scope::timeline::Timeline;
use serde::{Deserialize, Serialize};

use crate::exercise::Exercise;
use crate::text::{Document, TextError};

/// An exercise as an experiment.
#[derive(Debug)]
pub struct Experiment {
    /// Which exercise.
    pub exercise: Exercise,
    /// The name of its folder: `echo_udp`.
    pub folder: &'static str,
    /// Its text in English.
    pub en: &'static str,
    /// Its text in Spanish.
    pub es: &'static str,
    /// What of it can be varied.
    pub knobs: &'static [Knob],
    /// What is to be run, one scene after the other.
    pub scenes: fn(&Settings) -> Vec<Scene>,
    /// The scripts of the scenes that happen in the same order each time, by their names; for tests.
    pub expected: &'static [(&'static str, &'static str)],
    /// The claims that it makes, in the order of the answer, and no others.
    pub forms: &'static [Form],
    /// What the recordings show; one for each scene that was run, in their order.
    pub claims: fn(&Settings, &[Recorded]) -> Vec<Claim>,
    /// Which of the predictions in its text came true, by its name there; `None` if none did, or the experiment asks for none.
    pub outcome: fn(&[Claim]) -> Option<&'static str>,
}

/// The experiments that there are, in the order of the practical.
const ALL: &[Experiment] = &[
    echo_udp::EXPERIMENT,
    capture_udp::EXPERIMENT,
    no_server::EXPERIMENT,
    address_filter::EXPERIMENT,
    truncation::EXPERIMENT,
    chat_turns::EXPERIMENT,
    remote_stop::EXPERIMENT,
    remote_command::EXPERIMENT,
    echo_tcp::EXPERIMENT,
    capture_tcp::EXPERIMENT,
    listen_backlog::EXPERIMENT,
    short_send::EXPERIMENT,
    short_receive::EXPERIMENT,
    text_and_image::EXPERIMENT,
];

/// Returns every experiment, in the order of the practical.
pub fn all() -> &'static [Experiment] {
    ALL
}

/// Returns the experiment of an exercise.
pub fn of(exercise: Exercise) -> Option<&'static Experiment> {
    ALL.iter().find(|experiment| experiment.exercise == exercise)
}

/// A language of the texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// `en.md`.
    English,
    /// `es.md`.
    Spanish,
}

impl Experiment {
    /// Reads its text.
    ///
    /// # Errors
    ///
    /// [`TextError`]: a text that breaks the structure, which no experiment of this crate has: a test reads them all.
    pub fn document(&self, language: Language) -> Result<Document, TextError> {
        let (name, text) = match language {
            Language::English => ("en.md", self.en),
            Language::Spanish => ("es.md", self.es),
        };
        Document::read(&format!("{}/{name}", self.folder), text)
    }
}

/// A scene that was run.
#[derive(Debug)]
pub struct Recorded {
    /// Which one.
    pub scene: Scene,
    /// What happened.
    pub timeline: Timeline,
    /// What the timeline shows.
    pub findings: Vec<Finding>,
    /// What was observed, as it came: the lines of an archive.
    pub observations: Vec<Observation>,
    /// The settings of the private network that the kernel refused.
    pub refused: Vec<Refused>,
    /// What the programs wrote.
    pub outputs: Vec<Output>,
}

/// A setting that the kernel refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// Which one: the name of a sysctl, an address, `mtu`.
    pub setting: String,
    /// What the kernel said (`errno(3)`).
    pub errno: i32,
}

/// What the programs of a scene wrote to standard output and standard error, in the order in which it came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Output {
    /// The bytes, not cut at the ends of lines.
    pub bytes: Bytes,
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const LANGUAGES: [Language; 2] = [Language::English, Language::Spanish];

    #[test]
    fn every_experiment_says_in_both_languages_what_it_can_find() {
        for experiment in all() {
            for language in LANGUAGES {
                let document = experiment.document(language).unwrap_or_else(|error| panic!("{error}"));
                let file = format!("{}/{language:?}", experiment.folder);
                let problems = document.problems(&file, experiment);
                assert!(problems.is_empty(), "{problems:#?}");
            }
        }
    }

    #[test]
    fn both_languages_have_the_same_parts() {
        for experiment in all() {
            let [en, es] = LANGUAGES.map(|language| experiment.document(language).unwrap());
            let ids = |document: &Document| {
                let options = document.prediction.iter().flat_map(|it| &it.options).chain(&document.scenes);
                let options: Vec<_> = options.map(|named| named.id.clone()).collect();
                let claims: Vec<_> = document.answer.iter().map(|piece| piece.claim.clone()).collect();
                (options, claims)
            };
            assert_eq!(ids(&en), ids(&es), "{}", experiment.exercise);
        }
    }

    #[test]
    fn the_experiments_stand_in_the_order_of_the_practical_and_each_claim_and_scene_once() {
        assert!(all().is_sorted_by(|one, next| one.exercise < next.exercise));
        for experiment in all() {
            let ids: BTreeSet<_> = experiment.forms.iter().map(|form| form.id).collect();
            assert_eq!(ids.len(), experiment.forms.len(), "{}", experiment.exercise);
            let scenes = (experiment.scenes)(&Settings::default());
            let ids: BTreeSet<_> = scenes.iter().map(|scene| scene.id).collect();
            assert_eq!(ids.len(), scenes.len(), "{}", experiment.exercise);
        }
    }
}
