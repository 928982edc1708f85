//! What the documents name exists, and one word stands for one idea in both languages.

use crate::sources::{Source, read, root, rust, with_extension};

/// The files of words, in the order of the glossary's columns.
const WORDS: [&str; 2] = ["crates/socklab/words/en.ftl", "crates/socklab/words/es.ftl"];

/// A row of the glossary.
struct Term {
    english: String,
    spanish: String,
    /// English and Spanish words that are not used for this idea.
    avoided: [Vec<String>; 2],
}

#[test]
fn every_check_that_a_document_names_exists() {
    let sources = with_extension("rs");
    let exists = |name: &str| {
        let definition = format!("fn {name}(");
        sources.iter().any(|source| source.text.contains(&definition))
    };
    for document in with_extension("md") {
        for name in quoted(&document.text).filter(|name| is_check(name)) {
            assert!(exists(name), "{} names {name}", document.path);
        }
    }
}

#[test]
fn every_path_that_a_document_names_exists() {
    for document in with_extension("md") {
        for path in quoted(&document.text).filter(|path| path.starts_with("crates/") && is_plain(path)) {
            assert!(root().join(path).exists(), "{} names {path}", document.path);
        }
        for target in links(&document) {
            let folder = root().join(&document.path);
            assert!(folder.parent().unwrap().join(target).exists(), "{} links {target}", document.path);
        }
    }
}

#[test]
fn every_term_of_the_glossary_has_both_languages_once() {
    let terms = glossary();
    assert!(terms.len() > 20, "the glossary has {} terms", terms.len());
    for (index, term) in terms.iter().enumerate() {
        for earlier in &terms[..index] {
            assert_ne!(term.english, earlier.english);
            assert_ne!(term.spanish, earlier.spanish);
        }
    }
}

#[test]
fn the_words_use_one_term_for_one_idea() {
    let terms = glossary();
    for (language, path) in WORDS.iter().enumerate() {
        for (index, line) in read(path).lines().enumerate() {
            for term in &terms {
                for avoided in &term.avoided[language] {
                    assert!(!says(line, avoided), "{path}:{}: {avoided}: {line}", index + 1);
                }
            }
        }
    }
}

#[test]
fn a_word_is_found_whole_and_only_in_the_text() {
    for (line, found) in [
        ("key = el buffer lleno", true),
        ("key = Buffer lleno", true),
        ("    [one] un buffer", true),
        ("key = los buffers", false),
        ("key = con --buffer 4", false),
        ("key = { $buffer }", false),
        ("key = BUFFER[:N]", false),
        ("help-echo-buffer = un búfer", false),
        ("# buffer", false),
    ] {
        assert_eq!(says(line, "buffer"), found, "{line}");
    }
    assert!(says("key = sin límite de tiempo,", "límite de tiempo"));
}

#[test]
fn the_sources_are_found() {
    assert!(rust().iter().any(|source| source.path == "crates/wire/src/lib.rs"));
}

/// The rows: a bold term in each of the first two cells, what is not said, and what it is in both languages.
fn glossary() -> Vec<Term> {
    let text = read("docs/GLOSSARY.md");
    let rows = text.lines().filter(|line| line.starts_with("| **"));
    rows.map(|row| {
        let cells: Vec<_> = row.trim_matches('|').split('|').map(str::trim).collect();
        let [english, spanish, not_english, not_spanish, meaning, significado] = cells[..] else {
            panic!("six cells: {row}")
        };
        assert!(!meaning.is_empty() && !significado.is_empty(), "{row}");
        let avoided = |cell: &str| quoted(cell).map(str::to_owned).collect();
        Term {
            english: bold(english).unwrap_or_else(|| panic!("{row}")),
            spanish: bold(spanish).unwrap_or_else(|| panic!("{row}")),
            avoided: [avoided(not_english), avoided(not_spanish)],
        }
    })
    .collect()
}

/// A cell that is one bold term and nothing else.
fn bold(cell: &str) -> Option<String> {
    let term = cell.strip_prefix("**")?.strip_suffix("**")?;
    (!term.is_empty() && !term.contains('*')).then(|| term.to_owned())
}

/// Whether the text of a line of words has `word`, in small letters or with a capital, but as no part of another
/// word, of a flag or of the name of an argument.
fn says(line: &str, word: &str) -> bool {
    let text = if line.starts_with(' ') { line } else { line.split_once(" = ").map_or("", |(_, text)| text) };
    let is_part = |c: char| c.is_alphanumeric() || "-_$".contains(c);
    let mut letters = word.chars();
    let capital: String = letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
    [word, &capital].iter().any(|word| {
        text.match_indices(*word)
            .any(|(at, _)| !text[..at].ends_with(is_part) && !text[at + word.len()..].starts_with(is_part))
    })
}

/// What stands between backquotes.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// The targets of links to other files of the repository.
fn links(document: &Source) -> impl Iterator<Item = &str> {
    let targets = document.text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let targets = targets.filter_map(|target| target.split('#').next());
    targets.filter(|target| !target.is_empty() && !target.contains("://"))
}

/// Whether a name is a sentence, as those of tests are.
fn is_check(name: &str) -> bool {
    name.matches('_').count() >= 3 && name.chars().all(|c| c.is_ascii_lowercase() || c == '_')
}

/// Whether a path has no placeholder, as `VERB.rs` is one.
fn is_plain(path: &str) -> bool {
    path.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "/._-".contains(c))
}
