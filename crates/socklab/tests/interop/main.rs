//! socklab with other people's programs, in both directions, on real sockets: every byte must come back.
//!
//! One file for each peer: Python's standard library, `nc` (OpenBSD's), `ncat`, `socat`, and the practical's four
//! programs. Beside them, what only another program can show: storms, refusals, signals, ports that are taken. The
//! Python programs are in `programs/`. A test whose tool is missing prints `SKIP`; with `SOCKLAB_REQUIRE_TOOLS=1` in the
//! environment it fails.
#![expect(clippy::unwrap_used, reason = "a test says what it expects by unwrapping, in its helpers too")]

mod access;
mod chat;
mod chat_terminal;
mod cuts;
mod dissector;
#[path = "../shared/executable.rs"]
mod executable;
mod extcap;
mod lifecycle;
mod lossy;
mod messages;
mod ncat;
mod netcat;
mod practical;
mod python;
mod python_peer;
mod refusals;
mod rooms;
mod screen;
mod socat;
mod storm;
mod support;
mod verdicts;
mod ways;
