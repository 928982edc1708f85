//! The endpoints on real sockets, each server in this process and on a port that the kernel chose.
#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping")]

#[path = "../shared/again.rs"]
mod again;
mod ask;
mod echo_tcp;
mod echo_udp;
mod room;
mod settings;
#[path = "../shared/skip.rs"]
mod skip;
mod steer;
mod support;
mod ways;
