//! 1.5.2: a server that serves some addresses only.

mod claims;
mod scenes;

use super::{Experiment, Form, Knob};
use crate::exercise::Exercise;

pub(super) const EXPERIMENT: Experiment = Experiment {
    exercise: Exercise::AddressFilter,
    folder: "address_filter",
    en: include_str!("en.md"),
    es: include_str!("es.md"),
    knobs: &[Knob::Clients, Knob::Pause],
    scenes: scenes::scenes,
    forms: FORMS,
    claims: claims::claims,
    outcome: claims::outcome,
    expected: &[("connected", include_str!("expected/connected.script"))],
};

/// What it says.
const FORMS: &[Form] = &[
    Form { id: "served", holds: &["address", "replies", "asked"], differs: &["address", "replies", "asked"] },
    Form { id: "received", holds: &["denied"], differs: &["denied", "received"] },
    Form { id: "silent", holds: &[], differs: &["replies"] },
    Form { id: "unseen", holds: &["errno", "waited"], differs: &["result", "messages"] },
    Form { id: "near-misses", holds: &["addresses"], differs: &["addresses", "served"] },
    Form { id: "borrowed-served", holds: &["denied", "taken"], differs: &["taken", "result"] },
    Form { id: "forged-served", holds: &["victim", "sends"], differs: &[] },
    Form { id: "victim-hit", holds: &["victim", "received"], differs: &["victim", "result"] },
    Form {
        id: "kernel-filters",
        holds: &["stranger", "messages", "count"],
        differs: &["stranger", "received", "messages"],
    },
    Form { id: "handshake-first", holds: &["took", "before"], differs: &["result"] },
    Form { id: "closed-after", holds: &["result"], differs: &["received"] },
];
