//! 1.5.5: a message that ends the server.

mod claims;
mod scenes;

use super::{Experiment, Form, Knob};
use crate::exercise::Exercise;

pub(super) const EXPERIMENT: Experiment = Experiment {
    exercise: Exercise::RemoteStop,
    folder: "remote_stop",
    en: include_str!("en.md"),
    es: include_str!("es.md"),
    knobs: &[Knob::Pause],
    scenes: scenes::scenes,
    forms: FORMS,
    claims: claims::claims,
    outcome: claims::outcome,
    expected: &[],
};

/// What it says.
const FORMS: &[Form] = &[
    Form { id: "others-echoed", holds: &["replies", "asked", "sentence"], differs: &["replies", "asked"] },
    Form { id: "stranger-stopped", holds: &["data", "stranger", "took", "status"], differs: &["result"] },
    Form { id: "readable", holds: &["data"], differs: &[] },
    Form { id: "no-answer", holds: &["errno"], differs: &["result"] },
    Form { id: "nobody-there", holds: &["errno"], differs: &["result"] },
    Form { id: "wrong-key", holds: &["status"], differs: &["status"] },
    Form { id: "no-grant", holds: &["status"], differs: &["status"] },
    Form { id: "right-key", holds: &["status", "server"], differs: &["status", "server"] },
    Form { id: "sealed", holds: &["status", "packets"], differs: &["status", "readable", "packets"] },
];
