//! 2.3: the echo over TCP, run and looked at.

mod claims;

use std::time::Duration;

use super::practical::{
    CONNECTION, SOCKET, accept, bind, close, receive, send_back, socket, tcp_client, tcp_listener,
};
use super::{Cast, Experiment, Form, Scene, Settings, When};
use crate::actor::{Choice, Script, Step, Transport};
use crate::exercise::Exercise;

pub(super) const EXPERIMENT: Experiment = Experiment {
    exercise: Exercise::EchoTcp,
    folder: "echo_tcp",
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
    Form { id: "listens", holds: &["address", "pid", "backlog"], differs: &["error"] },
    Form { id: "handshake", holds: &["segments", "time"], differs: &["segments"] },
    Form { id: "echoed", holds: &["message", "reply", "time"], differs: &["call", "time"] },
    Form { id: "more-than-two", holds: &["segments", "with_data"], differs: &["segments"] },
    Form { id: "server-closes-first", holds: &["port"], differs: &["port"] },
    Form { id: "time-wait", holds: &["address", "error"], differs: &["address"] },
    Form { id: "reuse", holds: &["address"], differs: &["error"] },
];

const LIMIT: Duration = Duration::from_secs(10);
/// What the server that comes after the first one waits for.
const ENDED: &str = "ended";

fn scenes(_: &Settings) -> Vec<Scene> {
    let pair = vec![
        Cast::actor("server", When::AtOnce, server()),
        Cast::actor("client", When::Listening, tcp_client()),
        Cast::actor("restarted", When::Ended, restarted()),
    ];
    vec![Scene { id: "pair", programs: pair, settings: Vec::new(), limit: LIMIT }]
}

/// `tcp_echo_server.py` for one client; then somebody stops it.
fn server() -> Script {
    let mut steps = tcp_listener();
    steps.extend([accept(), receive(CONNECTION), send_back(), close(CONNECTION), close(SOCKET)]);
    steps.push(Step::Mark { mark: ENDED.to_owned() });
    steps.into()
}

/// A server that takes the port again, first without `SO_REUSEADDR`.
fn restarted() -> Script {
    let reuse = Step::Option { socket: SOCKET, choice: Choice::ReuseAddress(true) };
    Script::from([Step::Await { mark: ENDED.to_owned() }, socket(Transport::Tcp), bind(), reuse, bind()])
}
