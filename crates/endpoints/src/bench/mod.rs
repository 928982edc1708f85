//! A load for echo servers of any make, which compares every byte that comes back.
//!
//! A [`Load`] says what is asked; a [`Crew`] does it, or one part of it, on a few threads with a share of the connections each; what comes
//! out is [`Results`], and those of all parts merge into one. In a *closed loop* each echo begins the next message, so a slow server is asked
//! less often; in an *open loop* messages begin at their times, and a latency counts from there (`schedule`).
//!
//! What decides has no socket and no clock: the bytes (`pattern`), a connection's messages (`stream`, `flight`), their times, what is
//! counted when (`recorder`), what parts make together (`results`). The generator does not look at the server's process: whoever calls
//! it lends it a [`Witness`] who may.

use std::sync::atomic::AtomicBool;

mod connect;
mod counts;
mod crew;
mod error;
mod flight;
mod histogram_text;
mod load;
mod log;
mod pattern;
mod ping_pong;
mod recorder;
mod results;
mod schedule;
mod stream;
mod tcp;
mod udp;
mod watch;

pub use self::counts::Counts;
pub use self::crew::{Crew, THREADS_MAX, Witness};
pub use self::error::BenchError;
pub use self::load::{
    CONNECTIONS_MAX, DATAGRAM_BYTES_MIN, DEPTH_MAX, DURATION_MAX, DURATION_MIN, InvalidLoad, Load,
    MESSAGE_BYTES_MAX, RATE_MAX, SMALL_MESSAGE_BYTES_MAX, Shape, UNDER_WAY_BYTES_MAX,
};
pub use self::log::Log;
pub use self::pattern::Mismatch;
pub use self::recorder::Interval;
pub use self::results::{INTERVALS_MAX, PARTS_MAX, Part, RESULTS_BYTES_MAX, Results, ResultsError};

/// Measures, and returns what came of it.
///
/// When `stop` becomes true, what was measured until then is the result.
///
/// # Errors
/// Anything that makes the figures worthless; see [`BenchError`]. What is lost over UDP, and connections of [`Shape::Connect`] that are
/// refused, are counted and no error, unless nothing else happens.
pub fn run(
    load: &Load,
    crew: &Crew,
    stop: &AtomicBool,
    witness: &mut dyn Witness,
) -> Result<Results, BenchError> {
    load.validate()?;
    crew::run(load, crew, stop, witness)
}
