//! How long things are.

use crate::sources::rust;

/// The most lines of a file, not counting its tests.
const FILE_LINES_MAX: usize = 600;

/// The most lines of a function: those of the longest there is. Lower it when that one gets shorter; before raising it,
/// ask what the function is two of. A table may be as long as its subject, and stands here with its name.
const FUNCTION_LINES_MAX: usize = 43;

/// Functions that are tables: one line for each row.
const TABLES: [&str; 8] = [
    "crates/socklab/src/errno.rs: meaning",
    "crates/socklab/src/events_doc.rs: ask_events",
    "crates/socklab/src/events_doc.rs: echo_events",
    "crates/socklab/src/events_doc/chat.rs: events",
    "crates/socklab/src/events_doc/messages.rs: serve_events",
    "crates/socklab/src/events_doc/ways.rs: send_events",
    "crates/socklab/src/events_doc/ways.rs: serve_events",
    "crates/socklab/src/views/page/texts.rs: texts",
];

#[test]
fn no_file_is_longer_than_its_maximum() {
    for source in rust() {
        let lines = source.lines_without_tests().count();
        assert!(lines <= FILE_LINES_MAX, "{} has {lines} lines", source.path);
    }
}

#[test]
fn no_function_is_longer_than_the_longest_was() {
    for (lines, function) in functions() {
        let is_table = TABLES.contains(&function.as_str());
        assert!(lines <= FUNCTION_LINES_MAX || is_table, "{function} has {lines} lines");
    }
}

#[test]
fn the_maximum_is_that_of_the_longest_function() {
    let longest = functions().into_iter().filter(|(_, name)| !TABLES.contains(&name.as_str())).max();
    let (lines, function) = longest.unwrap();
    assert!(lines >= FUNCTION_LINES_MAX, "the longest is {function} with {lines} lines: lower the maximum");
}

/// The lengths of all functions, tests included, from the line with `fn` to the closing brace in its column.
///
/// That is how rustfmt lays a function out. One inside another counts as a part of it, and one that fits on a line, or
/// has no body, not at all.
fn functions() -> Vec<(usize, String)> {
    let mut functions = Vec::new();
    for source in rust() {
        let mut open: Option<Open> = None;
        for (index, line) in source.text.lines().enumerate() {
            match &open {
                None => open = Open::at(line, index),
                Some(function) if function.ends_without_body(line) => open = None,
                Some(function) if function.ends(line) => {
                    functions
                        .push((index - function.from + 1, format!("{}: {}", source.path, function.name)));
                    open = None;
                }
                Some(_) => {}
            }
        }
    }
    functions
}

/// A function whose end is looked for.
struct Open {
    name: String,
    indent: String,
    /// The line with `fn`.
    from: usize,
}

impl Open {
    fn at(line: &str, from: usize) -> Option<Self> {
        let code = line.trim_start();
        let (before, after) = code.split_once("fn ")?;
        let is_modifier =
            |word: &str| word.starts_with("pub") || ["const", "async", "unsafe"].contains(&word);
        let is_whole = code.ends_with(['}', ';']);
        let name: String = after.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        let begins = before.split_whitespace().all(is_modifier) && !is_whole && !name.is_empty();
        begins.then(|| Self { name, indent: line[..line.len() - code.len()].to_owned(), from })
    }

    fn ends(&self, line: &str) -> bool {
        line.strip_prefix(&self.indent) == Some("}")
    }

    /// Whether a signature of several lines ends here, as that of a trait's function.
    fn ends_without_body(&self, line: &str) -> bool {
        line.strip_prefix(&self.indent).is_some_and(|rest| rest.starts_with(')') && rest.ends_with(';'))
    }
}
