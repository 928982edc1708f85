//! The endpoints on real sockets, each server in this process and on a port that the kernel chose.
#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping")]

mod ask;
mod echo_tcp;
mod echo_udp;
mod room;
mod settings;
mod steer;
mod support;
mod ways;
