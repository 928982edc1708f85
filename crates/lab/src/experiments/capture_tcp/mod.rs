//! 2.4: the echo over TCP, captured, with pauses.

mod claims;

use std::time::Duration;

use super::practical::{
    CONNECTION, SOCKET, accept, close, connect, receive, send_back, send_message, socket, tcp_listener,
};
use super::{Cast, Experiment, Form, Knob, Scene, Settings, When};
use crate::actor::{Script, Signal, Step, Transport};
use crate::exercise::Exercise;

pub(super) const EXPERIMENT: Experiment = Experiment {
    exercise: Exercise::CaptureTcp,
    folder: "capture_tcp",
    en: include_str!("en.md"),
    es: include_str!("es.md"),
    knobs: &[Knob::Pause],
    scenes,
    expected: &[],
    forms: FORMS,
    claims: claims::claims,
    outcome: claims::outcome,
};

/// What it says.
const FORMS: &[Form] = &[
    Form { id: "connected-unaccepted", holds: &["took", "before"], differs: &["took"] },
    Form { id: "acked-unaccepted", holds: &["bytes", "time"], differs: &[] },
    Form { id: "half-closed", holds: &["server", "client", "time"], differs: &[] },
    Form { id: "time-wait", holds: &["state", "local"], differs: &[] },
    Form { id: "killed-says-fin", holds: &["signal"], differs: &["call"] },
    Form { id: "then-reset", holds: &["sent"], differs: &["sent"] },
    Form { id: "then-pipe", holds: &["error"], differs: &["call"] },
];

/// Long enough to be seen, short enough to be waited for.
const PAUSE: Duration = Duration::from_millis(300);
/// What the programs take beside their pauses.
const LIMIT: Duration = Duration::from_secs(10);
/// How many pauses follow each other in a scene.
const PAUSES: u32 = 4;
/// What the client that kills its server waits for.
const ACCEPTED: &str = "accepted";

fn scenes(settings: &Settings) -> Vec<Scene> {
    let pause = settings.pause.unwrap_or(PAUSE);
    let limit = LIMIT + pause * PAUSES;
    let scene = |id, server, client| {
        let programs =
            vec![Cast::actor("server", When::AtOnce, server), Cast::actor("client", When::Listening, client)];
        Scene { id, programs, settings: Vec::new(), limit }
    };
    vec![scene("pauses", sleepy(pause), patient(pause)), scene("killed", victim(), killer(pause))]
}

/// A server that sleeps before it accepts.
fn sleepy(pause: Duration) -> Script {
    let mut steps = tcp_listener();
    steps.extend([Step::Pause { time: pause }, accept(), receive(CONNECTION), send_back()]);
    steps.extend([close(CONNECTION), Step::Pause { time: pause * 2 }, close(SOCKET)]);
    steps.into()
}

/// A client that sleeps before it closes.
fn patient(pause: Duration) -> Script {
    let sleep = || Step::Pause { time: pause };
    let begin = [socket(Transport::Tcp), connect(), send_message(), receive(SOCKET)];
    begin.into_iter().chain([sleep(), close(SOCKET), sleep()]).collect::<Vec<_>>().into()
}

/// A server that waits for a message that does not come.
fn victim() -> Script {
    let mut steps = tcp_listener();
    steps.extend([accept(), Step::Mark { mark: ACCEPTED.to_owned() }, receive(CONNECTION)]);
    steps.into()
}

/// A client whose server is killed, and that goes on as if nothing had happened.
fn killer(pause: Duration) -> Script {
    let wait = Step::Await { mark: ACCEPTED.to_owned() };
    let blocked = Step::AwaitBlocked { who: ACCEPTED.to_owned() };
    let kill = Step::Signal { who: ACCEPTED.to_owned(), signal: Signal::Kill };
    let rest =
        [receive(SOCKET), send_message(), Step::Pause { time: pause / 3 }, send_message(), close(SOCKET)];
    let begin = [socket(Transport::Tcp), connect(), wait, blocked, kill];
    begin.into_iter().chain(rest).collect::<Vec<_>>().into()
}
