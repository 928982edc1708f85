//! `socklab supervise`: what a server starts for each remote command, and nobody types.
//!
//! It is not a part of the command line: help, completions and manual pages do not know it, and it takes no flags. It is looked for
//! before anything else is made, so that a command does not wait for words and a parser that it has no use for.

use std::ffi::OsString;
use std::time::Instant;

use endpoints::messages::exec;

use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;

/// The one argument by which a server asks for it.
const VERB: &str = "supervise";

/// Whether these arguments, the name of the program among them, ask for it.
pub(crate) fn is_asked(arguments: &[OsString]) -> bool {
    matches!(arguments, [_, verb] if verb == VERB)
}

/// Supervises the command that the server at standard input asks for. Only who has typed the verb, and so has no server, is told
/// something.
pub(crate) fn run(arguments: &[OsString], started: Instant) -> Exit {
    if exec::supervise().is_ok() {
        return Exit::Done;
    }
    let context = Context::before_parsing(arguments, started);
    Failure::new(Exit::Usage, context.words.failure_supervise()).report(&context)
}
