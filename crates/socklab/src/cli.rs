//! The command line: its verbs and the flags that all of them take.
//!
//! Nothing here has a text of help. Both languages are equals, so help comes from the files of words by the path of
//! each argument; the module `help` puts it in its place, when it is to be shown.

use std::ffi::OsString;

use clap::error::ErrorKind;
use clap::{Command, CommandFactory, FromArgMatches, Parser};

use crate::commands::Verb;
use crate::context::Color;
use crate::help;
use crate::lang::Lang;
use crate::words::Words;

#[derive(Debug, Parser)]
#[command(
    name = "socklab",
    version,
    arg_required_else_help = true,
    disable_help_flag = true,
    disable_help_subcommand = true,
    disable_version_flag = true
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

/// The flags that every verb takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Global {
    #[arg(long, global = true)]
    pub(crate) lang: Option<Lang>,
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[arg(long, global = true)]
    pub(crate) quiet: bool,
    // Saying it twice is no mistake, and adds nothing.
    #[arg(long, short, global = true, overrides_with = "verbose")]
    pub(crate) verbose: bool,
    #[arg(long, global = true, default_value = "auto")]
    pub(crate) color: Color,
}

/// Builds the command tree, with its help in the language of `words`.
pub(crate) fn tree(words: &Words) -> Command {
    help::localise(tree_with(|_| true), words)
}

/// Builds the part of the command tree that arguments can lead to, without a text.
pub(crate) fn tree_of(arguments: &[OsString]) -> Command {
    tree_with(|verb| arguments.iter().any(|argument| argument == verb))
}

/// Builds the command tree; the verbs that are not needed are only names, and get their arguments if clap meets them.
fn tree_with(is_needed: impl Fn(&str) -> bool) -> Command {
    let tree = Cli::command()
        .mut_subcommands(|verb| if is_needed(verb.get_name()) { Verb::with_arguments(&verb) } else { verb });
    help::with_flags(tree)
}

/// Parses the arguments, the name of the program among them.
///
/// Most command lines show nothing of the tree, so it is built when one does: what is wrong with it, or the help that it
/// asks for, is then found a second time.
///
/// # Errors
///
/// Clap's own, also for `--help` and `--version`; see `usage::explain`.
pub(crate) fn parse(arguments: &[OsString], words: &Words) -> Result<Cli, clap::Error> {
    match parse_with(tree_with(|_| false), arguments) {
        // The version is the same in every language.
        Err(error) if error.kind() != ErrorKind::DisplayVersion => {
            parse_with(help::localise(tree_of(arguments), words), arguments)
        }
        parsed => parsed,
    }
}

fn parse_with(tree: Command, arguments: &[OsString]) -> Result<Cli, clap::Error> {
    let matches = tree.try_get_matches_from(arguments)?;
    Cli::from_arg_matches(&matches)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Some that are right, some that ask for help, and a mistake of each kind.
    const LINES: [&str; 43] = [
        "socklab",
        "socklab --version",
        "socklab echo --version",
        "socklab -h",
        "socklab --lang es --help",
        "socklab --quiet",
        "socklab --color sometimes echo",
        "socklab eco",
        "socklab echo",
        "socklab echo --help",
        "socklab --json echo --port 0 --bind 127.0.0.1 -v --verbose",
        "socklab echo --port",
        "socklab echo --port 70000",
        "socklab echo --port 1 --port 2",
        "socklab echo --backlog=-1",
        "socklab echo --no-such-flag",
        "socklab ask",
        "socklab ask udp",
        "socklab ask udp 127.0.0.1:7 hello --count 3",
        "socklab ask tcp 127.0.0.1:7 -- --hello",
        "socklab ask sctp 127.0.0.1:7",
        "socklab chat udp 127.0.0.1:7",
        "socklab key",
        "socklab key --help",
        "socklab key new ana --may exec --commands uptime",
        "socklab key show FILE --json",
        "socklab key burn",
        "socklab trace",
        "socklab trace python3 server.py",
        "socklab trace --pcapng out.pcapng -- python3 server.py",
        "socklab trace --as a -- true --as b -- true",
        "socklab replay file.jsonl --script",
        "socklab sockets --watch",
        "socklab lab",
        "socklab lab run 1.4",
        "socklab check 1.5.2 --hints 9",
        "socklab grade merge a b",
        "socklab bench udp 127.0.0.1:7",
        "socklab bench merge",
        "socklab completions fish",
        "socklab completions tcsh",
        "socklab help echo",
        "socklab help a b c",
    ];

    #[test]
    fn what_is_parsed_and_shown_is_the_same_without_what_is_not_needed() {
        let words = Words::new(Lang::Spanish);
        for line in LINES {
            let arguments: Vec<OsString> = line.split(' ').map(OsString::from).collect();

            let whole = parse_with(tree(&words), &arguments);
            let bare = parse_with(tree_with(|_| false), &arguments);
            let parsed = parse(&arguments, &words);

            let kind = |error: &clap::Error| error.kind();
            assert_eq!(
                bare.as_ref().map(typed).map_err(kind),
                whole.as_ref().map(typed).map_err(kind),
                "{line}"
            );
            assert_eq!(
                parsed.as_ref().map(typed).map_err(shown),
                whole.as_ref().map(typed).map_err(shown),
                "{line}"
            );
        }
    }

    #[test]
    fn each_verb_has_the_arguments_that_are_parsed() {
        let (whole, mut parser) = (tree_with(|_| true), tree_with(|_| false));
        parser.build();

        assert_eq!(whole.get_subcommands().count(), parser.get_subcommands().count());
        for verb in whole.get_subcommands() {
            let parsed = parser.find_subcommand(verb.get_name()).expect("both have each verb");
            assert_eq!(arguments(verb), arguments(parsed), "{}", verb.get_name());
        }
    }

    /// The arguments of a command and of those below it, without those that every command takes.
    fn arguments(command: &Command) -> BTreeSet<String> {
        let own = command.get_arguments().filter(|argument| !argument.is_global_set());
        let own = own.map(|argument| format!("{} {}", command.get_name(), argument.get_id()));
        own.chain(command.get_subcommands().flat_map(arguments)).collect()
    }

    fn typed(cli: &Cli) -> String {
        format!("{cli:?}")
    }

    fn shown(error: &clap::Error) -> String {
        format!("{:?} {}", error.kind(), error.render())
    }
}
