//! Recordings made by hand, for tests of what is made from recordings.
//!
//! A [`Story`] is told call by call and packet by packet, on a clock that only moves when it is told to. It invents nothing: a
//! `connect` is the call alone, and its packets are told beside it, so that a test shows all that its subject will see.

mod packets;
mod story;

pub use self::story::{Socket, Story};
