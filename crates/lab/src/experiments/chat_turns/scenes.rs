//! Ana and Beto: programs that sleep where a person would type.

use std::time::Duration;

use super::super::steps::{
    BUFFER_BYTES, SERVER, SOCKET, ask, bind, close, mark, pause, receive, receive_from, udp, wait_for,
    wait_until_blocked,
};
use super::super::{Cast, Scene, Settings, When};
use crate::actor::{Data, Receiving, Script, Sending, Service, Step, To};

/// How long somebody types, unless the reader says otherwise.
const PAUSE: Duration = Duration::from_millis(300);
const LIMIT: Duration = Duration::from_secs(20);
/// What programs may need to start, where the limit of a scene is what ends it.
const START: Duration = Duration::from_millis(700);
/// How often each of them speaks in turns.
const ROUNDS: u32 = 2;
pub(super) const ANA: &str = "ana";
pub(super) const BETO: &str = "beto";
/// What they say.
const HELLO: &str = "hola";
pub(super) const SECOND: &str = "otra cosa";
pub(super) const ANSWER: &str = "muy bien";
const GOODBYE: &str = "chau";
/// How long our own chat listens to others when nobody types any more.
const LAST_WORDS: &str = "100ms";
const NEWLINE: &str = "\n";

pub(super) fn scenes(settings: &Settings) -> Vec<Scene> {
    let typing = settings.pause.unwrap_or(PAUSE);
    vec![
        scene("turns", takes_turns(typing), begins(typing)),
        scene("impatient", types_an_answer(typing), says_two_things()),
        Scene { limit: typing + START, ..scene("empty-line", ignores_nothing(), presses_enter()) },
        scene("leaves", answers_nobody(), leaves()),
        scene("both-at-once", listens_and_types(typing), says_two_things()),
        chat(typing),
    ]
}

fn scene(id: &'static str, beto: Script, ana: Script) -> Scene {
    let beto = Cast::actor(BETO, When::AtOnce, beto);
    let ana = Cast::actor(ANA, When::AtOnce, ana);
    Scene { id, programs: vec![beto, ana], settings: Vec::new(), limit: LIMIT }
}

/// A line for whoever spoke last.
fn answer() -> Step {
    let data = Data::Text(ANSWER.to_owned());
    Step::Send { socket: SOCKET, data, to: Some(To::Sender), how: Sending::Once }
}

fn takes_turns(typing: Duration) -> Script {
    let round = vec![receive_from(), pause(typing), answer()];
    Script::from([udp(), bind(SERVER), mark("bound"), Step::Repeat { times: ROUNDS, steps: round }, close()])
}

fn begins(typing: Duration) -> Script {
    let round = vec![pause(typing), ask(HELLO), receive_from()];
    Script::from([wait_for("bound"), udp(), Step::Repeat { times: ROUNDS, steps: round }, close()])
}

fn types_an_answer(typing: Duration) -> Script {
    Script::from([
        udp(),
        bind(SERVER),
        mark("bound"),
        receive_from(),
        mark("types"),
        pause(typing),
        answer(),
        receive_from(),
        close(),
    ])
}

fn says_two_things() -> Script {
    Script::from([
        wait_for("bound"),
        udp(),
        ask(HELLO),
        wait_for("types"),
        wait_until_blocked("types"),
        ask(SECOND),
        receive_from(),
        close(),
    ])
}

/// The practical's `if data:`.
fn ignores_nothing() -> Script {
    let service = Service::Only(vec![SERVER.ip()]);
    Script::from([
        udp(),
        bind(SERVER),
        mark("bound"),
        Step::Serve { socket: SOCKET, bytes: BUFFER_BYTES, service },
    ])
}

fn presses_enter() -> Script {
    Script::from([wait_for("bound"), udp(), ask(""), receive_from(), close()])
}

fn answers_nobody() -> Script {
    Script::from([
        udp(),
        bind(SERVER),
        mark("bound"),
        receive_from(),
        wait_for("gone"),
        answer(),
        receive_from(),
        close(),
    ])
}

fn leaves() -> Script {
    Script::from([wait_for("bound"), wait_until_blocked("bound"), udp(), ask(HELLO), close(), mark("gone")])
}

/// Waits for the socket as long as there is no Enter: what comes meanwhile is received at once.
fn listens_and_types(typing: Duration) -> Script {
    let wait = || Step::Wait { sockets: vec![SOCKET], limit: Some(typing) };
    Script::from([
        udp(),
        bind(SERVER),
        mark("bound"),
        receive_from(),
        mark("types"),
        wait(),
        receive(BUFFER_BYTES, Receiving::NoWait),
        wait(),
        answer(),
        close(),
    ])
}

/// Two of our own, and somebody who types at each: while one is in the middle of a line, a line of the other comes.
fn chat(typing: Duration) -> Scene {
    let start = |arguments: &[&str]| Step::Start {
        arguments: arguments.iter().map(|&it| it.to_owned()).chain([SERVER.to_string()]).collect(),
    };
    let types = |text: &str| Step::Type { text: text.to_owned() };
    let line = |text: &str| types(&format!("{text}{NEWLINE}"));
    let (of_answer, rest) = ANSWER.split_at(1);
    let beto = Script::from([
        start(&["chat", "udp", "--listen"]),
        wait_for("greeted"),
        types(of_answer),
        mark("beto-types"),
        wait_for("ana-spoke"),
        pause(typing),
        line(rest),
        mark("beto-spoke"),
        wait_for("ana-left"),
    ]);
    let (of_goodbye, goodbye) = GOODBYE.split_at(1);
    let ana = Script::from([
        start(&["chat", "udp", "--reply-timeout", LAST_WORDS]),
        line(HELLO),
        pause(typing),
        mark("greeted"),
        wait_for("beto-types"),
        line(SECOND),
        types(of_goodbye),
        mark("ana-spoke"),
        wait_for("beto-spoke"),
        pause(typing),
        line(goodbye),
        Step::EndInput {},
        mark("ana-left"),
    ]);
    let programs = vec![Cast::actor(BETO, When::AtOnce, beto), Cast::actor(ANA, When::Listening, ana)];
    Scene { id: "chat", programs, settings: Vec::new(), limit: LIMIT }
}
