//! The chat on real sockets: one side in a thread of this process, plain sockets on the other.
#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping")]

mod support;
mod tcp;
mod tcp_room;
mod turns;
mod udp;
mod udp_room;
