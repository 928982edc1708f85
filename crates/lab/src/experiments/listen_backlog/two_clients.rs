//! Two clients at once, and a server that works on each for a while.

use std::time::Duration;

use scope::model::Time;
use wire::tcp_state::TcpState;

use super::super::look::{Did, Look, Stood, look};
use super::super::stream_steps::{
    CONNECTION, FIRST, accept, after, close, connected, listening, mark, pause, receive, send,
};
use super::super::{Cast, Claim, Recorded, Scene, Settings, Unseen, Value, When};
use super::{BUFFER_BYTES, MESSAGE, backlog};
use crate::actor::{Data, Script, Sending, Step, Until};

const ID: &str = "two-clients";
const SERVER: &str = "server";
const CLIENTS: [&str; 2] = ["first", "second"];
const FIRST_CONNECTED: &str = "first connected";

/// How long the server works on a message.
const WORK: Duration = Duration::from_millis(300);

pub(super) fn scene(settings: &Settings) -> Scene {
    let programs = vec![
        Cast::actor(SERVER, When::AtOnce, server(backlog(settings))),
        Cast::actor(CLIENTS[0], When::Listening, client(None, Some(FIRST_CONNECTED))),
        Cast::actor(CLIENTS[1], When::AtOnce, client(Some(FIRST_CONNECTED), None)),
    ];
    super::scene(ID, programs)
}

fn server(backlog: i32) -> Script {
    let turn = vec![
        accept(),
        receive(CONNECTION, BUFFER_BYTES, Until::Once),
        pause(WORK),
        send(CONNECTION, Data::Received, Sending::Once),
        close(CONNECTION),
    ];
    let times = u32::try_from(CLIENTS.len()).unwrap_or(u32::MAX);
    let turns = Step::Repeat { times, steps: turn };
    Script(listening(backlog).into_iter().chain([turns]).collect())
}

/// A client that begins after a mark, and makes one when it is connected.
fn client(begin: Option<&str>, is_connected: Option<&str>) -> Script {
    let exchange = [
        send(FIRST, Data::Text(MESSAGE.to_owned()), Sending::Once),
        receive(FIRST, BUFFER_BYTES, Until::Once),
        close(FIRST),
    ];
    let begin = begin.map(after).into_iter().chain(connected(FIRST));
    Script(begin.chain(is_connected.map(mark)).chain(exchange).collect())
}

pub(super) fn claims(recorded: &[Recorded]) -> Vec<Claim> {
    let Some(scene) = look(recorded, ID) else { return Vec::new() };
    let clients = CLIENTS.map(|client| scene.call(client, "connect"));
    let accepts: Vec<_> = scene.named(SERVER, "accept4").collect();
    let ([Some(first), Some(second)], [accepted, next, ..]) = (clients, &accepts[..]) else {
        let ids = ["both-connect", "waits-in-queue", "acked-before-accept", "one-at-a-time"];
        return ids.map(|id| Claim::unknown(id, Unseen::NotReached)).to_vec();
    };
    vec![
        both_connect(scene, [first, second]),
        waits_in_queue(scene, *accepted, *next),
        acked_before_accept(scene, *next),
        one_at_a_time(scene, [first, second]),
    ]
}

fn both_connect(scene: Look<'_>, connects: [Did<'_>; 2]) -> Claim {
    let answer = scene.sends(SERVER).next();
    let answered = answer.map_or(scene.over(), |answer| answer.began());
    let is_early = |did: &Did<'_>| did.succeeded() && did.until().is_some_and(|until| until < answered);
    let connected = connects.iter().filter(|did| is_early(did)).count();
    let slowest = connects.iter().filter_map(Did::took).max().unwrap_or_default();
    Claim::is("both-connect", connected == connects.len(), connects[1])
        .also(connects)
        .also(answer)
        .value("slowest", Value::Time(slowest))
        .value("connected", Value::Count(connected as u64))
        .value("clients", Value::Count(connects.len() as u64))
}

/// The listener's queue while the first client is being served.
fn waits_in_queue(scene: Look<'_>, accepted: Did<'_>, next: Did<'_>) -> Claim {
    let from = accepted.until().unwrap_or_default();
    let listener = scene.states(SERVER).filter(|stood| stood.tcp() == Some(TcpState::Listen));
    let meanwhile = listener.filter(|stood| from <= stood.when() && stood.when() <= next.began());
    let Some(fullest) = meanwhile.max_by_key(Stood::recv_queue) else {
        return Claim::unknown("waits-in-queue", Unseen::NotReached);
    };
    Claim::is("waits-in-queue", fullest.recv_queue() == 1, fullest)
        .also([accepted, next])
        .value("waiting", Value::Count(fullest.recv_queue()))
}

/// Whether the second client's bytes were acknowledged while its connection still waited.
fn acked_before_accept(scene: Look<'_>, next: Did<'_>) -> Claim {
    const ID: &str = "acked-before-accept";
    if let Some(unseen) = scene.no_packets() {
        return Claim::unknown(ID, unseen);
    }
    let sent = scene.sends(CLIENTS[1]).next();
    let bytes = sent.map_or(0, |sent| sent.moved_bytes());
    let acknowledges = |behind: u64, time: Time| {
        let to_it = scene.packets().filter(move |went| went.to().is_some() && went.to() == next.address());
        let mut before = to_it.take_while(move |went| went.when() < time);
        before.find(move |went| went.raw().numbers.is_some_and(|it| u64::from(it.acknowledgement) >= behind))
    };
    // 0 is the SYN, so that the byte behind the last one has the number of all bytes and one.
    match acknowledges(bytes + 1, next.began()).filter(|_| bytes > 0) {
        Some(ack) => Claim::holds(ID, ack)
            .also(sent)
            .also([next])
            .value("bytes", Value::Bytes(bytes))
            .value("ahead", Value::Time(next.began().since(ack.when()))),
        None => Claim::differs(ID, next).also(sent).value("bytes", Value::Bytes(bytes)),
    }
}

/// What the clients got, and after how long since their `connect()`.
fn one_at_a_time(scene: Look<'_>, connects: [Did<'_>; 2]) -> Claim {
    let replies = CLIENTS.map(|client| scene.receives(client).find(|did| did.moved_bytes() > 0));
    let answered = replies.iter().flatten().count();
    let waited = [0, 1].map(|client| {
        let until = replies[client].and_then(|reply| reply.until());
        until.map(|until| until.since(connects[client].began()))
    });
    let so = matches!(waited, [Some(first), Some(second)] if first < second);
    let [first, second] = waited.map(Option::unwrap_or_default);
    Claim::is("one-at-a-time", so, connects[1])
        .also(replies.into_iter().flatten())
        .value("first", Value::Time(first))
        .value("second", Value::Time(second))
        .value("answered", Value::Count(answered as u64))
        .value("clients", Value::Count(connects.len() as u64))
}
