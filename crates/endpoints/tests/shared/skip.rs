//! What a test says that cannot run here.

use std::env;
use std::io::{self, Write as _};

/// Says that something is left out and why, or fails when nothing may be left out.
pub(crate) fn skip(what: &str, why: &str) {
    assert!(
        env::var_os("SOCKLAB_REQUIRE_TOOLS").is_none_or(|value| value != "1"),
        "{what} cannot run: {why}"
    );
    let _ = writeln!(io::stderr(), "SKIP: {what} ({why})");
}
