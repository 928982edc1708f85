//! A loop that does not look at the end of a stream, and who waits for it to end.

use std::time::Duration;

use super::super::look::{Did, Look, look};
use super::super::stream_steps::{
    CONNECTION, FIRST, accept, after, close, connected, listening, mark, receive, send,
};
use super::super::{Cast, Claim, Recorded, Scene, Settings, Unseen, Value, When};
use super::{BACKLOG, ECHO_BYTES, MESSAGE, SERVER, buffer_bytes};
use crate::actor::{Data, Script, Sending, Step, Until};

const ID: &str = "no-break";
const FIRST_CLIENT: &str = "first";
const SECOND_CLIENT: &str = "second";

const HAS_ENDED: &str = "the first client has ended";
const IS_CONNECTED: &str = "the second client is connected";

/// How often the server calls `recv()`; a real loop of this kind never ends.
const CALLS: u32 = 500;

/// From so many calls on that brought nothing, somebody does not look.
const MANY: usize = 100;

pub(super) fn scene(settings: &Settings) -> Scene {
    let programs = vec![
        Cast::actor(SERVER, When::AtOnce, server(settings)),
        Cast::actor(FIRST_CLIENT, When::Listening, first()),
        Cast::actor(SECOND_CLIENT, When::AtOnce, second()),
    ];
    super::scene(ID, programs)
}

fn server(settings: &Settings) -> Script {
    let once = receive(CONNECTION, buffer_bytes(settings), Until::Once);
    let serve = [
        accept(),
        // So that the second client waits from the beginning of the loop on.
        after(IS_CONNECTED),
        Step::Repeat { times: CALLS, steps: vec![once] },
        close(CONNECTION),
        accept(),
        receive(CONNECTION, ECHO_BYTES, Until::Once),
        send(CONNECTION, Data::Received, Sending::Once),
        close(CONNECTION),
    ];
    Script(listening(BACKLOG).into_iter().chain(serve).collect())
}

fn first() -> Script {
    let message = send(FIRST, Data::Text(MESSAGE.to_owned()), Sending::Once);
    Script(connected(FIRST).into_iter().chain([message, close(FIRST), mark(HAS_ENDED)]).collect())
}

fn second() -> Script {
    let exchange = [
        send(FIRST, Data::Text(MESSAGE.to_owned()), Sending::Once),
        mark(IS_CONNECTED),
        receive(FIRST, ECHO_BYTES, Until::Once),
        close(FIRST),
    ];
    Script([after(HAS_ENDED)].into_iter().chain(connected(FIRST)).chain(exchange).collect())
}

pub(super) fn claims(recorded: &[Recorded]) -> Vec<Claim> {
    let Some(scene) = look(recorded, ID) else { return Vec::new() };
    let accepts: Vec<_> = scene.named(SERVER, "accept4").collect();
    let [first, second, ..] = accepts[..] else {
        return [ID, "starved"].map(|id| Claim::unknown(id, Unseen::NotReached)).to_vec();
    };
    let on_first = scene.receives(SERVER).filter(|did| did.socket() == first.accepted());
    let in_vain: Vec<_> = on_first.filter(|did| did.returned() == Some(0)).collect();
    vec![no_break(first, &in_vain), starved(scene, second, &in_vain)]
}

fn no_break(accept: Did<'_>, in_vain: &[Did<'_>]) -> Claim {
    let (begin, end) = (in_vain.first().copied(), in_vain.last().copied());
    let time = match (begin, end.and_then(|end| end.until())) {
        (Some(begin), Some(until)) => until.since(begin.began()),
        _ => Duration::ZERO,
    };
    // The first of them is how the end is told; those that follow are what nobody needs.
    let calls = in_vain.len().saturating_sub(1);
    Claim::is(ID, calls >= MANY, begin.unwrap_or(accept))
        .also(in_vain.iter().take(3).copied())
        .also(end)
        .value("calls", Value::Count(calls as u64))
        .value("time", Value::Time(time))
}

fn starved(scene: Look<'_>, accept: Did<'_>, in_vain: &[Did<'_>]) -> Claim {
    let connect = scene.call(SECOND_CLIENT, "connect");
    let reply = scene.receives(SECOND_CLIENT).find(|did| did.moved_bytes() > 0);
    let (Some(connect), Some(reply)) = (connect, reply) else {
        return Claim::unknown("starved", Unseen::NotReached);
    };
    let waited = reply.until().map_or(Duration::ZERO, |until| until.since(connect.began()));
    let begun = in_vain.first().map(Did::began);
    let so = connect.until().zip(begun).is_some_and(|(until, begun)| until < begun)
        && accept.began() > reply.began();
    Claim::is("starved", so, connect)
        .also([accept, reply])
        .also(in_vain.last().copied())
        .value("wait", Value::Time(waited))
}
