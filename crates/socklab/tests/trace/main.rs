//! `socklab trace` on real programs: what it tells is what happened, and watching changes nothing.
//!
//! The programs are in `programs/`; the practical's own are those of the suite `interop`. A test whose tool is missing prints
//! `SKIP`; with `SOCKLAB_REQUIRE_TOOLS=1` in the environment it fails. As root, all of it runs a second time without
//! privileges ([`user`]).
#![expect(clippy::unwrap_used, reason = "where a test cannot go on, the line says enough")]

mod counts;
#[path = "../shared/executable.rs"]
mod executable;
mod faults;
mod packets;
mod support;
mod unchanged;
mod user;
