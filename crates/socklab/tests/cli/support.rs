//! Running the binary, and what holds for all that it says.

use std::fmt::Write as _;
use std::process::{Command, Stdio};

/// Both languages, as `SOCKLAB_LANG` names them.
pub(crate) const LANGS: [&str; 2] = ["en", "es"];

/// Words that no Spanish sentence has, and that an English one can hardly do without.
const ENGLISH: &[&str] = &[
    "the", "of", "is", "not", "and", "or", "for", "with", "this", "cannot", "missing", "wrong", "value",
    "values", "argument", "command", "unknown", "hint", "usage", "options", "default", "possible",
    "required", "see", "try", "error:",
];

/// What a run left behind.
pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Runs the binary in a language, with nothing else in its environment and nothing on its standard input.
pub(crate) fn socklab(lang: &str, arguments: &[&str]) -> Run {
    let output = command(arguments).env("SOCKLAB_LANG", lang).output().expect("the binary runs");
    Run {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).expect("it writes UTF-8"),
        stderr: String::from_utf8(output.stderr).expect("it writes UTF-8"),
    }
}

/// Returns the command that runs the binary.
pub(crate) fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_socklab"));
    command.env_clear().args(arguments).stdin(Stdio::null());
    command
}

/// Runs each wrong command line of a verb and returns all that was said, after checking that each one exits with 2
/// after one line and its hints, on standard error only, and that the Spanish has no English in it.
pub(crate) fn mistakes(lang: &str, verb: &str, lines: &[&[&str]]) -> String {
    let mut transcript = String::new();
    for line in lines {
        let arguments = [&[verb], *line].concat();
        let run = socklab(lang, &arguments);
        assert_eq!(run.code, Some(2), "{arguments:?}");
        assert_eq!(run.stdout, "", "{arguments:?}");
        assert_one_line_and_hints(lang, &run.stderr);
        if lang == "es" {
            assert_no_english(&run.stderr);
        }
        let _ = writeln!(transcript, "$ socklab {}\n{}", arguments.join(" "), run.stderr);
    }
    transcript
}

/// Checks that a Spanish text has no word of English.
pub(crate) fn assert_no_english(text: &str) {
    for word in text.split(|c: char| c.is_whitespace() || ",;.()".contains(c)) {
        assert!(!ENGLISH.contains(&word.to_lowercase().as_str()), "{word:?} in: {text}");
    }
}

fn assert_one_line_and_hints(lang: &str, stderr: &str) {
    let label = if lang == "es" { "sugerencia: " } else { "hint: " };
    let mut lines = stderr.lines();
    let message = lines.next().unwrap_or_default();
    assert!(message.starts_with("socklab: "), "{stderr}");
    assert!(lines.clone().count() > 0, "no hint: {stderr}");
    assert!(lines.all(|line| line.starts_with(label)), "{stderr}");
}
