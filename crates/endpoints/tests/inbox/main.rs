//! Files that land: what a peer may make of an inbox, and what it may not.
#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping")]

#[path = "../shared/again.rs"]
mod again;
mod arrive;
mod crash;
mod hostile;
mod quota;
mod resume;
#[path = "../shared/skip.rs"]
mod skip;
mod support;
mod together;
