//! 2.4: the echo over TCP with pauses, as one makes them to look at a capture.

use std::time::Duration;

use super::shared::{client, rests_for, starts, tcp};
use crate::check::trial::{StreamEnd, TcpPeer, Trial};
use crate::check::{Problem, Requirement};

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
    let peer = trial.tcp()?;
    let message = trial.nonce(11);
    peer.send(&message)?;
    expect(&peer, &message)
}

/// Who connects during a pause waits in the queue, and is answered.
fn queued(trial: &mut Trial) -> Result<(), Problem> {
    trial.start()?;
    let mut asked = Vec::new();
    for _ in 0..3 {
        let peer = trial.tcp()?;
        let message = trial.nonce(11);
        peer.send(&message)?;
        asked.push((peer, message));
    }
    for (peer, message) in asked {
        expect(&peer, &message)?;
        // A server that serves one client after the other goes on when this one has gone.
        peer.close()?;
    }
    Ok(())
}

/// A pause is no work.
fn idle(trial: &mut Trial) -> Result<(), Problem> {
    trial.start()?;
    let peer = trial.tcp()?;
    peer.send(&trial.nonce(11))?;
    rests_for(trial, PART)
}

fn expect(peer: &TcpPeer, message: &[u8]) -> Result<(), Problem> {
    let mut reply = Vec::new();
    let mut end = StreamEnd::Silent;
    for _ in 0..PATIENCE {
        let (part, came_to) = peer.receive(message.len() - reply.len())?;
        reply.extend(part);
        end = came_to;
        if reply.len() == message.len() || !matches!(end, StreamEnd::Silent) {
            break;
        }
    }
    if reply == message { Ok(()) } else { Err(tcp::otherwise(message, &reply, end)) }
}

/// It connects and sends something, after its pauses.
fn sends(trial: &mut Trial) -> Result<(), Problem> {
    client::asked_tcp(trial).map(drop)
}

/// What it is answered stands in what it prints.
fn prints_reply(trial: &mut Trial) -> Result<(), Problem> {
    answered_after(trial, Duration::ZERO)
}

/// Also when the server makes a pause.
fn late_reply(trial: &mut Trial) -> Result<(), Problem> {
    answered_after(trial, LATE)
}

fn answered_after(trial: &Trial, pause: Duration) -> Result<(), Problem> {
    let peer = client::asked_tcp(trial)?;
    let reply = client::reply(trial);
    trial.pause_by_clock(pause)?;
    match peer.send(&reply) {
        // Who has gone meanwhile did not print it, and that is what is told.
        Err(Problem::Failed(_)) => {}
        other => {
            other?;
            peer.half_close()?;
        }
    }
    client::prints(trial, &reply)?;
    // What stays unread would make our close a reset.
    peer.look().map(drop)
}

/// After its pauses it ends.
fn ends_well(trial: &mut Trial) -> Result<(), Problem> {
    prints_reply(trial)?;
    client::ends_well(trial)
}

/// A pause of the client's, or its waiting, is no work.
fn client_idle(trial: &mut Trial) -> Result<(), Problem> {
    let _peer = client::asked_tcp(trial)?;
    rests_for(trial, PART)
}
