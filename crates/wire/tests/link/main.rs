//! The link, over a network that is a value: what it does is the same on every machine and in every run.
#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping")]

mod ends;
mod hostile;
mod network;
mod recovery;
mod simulation;
mod windows;
