//! 2.3: the echo over TCP, run and looked at.

mod claims;

use std::time::Duration;

use super::practical::{
    CONNECTION, SOCKET, accept, bind, close, connect, receive, send_back, send_message, socket, tcp_listener,
};
use super::steps::{mark, wait_for as after};
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
/// What the client waits for before it closes.
const CLOSED: &str = "closed";
/// What the server that comes after the first one waits for.
const ENDED: &str = "ended";

fn scenes(_: &Settings) -> Vec<Scene> {
    let pair = vec![
        Cast::actor("server", When::AtOnce, server()),
        Cast::actor("client", When::Listening, client()),
        Cast::actor("restarted", When::Ended, restarted()),
    ];
    vec![Scene { id: "pair", programs: pair, settings: Vec::new(), limit: LIMIT }]
}

/// `tcp_echo_server.py` for one client; then somebody stops it.
fn server() -> Script {
    let mut steps = tcp_listener();
    steps.extend([accept(), receive(CONNECTION), send_back(), close(CONNECTION), mark(CLOSED)]);
    steps.extend([close(SOCKET), mark(ENDED)]);
    steps.into()
}

/// `tcp_echo_client.py`, which takes longer to print its reply than the server to close: a machine with much to do would have
/// it otherwise at times.
fn client() -> Script {
    let tcp = socket(Transport::Tcp);
    Script::from([tcp, connect(), send_message(), receive(SOCKET), after(CLOSED), close(SOCKET)])
}

/// A server that takes the port again, first without `SO_REUSEADDR`.
fn restarted() -> Script {
    let reuse = Step::Option { socket: SOCKET, choice: Choice::ReuseAddress(true) };
    Script::from([after(ENDED), socket(Transport::Tcp), bind(), reuse, bind()])
}
