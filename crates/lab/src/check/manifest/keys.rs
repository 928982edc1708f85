//! The keys that a manifest may have, and where in the file they stand.
//!
//! A key that is not known is an error, not a remark: a misspelt `timeout_scale` that was passed over would change a verdict.

use std::collections::BTreeMap;
use std::ops::Range;

use toml::de::{DeTable, DeValue};

use crate::check::pattern;

/// The keys of each table, by a [pattern](pattern::matches) of its path; `""` is the file itself. The first pattern counts; a table
/// that none names, or one without keys here, may have any.
pub(crate) type Known = [(&'static str, &'static [&'static str])];

/// The keys of a manifest.
pub(super) const KNOWN: &Known = &[
    ("", &["schema", "exercise", "timeout_scale", "build", "server", "client", "protocol", "grade"]),
    ("server", SIDE),
    ("server.ready", READY),
    ("client", SIDE),
    ("client.ready", READY),
    ("protocol", PROTOCOL),
    ("protocol.framing", DELIMITER),
    ("grade", &["strict", "max_hint", "points", "hide"]),
];

/// Those of a server or a client.
pub(crate) const SIDE: &[&str] =
    &["run", "host", "port", "ready", "allowed", "output", "text_in", "one_shot", "stdin", "files"];

/// Those of a protocol.
pub(crate) const PROTOCOL: &[&str] = &[
    "encoding",
    "shutdown",
    "shutdown_hex",
    "shutdown_reply",
    "shutdown_reply_hex",
    "command",
    "status",
    "framing",
    "message",
    "message_hex",
    "first",
];

/// What delimits messages.
pub(crate) const DELIMITER: &[&str] = &["delimiter", "delimiter_hex"];

/// When it is ready.
pub(crate) const READY: &[&str] = &["kernel", "stdout", "delay"];

/// How like each other two keys are, from 0 to 1, for the one to be what was meant by the other.
const LIKENESS_MIN: f64 = 0.7;

/// How deep tables are looked into.
const DEPTH_MAX: usize = 8;

/// A key that is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unknown {
    /// Its path: `protocol.shutdwon`.
    pub(crate) key: String,
    /// Where its name begins in the text.
    pub(crate) at: usize,
    /// The known key of the same table that is most like it.
    pub(crate) suggestion: Option<&'static str>,
}

/// Where each key of a file stands, by its path.
#[derive(Clone, Debug, Default)]
pub(crate) struct Places(BTreeMap<String, Range<usize>>);

impl Places {
    /// Finds every key of a table, and the first one that is not known.
    pub(crate) fn of(table: &DeTable<'_>, known: &Known) -> Result<Self, Unknown> {
        let mut places = Self::default();
        places.walk(table, "", known, 0)?;
        Ok(places)
    }

    /// Returns where a key's name begins; the beginning of the file for one that it does not have.
    pub(crate) fn at(&self, path: &str) -> usize {
        self.0.get(path).map_or(0, |place| place.start)
    }

    fn walk(&mut self, table: &DeTable<'_>, path: &str, known: &Known, depth: usize) -> Result<(), Unknown> {
        let keys = known.iter().find(|(table, _)| pattern::matches(table, path)).map(|(_, keys)| *keys);
        let keys = keys.filter(|keys| !keys.is_empty());
        // By their places, so that the first mistake of the file is the one that is told.
        let mut entries: Vec<_> = table.iter().collect();
        entries.sort_by_key(|(key, _)| key.span().start);
        for (key, value) in entries {
            let name: &str = key.get_ref();
            let full = if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
            if let Some(keys) = keys.filter(|keys| !keys.contains(&name)) {
                return Err(Unknown { key: full, at: key.span().start, suggestion: likest(name, keys) });
            }
            self.0.insert(full.clone(), key.span());
            if let DeValue::Table(inner) = value.get_ref()
                && depth < DEPTH_MAX
            {
                self.walk(inner, &full, known, depth + 1)?;
            }
        }
        Ok(())
    }
}

/// Returns the key that is most like `name`, if one is like enough.
fn likest(name: &str, keys: &[&'static str]) -> Option<&'static str> {
    let name = name.to_lowercase().replace('-', "_");
    let likeness = |key: &str| strsim::normalized_damerau_levenshtein(&name, key).max(prefixed(&name, key));
    let best = keys.iter().max_by(|one, other| likeness(one).total_cmp(&likeness(other)))?;
    (likeness(best) >= LIKENESS_MIN).then_some(*best)
}

/// A key that was written in part, or with more to it, is meant as well: `timeout` for `timeout_scale`.
fn prefixed(name: &str, key: &str) -> f64 {
    let is_part = name.len() >= 3 && (key.starts_with(name) || name.starts_with(key));
    if is_part { LIKENESS_MIN } else { 0.0 }
}

/// Returns the line, from 1, in which a place of a text stands.
pub(crate) fn line(text: &str, at: usize) -> usize {
    let before = text.as_bytes().get(..at.min(text.len())).unwrap_or_default();
    before.split(|byte| *byte == b'\n').count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_key_is_told_with_its_place_and_what_was_meant() {
        for (text, key, suggestion) in [
            ("schma = 1", "schma", Some("schema")),
            ("timeout = 2", "timeout", Some("timeout_scale")),
            ("[protocol]\nshutdwon = \"x\"", "protocol.shutdwon", Some("shutdown")),
            ("[server]\nport = 1\none-shot = true", "server.one-shot", Some("one_shot")),
            ("[grade]\nzebra = 1", "grade.zebra", None),
            ("server = { ready = { kernal = true } }", "server.ready.kernal", Some("kernel")),
        ] {
            let unknown = places(text).unwrap_err();

            assert_eq!((unknown.key.as_str(), unknown.suggestion), (key, suggestion));
            assert!(text[unknown.at..].starts_with(key.rsplit('.').next().unwrap()), "{key}");
        }
    }

    #[test]
    fn tables_of_the_students_own_names_may_have_any_keys() {
        let text = "[client.files]\n\"foto.jpg\" = \"{image}\"\n[grade.points]\n\"1.5.2/x\" = 1";
        let places = places(text).unwrap();

        assert_eq!(line(text, places.at("client.files.foto.jpg")), 2);
        assert_eq!(line(text, places.at("grade.points")), 3);
        assert_eq!(line(text, places.at("nowhere")), 1);
    }

    fn places(text: &str) -> Result<Places, Unknown> {
        let table = DeTable::parse(text).unwrap();
        Places::of(table.get_ref(), KNOWN)
    }
}
