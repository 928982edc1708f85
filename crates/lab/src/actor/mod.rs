//! Programs of an experiment that make just the calls that they were told to make.
//!
//! A timeline of such a program shows what a scene is about, and nothing that a language or a library does on its own account.

mod act;
mod part;
mod script;
mod serve;
mod typist;

pub use self::act::{RECEIVED_BYTES_MAX, act};
pub(crate) use self::part::{DESCRIPTORS_FROM, Pipes};
pub use self::part::{Part, WAITS_MAX};
pub use self::script::{
    Choice, DATA_BYTES_MAX, Data, LENGTH_BYTES, Mark, REPETITIONS_MAX, Receiving, SCRIPT_BYTES_MAX, Script,
    Sending, Service, Signal, Socket, Step, To, Transport, Until,
};
