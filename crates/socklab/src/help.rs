//! Puts the texts of help, in one language, into the command tree.
//!
//! The key of a text follows from its place: `help-echo` describes the verb, `help-echo-backlog` its argument,
//! `help-key-new` a verb's verb, `help-global-lang` an argument of every verb. Three attributes say the rest: `.value` names the value of an
//! argument; `.details` and `.examples` belong to a verb and appear with `--help`.

use clap::{Arg, ArgAction, Command};

use crate::words::Words;

/// Columns beyond which lines of help are folded, however wide the terminal is.
const WIDTH_MAX: usize = 100;

/// Returns the tree with every text in the language of `words`, and with clap's own English out of sight.
pub(crate) fn localise(tree: Command, words: &Words) -> Command {
    let name = tree.get_name().to_owned();
    localise_command(tree, &name, words)
}

/// Returns the tree with the two flags that ask for texts, which clap would describe in English if they were its own.
pub(crate) fn with_flags(tree: Command) -> Command {
    tree.args([help_flag(), version_flag()])
}

fn help_flag() -> Arg {
    Arg::new("help").short('h').long("help").action(ArgAction::Help).global(true)
}

fn version_flag() -> Arg {
    Arg::new("version").short('V').long("version").action(ArgAction::Version)
}

fn localise_command(command: Command, path: &str, words: &Words) -> Command {
    let owner = owner(path);
    let usage = usage(&command, path, words);
    let mut order = 0..;
    described(command, &owner, words)
        .max_term_width(WIDTH_MAX)
        .help_template(template(words))
        .override_usage(usage)
        .subcommand_help_heading(words.heading_commands())
        .subcommand_value_name(words.usage_command())
        .mut_args(|argument| {
            // Under a heading of its own, clap would sort the positional arguments by name.
            let argument = argument.display_order(order.next());
            localise_argument(argument, &owner, words)
        })
        .mut_subcommands(|verb| {
            let path = format!("{path} {}", verb.get_name());
            localise_command(verb, &path, words)
        })
}

/// Gives a command what it does, in short and at length, and its examples.
fn described(command: Command, owner: &str, words: &Words) -> Command {
    let key = command_key(owner);
    let Some(about) = words.help(&key) else {
        return command;
    };
    let command = match words.help(&format!("{key}.details")) {
        Some(details) => command.long_about(format!("{about}\n\n{details}")),
        None => command,
    };
    let command = match words.help(&format!("{key}.examples")) {
        Some(examples) => {
            let heading = words.heading_examples();
            command.after_long_help(format!("{heading}:\n{}", indented(&examples)))
        }
        None => command,
    };
    command.about(about)
}

fn localise_argument(argument: Arg, owner: &str, words: &Words) -> Arg {
    let key = argument_key(&argument, owner);
    let heading = if argument.is_positional() {
        words.heading_arguments()
    } else if is_general(&argument) {
        words.heading_general()
    } else {
        words.heading_options()
    };
    let mut localised = argument.help_heading(heading);
    if localised.get_action().takes_values() {
        localised = localised.hide_default_value(true).hide_possible_values(true);
    }
    if let Some(help) = words.help(&key) {
        localised = localised.help(help);
    }
    match words.help(&format!("{key}.value")) {
        Some(value) => localised.value_name(value),
        None => localised,
    }
}

/// Returns the name of a command in keys: `socklab key new` is `key-new`, and the program itself `socklab`.
fn owner(path: &str) -> String {
    path.split_once(' ').map_or(path, |(_, verbs)| verbs).replace(' ', "-")
}

fn command_key(owner: &str) -> String {
    format!("help-{owner}")
}

fn argument_key(argument: &Arg, owner: &str) -> String {
    let owner = if is_general(argument) { "global" } else { owner };
    format!("help-{owner}-{}", argument.get_id().as_str().replace('_', "-"))
}

/// Says whether an argument belongs to the program as a whole: the version does, though no verb shows it.
fn is_general(argument: &Arg) -> bool {
    argument.is_global_set() || matches!(argument.get_action(), ArgAction::Version)
}

/// Lays out a screen of help as clap does, with the one heading that clap does not let be changed.
fn template(words: &Words) -> String {
    let heading = words.heading_usage();
    format!("{{before-help}}{{about-with-newline}}\n{heading}: {{usage}}\n\n{{all-args}}{{after-help}}")
}

fn usage(command: &Command, path: &str, words: &Words) -> String {
    let mut parts = vec![path.to_owned(), format!("[{}]", words.usage_options())];
    for argument in command.get_positionals() {
        let key = argument_key(argument, &owner(path));
        let value = words.help(&format!("{key}.value")).unwrap_or_default();
        let shown = if argument.is_required_set() { format!("<{value}>") } else { format!("[{value}]") };
        parts.push(if argument.is_last_set() { format!("-- {shown}...") } else { shown });
    }
    // A verb that takes something itself has its own verbs beside that.
    if command.has_subcommands() && command.get_positionals().next().is_none() {
        parts.push(format!("<{}>", words.usage_command()));
    }
    parts.join(" ")
}

fn indented(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(|line| format!("  {line}")).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::cli;
    use crate::lang::Lang;
    use crate::words::HELP_KEYS;

    #[test]
    fn each_command_and_argument_has_its_help_and_no_help_is_without_one() {
        let known: BTreeSet<String> = HELP_KEYS.iter().map(ToString::to_string).collect();

        assert_eq!(keys_of(&tree(Lang::English)), known);
    }

    #[test]
    fn each_value_has_a_name_in_both_languages() {
        for lang in [Lang::English, Lang::Spanish] {
            let words = Words::new(lang);
            for (owner, command) in commands(&tree(lang)) {
                let arguments = command.get_arguments();
                for argument in arguments.filter(|argument| argument.get_action().takes_values()) {
                    let key = argument_key(argument, &owner);
                    let value = words.help(&format!("{key}.value"));
                    assert!(value.is_some(), "{key}.value in {lang:?}");
                }
            }
        }
    }

    /// Clap takes the doc comments of an enum's variants for help, and completions would show them.
    #[test]
    fn no_value_brings_a_text_that_is_not_translated() {
        for (_, command) in commands(&tree(Lang::Spanish)) {
            for argument in command.get_arguments() {
                for value in argument.get_possible_values() {
                    assert_eq!(value.get_help(), None, "{} {}", argument.get_id(), value.get_name());
                }
            }
        }
    }

    #[test]
    fn clap_finds_no_fault_in_the_tree() {
        tree(Lang::Spanish).debug_assert();
    }

    fn tree(lang: Lang) -> Command {
        cli::tree(&Words::new(lang))
    }

    fn keys_of(tree: &Command) -> BTreeSet<String> {
        commands(tree)
            .into_iter()
            .flat_map(|(owner, command)| {
                let arguments = command.get_arguments();
                let keys: Vec<String> = arguments.map(|argument| argument_key(argument, &owner)).collect();
                keys.into_iter().chain([command_key(&owner)])
            })
            .collect()
    }

    /// All commands, with their names in keys.
    fn commands(tree: &Command) -> Vec<(String, Command)> {
        commands_below(tree, tree.get_name())
    }

    fn commands_below(command: &Command, path: &str) -> Vec<(String, Command)> {
        let below = command.get_subcommands();
        let below = below.flat_map(|verb| commands_below(verb, &format!("{path} {}", verb.get_name())));
        [(owner(path), command.clone())].into_iter().chain(below).collect()
    }
}
