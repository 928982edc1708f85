//! Runs an experiment: its scenes, one after the other, each on a stage of its own.

use std::env;

use scope::findings;
use scope::model::{Observation, Time};
use scope::timeline::{BuildError, Timeline};

use super::{Claim, Experiment, Output, Recorded, Refused, Scene, ScenePlan, Setting, Settings};
use crate::Scratch;
use crate::exercise::Exercise;
use crate::stage::{Limits, Message, Order, Stage, StageError};

/// How much of what the programs of a scene write is kept, in bytes; of more, the first.
pub const OUTPUT_BYTES_MAX: usize = 1024 * 1024;

/// How many observations of a scene are kept; of more, the first.
pub const OBSERVATIONS_MAX: usize = 1_000_000;

/// Who looks on while an experiment runs.
pub trait Witness {
    /// A scene begins: of so many the one with this number, from 0.
    fn begins(&mut self, scene: &Scene, number: usize, of: usize);

    /// What this machine does not let be seen.
    fn limited(&mut self, limits: &Limits);

    /// Something was seen. The first observation of a scene is the header of its recording.
    fn observed(&mut self, observation: &Observation);

    /// Nothing will be told that happened before this time.
    fn settled(&mut self, until: Time);

    /// Programs wrote something.
    fn wrote(&mut self, output: &Output);

    /// A scene has ended.
    fn ended(&mut self, recorded: &Recorded);
}

/// An experiment that was run.
#[derive(Debug)]
pub struct Run {
    /// Which one.
    pub exercise: Exercise,
    /// How it was varied.
    pub settings: Settings,
    /// Its scenes, in their order.
    pub scenes: Vec<Recorded>,
    /// What they show, in the order of the answer.
    pub claims: Vec<Claim>,
    /// Which of the predictions came true, if one did.
    pub outcome: Option<&'static str>,
}

/// Why an experiment could not be run.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// A scene was not recorded.
    #[error("scene {scene}: {cause}")]
    Stage {
        /// Which one.
        scene: &'static str,
        /// What happened.
        cause: StageError,
    },
    /// The kernel refused a setting that was asked for by name.
    #[error("set {}: error {}", .0.setting, .0.errno)]
    Setting(Refused),
    /// What was recorded is no recording.
    #[error("scene {scene}: {cause}")]
    Recording {
        /// Which scene.
        scene: &'static str,
        /// What is wrong.
        cause: BuildError,
    },
    /// A claim that the experiment's forms do not have, or one without a value that its text may name: a fault of ours.
    #[error("the claim {0} is not as its form says")]
    Claim(&'static str),
}

/// Runs an experiment.
///
/// # Errors
///
/// [`RunError`]: the first scene that could not be recorded, or a setting of [`Settings::sysctls`] that the kernel refused.
pub fn run(experiment: &Experiment, settings: &Settings, witness: &mut dyn Witness) -> Result<Run, RunError> {
    let mut scenes = (experiment.scenes)(settings);
    let of = scenes.len();
    for scene in &mut scenes {
        settings.apply(scene);
    }
    let mut recorded = Vec::new();
    for (number, scene) in scenes.into_iter().enumerate() {
        witness.begins(&scene, number, of);
        let scene = record(scene, settings, witness)?;
        witness.ended(&scene);
        recorded.push(scene);
    }
    let claims = (experiment.claims)(settings, &recorded);
    check(experiment, &claims)?;
    let outcome = (experiment.outcome)(&claims);
    Ok(Run { exercise: experiment.exercise, settings: settings.clone(), scenes: recorded, claims, outcome })
}

impl Settings {
    /// What is asked for by name holds in every scene, and wins over the scene's own.
    fn apply(&self, scene: &mut Scene) {
        scene.settings.extend(self.mtu_bytes.map(Setting::Mtu));
        let sysctls = self
            .sysctls
            .iter()
            .map(|(name, value)| Setting::Sysctl { name: name.clone(), value: value.clone() });
        scene.settings.extend(sysctls);
    }
}

fn record(scene: Scene, settings: &Settings, witness: &mut dyn Witness) -> Result<Recorded, RunError> {
    let id = scene.id;
    let failed = |cause| RunError::Stage { scene: id, cause };
    let has_directory = scene.settings.contains(&Setting::Directory);
    let directory = has_directory.then(|| Scratch::new(&env::temp_dir())).transpose();
    let directory = directory.map_err(|error| failed(StageError::system("mkdir", &error)))?;
    let mut plan = ScenePlan::from(&scene);
    plan.directory = directory.as_ref().map(|it| it.path().to_owned());
    let mut stage = Stage::spawn(&Order::Scene(plan)).map_err(failed)?;
    let mut observations: Vec<Observation> = Vec::new();
    let (mut refused, mut outputs, mut written) = (Vec::new(), Vec::new(), 0);
    while let Some(message) = stage.hear().map_err(failed)? {
        match message {
            Message::Limits(limits) => {
                refuse(&limits, settings)?;
                witness.limited(&limits);
                refused = limits.refused;
            }
            Message::Observation(observation) => {
                witness.observed(&observation);
                if observations.len() < OBSERVATIONS_MAX {
                    observations.push(observation);
                }
            }
            Message::Settled(until) => witness.settled(until),
            Message::Output(output) => {
                witness.wrote(&output);
                if written < OUTPUT_BYTES_MAX {
                    written += output.bytes.0.len();
                    outputs.push(output);
                }
            }
            Message::Judged(_) | Message::Failed(_) | Message::Done => {}
        }
    }
    let timeline =
        Timeline::build(observations.clone()).map_err(|cause| RunError::Recording { scene: id, cause })?;
    let findings = findings::find(&timeline);
    Ok(Recorded { scene, timeline, findings, observations, refused, outputs })
}

/// A setting that somebody asked for by name and cannot have ends the run; one of a scene's own makes claims unknown.
fn refuse(limits: &Limits, settings: &Settings) -> Result<(), RunError> {
    let is_asked = |refused: &&Refused| settings.sysctls.iter().any(|(name, _)| *name == refused.setting);
    limits.refused.iter().find(is_asked).map_or(Ok(()), |refused| Err(RunError::Setting(refused.clone())))
}

/// Whether the claims are those that the texts know, each with the values that they may name.
fn check(experiment: &Experiment, claims: &[Claim]) -> Result<(), RunError> {
    for claim in claims {
        let form = experiment.forms.iter().find(|form| form.id == claim.id());
        let has = |name: &&str| claim.values().iter().any(|(its, _)| its == name);
        if !form.is_some_and(|form| form.values(claim.state()).iter().all(has)) {
            return Err(RunError::Claim(claim.id()));
        }
    }
    Ok(())
}
