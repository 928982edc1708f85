//! 1.5.6: a message that runs a command.

mod claims;
mod scenes;
mod statuses;

use super::{Experiment, Form, Knob};
use crate::exercise::Exercise;

pub(super) const EXPERIMENT: Experiment = Experiment {
    exercise: Exercise::RemoteCommand,
    folder: "remote_command",
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
    exits("row-true"),
    exits("row-false"),
    exits("row-exit"),
    exits("row-largest"),
    exits("row-wraps"),
    exits("row-missing"),
    exits("row-forbidden"),
    killed("row-killed"),
    killed("row-terminated"),
    Form { id: "shift-hides", holds: &["status", "shifted"], differs: &["status", "shifted"] },
    Form { id: "reply", holds: &["command", "data"], differs: &["command", "data"] },
    Form { id: "stranger-runs", holds: &["stranger", "command", "took", "signal"], differs: &["result"] },
    Form { id: "server-waits", holds: &["ran", "waited"], differs: &["ran", "waited"] },
    Form { id: "exec-status", holds: &["status"], differs: &["status"] },
    Form { id: "exec-signal", holds: &["status"], differs: &["status"] },
    Form { id: "exec-not-listed", holds: &["status"], differs: &["status", "started"] },
    Form { id: "exec-wrong-key", holds: &["status"], differs: &["status"] },
];

/// A command that ends by itself.
const fn exits(id: &'static str) -> Form {
    Form { id, holds: &["command", "status", "bits", "exit"], differs: &["command", "status", "bits"] }
}

/// A command that a signal ends.
const fn killed(id: &'static str) -> Form {
    Form { id, holds: &["command", "status", "bits", "signal"], differs: &["command", "status", "bits"] }
}
