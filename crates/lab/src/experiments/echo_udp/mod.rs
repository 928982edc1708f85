//! 1.3: the echo over UDP, run and looked at.

mod claims;

use std::time::Duration;

use super::{Cast, Experiment, Form, Scene, Settings, When, practical};
use crate::exercise::Exercise;

pub(super) const EXPERIMENT: Experiment = Experiment {
    exercise: Exercise::EchoUdp,
    folder: "echo_udp",
    en: include_str!("en.md"),
    es: include_str!("es.md"),
    knobs: &[],
    scenes,
    expected: &[],
    forms: FORMS,
    claims: claims::claims,
    outcome: claims::outcome,
};

/// What it says.
const FORMS: &[Form] = &[
    Form { id: "port-held", holds: &["address", "pid"], differs: &["error"] },
    Form { id: "echoed", holds: &["message", "reply", "time"], differs: &["call", "time"] },
    Form { id: "two-datagrams", holds: &["packets"], differs: &["packets"] },
    Form { id: "server-waits-again", holds: &["call", "time"], differs: &[] },
];

const LIMIT: Duration = Duration::from_secs(10);

fn scenes(_: &Settings) -> Vec<Scene> {
    let programs = vec![
        Cast::actor("server", When::AtOnce, practical::udp_server(2)),
        Cast::actor("client", When::Listening, practical::udp_client()),
    ];
    vec![Scene { id: "pair", programs, settings: Vec::new(), limit: LIMIT }]
}
