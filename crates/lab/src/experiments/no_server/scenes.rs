//! Clients that ask where nobody is, each in its own way.

use std::time::Duration;

use super::super::steps::{
    BUFFER_BYTES, SERVER, SOCKET, bind, close, connect, mark, message, need, option, receive, receive_from,
    receive_limit, send, tcp, udp, wait_for,
};
use super::super::{Cast, Scene, Settings, When};
use crate::actor::{Choice, Receiving, Script, Step};

/// How long a wait lasts, unless the reader says otherwise.
const PAUSE: Duration = Duration::from_millis(300);
/// A scene that does not end by itself is ended after this.
const LIMIT: Duration = Duration::from_secs(20);
/// What programs may need to start, where the limit of a scene is what ends it.
const START: Duration = Duration::from_millis(700);
/// How often a client with a time limit tries.
const TRIES: u32 = 3;

pub(super) fn scenes(settings: &Settings) -> Vec<Scene> {
    let pause = settings.pause.unwrap_or(PAUSE);
    vec![
        Scene { limit: pause + START, ..alone("unconnected", unconnected(settings)) },
        alone("connected", connected(settings)),
        alone("error-queue", error_queue(settings)),
        pair("late", late_server(pause), early_client(settings)),
        pair("mute", mute_server(), patient_client(settings, pause)),
        alone("tcp", Script::from([tcp(SOCKET), connect(SERVER), close()])),
    ]
}

fn alone(id: &'static str, client: Script) -> Scene {
    let programs = vec![Cast::actor("client", When::AtOnce, client)];
    Scene { id, programs, settings: Vec::new(), limit: LIMIT }
}

fn pair(id: &'static str, server: Script, client: Script) -> Scene {
    let server = Cast::actor("server", When::AtOnce, server);
    let client = Cast::actor("client", When::AtOnce, client);
    Scene { id, programs: vec![server, client], settings: Vec::new(), limit: LIMIT }
}

fn send_message(settings: &Settings) -> Step {
    send(message(settings.message_bytes), None)
}

/// The practical's client, but that it sends again and looks for an error before it waits.
fn unconnected(settings: &Settings) -> Script {
    let send = || send(message(settings.message_bytes), Some(SERVER));
    let look = Step::TakeError { socket: SOCKET };
    Script::from([udp(), need(send()), look, send(), receive_from(), close()])
}

fn connected(settings: &Settings) -> Script {
    let send = || send_message(settings);
    let first = need(send());
    let plain = |how| receive(BUFFER_BYTES, how);
    Script::from([
        udp(),
        connect(SERVER),
        first,
        plain(Receiving::Plain),
        plain(Receiving::NoWait),
        send(),
        send(),
        send(),
        close(),
    ])
}

fn error_queue(settings: &Settings) -> Script {
    Script::from([
        udp(),
        option(Choice::ReceiveErrors),
        need(send(message(settings.message_bytes), Some(SERVER))),
        receive_from(),
        Step::ReceiveErrorQueue { socket: SOCKET },
        close(),
    ])
}

fn early_client(settings: &Settings) -> Script {
    let send = need(send(message(settings.message_bytes), Some(SERVER)));
    Script::from([udp(), send, mark("sent"), wait_for("over"), close()])
}

fn late_server(limit: Duration) -> Script {
    Script::from([
        wait_for("sent"),
        udp(),
        bind(SERVER),
        receive_limit(limit),
        receive_from(),
        close(),
        mark("over"),
    ])
}

fn mute_server() -> Script {
    Script::from([udp(), bind(SERVER), mark("bound"), wait_for("gave-up"), close()])
}

fn patient_client(settings: &Settings, limit: Duration) -> Script {
    let try_once = vec![need(send_message(settings)), receive(BUFFER_BYTES, Receiving::Plain)];
    Script::from([
        wait_for("bound"),
        udp(),
        connect(SERVER),
        receive_limit(limit),
        Step::Repeat { times: TRIES, steps: try_once },
        close(),
        mark("gave-up"),
    ])
}
