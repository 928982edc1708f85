//! `socklab doctor`: what `socklab trace` can see on this machine, and what would let it see more.

use std::env;

use scope::doctor::{Surroundings, judge, probe};
use scope::model::Level;

use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::terminal;
use crate::views::doctor as view;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[arg(long)]
    apparmor_profile: bool,
}

/// Tries what a recording needs and shows what came of it, or writes the profile.
///
/// # Errors
///
/// A failure of usage: what cannot be written, or found.
pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, Failure> {
    let words = &context.words;
    if args.apparmor_profile {
        let program = env::current_exe()
            .map_err(|error| Failure::system(words, Exit::Usage, "readlink", "/proc/self/exe", &error))?;
        terminal::print(words, &view::profile(&program))?;
        return Ok(Exit::Done);
    }
    // Read first: what is tried may leave this process in a network of its own, where it has other privileges.
    let surroundings = Surroundings::read();
    let diagnosis = judge(&surroundings, &probe());
    view::show(&surroundings, &diagnosis, context)?;
    Ok(match diagnosis.level {
        Some(Level::A | Level::B) => Exit::Done,
        // Packets are kept from this user.
        Some(Level::C) => Exit::Denied,
        // Here, `socklab trace` would end so, too.
        None => Exit::Usage,
    })
}
