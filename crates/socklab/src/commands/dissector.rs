//! `socklab dissector`: the dissector with which Wireshark and tshark show our messages.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::terminal;
use crate::words::Words;

const DISSECTOR: &str = include_str!("../../dissector/socklab.lua");

/// Where Wireshark looks for a person's plugins in Lua, from their home (`tshark -G folders`: "Personal Lua Plugins").
const PLUGINS: &str = ".local/lib/wireshark/plugins";

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[arg(long)]
    install: bool,
}

pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, Failure> {
    let words = &context.words;
    if args.install {
        let path = install(words)?;
        terminal::print_lines(words, &[words.dissector_installed(path.display())])?;
    } else {
        terminal::print(words, DISSECTOR)?;
    }
    Ok(Exit::Done)
}

/// Writes the dissector among the plugins, over an older one, and returns its path.
fn install(words: &Words) -> Result<PathBuf, Failure> {
    let homeless = || Failure::new(Exit::Usage, words.dissector_no_home()).hint(words.hint_dissector());
    let home = env::home_dir().filter(|home| home.is_absolute()).ok_or_else(homeless)?;
    let plugins = home.join(PLUGINS);
    let path = plugins.join("socklab.lua");
    let failed = |call, object: &Path, error| {
        Failure::system(words, Exit::Usage, call, object.display(), &error).hint(words.hint_dissector())
    };
    fs::create_dir_all(&plugins).map_err(|error| failed("mkdir", &plugins, error))?;
    fs::write(&path, DISSECTOR).map_err(|error| failed("write", &path, error))?;
    Ok(path)
}
