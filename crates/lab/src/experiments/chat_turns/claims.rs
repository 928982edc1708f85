//! What the recordings of chats show.

use std::time::Duration;

use scope::model::{Args, Time};

use super::super::look::{Did, Look};
use super::super::seen::{self, Row, Seen, contains, count, lasted, lay, reached, result};
use super::super::{Claim, Recorded, Settings, State, Value};
use super::scenes::{ANA, ANSWER, BETO, SECOND};

const CLAIMS: &[Row] = &[
    ("one-waits", "turns", one_waits),
    ("heard-late", "impatient", heard_late),
    ("crossed", "impatient", crossed),
    ("empty-arrives", "empty-line", empty_arrives),
    ("both-wait", "empty-line", both_wait),
    ("no-goodbye", "leaves", no_goodbye),
    ("heard-at-once", "both-at-once", heard_at_once),
    ("both-spoke", "chat", both_spoke),
];

pub(super) fn claims(_: &Settings, recorded: &[Recorded]) -> Vec<Claim> {
    seen::claims(CLAIMS, recorded)
}

pub(super) fn outcome(claims: &[Claim]) -> Option<&'static str> {
    match claims.iter().find(|claim| claim.id() == "heard-late").map(Claim::state) {
        Some(State::Holds) => Some("after-enter"),
        Some(State::Differs) => Some("at-once"),
        _ => None,
    }
}

/// Whether a program was in a call at this time.
fn is_in(did: Did<'_>, time: Option<Time>) -> bool {
    time.is_some_and(|time| did.began() < time && did.until().is_none_or(|until| until >= time))
}

/// Whether a call began while another one, of somebody else, lasted.
fn is_during(did: Did<'_>, other: Did<'_>) -> bool {
    did.began() > other.began() && other.until().is_none_or(|until| did.began() < until)
}

fn one_waits(id: &'static str, look: Look<'_>) -> Seen {
    let typing: Vec<_> =
        look.calls(BETO).filter(|did| matches!(did.raw().args, Args::Sleep { .. })).collect();
    let waits: Vec<_> = look.receives(ANA).collect();
    let first = *reached(waits.first())?;
    let sum = |all: &[Did<'_>]| -> Duration { all.iter().map(|did| lasted(look, *did)).sum() };
    let sends: Vec<_> = look.sends(ANA).collect();
    let waited = |typing: &Did<'_>| {
        waits.iter().any(|wait| is_in(*wait, typing.until()))
            && !sends.iter().any(|did| is_during(*did, *typing))
    };
    let messages = look.sends(ANA).chain(look.sends(BETO));
    Ok(Claim::is(id, !typing.is_empty() && typing.iter().all(waited), first)
        .also(waits.iter().copied())
        .also(typing.iter().copied())
        .value("typed", Value::Time(sum(&typing)))
        .value("waited", Value::Time(sum(&waits)))
        .value("messages", count(messages.filter(Did::succeeded).count())))
}

/// Ana's second line, Beto's call that received it, and the line that he sent.
fn second_line(look: Look<'_>) -> Result<[Did<'_>; 3], super::super::Unseen> {
    let sent = reached(look.sends(ANA).nth(1))?;
    let received = reached(look.receives(BETO).filter(Did::succeeded).nth(1))?;
    let answer = reached(look.sends(BETO).next())?;
    Ok([sent, received, answer])
}

fn heard_late(id: &'static str, look: Look<'_>) -> Seen {
    let [sent, received, answer] = second_line(look)?;
    let so = sent.began() < answer.began() && received.began() >= answer.began();
    let waited = Value::Time(lay(look, sent, received));
    Ok(Claim::is(id, so, received).also([sent, answer]).value("waited", waited))
}

fn crossed(id: &'static str, look: Look<'_>) -> Seen {
    let [second, received, answer] = second_line(look)?;
    let read = reached(look.receives(ANA).find(Did::succeeded))?;
    let so = read.bytes() == answer.bytes()
        && second.began() < read.until().unwrap_or(read.began())
        && answer.began() < received.began();
    Ok(Claim::is(id, so, read)
        .also([second, answer, received])
        .value("answer", Value::Data(answer.bytes().to_vec()))
        .value("second", Value::Data(second.bytes().to_vec())))
}

fn empty_arrives(id: &'static str, look: Look<'_>) -> Seen {
    let sent = reached(look.sends(ANA).next())?;
    let received = reached(look.receives(BETO).next())?;
    let next = look.calls(BETO).find(|did| did.began() > received.began());
    let so = received.returned() == Some(0) && next.is_some_and(|next| next.is_receive());
    Ok(Claim::is(id, so, received)
        .also([sent])
        .also(next)
        .value("sent", Value::Bytes(sent.moved_bytes()))
        .value("result", result(next.unwrap_or(received))))
}

fn both_wait(id: &'static str, look: Look<'_>) -> Seen {
    let (ana, beto) = reached(look.receives(ANA).next_back().zip(look.receives(BETO).next_back()))?;
    Ok(Claim::is(id, !ana.has_returned() && !beto.has_returned(), ana)
        .also([beto])
        .value("ana", Value::Time(lasted(look, ana)))
        .value("beto", Value::Time(lasted(look, beto))))
}

fn no_goodbye(id: &'static str, look: Look<'_>) -> Seen {
    let left = reached(look.call(ANA, "close"))?;
    let sent = reached(look.sends(BETO).next())?;
    let wait = reached(look.receives(BETO).find(|did| did.began() > sent.began()))?;
    let so =
        left.until().is_some_and(|until| until <= sent.began()) && sent.succeeded() && !wait.has_returned();
    Ok(Claim::is(id, so, wait)
        .also([left, sent])
        .value("before", Value::Time(sent.began().since(left.began())))
        .value("sent", Value::Bytes(sent.moved_bytes()))
        .value("waited", Value::Time(lasted(look, wait)))
        .value("result", result(if sent.succeeded() { wait } else { sent })))
}

fn heard_at_once(id: &'static str, look: Look<'_>) -> Seen {
    let [sent, received, answer] = second_line(look)?;
    let so = received.until().is_some_and(|until| until <= answer.began());
    Ok(Claim::is(id, so, received)
        .also([sent, answer])
        .also(look.named(BETO, "ppoll"))
        .value("waited", Value::Time(lay(look, sent, received))))
}

/// A line came while its receiver was in the middle of one, which went out later.
fn both_spoke(id: &'static str, look: Look<'_>) -> Seen {
    let said = |who, text: &'static str| reached(look.sends(who).find(|did| carries(*did, text)));
    let heard = |who, text: &'static str| reached(look.receives(who).find(|did| carries(*did, text)));
    let (ana_said, beto_heard) = (said(ANA, SECOND)?, heard(BETO, SECOND)?);
    let (beto_said, ana_heard) = (said(BETO, ANSWER)?, heard(ANA, ANSWER)?);
    let ana_next = reached(look.sends(ANA).find(|did| did.began() > ana_said.began()))?;
    let so = beto_heard.until() <= Some(beto_said.began()) && ana_heard.until() <= Some(ana_next.began());
    Ok(Claim::is(id, so, beto_heard)
        .also([ana_said, beto_said, ana_heard, ana_next])
        .value("ana", Value::Time(lay(look, ana_said, beto_heard)))
        .value("beto", Value::Time(lay(look, beto_said, ana_heard))))
}

fn carries(did: Did<'_>, text: &str) -> bool {
    did.succeeded() && contains(did.bytes(), text.as_bytes())
}
