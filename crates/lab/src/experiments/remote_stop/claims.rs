//! What the recordings of servers that are stopped show.

use wire::errno::{EAGAIN, ECONNREFUSED};

use super::super::look::{Did, Ended, Look};
use super::super::seen::{
    self, Row, Seen, contains, count, errno, exit_status, reached, result, with_packets,
};
use super::super::{Claim, Recorded, Settings, State, Value};
use super::scenes::{STRANGER as STRANGER_ADDRESS, WORD};

const SERVER: &str = "server";
const USER: &str = "user";
const STRANGER: &str = "stranger";

const CLAIMS: &[Row] = &[
    ("others-echoed", "naive", others_echoed),
    ("stranger-stopped", "naive", stranger_stopped),
    ("readable", "naive", readable),
    ("no-answer", "naive", no_answer),
    ("nobody-there", "naive", nobody_there),
    ("wrong-key", "keyed", wrong_key),
    ("no-grant", "keyed", no_grant),
    ("right-key", "keyed", right_key),
    ("sealed", "keyed", sealed),
];

pub(super) fn claims(_: &Settings, recorded: &[Recorded]) -> Vec<Claim> {
    seen::claims(CLAIMS, recorded)
}

pub(super) fn outcome(claims: &[Claim]) -> Option<&'static str> {
    let stopped = claims.iter().find(|claim| claim.id() == "stranger-stopped").map(Claim::state);
    (stopped == Some(State::Holds)).then_some("anyone")
}

/// The datagram that the stranger sent.
fn stranger_sent(look: Look<'_>) -> Result<Did<'_>, super::super::Unseen> {
    reached(look.sends(STRANGER).next())
}

fn others_echoed(id: &'static str, look: Look<'_>) -> Seen {
    let stranger = stranger_sent(look)?;
    let is_before = |did: &Did<'_>| did.began() < stranger.began();
    let asked: Vec<_> = look.sends(USER).filter(is_before).collect();
    let replies: Vec<_> = look.receives(USER).filter(|did| is_before(did) && did.succeeded()).collect();
    let sentence = *reached(asked.last())?;
    let so =
        asked.len() == replies.len() && replies.last().is_some_and(|last| last.bytes() == sentence.bytes());
    Ok(Claim::is(id, so, sentence)
        .also(replies.iter().copied())
        .also(asked.iter().copied())
        .value("replies", count(replies.len()))
        .value("asked", count(asked.len()))
        .value("sentence", Value::Data(sentence.bytes().to_vec())))
}

fn stranger_stopped(id: &'static str, look: Look<'_>) -> Seen {
    let sent = stranger_sent(look)?;
    let received = look.receives(SERVER).find(|did| did.bytes() == WORD.as_bytes());
    let from = received.and_then(|did| did.address());
    let (Some(received), Some(ended)) = (received, look.ended(SERVER)) else {
        let last = look.receives(SERVER).next_back().unwrap_or(sent);
        return Ok(Claim::differs(id, sent).also([last]).value("result", result(last)));
    };
    let stranger = from.filter(|from| from.ip() == STRANGER_ADDRESS.ip());
    let so = stranger.is_some() && ended.exit_status() == Some(0);
    Ok(Claim::is(id, so, ended)
        .also([received, sent])
        .value("data", Value::Data(received.bytes().to_vec()))
        .value("stranger", Value::Address(from.unwrap_or(STRANGER_ADDRESS)))
        .value("took", Value::Time(ended.when().since(received.until().unwrap_or(received.began()))))
        .value("status", exit_status(Some(ended)))
        .value("result", result(received)))
}

fn readable(id: &'static str, look: Look<'_>) -> Seen {
    with_packets(look)?;
    let sent = stranger_sent(look)?;
    let packet = look.packets().find(|went| went.data() == WORD.as_bytes());
    let claim = match packet {
        Some(packet) => Claim::holds(id, packet),
        None => Claim::differs(id, sent),
    };
    Ok(claim.value("data", Value::Data(packet.map(|packet| packet.data().to_vec()).unwrap_or_default())))
}

fn no_answer(id: &'static str, look: Look<'_>) -> Seen {
    let wait = reached(look.receives(STRANGER).next())?;
    Ok(Claim::is(id, wait.errno() == Some(EAGAIN), wait)
        .also(look.sends(STRANGER))
        .value("errno", errno(wait))
        .value("result", result(wait)))
}

fn nobody_there(id: &'static str, look: Look<'_>) -> Seen {
    let stranger = stranger_sent(look)?;
    let sent = reached(look.sends(USER).find(|did| did.began() > stranger.began()))?;
    let last = reached(
        look.calls(USER)
            .find(|did| did.began() >= sent.began() && (did.is_receive() || did.errno().is_some())),
    )?;
    Ok(Claim::is(id, last.errno() == Some(ECONNREFUSED), last)
        .also([sent])
        .also(look.packets().filter(|went| went.icmp().is_some()).take(1))
        .value("errno", errno(last))
        .value("result", result(last)))
}

/// A client that was denied, and after whose end the server still was there.
fn denied(id: &'static str, look: Look<'_>, client: &str) -> Seen {
    let ended = reached(look.ended(client))?;
    let server = look.ended(SERVER);
    let goes_on = server.is_none_or(|server| server.when() > ended.when());
    let so = ended.exit_status().is_some_and(|status| status != 0) && goes_on;
    Ok(Claim::is(id, so, ended)
        .also(look.named(client, "connect"))
        .also(server)
        .value("status", exit_status(Some(ended))))
}

fn wrong_key(id: &'static str, look: Look<'_>) -> Seen {
    denied(id, look, "unknown")
}

fn no_grant(id: &'static str, look: Look<'_>) -> Seen {
    denied(id, look, "not-granted")
}

fn right_key(id: &'static str, look: Look<'_>) -> Seen {
    let ended = reached(look.ended("granted"))?;
    let server = look.ended(SERVER);
    let is_done = |ended: Option<Ended<'_>>| ended.is_some_and(|ended| ended.exit_status() == Some(0));
    Ok(Claim::is(id, is_done(Some(ended)) && is_done(server), ended)
        .also(server)
        .value("status", exit_status(Some(ended)))
        .value("server", exit_status(server)))
}

fn sealed(id: &'static str, look: Look<'_>) -> Seen {
    with_packets(look)?;
    let ended = reached(look.ended("writer"))?;
    let packets: Vec<_> = look.packets().filter(|went| !went.data().is_empty()).collect();
    let first = *reached(packets.first())?;
    let readable: Vec<_> =
        packets.iter().copied().filter(|went| contains(went.data(), WORD.as_bytes())).collect();
    let so = ended.exit_status() == Some(0) && readable.is_empty();
    let shown = readable.first().copied().unwrap_or(first);
    Ok(Claim::is(id, so, shown)
        .also([ended])
        .also(packets.iter().copied())
        .value("status", exit_status(Some(ended)))
        .value("readable", count(readable.len()))
        .value("packets", count(packets.len())))
}
