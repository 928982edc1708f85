//! 1.5.3: a buffer that is smaller than the message.

mod claims;
mod scenes;

use super::{Experiment, Form, Knob};
use crate::exercise::Exercise;

pub(super) const EXPERIMENT: Experiment = Experiment {
    exercise: Exercise::Truncation,
    folder: "truncation",
    en: include_str!("en.md"),
    es: include_str!("es.md"),
    knobs: &[Knob::Buffer, Knob::MessageSize, Knob::Pause],
    scenes: scenes::scenes,
    forms: FORMS,
    claims: claims::claims,
    outcome: claims::outcome,
    expected: &[
        ("empty", include_str!("expected/empty.script")),
        ("small", include_str!("expected/small.script")),
    ],
};

/// What it says.
const FORMS: &[Form] = &[
    Form { id: "cut", holds: &["sent", "buffer", "received", "data"], differs: &["sent", "buffer"] },
    Form { id: "next-message", holds: &["data"], differs: &["data"] },
    Form { id: "flag", holds: &["received"], differs: &["received"] },
    Form { id: "real-length", holds: &["length", "buffer"], differs: &["length", "sent"] },
    Form { id: "cut-twice", holds: &["sent", "server", "client"], differs: &["sent", "server", "client"] },
    Form { id: "empty-arrives", holds: &["received", "data"], differs: &["result"] },
    Form { id: "no-room", holds: &["lost", "data"], differs: &["data"] },
    Form { id: "longest-goes", holds: &["sent", "received"], differs: &["sent", "received", "result"] },
    Form { id: "too-long", holds: &["sent", "errno"], differs: &["sent", "result"] },
    Form {
        id: "fragmented",
        holds: &["mtu", "sent", "fragments", "first", "last", "received"],
        differs: &["mtu", "sent", "fragments", "received"],
    },
    Form { id: "incomplete", holds: &["fragments", "errno"], differs: &["result"] },
    Form {
        id: "overflowed",
        holds: &["room", "sent", "received", "lost"],
        differs: &["sent", "received", "lost"],
    },
];
