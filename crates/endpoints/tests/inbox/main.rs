//! Files that land: what a peer may make of an inbox, and what it may not.
#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping")]

mod arrive;
mod crash;
mod hostile;
mod quota;
mod resume;
mod support;
mod together;
