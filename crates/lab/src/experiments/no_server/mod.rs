//! 1.5.1: a client without a server.

mod claims;
mod scenes;

use super::{Experiment, Form, Knob};
use crate::exercise::Exercise;

pub(super) const EXPERIMENT: Experiment = Experiment {
    exercise: Exercise::NoServer,
    folder: "no_server",
    en: include_str!("en.md"),
    es: include_str!("es.md"),
    knobs: &[Knob::Pause, Knob::MessageSize],
    scenes: scenes::scenes,
    forms: FORMS,
    claims: claims::claims,
    outcome: claims::outcome,
    expected: &[
        ("connected", include_str!("expected/connected.script")),
        ("error-queue", include_str!("expected/error-queue.script")),
        ("late", include_str!("expected/late.script")),
        ("mute", include_str!("expected/mute.script")),
        ("tcp", include_str!("expected/tcp.script")),
        ("unconnected", include_str!("expected/unconnected.script")),
    ],
};

/// What it says.
const FORMS: &[Form] = &[
    Form { id: "send-succeeds", holds: &["sends", "sent"], differs: &["result"] },
    Form {
        id: "icmp-came",
        holds: &["type", "code", "length", "from", "to"],
        differs: &["sends", "messages"],
    },
    Form { id: "counted", holds: &["count"], differs: &["count", "sends"] },
    Form { id: "nothing-kept", holds: &["error"], differs: &["error", "result"] },
    Form { id: "waits", holds: &["waited"], differs: &["result", "waited"] },
    Form { id: "connect-silent", holds: &[], differs: &["packets"] },
    Form { id: "receive-refused", holds: &["errno", "took"], differs: &["result", "took"] },
    Form { id: "told-once", holds: &["errno"], differs: &["result"] },
    Form {
        id: "send-refused",
        holds: &["sends", "refused", "errno", "datagrams"],
        differs: &["sends", "refused", "datagrams"],
    },
    Form { id: "asked-and-told", holds: &["errno", "took"], differs: &["result", "took"] },
    Form { id: "queue-tells", holds: &["data", "address"], differs: &["result"] },
    Form { id: "not-kept", holds: &["after", "waited", "errno"], differs: &["result"] },
    Form { id: "no-refusal", holds: &[], differs: &["messages"] },
    Form { id: "limit-ends", holds: &["errno", "waited", "tries"], differs: &["result", "waited"] },
    Form { id: "tcp-refused", holds: &["errno", "took"], differs: &["result", "took"] },
    Form { id: "tcp-reset", holds: &[], differs: &[] },
];
