//! What the recordings of commands show.

use std::str;

use scope::model::Pid;
use scope::timeline::{EntryKind, Lane};
use wire::wait_status::{End, WaitStatus};

use super::super::look::{Did, Look};
use super::super::seen::{self, Row, Seen, count, exit_status, lay, reached, result};
use super::super::{Claim, Evidence, Recorded, Settings, State, Unseen, Value};
use super::scenes::{HARMLESS, NOT_LISTED, SLOW, STRANGER as STRANGER_ADDRESS};
use super::statuses;

const SERVER: &str = "server";
const CLIENT: &str = "client";
const STRANGER: &str = "stranger";

const CLAIMS: &[Row] = &[
    ("row-true", "statuses", row),
    ("row-false", "statuses", row),
    ("row-exit", "statuses", row),
    ("row-largest", "statuses", row),
    ("row-wraps", "statuses", row),
    ("row-missing", "statuses", row),
    ("row-forbidden", "statuses", row),
    ("row-killed", "statuses", row),
    ("row-terminated", "statuses", row),
    ("shift-hides", "statuses", shift_hides),
    ("reply", "statuses", reply),
    ("stranger-runs", "stranger", stranger_runs),
    ("server-waits", "busy", server_waits),
    ("exec-status", "keyed", exec_status),
    ("exec-signal", "keyed", exec_signal),
    ("exec-not-listed", "keyed", exec_not_listed),
    ("exec-wrong-key", "keyed", exec_wrong_key),
];

pub(super) fn claims(_: &Settings, recorded: &[Recorded]) -> Vec<Claim> {
    seen::claims(CLAIMS, recorded)
}

pub(super) fn outcome(claims: &[Claim]) -> Option<&'static str> {
    let of = |id| claims.iter().find(|claim| claim.id() == id).map(Claim::state);
    (of("row-exit") == Some(State::Holds)).then_some("shifted")
}

/// The processes in which the server ran a line of a shell, by the line's beginning.
fn shells<'r>(look: Look<'r>, line: &str) -> impl Iterator<Item = &'r Lane> {
    let server = look.pid(SERVER);
    let lanes = look.timeline().processes.lanes.values();
    lanes.filter(move |lane| {
        lane.parent.is_some()
            && lane.parent == server
            && lane.command.last().is_some_and(|it| it.starts_with(line))
    })
}

/// What shows when a process ended.
fn end_of(look: Look<'_>, pid: Pid) -> Result<Evidence, Unseen> {
    let is_end = |kind: &EntryKind| match kind {
        EntryKind::Process(process) => {
            process.pid == pid && matches!(process.change, scope::model::ProcessChange::Ended { .. })
        }
        _ => false,
    };
    let entry = look.timeline().entries.iter().find(|entry| is_end(&entry.kind));
    Ok(look.evidence(reached(entry)?.id))
}

/// What the server sent back for a command, and the number that it is.
fn answer(look: Look<'_>, place: usize) -> Result<(Did<'_>, WaitStatus), Unseen> {
    let did = reached(look.receives(CLIENT).nth(place).filter(Did::succeeded))?;
    let number = str::from_utf8(did.bytes()).ok().and_then(|text| text.parse().ok());
    Ok((did, WaitStatus(reached(number)?)))
}

/// That a command's wait status, as the server sent it and as the kernel told it, says how the command ended.
fn row(id: &'static str, look: Look<'_>) -> Seen {
    let (place, command, wanted) = reached(statuses::row(id))?;
    let (received, status) = answer(look, place)?;
    let lane =
        reached(shells(look, command).find(|lane| lane.command.last().is_some_and(|it| it == command)))?;
    let so = status.end() == wanted && lane.wait_status == Some(status.0);
    let claim = Claim::is(id, so, received)
        .also([end_of(look, lane.pid)?])
        .value("command", Value::Word(command.to_owned()))
        .value("status", Value::Count(status.0.into()))
        .value("bits", Value::Word(statuses::bits(status)));
    Ok(match status.end() {
        End::Exited(exit) => claim.value("exit", Value::Count(exit.into())),
        End::Signalled { signal, .. } => claim.value("signal", Value::Word(signal.to_string())),
        End::Other => claim,
    })
}

fn shift_hides(id: &'static str, look: Look<'_>) -> Seen {
    const EXIT_SHIFT: u32 = 8;
    let (place, ..) = reached(statuses::row("row-killed"))?;
    let (received, status) = answer(look, place)?;
    let shifted = status.0 >> EXIT_SHIFT;
    Ok(Claim::is(id, status.0 != 0 && shifted == 0, received)
        .value("status", Value::Count(status.0.into()))
        .value("shifted", Value::Count(shifted.into())))
}

fn reply(id: &'static str, look: Look<'_>) -> Seen {
    let (place, command, _) = reached(statuses::row("row-exit"))?;
    let (received, status) = answer(look, place)?;
    let is_other = !matches!(status.end(), End::Exited(exit) if u32::from(exit) == status.0);
    Ok(Claim::is(id, is_other, received)
        .also(look.sends(CLIENT).nth(place))
        .value("command", Value::Word(command.to_owned()))
        .value("data", Value::Data(received.bytes().to_vec())))
}

fn stranger_runs(id: &'static str, look: Look<'_>) -> Seen {
    let sent = reached(look.sends(STRANGER).next())?;
    let received = reached(look.receives(SERVER).next())?;
    let signal = look.ended(SERVER).and_then(|ended| Some((ended, ended.signal()?)));
    let (Some(shell), Some((ended, signal))) = (shells(look, HARMLESS).next(), signal) else {
        return Ok(Claim::differs(id, received).also([sent]).value("result", result(received)));
    };
    let from = received.address();
    let so = from.is_some_and(|from| from.ip() == STRANGER_ADDRESS.ip());
    let came = received.until().unwrap_or(received.began());
    Ok(Claim::is(id, so, ended)
        .also([received, sent])
        .also(end_of(look, shell.pid).ok())
        .value("stranger", Value::Address(from.unwrap_or(STRANGER_ADDRESS)))
        .value("command", Value::Word(HARMLESS.to_owned()))
        .value("took", Value::Time(shell.began.since(came)))
        .value("signal", Value::Word(wire::signal::Signal(signal).to_string()))
        .value("result", result(received)))
}

fn server_waits(id: &'static str, look: Look<'_>) -> Seen {
    let shell = reached(shells(look, SLOW).next())?;
    let ended = reached(shell.ended)?;
    let sent = reached(look.sends("beto").next())?;
    let received = reached(look.receives(SERVER).find(|did| did.bytes() == sent.bytes()))?;
    let server = look.pid(SERVER);
    let during =
        |did: &Did<'_>| Some(did.pid()) == server && did.began() > shell.began && did.began() < ended;
    let so =
        look.calls(SERVER).filter(during).count() == 0 && sent.began() < ended && received.began() >= ended;
    Ok(Claim::is(id, so, received)
        .also([sent])
        .also(end_of(look, shell.pid).ok())
        .value("ran", Value::Time(ended.since(shell.began)))
        .value("waited", Value::Time(lay(look, sent, received))))
}

/// The end of a client of the server with keys.
fn client_ended(id: &'static str, look: Look<'_>, client: &str, is_right: impl Fn(u8) -> bool) -> Seen {
    let ended = reached(look.ended(client))?;
    Ok(Claim::is(id, ended.exit_status().is_some_and(is_right), ended)
        .also(look.named(client, "connect"))
        .value("status", exit_status(Some(ended))))
}

fn exec_status(id: &'static str, look: Look<'_>) -> Seen {
    let wanted = statuses::row("row-exit").map(|(_, _, end)| end);
    client_ended(id, look, "exits", |status| wanted == Some(End::Exited(status)))
}

fn exec_signal(id: &'static str, look: Look<'_>) -> Seen {
    const SIGNALLED: u32 = 128;
    let wanted = statuses::row("row-killed").map(|(_, _, end)| end);
    client_ended(id, look, "killed", |status| match wanted {
        Some(End::Signalled { signal, .. }) => u32::from(status) == SIGNALLED + signal.0,
        _ => false,
    })
}

fn exec_not_listed(id: &'static str, look: Look<'_>) -> Seen {
    let ran = |lane: &&Lane| lane.command.first().is_some_and(|it| it.rsplit('/').next() == Some(NOT_LISTED));
    let started = look.timeline().processes.lanes.values().filter(ran).count();
    let claim = client_ended(id, look, "not-listed", |status| status == DENIED && started == 0)?;
    Ok(claim.value("started", count(started)))
}

fn exec_wrong_key(id: &'static str, look: Look<'_>) -> Seen {
    client_ended(id, look, "unknown", |status| status == DENIED)
}

/// The exit code of our clients when the server denies it.
const DENIED: u8 = 5;
