//! The findings in recordings of real programs: each rule with a program that makes the mistake, and with a twin that does not.
//!
//! The programs are in `programs/`, named after the rules. Each recording has a network of its own, so their ports are fixed. Where
//! no private network can be had, or no Python, a test prints `SKIP`; with `SOCKLAB_REQUIRE_TOOLS=1` in the environment it fails.
#![expect(clippy::unwrap_used, reason = "where a test cannot go on, the line says enough")]

mod connections;
mod datagrams;
mod innocent;

mod programs;
mod recording;
mod run;
mod streams;
