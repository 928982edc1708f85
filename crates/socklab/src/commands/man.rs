//! `socklab man`: the manual pages, written from the same texts as `--help`.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Command;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, roman};

use crate::cli;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::terminal;
use crate::words::Words;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[arg(long)]
    dir: Option<PathBuf>,
}

pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, Failure> {
    let words = &context.words;
    let mut tree = cli::tree(words);
    tree.build();
    match &args.dir {
        None => terminal::print(words, &page(&tree, words))?,
        Some(dir) => {
            for command in with_verbs(&tree) {
                write_page(dir, command, words)?;
            }
        }
    }
    Ok(Exit::Done)
}

/// A command, its verbs, and theirs.
fn with_verbs(command: &Command) -> Vec<&Command> {
    [command].into_iter().chain(command.get_subcommands().flat_map(with_verbs)).collect()
}

fn write_page(dir: &Path, command: &Command, words: &Words) -> Result<(), Failure> {
    let path = dir.join(Man::new(command.clone()).get_filename());
    fs::write(&path, page(command, words)).map_err(|error| {
        let failure = Failure::system(words, Exit::Usage, "write", path.display(), &error);
        failure.hint(words.hint_man_dir())
    })
}

/// Writes the page of a command.
fn page(command: &Command, words: &Words) -> String {
    let mut page = Vec::new();
    Man::new(command.clone().after_long_help(None))
        .source(concat!("socklab ", env!("CARGO_PKG_VERSION")))
        .render(&mut page)
        .expect("writing into memory does not fail");
    let mut page = translated(&String::from_utf8_lossy(&page), words);
    // `socklab-key-new`, once the tree is built.
    let name = command.get_display_name().unwrap_or(command.get_name());
    let key = name.strip_prefix("socklab-").unwrap_or(name);
    if let Some(examples) = words.help(&format!("help-{key}.examples")) {
        page.push_str(&examples_section(&examples, words));
    }
    page
}

/// Exchanges the headings, which the generator knows in English only or does not write in capitals.
fn translated(page: &str, words: &Words) -> String {
    let commands = words.heading_commands();
    [
        ("NAME", words.man_name()),
        ("SYNOPSIS", words.man_synopsis()),
        ("DESCRIPTION", words.man_description()),
        ("VERSION", words.man_version()),
        (&commands, commands.to_uppercase()),
    ]
    .iter()
    .fold(page.to_owned(), |page, (heading, translated)| {
        page.replace(&format!("\n.SH {heading}\n"), &format!("\n.SH {translated}\n"))
    })
}

/// Writes the examples, whose lines the generator would join.
fn examples_section(examples: &str, words: &Words) -> String {
    let mut section = Roff::new();
    section.control("SH", [words.heading_examples().to_uppercase().as_str()]);
    section.control("nf", []);
    for line in examples.lines() {
        section.text([roman(line)]);
    }
    section.control("fi", []);
    section.to_roff()
}
