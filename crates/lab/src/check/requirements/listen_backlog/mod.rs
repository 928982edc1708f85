//! 2.5.1: `listen(1)` and two clients.

use wire::sock_diag::{Entry, State};
use wire::tcp_state::TcpState;

use super::shared::starts;
use super::shared::tcp::{expect, still_serves, two_clients};
use crate::check::trial::Trial;
use crate::check::{Problem, Requirement, Told};

/// What a student reads of it.
pub(super) const TEXTS: [&str; 2] = [include_str!("en.md"), include_str!("es.md")];

/// What is asked of a server.
pub(super) const REQUIREMENTS: &[Requirement] = &[
    Requirement::of_server("starts", starts),
    Requirement::of_server("backlog", backlog).after(&["starts"]),
    Requirement::of_server("two-clients", two_clients).after(&["starts"]),
    Requirement::of_server("next-client", next_client).after(&["two-clients"]),
    Requirement::of_server("four-clients", four_clients).after(&["next-client"]).robust(),
];

/// The queue that the exercise asks for.
const BACKLOG: u32 = 1;

/// The kernel has the queue that the exercise asks for.
fn backlog(trial: &mut Trial) -> Result<(), Problem> {
    trial.start()?;
    let sockets = trial.sockets()?;
    let is_listener =
        |socket: &&Entry| socket.state == State::Tcp(TcpState::Listen) && socket.local.port() == trial.port();
    let listener = sockets.iter().find(is_listener);
    match listener {
        Some(listener) if listener.send_queue == BACKLOG => Ok(()),
        other => {
            let observed = other.map_or(Told::Nothing, |listener| Told::Count(listener.send_queue.into()));
            Err(Problem::failed(Told::Count(BACKLOG.into()), observed))
        }
    }
}

/// When both have gone, the next one is served.
fn next_client(trial: &mut Trial) -> Result<(), Problem> {
    two_clients(trial)?;
    still_serves(trial)
}

/// Three at once find room, one served and two waiting; and one more when they have gone.
fn four_clients(trial: &mut Trial) -> Result<(), Problem> {
    trial.start()?;
    let mut waiting = vec![(trial.tcp()?, trial.nonce(11))];
    // Only two have room behind the one that is served.
    trial.settle()?;
    for _ in 0..2 {
        waiting.push((trial.tcp()?, trial.nonce(11)));
    }
    for (peer, message) in &waiting {
        peer.send(message)?;
    }
    for (peer, message) in waiting {
        expect(&peer, &message)?;
        peer.close()?;
    }
    still_serves(trial)
}
