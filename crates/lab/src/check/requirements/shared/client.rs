//! A client that asks, and prints what it was answered.

use std::time::Duration;

use crate::check::trial::{Listener, Received, TcpPeer, Trial, UdpServer};
use crate::check::{Exit, Failure, Problem, Told};

/// How often a program is waited for that makes pauses: as long as an exchange may take each time.
const PATIENCE: usize = 3;

/// The queue of our listener.
const BACKLOG: u32 = 5;

/// A client over UDP has asked.
pub(crate) fn asked_udp(trial: &Trial) -> Result<(UdpServer, Received), Problem> {
    let server = trial.listen_udp()?;
    trial.start()?;
    for _ in 1..PATIENCE {
        if let Some(asked) = server.receive()? {
            return Ok((server, asked));
        }
    }
    let asked = server.expect_any()?;
    Ok((server, asked))
}

/// A client over UDP has asked, is answered when so much time has passed, and prints the answer.
pub(crate) fn answered_udp(trial: &Trial, after: Duration) -> Result<(), Problem> {
    let (server, asked) = asked_udp(trial)?;
    let reply = reply(trial);
    trial.pause_by_clock(after)?;
    server.reply(&asked, &reply)?;
    prints(trial, &reply)
}

/// A client over TCP has connected and said something.
pub(crate) fn asked_tcp(trial: &Trial) -> Result<TcpPeer, Problem> {
    let listener = trial.listen_tcp(BACKLOG)?;
    trial.start()?;
    let peer = connected(&listener)?;
    for _ in 0..PATIENCE {
        if !peer.receive(1)?.0.is_empty() {
            // No wait for the client's rest: it may be one that waits a second for its reply, and no longer.
            peer.look()?;
            return Ok(peer);
        }
    }
    Err(Problem::failed(Told::Something, Told::Nothing))
}

fn connected(listener: &Listener) -> Result<TcpPeer, Problem> {
    for _ in 1..PATIENCE {
        if let Some(peer) = listener.accept()? {
            return Ok(peer);
        }
    }
    listener.expect_connection()
}

/// A reply that nobody can foresee.
pub(crate) fn reply(trial: &Trial) -> Vec<u8> {
    [b"ECO-", trial.nonce(6).as_slice()].concat()
}

/// The program prints this.
pub(crate) fn prints(trial: &Trial, reply: &[u8]) -> Result<(), Problem> {
    let text = String::from_utf8_lossy(reply).into_owned();
    for _ in 0..PATIENCE {
        if trial.wait_output(|output| super::says(output, &text))? {
            return Ok(());
        }
        if !trial.is_alive()? {
            break;
        }
    }
    Err(super::said_otherwise(reply, &trial.output()?.text()))
}

/// The program ends, with status 0 and without an exception that nobody caught.
pub(crate) fn ends_well(trial: &Trial) -> Result<(), Problem> {
    let exit = trial.wait_exit()?;
    if !exit.is_success() {
        return Err(Failure::new(Told::Ended(Exit::with_code(0)), Told::Ended(exit)).into());
    }
    Ok(())
}
