//! A server that a word ends, and one that only a key ends.

use std::net::SocketAddr;
use std::time::Duration;

use super::super::keyed;
use super::super::steps::{
    BUFFER_BYTES, SERVER, SOCKET, ask, bind, close, connect, loopback, mark, receive, receive_from,
    receive_limit, send, udp, wait_for,
};
use super::super::{Cast, Scene, Setting, Settings, When};
use crate::actor::{Data, Receiving, Script, Service, Step};

/// What ends the server.
pub(super) const WORD: &str = "SALIR";
/// What does not, although the word is in it.
pub(super) const SENTENCE: &str = "no hay que SALIR";
const HELLO: &str = "hola";
/// Somebody who has nothing to say here.
pub(super) const STRANGER: SocketAddr = loopback(66, 0);

const PAUSE: Duration = Duration::from_millis(300);
const LIMIT: Duration = Duration::from_secs(20);
const KEYED_LIMIT: Duration = Duration::from_secs(60);

pub(super) fn scenes(settings: &Settings) -> Vec<Scene> {
    let limit = settings.pause.unwrap_or(PAUSE);
    let programs = [("server", server()), ("user", user()), ("stranger", stranger(limit))];
    let programs = programs.map(|(name, script)| Cast::actor(name, When::AtOnce, script)).to_vec();
    let naive = Scene { id: "naive", programs, settings: Vec::new(), limit: LIMIT };
    let keyed =
        Scene { id: "keyed", programs: with_keys(), settings: vec![Setting::Directory], limit: KEYED_LIMIT };
    vec![naive, keyed]
}

fn server() -> Script {
    let service = Service::StopAt(WORD.to_owned());
    Script::from([
        udp(),
        bind(SERVER),
        mark("bound"),
        Step::Serve { socket: SOCKET, bytes: BUFFER_BYTES, service },
    ])
}

/// Asks twice, and once more when the stranger has been there.
fn user() -> Script {
    let ask = |text: &str| [send(Data::Text(text.to_owned()), None), receive(BUFFER_BYTES, Receiving::Plain)];
    let before =
        [wait_for("bound"), udp(), connect(SERVER)].into_iter().chain(ask(HELLO)).chain(ask(SENTENCE));
    let after = [mark("served"), wait_for("stopped")].into_iter().chain(ask(HELLO)).chain([close()]);
    Script(before.chain(after).collect())
}

fn stranger(limit: Duration) -> Script {
    Script::from([
        wait_for("served"),
        udp(),
        bind(STRANGER),
        receive_limit(limit),
        ask(WORD),
        receive_from(),
        mark("stopped"),
        close(),
    ])
}

fn with_keys() -> Vec<Cast> {
    let mut programs = keyed::keys(&["--may", "text,stop"], &["--may", "text"]);
    programs.push(keyed::server(&[]));
    programs.push(keyed::client("writer", When::Listening, "send", keyed::RIGHT, &["--text", WORD]));
    programs.push(keyed::client("unknown", When::Ended, "stop", keyed::UNKNOWN, &[]));
    programs.push(keyed::client("not-granted", When::Ended, "stop", keyed::OTHER, &[]));
    programs.push(keyed::client("granted", When::Ended, "stop", keyed::RIGHT, &[]));
    programs
}
