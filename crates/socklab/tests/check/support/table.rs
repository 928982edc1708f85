//! The tables beside the programs.

use std::fs;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

/// A program, or a directory with a pair of them, and what must be said of it.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    /// Of which exercise.
    pub(crate) exercise: String,
    /// The file, or the directory.
    pub(crate) path: PathBuf,
    /// What it is, if its name does not say so.
    pub(crate) role: Option<String>,
    /// Arguments of the client of a pair.
    pub(crate) arguments: Vec<String>,
    /// What its manifest says beside how it is started.
    pub(crate) manifest: Table,
    /// The requirements that it is put to, with those that they need; empty is all of them.
    pub(crate) only: Vec<String>,
    /// What must come of it.
    pub(crate) expected: Expected,
}

impl Entry {
    /// A right program without what its manifest says, if the checker is to find that out.
    pub(crate) fn unsaid(&self) -> Option<Self> {
        let free = match self.exercise.as_str() {
            "1.5.2" => "server",
            "1.5.5" | "1.5.6" | "2.5.3" => "protocol",
            _ => return None,
        };
        let mut unsaid = self.clone();
        unsaid.manifest.remove(free).filter(|_| self.expected == Expected::Pass).map(|_| unsaid)
    }
}

/// What must come of a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Expected {
    /// It passes, with nothing to complain of.
    Pass,
    /// It passes, and what makes a program robust may be missing.
    PassRequired,
    /// It fails this requirement and no other that decides.
    Fail { id: String, signature: Option<String> },
    /// It passes, and this requirement and no other that is robust warns.
    Warn { id: String, signature: Option<String> },
}

impl Expected {
    /// The requirement that a program must not meet.
    pub(crate) fn id(&self) -> Option<&str> {
        match self {
            Self::Pass | Self::PassRequired => None,
            Self::Fail { id, .. } | Self::Warn { id, .. } => Some(id),
        }
    }
}

/// Reads every table of the corpus. Right programs are put to every requirement; others to the one that they do not meet, and to a
/// few that the table names under `sample`.
pub(crate) fn corpus() -> Vec<Entry> {
    let root = tests().join("check/programs");
    let mut folders: Vec<_> = fs::read_dir(root).unwrap().map(|folder| folder.unwrap().path()).collect();
    folders.sort();
    folders.iter().flat_map(|folder| exercise(folder)).collect()
}

/// Reads the table of those that would fool or hurt.
pub(crate) fn redteam() -> Vec<Entry> {
    let root = tests().join("check/redteam");
    let table = read(&root);
    let entry = |(name, said): (&String, &Value)| {
        let said = said.as_table().unwrap();
        Entry {
            exercise: text(said, "exercise").unwrap(),
            path: root.join(name),
            role: text(said, "role"),
            arguments: Vec::new(),
            manifest: inner(said, "manifest"),
            only: Vec::new(),
            expected: expected(said),
        }
    };
    table.iter().map(entry).collect()
}

/// The directory of the tests of this crate.
pub(crate) fn tests() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")
}

fn exercise(folder: &Path) -> Vec<Entry> {
    let table = read(folder);
    let entry = |kind: &str, name: &str, said: &Table, expected| Entry {
        exercise: text(&table, "exercise").unwrap(),
        path: folder.join(kind).join(name),
        role: text(&table, "role"),
        arguments: texts(&table, "arguments"),
        manifest: merged(inner(&table, "manifest"), inner(said, "manifest")),
        only: only(&table, &expected),
        expected,
    };
    let mut entries = Vec::new();
    for good in table["good"].as_array().unwrap() {
        let said = good.as_table().cloned().unwrap_or_default();
        let name = good.as_str().map(str::to_owned).or_else(|| text(&said, "file")).unwrap();
        entries.push(entry("good", &name, &said, Expected::Pass));
    }
    for (name, said) in table["mutants"].as_table().unwrap() {
        let said = said.as_table().unwrap();
        entries.push(entry("mutants", name, said, expected(said)));
    }
    entries
}

fn only(table: &Table, expected: &Expected) -> Vec<String> {
    let sample = || texts(table, "sample");
    expected.id().map(|id| sample().into_iter().chain([id.to_owned()]).collect()).unwrap_or_default()
}

fn expected(said: &Table) -> Expected {
    let signature = text(said, "signature");
    match (text(said, "fails"), text(said, "warns")) {
        (Some(id), None) => Expected::Fail { id, signature },
        (None, Some(id)) => Expected::Warn { id, signature },
        _ => panic!("neither fails nor warns, or both: {said}"),
    }
}

fn read(folder: &Path) -> Table {
    fs::read_to_string(folder.join("table.toml")).unwrap().parse().unwrap()
}

fn text(table: &Table, key: &str) -> Option<String> {
    table.get(key).map(|value| value.as_str().unwrap().to_owned())
}

fn texts(table: &Table, key: &str) -> Vec<String> {
    let values = table.get(key).and_then(Value::as_array).cloned().unwrap_or_default();
    values.iter().map(|value| value.as_str().unwrap().to_owned()).collect()
}

fn inner(table: &Table, key: &str) -> Table {
    table.get(key).and_then(Value::as_table).cloned().unwrap_or_default()
}

/// What the exercise says of all, and what is said of one, which wins.
fn merged(mut all: Table, one: Table) -> Table {
    for (key, value) in one {
        let value = match (all.remove(&key), value) {
            (Some(Value::Table(all)), Value::Table(one)) => Value::Table(merged(all, one)),
            (_, value) => value,
        };
        all.insert(key, value);
    }
    all
}
