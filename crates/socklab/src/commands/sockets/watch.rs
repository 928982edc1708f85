//! `--watch`: looks again and again until a signal ends it.

use std::mem;
use std::time::{Duration, Instant};

use scope::sockets::Filter;
use signal_hook::consts::{SIGINT, SIGTERM, SIGTSTP, SIGWINCH};

use super::wait::{Wait, Woken, obey};
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::views::sockets as view;

/// Those that end the program, that stop it for a while, and that tell of another size of the terminal.
const SIGNALS: [i32; 4] = [SIGINT, SIGTERM, SIGTSTP, SIGWINCH];

/// Shows sockets at a pace, until a signal ends the process or nobody reads standard output.
pub(super) fn watch(filter: &Filter, pace: Duration, context: &Context) -> Result<Exit, Failure> {
    let words = &context.words;
    let mut wait = Wait::catching(&SIGNALS)
        .map_err(|error| Failure::system(words, Exit::Usage, "sigaction", "SIGINT", &error))?;
    let mut watched = view::watched(context, filter, pace);

    let mut latest = super::take(filter, words)?;
    let mut before = latest.clone();
    watched.begin(&latest)?;
    let mut due = Instant::now() + pace;
    loop {
        let woken = wait
            .until(due)
            .map_err(|error| Failure::system(words, Exit::Usage, "poll", words.object_stdout(), &error))?;
        match woken {
            Woken::InTime => {
                due = Instant::now() + pace;
                before = mem::replace(&mut latest, super::take(filter, words)?);
                watched.update(&before, &latest)?;
            }
            Woken::By(SIGWINCH) => watched.redraw(&before, &latest)?,
            Woken::By(SIGTSTP) => {
                watched.suspend()?;
                obey(SIGTSTP);
                watched.redraw(&before, &latest)?;
            }
            Woken::By(signal) => {
                watched.end(&latest)?;
                obey(signal);
            }
            Woken::ReaderGone => return Ok(Exit::Done),
        }
    }
}
