//! The message server and its clients, with keys that are made for the scene.
//!
//! The files stand in the directory that the scene's programs have for themselves.

use super::steps::SERVER;
use super::{Act, Cast, When};

/// A key of the server's list that may what the scene is about.
pub(super) const RIGHT: &str = "right.key";
/// A key of the list that may not.
pub(super) const OTHER: &str = "other.key";
/// A key of another list.
pub(super) const UNKNOWN: &str = "unknown.key";
const LIST: &str = "server.keys";
const ANOTHER_LIST: &str = "another.keys";

/// Makes the three keys, one after the other: with these flags the right one and the one that nobody knows, with those the other.
pub(super) fn keys(right: &[&str], other: &[&str]) -> Vec<Cast> {
    let of = |key: &'static str, list, flags: &[&str], when| {
        let name = key.trim_end_matches(".key");
        let arguments = ["key", "new", name, "--quiet", "--file", key, "--keys", list];
        cast(&format!("key-{name}"), when, &[&arguments, flags].concat())
    };
    vec![
        of(RIGHT, LIST, right, When::AtOnce),
        of(OTHER, LIST, other, When::Ended),
        of(UNKNOWN, ANOTHER_LIST, right, When::Ended),
    ]
}

/// The server, when its keys are made.
pub(super) fn server(flags: &[&str]) -> Cast {
    let address = SERVER.to_string();
    let arguments = ["serve", "--keys", LIST, "--no-inbox", "--bind", &address];
    cast("server", When::Ended, &[&arguments, flags].concat())
}

/// A client of it that has this key.
pub(super) fn client(name: &str, when: When, verb: &str, key: &str, rest: &[&str]) -> Cast {
    let address = SERVER.to_string();
    cast(name, when, &[&[verb, "--key", key, &address], rest].concat())
}

fn cast(name: &str, when: When, arguments: &[&str]) -> Cast {
    let arguments = arguments.iter().map(|&argument| argument.to_owned()).collect();
    Cast { name: name.to_owned(), act: Act::Socklab(arguments), when }
}
