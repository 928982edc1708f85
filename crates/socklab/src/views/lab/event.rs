//! What `--json` says of experiments, beside the lines of their recordings.

use lab::exercise::Exercise;
use lab::experiments::{Claim, Evidence, State, Unseen, Value};
use scope::model::EventId;
use serde::Serialize;

/// Something that is said of an experiment.
#[derive(Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub(crate) enum Event<'a> {
    Exercise {
        exercise: Exercise,
        title: String,
        flags: Vec<&'static str>,
        options: Vec<Choice<'a>>,
        scenes: Vec<&'a str>,
    },
    Scene {
        exercise: Exercise,
        scene: &'a str,
        number: usize,
        of: usize,
    },
    Claim {
        exercise: Exercise,
        id: &'a str,
        state: State,
        values: Vec<Named<'a>>,
        evidence: Vec<Shown<'a>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        unseen: Option<&'a Unseen>,
        text: String,
    },
    Answer {
        exercise: Exercise,
        holds: usize,
        differs: usize,
        unknown: usize,
        #[serde(skip_serializing_if = "Option::is_none")]
        predicted: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        outcome: Option<&'a str>,
    },
}

/// What may be predicted.
#[derive(Serialize)]
pub(crate) struct Choice<'a> {
    pub(crate) id: &'a str,
    pub(crate) text: String,
}

/// A value of a claim.
#[derive(Serialize)]
pub(crate) struct Named<'a> {
    pub(crate) name: &'a str,
    #[serde(flatten)]
    pub(crate) value: Measured<'a>,
}

/// What was measured, with its unit.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Measured<'a> {
    Count(u64),
    Bytes(u64),
    Seconds(f64),
    Errno(String),
    Address(String),
    Word(&'a str),
    Data(String),
}

/// An observation that shows something.
#[derive(Serialize)]
pub(crate) struct Shown<'a> {
    pub(crate) scene: &'a str,
    pub(crate) id: EventId,
}

impl<'a> Event<'a> {
    /// A claim, with what its text says and the names of the scenes.
    pub(crate) fn claim(exercise: Exercise, claim: &'a Claim, scenes: &[&'a str], text: String) -> Self {
        let named = |(name, value): &'a (&'static str, Value)| Named { name, value: Measured::of(value) };
        let shown =
            |evidence: &Evidence| Some(Shown { scene: scenes.get(evidence.scene)?, id: evidence.event });
        Self::Claim {
            exercise,
            id: claim.id(),
            state: claim.state(),
            values: claim.values().iter().map(named).collect(),
            evidence: claim.evidence().iter().filter_map(shown).collect(),
            unseen: claim.unseen(),
            text,
        }
    }
}

impl<'a> Measured<'a> {
    fn of(value: &'a Value) -> Self {
        match value {
            Value::Count(count) => Self::Count(*count),
            Value::Bytes(bytes) => Self::Bytes(*bytes),
            Value::Time(time) => Self::Seconds(time.as_secs_f64()),
            Value::Errno(errno) => {
                Self::Errno(wire::errno::name(*errno).map_or_else(|| errno.to_string(), str::to_owned))
            }
            Value::Address(address) => Self::Address(address.to_string()),
            Value::Word(word) => Self::Word(word),
            Value::Data(bytes) => Self::Data(crate::views::printable::printable_bytes(bytes)),
        }
    }
}
