//! Keys: a secret that two programs share, and what its holder may do.
//!
//! `docs/protocol.md` §2 is the standard of both files. This reads and writes their text; where the files are and who may
//! read them is not known here. No error and no `Debug` shows a secret, or a word that could be one.

mod client;
mod commands;
mod grants;
mod list;
mod name;
mod secret;

pub use client::{ClientKey, ClientKeyError};
pub use commands::{Commands, Named};
pub use grants::{Grant, Grants, NotAGrant};
pub use list::{Key, KeyList, KeyListError, LineFault};
pub use name::{KeyName, NotAName};
pub use secret::{KeyId, Secret};

/// The most letters of the name of a key.
pub const NAME_BYTES_MAX: usize = 64;

/// The most bytes of a client's key file.
pub const CLIENT_FILE_BYTES_MAX: usize = 4_096;

/// The most bytes of a server's list of keys.
pub const LIST_BYTES_MAX: usize = 4 << 20;

/// The most keys of a list.
pub const KEYS_MAX: usize = 4_096;

/// The most commands of a key.
pub const COMMANDS_MAX: usize = 256;

/// The lines of a file that say something, with their numbers from 1.
fn telling_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines = text.lines().map(str::trim_ascii).zip(1..).map(|(line, number)| (number, line));
    lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
}
