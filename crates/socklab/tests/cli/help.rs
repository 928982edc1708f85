//! Help in both languages: any change of the command line shows here.

use insta::assert_snapshot;

use crate::support::{LANGS, assert_no_english, socklab};

const COMMANDS: [&str; 29] = [
    "socklab",
    "echo",
    "ask",
    "chat",
    "serve",
    "send",
    "stop",
    "exec",
    "key",
    "key new",
    "key show",
    "sockets",
    "trace",
    "replay",
    "lab",
    "lab list",
    "lab show",
    "lab run",
    "check",
    "grade",
    "grade merge",
    "bench",
    "bench merge",
    "doctor",
    "dissector",
    "extcap",
    "completions",
    "man",
    "help",
];

#[test]
fn each_command_has_its_help_in_both_languages() {
    for lang in LANGS {
        for command in COMMANDS {
            let screens = ["-h", "--help"].map(|flag| screen(lang, command, flag));
            let name = command.replace(' ', "_");
            assert_snapshot!(format!("help_{name}_{lang}"), screens.join("\n"));
        }
    }
}

#[test]
fn nothing_english_remains_in_the_spanish_help() {
    for command in COMMANDS {
        for flag in ["-h", "--help"] {
            assert_no_english(&screen("es", command, flag));
        }
    }
}

#[test]
fn the_verb_help_shows_what_the_flag_shows() {
    assert_eq!(shown("es", &["help", "echo"]), shown("es", &["echo", "--help"]));
    assert_eq!(shown("es", &["help", "key", "new"]), shown("es", &["key", "new", "--help"]));
    assert_eq!(shown("en", &["help"]), shown("en", &["--help"]));
}

#[test]
fn without_arguments_the_summary_goes_to_standard_error() {
    for lang in LANGS {
        let run = socklab(lang, &[]);

        assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""));
        assert_eq!(run.stderr, shown(lang, &["-h"]));
    }
}

#[test]
fn the_version_is_that_of_the_package() {
    let version = format!("socklab {}\n", env!("CARGO_PKG_VERSION"));

    for flag in ["-V", "--version"] {
        assert_eq!(shown("es", &[flag]), version);
    }
}

fn screen(lang: &str, command: &str, flag: &str) -> String {
    let verbs = command.split(' ').filter(|verb| *verb != "socklab");
    let arguments: Vec<_> = verbs.chain([flag]).collect();
    format!("$ socklab {}\n{}", arguments.join(" "), shown(lang, &arguments))
}

fn shown(lang: &str, arguments: &[&str]) -> String {
    let run = socklab(lang, arguments);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{arguments:?}");
    run.stdout
}
