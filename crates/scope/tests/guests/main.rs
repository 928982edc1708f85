//! Guests that are watched by a session: what is seen of them, and that they end with it.
//!
//! A session enters a namespace, which a process with threads cannot do, and the usual harness has threads. So this one has none: each
//! test is a process of its own, which this program starts with the name of the test. Where no private network can be had it says
//! `SKIP`; with `SOCKLAB_REQUIRE_TOOLS=1` in the environment it fails.
#![expect(clippy::unwrap_used, reason = "a test says what it expects by unwrapping, in its helpers too")]
#![expect(clippy::print_stderr, reason = "there is no harness that would say which tests ran")]

mod support;
mod watched;

use std::env;
use std::process::Command;

use kernel::namespace::{self, UserMap};
use scope::session::MTU_BYTES;

/// What precedes the name of a test in the arguments of its process.
const ROLE: &str = "--only";

/// Runs the tests whose names contain the first argument, if there is one.
fn main() {
    let arguments: Vec<_> = env::args().skip(1).collect();
    if let [role, wanted] = &arguments[..]
        && role == ROLE
    {
        let (_, test) = watched::TESTS.iter().find(|(name, _)| name == wanted).unwrap();
        return test();
    }
    if let Err(error) = namespace::probe(UserMap::usual(), MTU_BYTES) {
        let may_be_left_out = env::var_os("SOCKLAB_REQUIRE_TOOLS").is_none_or(|value| value != "1");
        assert!(may_be_left_out, "a private network cannot be had: {error}");
        return eprintln!("SKIP: guests that are watched ({error})");
    }
    let argument = arguments.first().map_or("", String::as_str);
    for (name, _) in
        watched::TESTS.iter().filter(|(name, _)| argument.starts_with('-') || name.contains(argument))
    {
        eprint!("test {name} ... ");
        let status = Command::new(env::current_exe().unwrap()).args([ROLE, name]).status().unwrap();
        assert!(status.success(), "{name}");
        eprintln!("ok");
    }
}
