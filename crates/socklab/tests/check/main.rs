//! `socklab check` with programs of which it is known what must be said of them: right ones, ones with a single mistake, and ones
//! that would fool or hurt it.
//!
//! The programs are in `programs/` and `redteam/`, by exercise; the table beside them says what must come of each. A test whose
//! tool is missing prints `SKIP`; with `SOCKLAB_REQUIRE_TOOLS=1` in the environment it fails.
#![expect(clippy::print_stderr, reason = "how long each program took is told while others go on")]
#![expect(clippy::unwrap_used, reason = "a test says what it expects by unwrapping, in its helpers too")]

mod corpus;
mod discovery;
mod grade;
mod redteam;
mod support;
mod watchdog;
