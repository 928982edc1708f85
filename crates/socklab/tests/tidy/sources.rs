//! The files of the repository, as text.

use std::fs;
use std::path::{Path, PathBuf};

/// A file of the repository.
pub(crate) struct Source {
    /// Its path from the root, with slashes.
    pub(crate) path: String,
    pub(crate) text: String,
}

/// What is made by a build or a run and is nobody's text.
const SKIPPED: [&str; 4] = ["target", ".git", "out", "corpus"];

/// Folders of the root that are workspaces with rules of their own.
const WORKSPACES: [&str; 2] = ["bench", "fuzz"];

/// These checks themselves, which must spell what they forbid.
const CHECKS: &str = "crates/socklab/tests/tidy/";

/// The root of the repository.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).expect("crates/socklab has a root").to_owned()
}

/// Every file with this extension, in the order of the paths.
pub(crate) fn with_extension(extension: &str) -> Vec<Source> {
    let mut paths = Vec::new();
    walk(&root(), extension, &mut paths);
    paths.sort();
    let source = |path: PathBuf| Source {
        path: path.strip_prefix(root()).unwrap().to_str().unwrap().to_owned(),
        text: fs::read_to_string(&path).unwrap(),
    };
    paths.into_iter().map(source).collect()
}

/// Every Rust file but those of these checks.
pub(crate) fn rust() -> Vec<Source> {
    with_extension("rs").into_iter().filter(|source| !source.path.starts_with(CHECKS)).collect()
}

/// The Rust files of the product: what is neither a test nor a helper of tests.
pub(crate) fn product() -> Vec<Source> {
    rust().into_iter().filter(|source| !source.path.contains("/tests/")).collect()
}

/// A file by its path from the root.
pub(crate) fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

impl Source {
    /// The lines before the tests, which house style puts last in a file; modules of tests that are files stand among the others.
    pub(crate) fn lines_without_tests(&self) -> impl Iterator<Item = &str> {
        let next = self.text.lines().skip(1).chain([""]);
        let begins = |line: &str, next: &str| line == "#[cfg(test)]" && !next.ends_with(';');
        self.text.lines().zip(next).take_while(move |(line, next)| !begins(line, next)).map(|(line, _)| line)
    }

    /// The same lines without their comments. A `//` inside a string ends the line too: a URL, at the worst.
    pub(crate) fn code(&self) -> impl Iterator<Item = &str> {
        self.lines_without_tests().map(|line| line.split("//").next().unwrap_or_default())
    }
}

fn walk(folder: &Path, extension: &str, paths: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        let is_workspace = WORKSPACES.contains(&name) && path.parent() == Some(&root());
        if path.is_dir() && !SKIPPED.contains(&name) && !is_workspace {
            walk(&path, extension, paths);
        } else if path.extension().is_some_and(|it| it == extension) {
            paths.push(path);
        }
    }
}
