//! The message server and its clients, on real sockets in this process.
#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping")]

mod files;
mod protocol;
mod sessions;
mod support;
