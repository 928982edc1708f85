//! `socklab stage`: what an experiment and a check start for each scene and each trial, and nobody types.
//!
//! It is not a part of the command line: help, completions and manual pages do not know it, and it takes no flags. It is looked for
//! before anything else is made, since a stage changes its namespaces and so must have a single thread.

use std::ffi::OsString;

use crate::exit::Exit;

/// Whether these arguments, the name of the program among them, ask for it.
pub(crate) fn is_asked(arguments: &[OsString]) -> bool {
    matches!(arguments, [_, verb] if verb == lab::stage::VERB)
}

/// Runs what standard input orders. What goes wrong is told there; nobody is left to be told what cannot be told.
pub(crate) fn run() -> Exit {
    match lab::stage::perform() {
        Ok(()) => Exit::Done,
        Err(_) => Exit::Usage,
    }
}
