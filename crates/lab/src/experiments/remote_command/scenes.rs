//! Servers that run what they are asked to.

use std::net::SocketAddr;
use std::time::Duration;

use super::super::keyed;
use super::super::steps::{
    BUFFER_BYTES, SERVER, SOCKET, bind, close, connect, loopback, mark, receive, receive_from, receive_limit,
    send, udp, wait_for,
};
use super::super::{Cast, Scene, Setting, Settings, When};
use super::statuses;
use crate::actor::{Data, Receiving, Script, Service, Step};

/// What a command comes behind.
const WORD: &str = "CMD ";
/// Ends the server that runs it, and does no other harm.
pub(super) const HARMLESS: &str = "kill -TERM $PPID";
/// Somebody whom nobody knows.
pub(super) const STRANGER: SocketAddr = loopback(66, 0);
pub(super) const SLOW: &str = "sleep ";
const HELLO: &str = "hola";
/// What the keyed scene runs: a listed command, and one that is not.
const LISTED: &str = "true";
pub(super) const NOT_LISTED: &str = "id";

const PAUSE: Duration = Duration::from_millis(300);
const LIMIT: Duration = Duration::from_secs(30);
const KEYED_LIMIT: Duration = Duration::from_secs(60);

pub(super) fn scenes(settings: &Settings) -> Vec<Scene> {
    let pause = settings.pause.unwrap_or(PAUSE);
    vec![
        scene("statuses", [("client", asks_for(statuses::commands()))]),
        scene("stranger", [("stranger", stranger(pause))]),
        scene("busy", [("ana", asks_first(pause)), ("beto", asks_next())]),
        Scene { id: "keyed", programs: with_keys(), settings: vec![Setting::Directory], limit: KEYED_LIMIT },
    ]
}

/// The practical's server, and those who ask it.
fn scene<const N: usize>(id: &'static str, clients: [(&str, Script); N]) -> Scene {
    let all = [("server", server())].into_iter().chain(clients);
    let programs = all.map(|(name, script)| Cast::actor(name, When::AtOnce, script)).collect();
    Scene { id, programs, settings: Vec::new(), limit: LIMIT }
}

fn server() -> Script {
    let service = Service::RunAfter(WORD.to_owned());
    Script::from([
        udp(),
        bind(SERVER),
        mark("bound"),
        Step::Serve { socket: SOCKET, bytes: BUFFER_BYTES, service },
    ])
}

fn command(command: &str) -> Step {
    send(Data::Text(format!("{WORD}{command}")), None)
}

fn asks_for(commands: impl Iterator<Item = &'static str>) -> Script {
    let ask = |it| [command(it), receive(BUFFER_BYTES, Receiving::Plain)];
    let begin = [wait_for("bound"), udp(), connect(SERVER)].into_iter();
    Script(begin.chain(commands.flat_map(ask)).chain([close()]).collect())
}

fn stranger(limit: Duration) -> Script {
    let data = Data::Text(format!("{WORD}{HARMLESS}"));
    Script::from([
        wait_for("bound"),
        udp(),
        bind(STRANGER),
        receive_limit(limit),
        send(data, Some(SERVER)),
        receive_from(),
        close(),
    ])
}

fn asks_first(pause: Duration) -> Script {
    let slow = format!("{SLOW}{}", pause.as_secs_f64());
    let receive = receive(BUFFER_BYTES, Receiving::Plain);
    Script::from([wait_for("bound"), udp(), connect(SERVER), command(&slow), mark("asked"), receive, close()])
}

fn asks_next() -> Script {
    let hello = send(Data::Text(HELLO.to_owned()), None);
    let receive = receive(BUFFER_BYTES, Receiving::Plain);
    Script::from([wait_for("asked"), udp(), connect(SERVER), hello, receive, close()])
}

fn with_keys() -> Vec<Cast> {
    let run = |name, when, key, rest: &[&str]| {
        keyed::client(name, when, "exec", key, &[&["--no-input"], rest].concat())
    };
    let mut programs = keyed::keys(&["--may", "exec", "--shell"], &["--may", "exec", "--commands", LISTED]);
    programs.push(keyed::server(&[]));
    programs.push(run("exits", When::Listening, keyed::RIGHT, &["--shell", "--", statuses::EXIT]));
    programs.push(run("killed", When::Ended, keyed::RIGHT, &["--shell", "--", statuses::KILLED]));
    programs.push(run("not-listed", When::Ended, keyed::OTHER, &["--", NOT_LISTED]));
    programs.push(run("unknown", When::Ended, keyed::UNKNOWN, &["--", LISTED]));
    programs
}
