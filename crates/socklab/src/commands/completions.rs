//! `socklab completions`: a script that lets a shell complete our commands and flags.

use clap::ValueEnum;
use clap_complete::{generate, shells};

use crate::cli;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::terminal;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    shell: Shell,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Shell {
    Bash,
    Zsh,
    Fish,
}

pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, Failure> {
    let tree = &mut cli::tree(&context.words);
    let name = tree.get_name().to_owned();
    let mut script = Vec::new();
    match args.shell {
        Shell::Bash => generate(shells::Bash, tree, name, &mut script),
        Shell::Zsh => generate(shells::Zsh, tree, name, &mut script),
        Shell::Fish => generate(shells::Fish, tree, name, &mut script),
    }
    terminal::print(&context.words, &String::from_utf8_lossy(&script))?;
    Ok(Exit::Done)
}
