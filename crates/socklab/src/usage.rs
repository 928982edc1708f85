//! What is wrong with a command line, in the reader's language.
//!
//! Clap finds the mistakes and gives them as kinds and contexts; its own English texts are never shown.

use std::error::Error;
use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use endpoints::ways::DELIMITER_BYTES_MAX;
use wire::key::{COMMANDS_MAX, NAME_BYTES_MAX};

use crate::cli;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::terminal;
use crate::value::{PROGRAM_NAME_BYTES_MAX, ValueError};
use crate::words::Words;

/// What shows the help of a verb to which commands are given.
const TRACE_HELP: &str = "socklab trace --help";

/// Answers what clap stopped at: shows the help or the version that was asked for, or makes the failure of a mistake.
///
/// # Errors
///
/// The failure, with exit code 2.
pub(crate) fn explain(
    error: &clap::Error,
    arguments: &[OsString],
    context: &Context,
) -> Result<Exit, Failure> {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            terminal::print_styled(context, &error.render())?;
            Ok(Exit::Done)
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            terminal::tell(error.render().to_string().trim_end());
            Ok(Exit::Usage)
        }
        _ => Err(failure(error, arguments, &context.words)),
    }
}

/// Makes the failure of an argument whose value is not one.
pub(crate) fn wrong_value(words: &Words, argument: &str, value: &str, error: &ValueError) -> Failure {
    let reason = reason(words, error);
    Failure::new(Exit::Usage, words.usage_wrong_value(value, argument, reason)).hint(value_hint(words, error))
}

fn failure(error: &clap::Error, arguments: &[OsString], words: &Words) -> Failure {
    let argument = text(error, ContextKind::InvalidArg);
    let value = text(error, ContextKind::InvalidValue);
    if let Some(value_error) = error.source().and_then(<dyn Error>::downcast_ref) {
        return wrong_value(words, &argument, &value, value_error);
    }
    let message = match error.kind() {
        ErrorKind::UnknownArgument => words.usage_unknown_argument(argument),
        ErrorKind::InvalidSubcommand => {
            words.usage_unknown_command(text(error, ContextKind::InvalidSubcommand))
        }
        ErrorKind::MissingSubcommand => words.usage_missing_command(),
        ErrorKind::MissingRequiredArgument => words.usage_missing_argument(argument),
        ErrorKind::InvalidValue if value.is_empty() => words.usage_missing_value(argument),
        ErrorKind::InvalidValue => words.usage_unknown_value(value, argument),
        ErrorKind::TooManyValues => words.usage_too_many_values(value, argument),
        ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => words.usage_missing_value(argument),
        ErrorKind::NoEquals => words.usage_no_equals(argument),
        ErrorKind::ArgumentConflict => conflict(error, argument, words),
        ErrorKind::InvalidUtf8 => words.usage_not_utf8(),
        _ => words.usage_other(),
    };
    let failure = Failure::new(Exit::Usage, message);
    hints(error, arguments, words).into_iter().fold(failure, Failure::hint)
}

fn conflict(error: &clap::Error, argument: String, words: &Words) -> String {
    let prior = text(error, ContextKind::PriorArg);
    if prior == argument { words.usage_repeated(argument) } else { words.usage_conflict(argument, prior) }
}

/// Lists what to try: what may have been meant, what can stand there, or where to read on.
fn hints(error: &clap::Error, arguments: &[OsString], words: &Words) -> Vec<String> {
    let listed = |kind, say: &dyn Fn(String) -> String| {
        let text = text(error, kind);
        (!text.is_empty()).then(|| say(text))
    };
    let hints = [
        listed(ContextKind::SuggestedSubcommand, &|it| words.hint_did_you_mean(it)),
        listed(ContextKind::SuggestedArg, &|it| words.hint_did_you_mean(it)),
        listed(ContextKind::SuggestedValue, &|it| words.hint_did_you_mean(it)),
        listed(ContextKind::ValidValue, &|it| words.hint_possible_values(it)),
        listed(ContextKind::ValidSubcommand, &|it| words.hint_possible_commands(it)),
    ];
    let hints: Vec<String> = hints.into_iter().flatten().collect();
    if !hints.is_empty() {
        return hints;
    }
    let help = help_command(arguments);
    // A command to be traced stands behind `--`, and that is easily forgotten.
    let is_command = |argument: String| !argument.is_empty() && !argument.starts_with('-');
    if help == TRACE_HELP && is_command(text(error, ContextKind::InvalidArg)) {
        return vec![words.hint_trace_programs()];
    }
    vec![words.hint_see_help(help)]
}

/// Returns the command that shows the help nearest to the mistake.
fn help_command(arguments: &[OsString]) -> String {
    let tree = cli::tree_of(arguments);
    let (mut nearest, mut path) = (&tree, "socklab".to_owned());
    for argument in arguments.iter().skip(1) {
        if let Some(verb) = nearest.find_subcommand(argument) {
            path = format!("{path} {}", verb.get_name());
            nearest = verb;
        }
    }
    format!("{path} --help")
}

/// Returns a piece of an error's context as text, empty when there is none.
fn text(error: &clap::Error, kind: ContextKind) -> String {
    match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        Some(ContextValue::Strings(texts)) => texts.join(", "),
        _ => String::new(),
    }
}

fn reason(words: &Words, error: &ValueError) -> String {
    match error {
        ValueError::Time => words.value_time(),
        ValueError::TimeRange => words.value_time_range(),
        ValueError::Size => words.value_size(),
        ValueError::SizeRange { .. } => words.value_size_range(),
        ValueError::Whole { .. } => words.value_whole(),
        ValueError::Target => words.value_target(),
        ValueError::Local => words.value_local(),
        ValueError::Source => words.value_source(),
        ValueError::Address => words.value_address(),
        ValueError::Prefix { .. } => words.value_prefix(),
        ValueError::Pause => words.value_pause(),
        ValueError::Call { .. } => words.value_call(),
        ValueError::Delimiter => words.value_delimiter(),
        ValueError::KeyName => words.value_key_name(),
        ValueError::Grants => words.value_grants(),
        ValueError::Commands => words.value_commands(),
        ValueError::ProgramName => words.value_program_name(),
        ValueError::After => words.value_after(),
        ValueError::Shard => words.value_shard(),
        ValueError::Words => words.value_words(),
        ValueError::Exercise => words.value_exercise(),
        ValueError::Sysctl => words.value_sysctl(),
    }
}

fn value_hint(words: &Words, error: &ValueError) -> String {
    match error {
        ValueError::Time | ValueError::TimeRange => words.hint_time(),
        ValueError::Size => words.hint_size(),
        ValueError::SizeRange { max } => words.hint_size_range(max),
        ValueError::Whole { min, max } => words.hint_whole(min, max),
        ValueError::Target => words.hint_target(),
        ValueError::Local => words.hint_local(),
        ValueError::Source => words.hint_source(),
        ValueError::Address => words.hint_address(),
        ValueError::Prefix { max } => words.hint_prefix(max),
        ValueError::Pause => words.hint_pause(),
        ValueError::Call { known } => {
            let names: Vec<&str> = known.iter().map(|call| call.name()).collect();
            words.hint_calls(names.join(", "))
        }
        ValueError::Delimiter => words.hint_delimiter(DELIMITER_BYTES_MAX),
        ValueError::KeyName => words.hint_key_name(NAME_BYTES_MAX),
        ValueError::Grants => words.hint_grants(),
        ValueError::Commands => words.hint_commands(COMMANDS_MAX),
        ValueError::ProgramName => words.hint_program_name(PROGRAM_NAME_BYTES_MAX),
        ValueError::After => words.hint_after(),
        ValueError::Shard => words.hint_shard(lab::grade::SHARDS_MAX),
        ValueError::Words => words.hint_words(),
        ValueError::Exercise => words.hint_exercise(),
        ValueError::Sysctl => words.hint_sysctl(),
    }
}
