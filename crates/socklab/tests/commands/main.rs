//! Commands for a remote client on real processes, with this package's binary as their supervisor.
#![expect(clippy::unwrap_used, reason = "where a test cannot go on, the line says enough")]

mod bytes;
mod ends;
#[path = "../shared/executable.rs"]
mod executable;
mod limits;
mod place;
mod start;
mod support;
mod tree;
mod user;
