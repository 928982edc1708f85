//! 2.5.2: `send()` in place of `sendall()`, and what it takes then.

use super::shared::client;
use super::signs;
use crate::check::trial::{Listener, TcpPeer, Trial};
use crate::check::{Ability, Failure, Problem, Requirement, Told};

/// What a student reads of it.
pub(super) const TEXTS: [&str; 2] = [include_str!("en.md"), include_str!("es.md")];

/// What is asked of a client.
pub(super) const REQUIREMENTS: &[Requirement] = &[
    Requirement::of_client("whole-message", whole_message),
    Requirement::of_client("prints-reply", prints_reply).after(&["whole-message"]),
    Requirement::of_client("short-sends", short_sends).after(&["whole-message"]).taking(&[Ability::Ptrace]),
    Requirement::of_client("stopped", stopped)
        .after(&["whole-message", "short-sends"])
        .taking(&[Ability::Networks]),
    Requirement::of_client("small-sends", small_sends).after(&["whole-message"]).advice(),
];

/// The queue of our listener.
const BACKLOG: u32 = 5;

/// A message that is longer than this finds no room where the kernel keeps little on both sides.
const LONG_BYTES: usize = 5000;

/// How much room our side has then (`SO_RCVBUF`).
const SMALL_BUFFER: usize = 2048;

/// How many bytes a send may move, by turns.
const CLAMPS: [u64; 2] = [3, 1];

/// How many calls a long message may take; of a longer one, a send may move more.
const CALLS: u64 = 100;

/// All of the message arrives, in order and once.
fn whole_message(trial: &mut Trial) -> Result<(), Problem> {
    let listener = trial.listen_tcp(BACKLOG)?;
    trial.start()?;
    let (_peer, came) = message(&listener)?;
    match &trial.manifest().protocol.message {
        Some(meant) if *meant != came => {
            let failure = Failure::of_bytes(meant, &came);
            Err(Failure { signature: signs::of_reply(b"", meant, &came), ..failure }.into())
        }
        _ if came.is_empty() => Err(Problem::failed(Told::Something, Told::Nothing)),
        _ => Ok(()),
    }
}

/// The reply is printed, and the program ends well.
fn prints_reply(trial: &mut Trial) -> Result<(), Problem> {
    let listener = trial.listen_tcp(BACKLOG)?;
    trial.start()?;
    let (peer, _) = message(&listener)?;
    let reply = client::reply(trial);
    answer(&peer, &reply)?;
    client::prints(trial, &reply)?;
    client::ends_well(trial)
}

/// When each send moves less than it is asked to, the same arrives.
fn short_sends(trial: &mut Trial) -> Result<(), Problem> {
    let listener = trial.listen_tcp(BACKLOG)?;
    trial.start()?;
    let (peer, whole) = message(&listener)?;
    answer(&peer, &client::reply(trial))?;
    for clamp in CLAMPS {
        trial.clamp(Some(clamp.max(whole.len() as u64 / CALLS)))?;
        trial.restart()?;
        let (peer, came) = message(&listener)?;
        if came != whole {
            let failure = Failure::of_bytes(&whole, &came);
            return Err(Failure { signature: signs::of_short_sends(&whole, &came), ..failure }.into());
        }
        answer(&peer, &client::reply(trial))?;
    }
    Ok(())
}

/// A long message that found no room, and whose sender was stopped meanwhile, arrives as well.
fn stopped(trial: &mut Trial) -> Result<(), Problem> {
    trial.small_buffers()?;
    let listener = trial.listen_tcp_with(BACKLOG, SMALL_BUFFER)?;
    trial.start()?;
    let (peer, whole) = message(&listener)?;
    answer(&peer, &client::reply(trial))?;
    if whole.len() <= LONG_BYTES {
        return Ok(());
    }
    trial.restart()?;
    let peer = listener.expect_connection()?;
    trial.settle()?;
    trial.stop_and_continue()?;
    trial.settle()?;
    let (came, _) = peer.receive_until_end()?;
    if came == whole {
        return Ok(());
    }
    let failure = Failure::of_bytes(&whole, &came);
    Err(Failure { signature: signs::of_short_sends(&whole, &came), ..failure }.into())
}

/// The experiment is made: sends of less than the message.
fn small_sends(trial: &mut Trial) -> Result<(), Problem> {
    /// A message in one send is none of the experiment.
    const CALLS_MIN: u64 = 2;
    let listener = trial.listen_tcp(BACKLOG)?;
    trial.start()?;
    let (peer, whole) = message(&listener)?;
    answer(&peer, &client::reply(trial))?;
    let sizes = trial.client()?.send_sizes()?;
    let small = sizes.iter().filter(|bytes| **bytes < whole.len() as u64).count() as u64;
    if small >= CALLS_MIN {
        return Ok(());
    }
    Err(Problem::failed(Told::AtLeast(CALLS_MIN), Told::Count(small)))
}

/// What the client sends until it waits, or ends its stream.
fn message(listener: &Listener) -> Result<(TcpPeer, Vec<u8>), Problem> {
    let peer = listener.expect_connection()?;
    let (came, _) = peer.receive_until_end()?;
    Ok((peer, came))
}

/// Answers, so that the client goes on.
fn answer(peer: &TcpPeer, reply: &[u8]) -> Result<(), Problem> {
    match peer.send(reply) {
        // Who does not wait for a reply has gone.
        Err(Problem::Failed(_)) => Ok(()),
        other => {
            other?;
            peer.half_close()
        }
    }
}
