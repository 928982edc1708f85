//! 1.4: the echo over UDP with pauses, as one makes them to look at a capture.

use std::time::Duration;

use super::shared::{client, rests_for, starts, udp};
use crate::check::trial::{Received, Trial, UdpPeer};
use crate::check::{Failure, Problem, Requirement};

/// What a student reads of it.
pub(super) const TEXTS: [&str; 2] = [include_str!("en.md"), include_str!("es.md")];

/// What is asked of a server, and of a client.
pub(super) const REQUIREMENTS: &[Requirement] = &[
    Requirement::of_server("starts", starts),
    Requirement::of_server("echoes", echoes).after(&["starts"]),
    Requirement::of_server("queued", queued).after(&["echoes"]),
    Requirement::of_server("idle", idle).after(&["echoes"]).robust(),
    Requirement::of_client("sends", sends),
    Requirement::of_client("prints-reply", prints_reply).after(&["sends"]),
    Requirement::of_client("late-reply", late_reply).after(&["prints-reply"]),
    Requirement::of_client("ends-well", ends_well).after(&["prints-reply"]),
    Requirement::of_client("client-idle", client_idle).after(&["sends"]).robust(),
];

/// How often a reply is waited for, as long as an exchange may take each time.
const PATIENCE: usize = 3;

/// How much later a server answers that makes a pause.
const LATE: Duration = Duration::from_secs(2);

/// A part of a pause.
const PART: Duration = Duration::from_secs(1);

/// What is sent comes back, after the server's pauses.
fn echoes(trial: &mut Trial) -> Result<(), Problem> {
    trial.start()?;
    let peer = trial.udp()?;
    let message = trial.nonce(11);
    peer.send(&message)?;
    expect(&peer, &message)
}

/// What is sent during a pause waits, and is answered.
fn queued(trial: &mut Trial) -> Result<(), Problem> {
    trial.start()?;
    let asked: Result<Vec<_>, Problem> = (0..3).map(|_| Ok((trial.udp()?, trial.nonce(11)))).collect();
    let asked = asked?;
    for (peer, message) in &asked {
        peer.send(message)?;
    }
    asked.iter().try_for_each(|(peer, message)| expect(peer, message))
}

/// A pause is no work.
fn idle(trial: &mut Trial) -> Result<(), Problem> {
    trial.start()?;
    udp::still_serves(trial).or_else(patiently)?;
    trial.udp()?.send(&trial.nonce(11))?;
    rests_for(trial, PART)
}

/// Whether it answers is not what is looked at.
fn patiently(problem: Problem) -> Result<(), Problem> {
    if problem.failure().is_some() { Ok(()) } else { Err(problem) }
}

fn expect(peer: &UdpPeer, message: &[u8]) -> Result<(), Problem> {
    let mut reply: Option<Received> = None;
    for _ in 0..PATIENCE {
        reply = peer.receive()?;
        if reply.is_some() {
            break;
        }
    }
    let reply = reply.map(|reply| reply.bytes).unwrap_or_default();
    if reply == message { Ok(()) } else { Err(Failure::of_bytes(message, &reply).into()) }
}

/// It sends something to the server, after its pauses.
fn sends(trial: &mut Trial) -> Result<(), Problem> {
    client::asked_udp(trial).map(drop)
}

/// What it is answered stands in what it prints.
fn prints_reply(trial: &mut Trial) -> Result<(), Problem> {
    client::answered_udp(trial, Duration::ZERO)
}

/// Also when the server makes a pause.
fn late_reply(trial: &mut Trial) -> Result<(), Problem> {
    client::answered_udp(trial, LATE)
}

/// After its pauses it ends.
fn ends_well(trial: &mut Trial) -> Result<(), Problem> {
    prints_reply(trial)?;
    client::ends_well(trial)
}

/// A pause of the client's, or its waiting, is no work.
fn client_idle(trial: &mut Trial) -> Result<(), Problem> {
    client::asked_udp(trial)?;
    rests_for(trial, PART)
}
