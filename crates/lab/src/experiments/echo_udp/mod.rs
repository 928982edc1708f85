//! 1.3: the echo over UDP, run and looked at.

mod claims;

use std::net::SocketAddr;
use std::time::Duration;

use super::{Cast, Experiment, Form, Scene, Settings, When};
use crate::actor::{Data, Receiving, Script, Sending, Socket, Step, To, Transport, Until};
use crate::exercise::Exercise;

pub(super) const EXPERIMENT: Experiment = Experiment {
    exercise: Exercise::EchoUdp,
    folder: "echo_udp",
    en: include_str!("en.md"),
    es: include_str!("es.md"),
    knobs: &[],
    scenes,
    forms: FORMS,
    claims: claims::claims,
    outcome: claims::outcome,
};

/// What it says.
const FORMS: &[Form] = &[
    Form { id: "port-held", holds: &["address", "pid"], differs: &[] },
    Form { id: "echoed", holds: &["message", "reply", "time"], differs: &["call", "error"] },
    Form { id: "two-datagrams", holds: &["datagrams"], differs: &["datagrams"] },
    Form { id: "server-waits-again", holds: &["call"], differs: &[] },
];

/// Where the practical's server listens.
const SERVER: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 3500);
/// What the practical's client sends.
const MESSAGE: &str = "TyR: Echo sobre UDP";
const BUFFER_BYTES: u32 = 1024;
const SOCKET: Socket = Socket(0);
const LIMIT: Duration = Duration::from_secs(10);

fn scenes(_: &Settings) -> Vec<Scene> {
    let programs =
        vec![Cast::actor("server", When::AtOnce, server()), Cast::actor("client", When::Listening, client())];
    vec![Scene { id: "pair", programs, settings: Vec::new(), limit: LIMIT }]
}

/// `udp_echo_server.py`, for two datagrams.
fn server() -> Script {
    let turn = vec![
        Step::Receive { socket: SOCKET, bytes: BUFFER_BYTES, how: Receiving::From, until: Until::Once },
        Step::Send { socket: SOCKET, data: Data::Received, to: Some(To::Sender), how: Sending::Once },
    ];
    Script::from([
        Step::Socket { socket: SOCKET, transport: Transport::Udp, v6: false },
        Step::Bind { socket: SOCKET, address: SERVER },
        Step::Repeat { times: 2, steps: turn },
    ])
}

/// `udp_echo_client.py`.
fn client() -> Script {
    let to = Some(To::Address(SERVER));
    Script::from([
        Step::Socket { socket: SOCKET, transport: Transport::Udp, v6: false },
        Step::Send { socket: SOCKET, data: Data::Text(MESSAGE.to_owned()), to, how: Sending::Once },
        Step::Receive { socket: SOCKET, bytes: BUFFER_BYTES, how: Receiving::From, until: Until::Once },
        Step::Close { socket: SOCKET },
    ])
}
