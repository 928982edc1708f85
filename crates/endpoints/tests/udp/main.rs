//! Sessions over UDP, on real sockets in this process, and through relays that treat datagrams badly.
#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping")]

mod ends;
mod flood;
mod opening;
mod relay;
mod support;
mod transfer;
