//! Who observes: each source tells what it sees into one [`Sink`], with the time on one clock.
//!
//! A source knows the kernel and nothing of the timeline: what belongs to what is found out later, from all that was told.

pub mod calls;
pub(crate) mod counters;
pub mod lines;
pub mod packets;
pub mod poller;
pub mod sink;
pub mod state;
pub mod tracepoints;

pub use self::sink::Sink;
pub use self::state::Eye;
