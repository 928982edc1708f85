//! 1.4: the echo over UDP, captured, with pauses.

mod claims;

use std::time::Duration;

use super::practical::{SOCKET, ask, bind, close, echo_back, receive_from, socket};
use super::{Cast, Experiment, Form, Knob, Scene, Settings, When};
use crate::actor::{Script, Step, Transport};
use crate::exercise::Exercise;

pub(super) const EXPERIMENT: Experiment = Experiment {
    exercise: Exercise::CaptureUdp,
    folder: "capture_udp",
    en: include_str!("en.md"),
    es: include_str!("es.md"),
    knobs: &[Knob::Pause],
    scenes,
    expected: &[
        ("pauses", include_str!("expected/pauses.script")),
        ("gone", include_str!("expected/gone.script")),
    ],
    forms: FORMS,
    claims: claims::claims,
    outcome: claims::outcome,
};

/// What it says.
const FORMS: &[Form] = &[
    Form { id: "silent-sockets", holds: &["time"], differs: &["time"] },
    Form { id: "port-at-first-send", holds: &["before", "after"], differs: &[] },
    Form { id: "waits-in-kernel", holds: &["bytes", "time"], differs: &["time"] },
    Form { id: "reply-waits", holds: &["bytes", "time"], differs: &["time"] },
    Form { id: "reply-refused", holds: &["port", "counted"], differs: &[] },
    Form { id: "server-not-told", holds: &["bytes"], differs: &["error"] },
];

/// Long enough to be seen, short enough to be waited for.
const PAUSE: Duration = Duration::from_millis(300);
/// What the programs take beside their pauses.
const LIMIT: Duration = Duration::from_secs(10);
/// How many pauses follow each other in a scene.
const PAUSES: u32 = 6;

fn scenes(settings: &Settings) -> Vec<Scene> {
    let pause = settings.pause.unwrap_or(PAUSE);
    let limit = LIMIT + pause * PAUSES;
    let scene = |id, client| {
        let programs = vec![
            Cast::actor("server", When::AtOnce, server(pause)),
            Cast::actor("client", When::Listening, client),
        ];
        Scene { id, programs, settings: Vec::new(), limit }
    };
    vec![scene("pauses", patient(pause)), scene("gone", hasty(pause))]
}

/// A server that sleeps before it takes each datagram.
fn server(pause: Duration) -> Script {
    let turn = vec![Step::Pause { time: pause * 2 }, receive_from(), echo_back()];
    Script::from([socket(Transport::Udp), bind(), Step::Repeat { times: 2, steps: turn }])
}

/// A client that sleeps before it sends, though not as long as the server, and before it takes the reply: until after the server has
/// come to its second wait.
fn patient(pause: Duration) -> Script {
    let sleep = |times| Step::Pause { time: pause * times };
    Script::from([socket(Transport::Udp), sleep(1), ask(), sleep(4), receive_from(), close(SOCKET)])
}

/// A client that closes its socket before the reply comes, and then goes on with something else.
fn hasty(pause: Duration) -> Script {
    Script::from([socket(Transport::Udp), ask(), close(SOCKET), Step::Pause { time: pause * 3 }])
}
