//! The server's list: a line for each key, `NAME SECRET may=… commands=… shell`.

use std::collections::BTreeMap;

use zeroize::Zeroizing;

use super::{
    COMMANDS_MAX, Commands, Grants, KEYS_MAX, KeyId, KeyName, LIST_BYTES_MAX, Named, Secret, telling_lines,
};

/// A key as a server knows it.
#[derive(Clone, Debug)]
pub struct Key {
    /// How it is called here.
    pub name: KeyName,
    /// The secret.
    pub secret: Secret,
    /// What its holder may do.
    pub grants: Grants,
    /// Which commands its holder may run, if it may run any.
    pub commands: Commands,
}

impl Key {
    /// Reads a line of a list.
    ///
    /// # Errors
    ///
    /// [`LineFault`]: the first word that is wrong, from the left.
    pub fn parse(line: &str) -> Result<Self, LineFault> {
        let mut words = line.split_ascii_whitespace();
        let name = words.next().and_then(|word| word.parse().ok()).ok_or(LineFault::Name)?;
        let secret = words.next().and_then(Secret::parse).ok_or(LineFault::Secret)?;
        let mut key = Self { name, secret, grants: Grants::NONE, commands: Commands::default() };
        let (mut may, mut commands) = (None, None);
        for (word, number) in words.zip(3..) {
            if let Some(list) = word.strip_prefix("may=") {
                set_once(&mut may, grants(list), number)?;
            } else if let Some(list) = word.strip_prefix("commands=") {
                set_once(&mut commands, Named::parse(list).ok_or(LineFault::Commands), number)?;
            } else if word == "shell" && !key.commands.shell {
                key.commands.shell = true;
            } else {
                return Err(LineFault::Word(number));
            }
        }
        key.grants = may.unwrap_or_default();
        key.commands.named = commands.unwrap_or_default();
        Ok(key)
    }

    /// The line that [`Key::parse`] reads, without its end. A command that such a line cannot name is the caller's fault.
    pub fn to_line(&self) -> Zeroizing<String> {
        let grants = (!self.grants.is_empty()).then(|| format!(" may={}", self.grants));
        let commands = self.commands.named.to_text().map(|list| format!(" commands={list}"));
        let shell = self.commands.shell.then(|| " shell".to_owned());
        let rest: String = [grants, commands, shell].into_iter().flatten().collect();
        Zeroizing::new([self.name.as_str(), " ", &self.secret.to_text(), &rest].concat())
    }
}

/// Reads what stands after `may=`.
fn grants(list: &str) -> Result<Grants, LineFault> {
    list.split(',').map(|word| word.parse().map_err(|_| LineFault::Grant)).collect()
}

/// Takes a value in, unless there is one already.
fn set_once<T>(place: &mut Option<T>, value: Result<T, LineFault>, word: usize) -> Result<(), LineFault> {
    if place.replace(value?).is_some() { Err(LineFault::Word(word)) } else { Ok(()) }
}

/// What is wrong with a line. It quotes nothing: any word could be a secret that stands in the wrong place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LineFault {
    /// The first word is no name.
    #[error("the first word is no name of 1 to 64 letters, digits, `-`, `_` or `.`")]
    Name,
    /// There is no secret.
    #[error("the second word is no secret of 43 characters of base64url")]
    Secret,
    /// `may=` has a word that is no grant.
    #[error("`may=` has a word that is none of text, file, chat, stop, exec")]
    Grant,
    /// `commands=` has an empty entry, more than [`COMMANDS_MAX`] of them, or `*` beside others.
    #[error("`commands=` has an empty entry, more than {COMMANDS_MAX}, or `*` beside others")]
    Commands,
    /// A word has no meaning here, or stands there twice; its number in the line.
    #[error("word {0} is none of `may=…`, `commands=…` and `shell`, or stands there twice")]
    Word(usize),
    /// Another line has the same name; its number.
    #[error("line {0} has this name already")]
    NameTwice(usize),
    /// Another line has the same secret; its number.
    #[error("line {0} has this secret already")]
    SecretTwice(usize),
}

/// The keys that a server knows. No two have the same name or the same secret.
#[derive(Clone, Debug, Default)]
pub struct KeyList {
    /// In the order of the lines.
    keys: Vec<Key>,
    /// Where each key stands in `keys`.
    places: BTreeMap<KeyId, usize>,
}

impl KeyList {
    /// Reads a list.
    ///
    /// # Errors
    ///
    /// [`KeyListError`], with the number of the first line that is wrong.
    pub fn parse(text: &str) -> Result<Self, KeyListError> {
        if text.len() > LIST_BYTES_MAX {
            return Err(KeyListError::TooLong);
        }
        let mut list = Self::default();
        let mut names = BTreeMap::new();
        let mut lines = Vec::new();
        for (line, words) in telling_lines(text) {
            if lines.len() == KEYS_MAX {
                return Err(KeyListError::TooMany { line });
            }
            let key = Key::parse(words).map_err(|fault| KeyListError::Line { line, fault })?;
            if let Some(first) = names.insert(key.name.clone(), line) {
                return Err(KeyListError::Line { line, fault: LineFault::NameTwice(first) });
            }
            if let Some(place) = list.places.insert(key.secret.id(), lines.len()) {
                return Err(KeyListError::Line { line, fault: LineFault::SecretTwice(lines[place]) });
            }
            list.keys.push(key);
            lines.push(line);
        }
        Ok(list)
    }

    /// The key with this id.
    pub fn find(&self, id: KeyId) -> Option<&Key> {
        self.places.get(&id).map(|place| &self.keys[*place])
    }

    /// The keys in the order of their lines.
    pub fn iter(&self) -> impl Iterator<Item = &Key> {
        self.keys.iter()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }
}

/// A text that is no list of keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyListError {
    /// It has more than [`LIST_BYTES_MAX`] bytes.
    #[error("more than {LIST_BYTES_MAX} bytes")]
    TooLong,
    /// It has more than [`KEYS_MAX`] keys.
    #[error("line {line}: more than {KEYS_MAX} keys")]
    TooMany {
        /// The line of the first that is too much.
        line: usize,
    },
    /// A line is wrong.
    #[error("line {line}: {fault}")]
    Line {
        /// Its number.
        line: usize,
        /// What is wrong.
        fault: LineFault,
    },
}
