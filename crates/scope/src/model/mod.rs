//! What was observed, as values: the one language that sources, timeline, findings, views and exports share.
//!
//! A recording is a list of [`Observation`]s, the first of which is a [`Header`] and the last a [`Summary`]. It is
//! archived as JSON Lines ([`archive`]), and whatever is shown is made from it, live or read again. Nothing here decides
//! anything: which packet belongs to which socket is the [timeline](crate::timeline)'s business.

mod address;
pub mod archive;
mod bytes;
mod call;
mod ids;
mod note;
mod observation;
mod process;
mod recording;
mod socket;

pub use self::address::Address;
pub use self::bytes::Bytes;
pub use self::call::{Args, Call, Data, Message, Outcome, Place, SocketRef, Watched};
pub use self::ids::{EventId, Fd, Pid, SocketId, Tid, Time};
pub use self::note::Note;
pub use self::observation::{Certainty, Counter, Direction, Frame, Observation, What};
pub use self::process::{ARGUMENTS_BYTES_MAX, LinesFrom, Process, ProcessChange};
pub use self::recording::{Captured, Cpus, Header, Level, Program, Summary};
pub use self::socket::{KernelEvent, Protocol, SocketState, TcpFigures};
