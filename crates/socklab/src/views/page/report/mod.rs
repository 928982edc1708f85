//! The report of experiments: one page for all of them, with question, prediction, diagram, evidence and answer.
//!
//! It has no script at all: it is read, printed and handed in. Each claim of an answer leads to the rows that show it, and what
//! programs sent is text.

mod answer;
mod chapter;
mod diagram;
mod markup;
#[cfg(test)]
mod tests;

use std::io::{self, Write};

use lab::experiments::Run;
use lab::text::Document;

use self::markup::{element, escaped, style_policy};
use crate::words::Words;

const STYLE: &str = include_str!("report.css");

/// An experiment that was run, and what is said of it.
pub(crate) struct Chapter<'r> {
    /// Its text.
    pub(crate) document: &'r Document,
    /// What happened.
    pub(crate) run: &'r Run,
    /// Which of the predictions the reader chose, if one.
    pub(crate) predicted: Option<&'r str>,
}

/// Writes the report.
///
/// # Errors
///
/// What the writer says.
pub(crate) fn write(chapters: &[Chapter<'_>], words: &Words, out: &mut impl Write) -> io::Result<()> {
    let title = escaped(&words.report_title());
    write!(
        out,
        "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n",
        words.lang().tag()
    )?;
    let policy = style_policy(STYLE);
    writeln!(out, "<meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">")?;
    writeln!(out, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")?;
    writeln!(out, "<meta name=\"referrer\" content=\"no-referrer\">\n<title>{title} · socklab</title>")?;
    writeln!(out, "<style>{STYLE}</style>\n</head>\n<body>\n<header>\n<h1>{title}</h1>")?;
    out.write_all(facts(chapters, words).as_bytes())?;
    writeln!(out, "</header>\n<nav>\n<ol>")?;
    for chapter in chapters {
        out.write_all(chapter::entry(chapter, words).as_bytes())?;
    }
    writeln!(out, "</ol>\n</nav>\n<main>")?;
    for chapter in chapters {
        chapter::write(chapter, words, out)?;
    }
    writeln!(out, "</main>\n</body>\n</html>")
}

/// When it was run, by what, on which kernel.
fn facts(chapters: &[Chapter<'_>], words: &Words) -> String {
    let scenes = chapters.iter().flat_map(|chapter| &chapter.run.scenes);
    let Some(header) = scenes.map(|recorded| &recorded.timeline.header).next() else { return String::new() };
    let all = [
        (words.report_date(), date(header.began_unix_ns)),
        (words.report_kernel(), format!("Linux {}", header.kernel)),
        ("socklab".to_owned(), header.socklab.clone()),
    ];
    let fact = |(name, value): (String, String)| element("dt", &name) + &element("dd", &value);
    format!("<dl>{}</dl>\n", all.into_iter().map(fact).collect::<String>())
}

/// The day, in UTC, as ISO 8601 writes it.
fn date(unix_ns: u64) -> String {
    let seconds = i64::try_from(unix_ns / 1_000_000_000).unwrap_or_default();
    let moment = jiff::Timestamp::from_second(seconds).unwrap_or_default();
    moment.strftime("%Y-%m-%d").to_string()
}
