//! A socket that does not block.

use scope::model::Args;
use wire::errno::EAGAIN;

use super::super::look::{Did, Stood, look};
use super::super::stream_steps::{
    CONNECTION, FIRST, accept, after, close, connected, listening, mark, option, pause, receive, send,
};
use super::super::{Cast, Claim, Recorded, Scene, Settings, Unseen, Value, When};
use super::{
    IS_READ, PAUSE, RECEIVE_BYTES, RECEIVER, SENDER, arrived, ends, message_bytes, receive_buffer,
    send_buffer,
};
use crate::actor::{Choice, Data, Script, Sending, Until};

const ID: &str = "nonblocking";

pub(super) fn scene(settings: &Settings) -> Scene {
    let programs = vec![
        Cast::actor(RECEIVER, When::AtOnce, receiver(settings)),
        Cast::actor(SENDER, When::Listening, sender(settings)),
    ];
    super::scene(ID, programs)
}

fn receiver(settings: &Settings) -> Script {
    let [socket, rest @ ..] = listening(1);
    let begin = [socket, option(FIRST, receive_buffer(settings))];
    let read = [
        accept(),
        pause(settings.pause.unwrap_or(PAUSE)),
        receive(CONNECTION, RECEIVE_BYTES, Until::End),
        close(CONNECTION),
        mark(IS_READ),
    ];
    Script(begin.into_iter().chain(rest).chain(read).collect())
}

fn sender(settings: &Settings) -> Script {
    let [socket, connect] = connected(FIRST);
    let message = Data::Long(message_bytes(settings).into());
    Script::from([
        socket,
        option(FIRST, send_buffer(settings)),
        connect,
        option(FIRST, Choice::NonBlocking(true)),
        send(FIRST, message, Sending::AllWithPoll),
        close(FIRST),
        after(IS_READ),
    ])
}

pub(super) fn claims(recorded: &[Recorded]) -> Vec<Claim> {
    let Some(scene) = look(recorded, ID) else { return Vec::new() };
    let sends: Vec<_> = scene.sends(SENDER).collect();
    let Some(first) = sends.first() else {
        return ["at-once", "again", "queue", "poll"]
            .map(|id| Claim::unknown(id, Unseen::NotReached))
            .to_vec();
    };
    let message = first.asked_bytes();
    let refused = sends.iter().find(|did| did.errno() == Some(EAGAIN));
    let at_once = Claim::is("at-once", first.moved_bytes() < message, *first)
        .value("message", Value::Bytes(message))
        .value("taken", Value::Bytes(first.moved_bytes()));
    let again =
        Claim::is("again", refused.is_some(), *refused.unwrap_or(first)).value("errno", Value::Errno(EAGAIN));
    let (arrived, calls) = arrived(scene);
    let waits: Vec<_> = scene.calls(SENDER).filter(waits_for_room).collect();
    let poll = Claim::is("poll", arrived == message && !waits.is_empty(), *first)
        .also(ends(&waits))
        .also(ends(&calls))
        .value("sends", Value::Count(sends.len() as u64))
        .value("waits", Value::Count(waits.len() as u64))
        .value("arrived", Value::Bytes(arrived))
        .value("message", Value::Bytes(message));
    let queue = refused.map(|refused| queue(&scene.states(SENDER).collect::<Vec<_>>(), *refused));
    [at_once, again].into_iter().chain(queue).chain([poll]).collect()
}

/// Whether a call waits for room in a socket.
fn waits_for_room(did: &Did<'_>) -> bool {
    matches!(&did.raw().args, Args::Wait { watched, .. } if !watched.is_empty())
}

/// What stood in the sender's buffer when a call found no room.
fn queue(states: &[Stood<'_>], refused: Did<'_>) -> Claim {
    let until = refused.until().unwrap_or(refused.began());
    let Some(stood) = states.iter().rev().find(|stood| stood.when() <= until) else {
        return Claim::unknown("queue", Unseen::NotReached);
    };
    Claim::is("queue", stood.send_queue() > 0, *stood)
        .also([refused])
        .value("queue", Value::Bytes(stood.send_queue()))
}
