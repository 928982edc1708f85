//! What the repository promises about itself, checked against its own text.
//!
//! `ARCHITECTURE.md` states the invariants and names the checks; what a compiler or clippy can hold is left to them.
//! The checks read lines, not syntax: each says in its documentation how far that goes.
#![expect(clippy::unwrap_used, reason = "where a check cannot read the repository, the line says enough")]

mod arrows;
mod documents;
mod limits;
mod packages;
mod rules;
mod size;
mod sources;
