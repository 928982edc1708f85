//! One `send()` of a long message that waits for room, and what an interruption does to it.

use std::time::Duration;

use super::super::look::{Did, Look, look};
use super::super::stream_steps::{
    CONNECTION, FIRST, accept, after, close, connected, listening, mark, option, pause, receive, send,
};
use super::super::{Cast, Claim, Recorded, Scene, Settings, Unseen, Value, When};
use super::{
    IS_READ, PAUSE, RECEIVE_BYTES, RECEIVER, SENDER, arrived, ends, message_bytes, receive_buffer,
    send_buffer,
};
use crate::actor::{Data, Script, Sending, Signal, Step, Until};

const WHOLE: &str = "whole";
const INTERRUPTED: &str = "interrupted";
const REST: &str = "rest";
const FROM_START: &str = "from-start";

/// Who presses Ctrl+Z and says `fg`.
const TERMINAL: &str = "terminal";

const IS_SENDING: &str = "the client sends";
const GOES_ON: &str = "the client goes on";

/// For how long the client is stopped.
const STOPPED: Duration = Duration::from_millis(50);

/// How much the receiver takes at once as long as it leaves the last bytes, which find room in the buffers, and how many those are.
const PIECE_BYTES: u32 = 1024;
const LEFT_BYTES: u32 = 2048;

/// For how long it leaves them: the sender goes on in the meantime.
const RESTS: Duration = Duration::from_millis(100);

/// The scenes of one `send()`, without and with an interruption.
pub(super) fn scenes(settings: &Settings) -> Vec<Scene> {
    let most = message_bytes(settings).saturating_sub(LEFT_BYTES);
    let begins = vec![
        pause(settings.pause.unwrap_or(PAUSE)),
        receive(CONNECTION, PIECE_BYTES, Until::Bytes(most.into())),
        pause(RESTS),
    ];
    let whole = vec![
        Cast::actor(RECEIVER, When::AtOnce, receiver(begins, settings)),
        Cast::actor(SENDER, When::Listening, sender(Sending::Once, settings)),
    ];
    let interrupted = [(INTERRUPTED, Sending::Once), (REST, Sending::All), (FROM_START, Sending::FromStart)];
    let mut scenes = vec![super::scene(WHOLE, whole)];
    scenes.extend(interrupted.map(|(id, how)| super::scene(id, stopped(how, settings))));
    scenes
}

/// A client that is stopped while it waits, and a receiver that begins to read when it goes on.
fn stopped(how: Sending, settings: &Settings) -> Vec<Cast> {
    vec![
        Cast::actor(RECEIVER, When::AtOnce, receiver(vec![after(GOES_ON)], settings)),
        Cast::actor(SENDER, When::Listening, sender(how, settings)),
        Cast::actor(TERMINAL, When::AtOnce, terminal()),
    ]
}

fn receiver(begins: Vec<Step>, settings: &Settings) -> Script {
    // A connection has the receive buffer of its listener: it is asked for before the window is told to anybody.
    let [socket, rest @ ..] = listening(1);
    let begin = [socket, option(FIRST, receive_buffer(settings))].into_iter().chain(rest).chain([accept()]);
    let read = [receive(CONNECTION, RECEIVE_BYTES, Until::End), close(CONNECTION), mark(IS_READ)];
    Script(begin.chain(begins).chain(read).collect())
}

fn sender(how: Sending, settings: &Settings) -> Script {
    let [socket, connect] = connected(FIRST);
    let message = Data::Long(message_bytes(settings).into());
    Script::from([
        socket,
        option(FIRST, send_buffer(settings)),
        connect,
        mark(IS_SENDING),
        send(FIRST, message, how),
        close(FIRST),
        after(IS_READ),
    ])
}

fn terminal() -> Script {
    let who = || IS_SENDING.to_owned();
    Script::from([
        after(IS_SENDING),
        Step::AwaitBlocked { who: who() },
        Step::Signal { who: who(), signal: Signal::Stop },
        pause(STOPPED),
        Step::Signal { who: who(), signal: Signal::Continue },
        // What the receiver takes from now on makes room only for what is offered from now on.
        mark(GOES_ON),
    ])
}

pub(super) fn claims(recorded: &[Recorded]) -> Vec<Claim> {
    let mut claims = Vec::new();
    for (id, make) in MAKERS {
        let Some(scene) = look(recorded, id) else { continue };
        let sends: Vec<_> = scene.sends(SENDER).collect();
        match &sends[..] {
            [] => claims.extend(make.1.iter().map(|id| Claim::unknown(id, Unseen::NotReached))),
            _ => claims.extend((make.0)(scene, &sends)),
        }
    }
    claims
}

/// What makes the claims of a scene of its recording and of the calls that sent, and which ones those are.
type Maker = (fn(Look<'_>, &[Did<'_>]) -> Vec<Claim>, &'static [&'static str]);

const MAKERS: [(&str, Maker); 4] = [
    (WHOLE, (whole, &["waits", "not-delivered"])),
    (INTERRUPTED, (interrupted, &["short", "lost"])),
    (REST, (rest, &["rest"])),
    (FROM_START, (from_start, &["twice"])),
];

fn whole(scene: Look<'_>, sends: &[Did<'_>]) -> Vec<Claim> {
    let send = sends[0];
    let (message, taken) = (send.asked_bytes(), send.moved_bytes());
    let returned = send.until().unwrap_or(scene.over());
    let early = scene.receives(RECEIVER).filter(|did| did.until().is_some_and(|until| until <= returned));
    let early: Vec<_> = early.collect();
    let read = early.iter().map(Did::moved_bytes).sum();
    // Whoever waits for room waits for the other program.
    let begun = scene.receives(RECEIVER).next().filter(|first| first.began() < returned);
    let waits = Claim::is("waits", taken == message && begun.is_some(), send)
        .also(begun)
        .value("message", Value::Bytes(message))
        .value("taken", Value::Bytes(taken))
        .value("took", Value::Time(send.took().unwrap_or_default()));
    let delivered = Claim::is("not-delivered", read < taken, send)
        .also(ends(&early))
        .value("read", Value::Bytes(read))
        .value("taken", Value::Bytes(taken));
    vec![waits, delivered]
}

fn interrupted(scene: Look<'_>, sends: &[Did<'_>]) -> Vec<Claim> {
    let send = sends[0];
    let (message, taken) = (send.asked_bytes(), send.moved_bytes());
    let (arrived, calls) = arrived(scene);
    let short = Claim::is("short", 0 < taken && taken < message, send)
        .also(scene.signals(SENDER).map(|(_, shown)| shown))
        .value("message", Value::Bytes(message))
        .value("taken", Value::Bytes(taken));
    let end = scene.receives(RECEIVER).find(|did| did.returned() == Some(0));
    let lost = Claim::is("lost", arrived < message && end.is_some(), send)
        .also(ends(&calls))
        .also(end)
        .value("arrived", Value::Bytes(arrived))
        .value("message", Value::Bytes(message))
        .value("missing", Value::Bytes(message.saturating_sub(arrived)));
    vec![short, lost]
}

fn rest(scene: Look<'_>, sends: &[Did<'_>]) -> Vec<Claim> {
    let (message, first) = (sends[0].asked_bytes(), sends[0].moved_bytes());
    let (arrived, calls) = arrived(scene);
    let claim = Claim::is("rest", first < message && arrived == message, sends[0])
        .also(sends.iter().copied())
        .also(ends(&calls))
        .value("sends", Value::Count(sends.len() as u64))
        .value("first", Value::Bytes(first))
        .value("arrived", Value::Bytes(arrived))
        .value("message", Value::Bytes(message));
    vec![claim]
}

fn from_start(scene: Look<'_>, sends: &[Did<'_>]) -> Vec<Claim> {
    let (message, first) = (sends[0].asked_bytes(), sends[0].moved_bytes());
    let (arrived, calls) = arrived(scene);
    let claim = Claim::is("twice", arrived > message, sends[0])
        .also(sends.iter().copied())
        .also(ends(&calls))
        .value("first", Value::Bytes(first))
        .value("arrived", Value::Bytes(arrived))
        .value("message", Value::Bytes(message));
    vec![claim]
}
