//! Keys as text and as events, without their secrets.

use std::iter;
use std::path::Path;

use endpoints::messages::keys::{KeyFile, KeysError, Made, NewKey};
use serde::Serialize;
use wire::errno::{EAGAIN, EEXIST};
use wire::key::{COMMANDS_MAX, KEYS_MAX, NAME_BYTES_MAX};
use wire::key::{ClientKeyError, Commands, Grant, Grants, Key, KeyListError, LineFault, Named};

use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::words::Words;
use crate::{json, terminal};

/// The files that a new key was written into.
#[derive(Clone, Copy)]
pub(crate) struct Files<'a> {
    pub(crate) client: &'a Path,
    pub(crate) list: &'a Path,
}

/// An event of `socklab key`. None of it is translated.
#[derive(Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub(crate) enum Event {
    /// A key was made.
    KeyMade {
        /// The client's file.
        file: String,
        /// The server's list.
        list: String,
        #[serde(flatten)]
        key: Known,
    },
    /// A key that stands in a file.
    Key {
        /// The file.
        file: String,
        #[serde(flatten)]
        key: Known,
    },
    /// The last event: how many keys were made or shown.
    Summary { keys: usize },
}

/// What there is to know of a key.
#[derive(Serialize)]
pub(crate) struct Known {
    name: String,
    id: String,
    /// What its holder may do; not known from a client's file.
    #[serde(flatten)]
    allowed: Option<Allowed>,
}

#[derive(Serialize)]
struct Allowed {
    may: Vec<&'static str>,
    /// `*` alone for any.
    commands: Vec<String>,
    shell: bool,
}

impl Allowed {
    fn new(grants: Grants, commands: &Commands) -> Self {
        let named = match &commands.named {
            Named::None => Vec::new(),
            Named::List(named) => named.clone(),
            Named::Any => vec!["*".to_owned()],
        };
        Self { may: grants.iter().map(Grant::as_str).collect(), commands: named, shell: commands.shell }
    }
}

impl Known {
    pub(crate) fn new(new: &NewKey, made: Made) -> Self {
        let allowed = Some(Allowed::new(new.grants, &new.commands));
        Self { name: new.name.to_string(), id: made.id.to_string(), allowed }
    }

    fn listed(key: &Key) -> Self {
        let allowed = Some(Allowed::new(key.grants, &key.commands));
        Self { name: key.name.to_string(), id: key.secret.id().to_string(), allowed }
    }

    /// All keys of a file.
    pub(crate) fn all(file: &KeyFile) -> Vec<Self> {
        match file {
            KeyFile::List(list) => list.iter().map(Self::listed).collect(),
            KeyFile::Client(key) => {
                let (name, id) = (key.name.to_string(), key.secret.id().to_string());
                vec![Self { name, id, allowed: None }]
            }
        }
    }

    /// The cells of its row; what a client's file does not tell has none.
    fn cells(&self) -> Vec<String> {
        let or_none = |cell: String| if cell.is_empty() { "-".to_owned() } else { cell };
        let allowed = self.allowed.iter().flat_map(|allowed| {
            let shell = allowed.shell.then_some("shell");
            let named = allowed.commands.join(",");
            let runs: Vec<_> =
                [named.as_str()].into_iter().filter(|it| !it.is_empty()).chain(shell).collect();
            [or_none(allowed.may.join(",")), or_none(runs.join(" "))]
        });
        [self.name.clone(), self.id.clone()].into_iter().chain(allowed).collect()
    }
}

/// Tells that a key was made, what each file is for, and what to run next.
///
/// # Errors
///
/// Those of [`terminal::print`].
pub(crate) fn made(new: &NewKey, made: Made, files: Files<'_>, context: &Context) -> Result<(), Failure> {
    let words = &context.words;
    if context.json {
        let (file, list) = (files.client.display().to_string(), files.list.display().to_string());
        let made = Event::KeyMade { file, list, key: Known::new(new, made) };
        print_events(&[made, Event::Summary { keys: 1 }], context)?;
    } else if !context.quiet {
        let (client, list) = (quoted(files.client), quoted(files.list));
        let lines = [
            words.key_made(&new.name, made.id, new.grants),
            words.key_client_file(&client),
            words.key_list_file(&list, count(made.keys)),
            words.key_on_the_server(&list),
            words.key_on_the_client(first_use(new, &client, words)),
        ];
        terminal::print_lines(words, &lines)?;
    }
    let runs_nothing = new.grants.contains(Grant::Exec) && new.commands == Commands::default();
    if runs_nothing && !context.quiet {
        terminal::tell(&words.hint(words.hint_key_runs_nothing()));
    }
    Ok(())
}

/// The command that tries a new key, by the first thing that its holder may do.
fn first_use(new: &NewKey, file: &str, words: &Words) -> String {
    match new.grants.iter().next() {
        Some(Grant::File) => format!("socklab send --key {file} --file {}", words.key_photo()),
        Some(Grant::Chat) => format!("socklab chat --key {file}"),
        Some(Grant::Stop) => format!("socklab stop --key {file}"),
        Some(Grant::Exec) => format!("socklab exec --key {file} {}", first_command(&new.commands)),
        Some(Grant::Text) | None => format!("socklab send --key {file} --text '{}'", words.key_greeting()),
    }
}

fn first_command(commands: &Commands) -> String {
    match &commands.named {
        Named::List(named) => format!("-- {}", named.first().map_or("", String::as_str)),
        Named::None if commands.shell => "--shell -- uptime".to_owned(),
        Named::None | Named::Any => "-- uptime".to_owned(),
    }
}

/// Shows the keys of a file.
///
/// # Errors
///
/// Those of [`terminal::print`].
pub(crate) fn show(file: &KeyFile, path: &Path, context: &Context) -> Result<(), Failure> {
    let (words, keys) = (&context.words, Known::all(file));
    if context.json {
        let summary = Event::Summary { keys: keys.len() };
        let event = |key| Event::Key { file: path.display().to_string(), key };
        let events: Vec<_> = keys.into_iter().map(event).chain([summary]).collect();
        return print_events(&events, context);
    }
    let note = match file {
        KeyFile::Client(_) => words.key_of_a_client(path.display()),
        KeyFile::List(_) => words.key_of_a_list(path.display(), count(keys.len())),
    };
    if !keys.is_empty() {
        terminal::print_lines(words, &table(&keys, words))?;
    }
    if !context.quiet {
        terminal::tell(&note);
    }
    Ok(())
}

/// Lays the keys out under headings; each column is as wide as its longest cell.
fn table(keys: &[Known], words: &Words) -> Vec<String> {
    let headings = vec![words.key_name(), words.key_id(), words.key_may(), words.key_commands()];
    let rows: Vec<_> = iter::once(headings).chain(keys.iter().map(Known::cells)).collect();
    let columns = rows.iter().map(Vec::len).min().unwrap_or_default();
    let letters = |cell: &String| cell.chars().count();
    let widest = |column: usize| rows.iter().map(|row| letters(&row[column])).max().unwrap_or_default();
    let widths: Vec<_> = (0..columns).map(widest).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}

fn print_events(events: &[Event], context: &Context) -> Result<(), Failure> {
    let lines: Vec<_> = events.iter().map(|event| json::line(context.started.elapsed(), event)).collect();
    terminal::print_lines(&context.words, &lines)
}

/// Says why keys could not be read or made.
pub(crate) fn failure(error: &KeysError, words: &Words) -> Failure {
    let failure = |message| Failure::new(Exit::Usage, message);
    match error {
        KeysError::System { call, path, source } => {
            let failure = Failure::system(words, Exit::Usage, call, path.display(), source);
            failure.hint(match source.raw_os_error() {
                Some(EEXIST) => words.hint_key_exists(),
                Some(EAGAIN) => words.hint_key_in_use(),
                _ => words.hint_key_file(),
            })
        }
        KeysError::NotAFile { path } => {
            failure(words.key_not_a_file(path.display())).hint(words.hint_key_files())
        }
        KeysError::NotOurs { path, owner } => {
            failure(words.key_not_ours(path.display(), owner)).hint(words.hint_key_owner(quoted(path)))
        }
        KeysError::Exposed { path, mode } => {
            failure(words.key_exposed(path.display(), format!("{mode:04o}")))
                .hint(words.hint_key_mode(quoted(path)))
        }
        KeysError::TooLarge { path, bytes_max } => {
            failure(words.key_too_large(path.display(), bytes_max)).hint(words.hint_key_files())
        }
        KeysError::NotText { path } => {
            failure(words.key_not_text(path.display())).hint(words.hint_key_files())
        }
        KeysError::Client { path, cause } => {
            failure(words.key_wrong(path.display(), client_cause(*cause, words))).hint(words.hint_key_files())
        }
        KeysError::NameTaken { path, name } => {
            failure(words.key_name_taken(path.display(), name)).hint(words.hint_key_name_taken())
        }
        KeysError::List { path, cause } => {
            failure(words.key_wrong(path.display(), list_cause(*cause, words))).hint(words.hint_key_files())
        }
        KeysError::Random(source) => {
            Failure::system(words, Exit::Usage, "getrandom", words.object_random(), source)
        }
    }
}

fn list_cause(error: KeyListError, words: &Words) -> String {
    let (line, cause) = match error {
        KeyListError::TooLong => return words.key_too_long(),
        KeyListError::TooMany { line } => (line, words.key_list_too_many(KEYS_MAX)),
        KeyListError::Line { line, fault } => (line, line_cause(fault, words)),
    };
    words.key_line(line, cause)
}

fn client_cause(error: ClientKeyError, words: &Words) -> String {
    let (line, cause) = match error {
        ClientKeyError::TooLong => return words.key_too_long(),
        ClientKeyError::None => return words.key_none(),
        ClientKeyError::Several(line) => (line, words.key_second()),
        ClientKeyError::Mark(line) => (line, words.key_no_mark()),
        ClientKeyError::Name(line) => (line, words.key_no_name(2, NAME_BYTES_MAX)),
        ClientKeyError::Secret(line) => (line, words.key_no_secret(3)),
        ClientKeyError::More(line) => (line, words.key_unknown_word(4)),
    };
    words.key_line(line, cause)
}

fn line_cause(fault: LineFault, words: &Words) -> String {
    match fault {
        LineFault::Name => words.key_no_name(1, NAME_BYTES_MAX),
        LineFault::Secret => words.key_no_secret(2),
        LineFault::Grant => words.key_no_grant(),
        LineFault::Commands => words.key_no_commands(COMMANDS_MAX),
        LineFault::Word(word) => words.key_unknown_word(word),
        LineFault::NameTwice(line) => words.key_name_twice(line),
        LineFault::SecretTwice(line) => words.key_secret_twice(line),
    }
}

/// Writes a path as a shell takes it.
fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let is_plain = |c: char| c.is_alphanumeric() || "/._-+,:@%".contains(c);
    match text.strip_prefix('-') {
        Some(_) => quoted(&Path::new(".").join(path)),
        None if !text.is_empty() && text.chars().all(is_plain) => text,
        None => format!("'{}'", text.replace('\'', r"'\''")),
    }
}

fn count(keys: usize) -> u64 {
    u64::try_from(keys).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_written_so_that_a_shell_takes_it_for_one() {
        for (path, written) in [
            ("ana.key", "ana.key"),
            ("/etc/socklab/año.key", "/etc/socklab/año.key"),
            ("my keys", "'my keys'"),
            ("ana's", r"'ana'\''s'"),
            ("-x.key", "./-x.key"),
            ("$(id)", "'$(id)'"),
        ] {
            assert_eq!(quoted(Path::new(path)), written);
        }
    }
}
