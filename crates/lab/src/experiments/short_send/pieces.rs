//! A client that offers less than its message, and one that offers all of it in pieces.

use std::time::Duration;

use super::super::look::{Did, Look, look};
use super::super::stream_steps::{
    CONNECTION, FIRST, accept, after, close, connected, listening, mark, pause, receive, send,
};
use super::super::{Cast, Claim, Recorded, Scene, Unseen, Value, When};
use super::RECEIVER;
use crate::actor::{Data, Script, Sending, Step, Until};

const ID: &str = "pieces";
const PART: &str = "part";
const LOOP: &str = "loop";
const PART_IS_OVER: &str = "the first client has ended";

/// The practical's message, and a piece of it.
const MESSAGE: &str = "Hola Mundo!";
const PIECE_BYTES: u32 = 4;

/// What the practical's server takes at once.
const BUFFER_BYTES: u32 = 1024;
const BACKLOG: i32 = 5;

/// How long the server does something else: the pieces of a message come in the meantime.
const WORK: Duration = Duration::from_millis(200);

pub(super) fn scene() -> Scene {
    let part = [send(FIRST, Data::Text(MESSAGE.to_owned()), Sending::First(PIECE_BYTES))];
    let all = [send(FIRST, Data::Text(MESSAGE.to_owned()), Sending::AllInPieces(PIECE_BYTES))];
    let programs = vec![
        Cast::actor(RECEIVER, When::AtOnce, server()),
        Cast::actor(PART, When::Listening, client(None, part, Some(PART_IS_OVER))),
        Cast::actor(LOOP, When::AtOnce, client(Some(PART_IS_OVER), all, None)),
    ];
    super::scene(ID, programs)
}

/// The practical's server, for two clients, of whom it takes what is there after a while.
fn server() -> Script {
    let turn = vec![
        accept(),
        pause(WORK),
        receive(CONNECTION, BUFFER_BYTES, Until::Once),
        send(CONNECTION, Data::Received, Sending::Once),
        close(CONNECTION),
    ];
    let turns = Step::Repeat { times: 2, steps: turn };
    Script(listening(BACKLOG).into_iter().chain([turns]).collect())
}

fn client(begin: Option<&str>, sends: [Step; 1], over: Option<&str>) -> Script {
    let rest = [receive(FIRST, BUFFER_BYTES, Until::Once), close(FIRST)];
    let begin = begin.map(after).into_iter().chain(connected(FIRST));
    Script(begin.chain(sends).chain(rest).chain(over.map(mark)).collect())
}

pub(super) fn claims(recorded: &[Recorded]) -> Vec<Claim> {
    let Some(scene) = look(recorded, ID) else { return Vec::new() };
    let accepts: Vec<_> = scene.named(RECEIVER, "accept4").filter_map(|did| did.accepted()).collect();
    let part: Vec<_> = scene.sends(PART).collect();
    let all: Vec<_> = scene.sends(LOOP).collect();
    let ([first, second], [offered, ..], [_, ..]) = (&accepts[..], &part[..], &all[..]) else {
        return ["part", "loop", "no-boundaries"].map(|id| Claim::unknown(id, Unseen::NotReached)).to_vec();
    };
    let took = |connection| taken(scene, connection);
    vec![
        the_part(*offered, &took(*first)),
        the_loop(&all, &took(*second)),
        no_boundaries(&all, &took(*second)),
    ]
}

/// The calls by which the server took bytes of a connection.
fn taken(scene: Look<'_>, connection: scope::model::SocketId) -> Vec<Did<'_>> {
    let its = scene.receives(RECEIVER).filter(|did| did.socket() == Some(connection));
    its.filter(|did| did.moved_bytes() > 0).collect()
}

fn sum(calls: &[Did<'_>]) -> u64 {
    calls.iter().map(Did::moved_bytes).sum()
}

fn the_part(offered: Did<'_>, taken: &[Did<'_>]) -> Claim {
    let arrived = sum(taken);
    let so = arrived == offered.asked_bytes() && arrived < MESSAGE.len() as u64;
    Claim::is("part", so, offered)
        .also(taken.iter().copied())
        .value("offered", Value::Bytes(offered.asked_bytes()))
        .value("message", Value::Bytes(MESSAGE.len() as u64))
        .value("arrived", Value::Bytes(arrived))
}

fn the_loop(sends: &[Did<'_>], taken: &[Did<'_>]) -> Claim {
    let arrived = sum(taken);
    let so = arrived == MESSAGE.len() as u64 && sends.len() > 1;
    Claim::is("loop", so, sends[0])
        .also(sends.iter().copied())
        .also(taken.iter().copied())
        .value("sends", Value::Count(sends.len() as u64))
        .value("arrived", Value::Bytes(arrived))
        .value("message", Value::Bytes(MESSAGE.len() as u64))
}

fn no_boundaries(sends: &[Did<'_>], taken: &[Did<'_>]) -> Claim {
    let so = !taken.is_empty() && taken.len() < sends.len();
    Claim::is("no-boundaries", so, sends[0])
        .also(taken.iter().copied())
        .also(sends.iter().copied())
        .value("sends", Value::Count(sends.len() as u64))
        .value("receives", Value::Count(taken.len() as u64))
}
