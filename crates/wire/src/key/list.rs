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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::key::Grant;

    #[test]
    fn a_list_is_read_line_by_line() {
        let text = format!(
            "# keys\n\nana {} may=text,exec commands=uptime,/usr/bin/date shell\r\nbob\t{}  may=stop\nidle {}\n",
            secret(1),
            secret(2),
            secret(3),
        );

        let list = KeyList::parse(&text).unwrap();

        let names: Vec<_> = list.iter().map(|key| key.name.as_str()).collect();
        assert_eq!((names, list.len()), (vec!["ana", "bob", "idle"], 3));
        let ana = list.find(Secret::new(bytes(1)).id()).unwrap();
        assert_eq!(ana.grants.iter().collect::<Vec<_>>(), [Grant::Text, Grant::Exec]);
        assert!(ana.commands.named.allows(b"uptime") && ana.commands.shell);
        let idle = list.find(Secret::new(bytes(3)).id()).unwrap();
        assert_eq!((idle.grants, &idle.commands), (Grants::NONE, &Commands::default()));
        assert!(list.find(KeyId([0; 8])).is_none());
        assert!(KeyList::parse("# nobody\n").unwrap().is_empty());
    }

    #[test]
    fn every_fault_of_a_line_is_told_without_the_secret() {
        let secret = secret(1);
        for (rest, fault) in [
            ("", None),
            ("may=text,text", None),
            ("commands=* shell may=exec", None),
            ("may=", Some(LineFault::Grant)),
            ("may=text,", Some(LineFault::Grant)),
            ("may=text,all", Some(LineFault::Grant)),
            ("commands=", Some(LineFault::Commands)),
            ("commands=a,*", Some(LineFault::Commands)),
            ("may=text may=file", Some(LineFault::Word(4))),
            ("commands=a shell commands=b", Some(LineFault::Word(5))),
            ("shell shell", Some(LineFault::Word(4))),
            ("text", Some(LineFault::Word(3))),
            (&secret, Some(LineFault::Word(3))),
        ] {
            assert_eq!(Key::parse(&format!("ana {secret} {rest}")).err(), fault, "{rest:?}");
        }
        assert_eq!(Key::parse("").err(), Some(LineFault::Name));
        assert_eq!(Key::parse(&format!("a/b {secret}")).err(), Some(LineFault::Name));
        assert_eq!(Key::parse("ana").err(), Some(LineFault::Secret));
        assert_eq!(Key::parse(&format!("{secret} ana may=text")).err(), Some(LineFault::Secret));
        assert_eq!(Key::parse(&format!("ana may=text {secret}")).err(), Some(LineFault::Secret));
    }

    #[test]
    fn a_name_and_a_secret_stand_there_once() {
        let twice = |first: &str, second: &str| {
            KeyList::parse(&format!("{first}\n# and\n{second}\n")).map(drop).unwrap_err()
        };
        let at_line_3 = |fault| KeyListError::Line { line: 3, fault };
        let (one, two) = (secret(1), secret(2));

        let same_name = twice(&format!("ana {one}"), &format!("ana {two}"));
        let same_secret = twice(&format!("ana {one}"), &format!("bob {one}"));

        assert_eq!(same_name, at_line_3(LineFault::NameTwice(1)));
        assert_eq!(same_secret, at_line_3(LineFault::SecretTwice(1)));
        assert_eq!(same_name.to_string(), "line 3: line 1 has this name already");
        assert!(!format!("{same_secret} {same_secret:?}").contains(&one));
    }

    #[test]
    fn a_list_has_a_maximum_of_keys_and_of_bytes() {
        let line = |number: u32| format!("k{number} {}\n", secret(number));
        let lines = |count: u32| (0..count).map(line).collect::<Vec<_>>().concat();
        let most = u32::try_from(KEYS_MAX).unwrap();
        assert_eq!(KeyList::parse(&lines(most)).unwrap().len(), KEYS_MAX);
        let too_many = KeyList::parse(&lines(most + 1)).err();
        assert_eq!(too_many, Some(KeyListError::TooMany { line: KEYS_MAX + 1 }));

        let blank = "\n".repeat(LIST_BYTES_MAX);
        assert!(KeyList::parse(&blank).is_ok());
        assert_eq!(KeyList::parse(&format!("{blank}\n")).err(), Some(KeyListError::TooLong));
    }

    #[test]
    fn a_key_shows_no_secret() {
        let text = secret(1);
        let key = Key::parse(&format!("ana {text} may=text")).unwrap();

        let shown = format!("{key:?}");

        assert!(shown.contains("Secret(…)") && !shown.contains(&text), "{shown}");
    }

    proptest! {
        #[test]
        fn a_line_is_read_as_it_is_written(
            name in "[a-zA-Z0-9._-]{1,64}",
            number: u32,
            grants in 0..32_u8,
            commands in prop::option::of(prop::collection::vec("[a-z/.]{1,12}", 1..5)),
            is_any: bool,
            shell: bool,
        ) {
            let chosen = Grant::ALL.into_iter().enumerate().filter(|(bit, _)| grants & (1 << bit) != 0);
            let named = match commands {
                _ if is_any => Named::Any,
                Some(commands) => Named::List(commands),
                None => Named::None,
            };
            let key = Key {
                name: name.parse().unwrap(),
                secret: Secret::new(bytes(number)),
                grants: chosen.map(|(_, grant)| grant).collect(),
                commands: Commands { named, shell },
            };

            let read = Key::parse(&key.to_line()).unwrap();

            prop_assert_eq!(read.secret.bytes(), key.secret.bytes());
            prop_assert_eq!((read.name, read.grants, read.commands), (key.name, key.grants, key.commands));
        }

        #[test]
        fn no_error_shows_the_secret_wherever_it_stands(words in prop::collection::vec(
            prop::sample::select(vec!["ana", "SECRET", "may=SECRET", "commands=SECRET", "may=text", "SECRETx", "SECRET,", "shell"]),
            1..6,
        )) {
            let secret = secret(7);
            let line = words.join(" ").replace("SECRET", &secret);
            if let Err(error) = KeyList::parse(&line) {
                prop_assert!(!format!("{error} {error:?}").contains(&secret), "{error}");
            }
        }

        #[test]
        fn any_text_is_a_list_or_an_error(text: String) {
            let _ = KeyList::parse(&text);
        }
    }

    fn bytes(number: u32) -> [u8; 32] {
        let mut bytes = [0x5a; 32];
        bytes[..4].copy_from_slice(&number.to_be_bytes());
        bytes
    }

    fn secret(number: u32) -> String {
        Secret::new(bytes(number)).to_text().to_string()
    }
}
