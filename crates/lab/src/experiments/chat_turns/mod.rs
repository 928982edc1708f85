//! 1.5.4: a chat, by turns and otherwise.

mod claims;
mod scenes;

use super::{Experiment, Form, Knob};
use crate::exercise::Exercise;

pub(super) const EXPERIMENT: Experiment = Experiment {
    exercise: Exercise::Chat,
    folder: "chat_turns",
    en: include_str!("en.md"),
    es: include_str!("es.md"),
    knobs: &[Knob::Pause],
    scenes: scenes::scenes,
    forms: FORMS,
    claims: claims::claims,
    outcome: claims::outcome,
    expected: &[("leaves", include_str!("expected/leaves.script"))],
};

/// What it says.
const FORMS: &[Form] = &[
    Form { id: "one-waits", holds: &["typed", "waited", "messages"], differs: &["typed", "waited"] },
    Form { id: "heard-late", holds: &["waited"], differs: &["waited"] },
    Form { id: "crossed", holds: &["answer", "second"], differs: &["answer", "second"] },
    Form { id: "empty-arrives", holds: &["sent"], differs: &["result"] },
    Form { id: "both-wait", holds: &["ana", "beto"], differs: &["ana", "beto"] },
    Form { id: "no-goodbye", holds: &["before", "sent", "waited"], differs: &["result"] },
    Form { id: "heard-at-once", holds: &["waited"], differs: &["waited"] },
    Form { id: "both-spoke", holds: &["ana", "beto"], differs: &["ana", "beto"] },
];
