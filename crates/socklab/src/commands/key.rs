//! `socklab key`: makes keys, and shows what there is to know of them. A secret is written into files, never shown.

use std::path::PathBuf;

use endpoints::messages::keys::{self, NewKey};
use wire::key::{Commands, Grant, Grants, KeyName, Named};

use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::value;
use crate::views::key::{self as view, Files};
use crate::words::Words;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    New(New),
    Show(Show),
}

#[derive(Debug, clap::Args)]
struct New {
    #[arg(value_parser = value::key_name)]
    name: KeyName,
    #[arg(long, default_value = "text,file,chat", value_parser = value::grants)]
    may: Grants,
    #[arg(long, value_parser = value::commands)]
    commands: Option<Named>,
    #[arg(long)]
    shell: bool,
    #[arg(long)]
    file: Option<PathBuf>,
    #[arg(long, default_value = "socklab.keys")]
    keys: PathBuf,
}

#[derive(Debug, clap::Args)]
struct Show {
    file: PathBuf,
}

pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, Failure> {
    match &args.verb {
        Verb::New(new) => make(new, context)?,
        Verb::Show(Show { file }) => {
            let keys = keys::load(file).map_err(|error| view::failure(&error, &context.words))?;
            view::show(&keys, file, context)?;
        }
    }
    Ok(Exit::Done)
}

fn make(args: &New, context: &Context) -> Result<(), Failure> {
    let words = &context.words;
    let new = args.key(words)?;
    let file = args.file.clone().unwrap_or_else(|| format!("{}.key", args.name).into());
    let made = keys::make(new.clone(), &file, &args.keys).map_err(|error| view::failure(&error, words))?;
    view::made(&new, made, Files { client: &file, list: &args.keys }, context)
}

impl New {
    /// Tells which key is meant.
    ///
    /// # Errors
    ///
    /// A failure of usage, for commands that the key could not run without the grant.
    fn key(&self, words: &Words) -> Result<NewKey, Failure> {
        let of_no_use = [("--commands", self.commands.is_some()), ("--shell", self.shell)];
        let of_no_use =
            of_no_use.into_iter().find(|(_, is_given)| *is_given && !self.may.contains(Grant::Exec));
        if let Some((flag, _)) = of_no_use {
            let grants = self.may.with(Grant::Exec);
            let failure = Failure::new(Exit::Usage, words.key_needs_exec(flag));
            return Err(failure.hint(words.hint_key_needs_exec(grants)));
        }
        let commands = Commands { named: self.commands.clone().unwrap_or_default(), shell: self.shell };
        Ok(NewKey { name: self.name.clone(), grants: self.may, commands })
    }
}
