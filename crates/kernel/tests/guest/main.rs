//! Guests behind their walls.
//!
//! A process with threads cannot enter a namespace, and the usual harness has threads. So this one has none: it enters a private
//! network first, as whoever starts guests does, and then runs its tests one after the other. Where no private network can be had
//! it says `SKIP`; with `SOCKLAB_REQUIRE_TOOLS=1` in the environment it fails.
#![expect(clippy::unwrap_used, reason = "a test says what it expects by unwrapping, in its helpers too")]
#![expect(clippy::print_stderr, reason = "there is no harness that would say which tests ran")]
#![expect(clippy::print_stdout, reason = "a guest in a guest says what it found")]

mod bounds;
mod fewer;
mod languages;
mod support;
mod walls;

use std::env;

use kernel::namespace::{self, UserMap};

const MTU_BYTES: u32 = 1500;

/// Runs the tests whose names contain the first argument, if there is one.
fn main() {
    let argument = env::args().nth(1).unwrap_or_default();
    match argument.as_str() {
        fewer::IN_THESE | fewer::IN_OTHERS => return fewer::run(&argument, &env::args().nth(2).unwrap()),
        fewer::HOLDER => return fewer::hold(),
        _ => {}
    }
    if let Err(error) = namespace::probe(UserMap::usual(), MTU_BYTES) {
        let may_be_left_out = env::var_os("SOCKLAB_REQUIRE_TOOLS").is_none_or(|value| value != "1");
        assert!(may_be_left_out, "a private network cannot be had: {error}");
        return eprintln!("SKIP: guests ({error})");
    }
    bounds::a_probe_tells_what_is_found_later();
    namespace::enter_private(UserMap::usual()).unwrap();
    namespace::loopback_up(MTU_BYTES).unwrap();
    let is_wanted = |name: &str| argument.starts_with('-') || name.contains(&argument);
    let tests = [walls::TESTS, bounds::TESTS, fewer::TESTS, languages::TESTS].concat();
    for (name, test) in tests.iter().filter(|(name, _)| is_wanted(name)) {
        eprint!("test {name} ... ");
        test();
        eprintln!("ok");
    }
}
