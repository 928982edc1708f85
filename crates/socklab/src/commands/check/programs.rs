//! Which programs are checked: those of the command line, else those of the manifest.

use std::ffi::OsString;

use lab::check::Role;
use lab::check::manifest::{Manifest, SourceLanguage};
use lab::exercise::Exercise;
use lab::grade::usual_role;

use super::Plan;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::usage;
use crate::value;
use crate::words::Words;

/// What was typed.
pub(super) struct Typed<'a> {
    pub(super) server: Option<&'a str>,
    pub(super) client: Option<&'a str>,
    pub(super) command: &'a [OsString],
}

/// Puts what was typed into the manifest: a command line wins over what was written.
///
/// # Errors
///
/// A failure of usage: no program at all, or a command that cannot be read.
pub(super) fn add(
    manifest: &mut Manifest,
    exercise: Exercise,
    typed: &Typed<'_>,
    words: &Words,
) -> Result<(), Failure> {
    let split = |flag: &str, text: Option<&str>| {
        let read = text
            .map(|text| value::words(text).map_err(|error| usage::wrong_value(words, flag, text, &error)));
        read.transpose()
    };
    let server = split("--server", typed.server)?;
    let client = split("--client", typed.client)?;
    let is_typed = server.is_some() || client.is_some() || !typed.command.is_empty();
    if is_typed {
        let command = typed.command.iter().map(|word| word.to_str().map(str::to_owned));
        let command: Option<Vec<String>> = command.collect();
        let command = command.ok_or_else(|| Failure::new(Exit::Usage, words.usage_not_utf8()))?;
        let command = (!command.is_empty()).then_some(command);
        (manifest.server.run, manifest.client.run) = match usual_role(exercise) {
            Role::Server => (server.or(command), client),
            Role::Client => (server, client.or(command)),
        };
    }
    if manifest.server.run.is_none() && manifest.client.run.is_none() {
        let example = format!("socklab check {exercise} -- python3 server.py");
        return Err(
            Failure::new(Exit::Usage, words.check_no_program()).hint(words.hint_check_program(example))
        );
    }
    Ok(())
}

/// What the programs are written in, as far as their command lines show it: the file, or the interpreter.
pub(super) fn source(plan: &Plan) -> Option<SourceLanguage> {
    let run = plan.manifest.server.run.as_ref().or(plan.manifest.client.run.as_ref())?;
    let by_file = run.iter().find_map(|word| SourceLanguage::of_file(word));
    let built = || plan.manifest.build.iter().flatten().find_map(|word| SourceLanguage::of_file(word));
    by_file.or_else(built)
}
