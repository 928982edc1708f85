//! A load generator for echo servers that verifies every byte it gets back.
//!
//! One [`Load`] is one measurement: some peers send messages of one size, each waits for its echo before it sends the
//! next (a closed loop of depth 1), first for a warm-up, then for the measured window. One thread does it all, so
//! that the generator costs one CPU and can be pinned to it by whoever calls [`run`].
//!
//! What comes back is compared with a [`Pattern`] in which each stream and each offset has its own bytes: an echo that is
//! altered, shifted, duplicated, reordered or sent to somebody else is [`LoadError::Corrupt`], and ends the run.
//! The generator does not look at the server's process; the caller lends it a clock of the server's CPU ([`ServerCpu`]).

use std::net::SocketAddr;

mod closed_loop;
mod datagram;
mod error;
mod idle;
mod load;
mod outcome;
mod pattern;
mod ping_pong;
mod recorder;
mod retry;

pub use error::LoadError;
pub use idle::IdleConnections;
pub use load::{
    DATAGRAM_BYTES_MAX, DATAGRAM_BYTES_MIN, InvalidLoad, Load, MESSAGE_BYTES_MAX, PEERS_MAX,
    PING_PONG_BYTES_MAX, Shape, Transport, WINDOW_MAX, Waiting,
};
pub use outcome::{Latency, Outcome};
pub use pattern::Pattern;
pub use recorder::ServerCpu;

use recorder::Recorder;

/// Runs one load against `target` and returns what was measured.
///
/// `server_cpu` is read at both ends of the measured window, never inside it.
///
/// # Errors
/// Anything that makes the figures worthless: a load outside its limits, a connection that fails or stalls, a server
/// that is gone, an echo with a wrong byte. Lost datagrams are not an error: they are counted.
pub fn run(load: &Load, target: SocketAddr, server_cpu: ServerCpu<'_>) -> Result<Outcome, LoadError> {
    load.validate()?;
    let pattern = Pattern::for_messages_of(load.size_bytes);
    let mut recorder = Recorder::new(load.warmup, load.duration, server_cpu);
    match (load.transport, load.shape) {
        (Transport::Tcp, Shape::ClosedLoop { peers }) => {
            closed_loop::tcp::run(target, peers, load.size_bytes, &pattern, &mut recorder)?;
        }
        (Transport::Udp, Shape::ClosedLoop { peers }) => {
            closed_loop::udp::run(target, peers, load.size_bytes, &pattern, &mut recorder)?;
        }
        (Transport::Tcp, Shape::PingPong { waiting }) => {
            ping_pong::tcp::run(target, waiting, load.size_bytes, &pattern, &mut recorder)?;
        }
        (Transport::Udp, Shape::PingPong { waiting }) => {
            ping_pong::udp::run(target, waiting, load.size_bytes, &pattern, &mut recorder)?;
        }
    }
    Ok(recorder.finish())
}
