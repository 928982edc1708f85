//! The results of a class, in three files that are each always whole.

use std::path::Path;

use lab::grade::{Journal, Summary};

use crate::commands::check::write_whole;
use crate::failure::Failure;
use crate::views::grade::{csv, html, jsonl};
use crate::words::Words;

/// The page for a browser.
pub(super) const PAGE: &str = "summary.html";

/// Writes `results.jsonl`, `results.csv` and `summary.html`.
///
/// # Errors
///
/// A failure of usage: a file that cannot be written.
pub(super) fn write_results(
    journal: &Journal,
    summary: &Summary,
    output: &Path,
    words: &Words,
) -> Result<(), Failure> {
    write_whole(&output.join("results.jsonl"), &jsonl(journal), words)?;
    write_whole(&output.join("results.csv"), &csv(summary, words), words)?;
    write_whole(&output.join(PAGE), &html(summary, words), words)
}
