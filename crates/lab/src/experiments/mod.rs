//! The exercises as experiments: each is a folder with its code, its texts in both languages and the timelines to expect.
//!
//! An experiment has scenes: programs in a network of their own, for which a recording is made. Of the recordings it makes
//! claims, each with the observations that show it, or with those that show that it was otherwise here. The texts say what
//! the claims mean and have no figure of their own.

mod claim;
mod settings;

pub use self::claim::{Claim, Evidence, State, Value};
pub use self::settings::{Knob, Settings};

use scope::findings::Finding;
use scope::timeline::Timeline;

use crate::exercise::Exercise;

/// An exercise as an experiment.
#[derive(Debug)]
pub struct Experiment {
    /// Which exercise.
    pub exercise: Exercise,
    /// Its text in English.
    pub en: &'static str,
    /// Its text in Spanish.
    pub es: &'static str,
    /// What of it can be varied.
    pub knobs: &'static [Knob],
    /// What is to be run, one scene after the other.
    pub scenes: fn(&Settings) -> Vec<Scene>,
    /// What the recordings show; one for each scene that was run, in their order.
    pub claims: fn(&Settings, &[Recorded]) -> Vec<Claim>,
    /// Which of the predictions in its text came true, by its name there; `None` if none did, or the experiment asks for none.
    pub outcome: fn(&[Claim]) -> Option<&'static str>,
}

/// Programs in a network of their own.
#[derive(Clone, Debug)]
pub struct Scene {
    /// Its name in the texts of the experiment.
    pub id: &'static str,
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
}
