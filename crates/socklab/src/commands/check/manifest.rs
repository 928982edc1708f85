//! Reads manifests, and says in words what is wrong with them.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use lab::check::manifest::{
    self, FILE_BYTES_MAX, ManifestError, Notice, PLACEHOLDERS, Part, Problem, STUDENT_TIMEOUT_SCALE_MAX,
    WORDS_MAX,
};

use crate::exit::Exit;
use crate::failure::Failure;
use crate::views::printable::printable;
use crate::words::Words;

/// Reads a manifest.
///
/// # Errors
///
/// A failure of usage: the file cannot be read, or is no manifest; the line is named.
pub(super) fn read(path: &Path, words: &Words) -> Result<Part, Failure> {
    parse(&text(path).map_err(|error| unreadable(path, &error, words))?, path, words)
}

/// Reads one, if there is one.
///
/// # Errors
///
/// Those of [`read`].
pub(super) fn read_if_there(path: &Path, words: &Words) -> Result<Option<Part>, Failure> {
    match text(path) {
        Ok(text) => parse(&text, path, words).map(Some),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(unreadable(path, &error, words)),
    }
}

/// Reads a file as far as one byte beyond the longest manifest.
fn text(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    File::open(path)?.take(FILE_BYTES_MAX as u64 + 1).read_to_string(&mut text)?;
    Ok(text)
}

fn parse(text: &str, path: &Path, words: &Words) -> Result<Part, Failure> {
    manifest::read(text).map_err(|error| failure(&error, path, words))
}

fn unreadable(path: &Path, error: &io::Error, words: &Words) -> Failure {
    Failure::system(words, Exit::Usage, "read", path.display(), error)
        .hint(words.hint_manifest_init("socklab check EXERCISE --init"))
}

/// Says what is wrong with a manifest.
pub(crate) fn failure(error: &ManifestError, path: &Path, words: &Words) -> Failure {
    let file = path.display();
    let told = |line: usize, mistake: String| {
        Failure::new(Exit::Usage, words.manifest_mistake(&file, line, mistake))
    };
    match error {
        ManifestError::TooLong => Failure::new(Exit::Usage, words.manifest_too_long(&file, FILE_BYTES_MAX)),
        ManifestError::Toml { line, detail } => {
            let detail = printable(detail.trim());
            told(*line, words.manifest_wrong("TOML")).hint(words.hint_manifest_toml(detail))
        }
        ManifestError::UnknownKey { line, key, suggestion } => {
            let failure = told(*line, words.manifest_unknown_key(printable(key)));
            match suggestion {
                Some(suggestion) => failure.hint(words.hint_did_you_mean(suggestion)),
                None => failure.hint(words.hint_manifest_init("socklab check EXERCISE --init")),
            }
        }
        ManifestError::Value { line, key, problem } => {
            told(*line, words.manifest_wrong(printable(key))).hint(hint(problem, words))
        }
    }
}

fn hint(problem: &Problem, words: &Words) -> String {
    match problem {
        Problem::Schema => words.hint_manifest_schema(),
        Problem::Exercise => words.hint_exercise(),
        Problem::Range { min, max } => words.hint_manifest_range(min, max),
        Problem::OneOf(all) => words.hint_possible_values(all.join(", ")),
        Problem::Command => words.hint_manifest_command(WORDS_MAX),
        Problem::Placeholder(word) => {
            let known = PLACEHOLDERS.map(|word| format!("{{{word}}}")).join(" ");
            words.hint_manifest_placeholder(format!("{{{}}}", printable(word)), known)
        }
        Problem::Address => words.hint_manifest_address(),
        Problem::TooMany => words.hint_manifest_too_many(manifest::ENTRIES_MAX),
        Problem::FileName => words.hint_manifest_file_name(),
        Problem::OneForm => words.hint_manifest_one_form(),
        Problem::Hex => words.hint_manifest_hex(),
        Problem::Empty => words.hint_manifest_empty(),
        Problem::Encoding => words.hint_manifest_encoding(),
        Problem::NoCommand => words.hint_manifest_no_command(),
        Problem::Expression(detail) => words.hint_manifest_toml(printable(detail)),
        Problem::NoGroup => words.hint_manifest_no_group(),
        Problem::Framing => words.hint_manifest_framing(),
        Problem::Points => words.hint_manifest_points(),
    }
}

/// Says what of a student's manifest was passed over.
pub(super) fn notice(notice: Notice, words: &Words) -> String {
    match notice {
        Notice::TimeoutScale => words.notice_timeout_scale(STUDENT_TIMEOUT_SCALE_MAX),
        Notice::Strict => words.notice_strict(),
        Notice::HintLevel => words.notice_hints(),
        Notice::Points => words.notice_points(),
        Notice::Hide => words.notice_hide(),
    }
}
