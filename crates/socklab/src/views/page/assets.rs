//! The page as text: the markup, the style and the script, which stand in files of their own, and the block of data.

use std::io::{self, Write};

use scope::model::Bytes;
use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter, Serializer};
use sha2::{Digest, Sha256};

use super::model::Page;
use crate::words::Words;

const MARKUP: &str = include_str!("assets/page.html");
const STYLE: &str = include_str!("assets/page.css");

/// The script, in the order in which its parts need each other.
const SCRIPT: &str = concat!(
    "\"use strict\";\n",
    include_str!("assets/data.js"),
    include_str!("assets/draw.js"),
    include_str!("assets/view.js"),
    include_str!("assets/details.js"),
    include_str!("assets/findings.js"),
    include_str!("assets/filter.js"),
    include_str!("assets/print.js"),
    include_str!("assets/page.js"),
);

/// Puts the page together.
///
/// # Errors
///
/// What the writer says.
pub(super) fn write(page: &Page, words: &Words, out: &mut impl Write) -> io::Result<()> {
    let mut rest = MARKUP;
    while let Some((before, after)) = rest.split_once("{{") {
        let (name, after) = after.split_once("}}").unwrap_or((after, ""));
        out.write_all(before.as_bytes())?;
        fill(name, page, words, out)?;
        rest = after;
    }
    out.write_all(rest.as_bytes())
}

/// Writes what stands at a place of the markup.
fn fill(name: &str, page: &Page, words: &Words, out: &mut impl Write) -> io::Result<()> {
    match name {
        "policy" => out.write_all(policy().as_bytes()),
        "lang" => write!(out, "{}", words.lang().tag()),
        "title" => out.write_all(escaped(&page.title).as_bytes()),
        "style" => out.write_all(STYLE.as_bytes()),
        "script" => out.write_all(SCRIPT.as_bytes()),
        "noscript" => out.write_all(escaped(&words.page_noscript()).as_bytes()),
        "data" => page.serialize(&mut Serializer::with_formatter(out, Inert)).map_err(io::Error::from),
        text => {
            let said = page.words.iter().find(|(name, _)| *name == text).map_or("", |(_, said)| said);
            out.write_all(escaped(said).as_bytes())
        }
    }
}

/// What the page may load and run: nothing from anywhere, and its own script and style by their hashes
/// ([CSP 3](https://www.w3.org/TR/CSP3/)).
fn policy() -> String {
    let (script, style) = (hash(SCRIPT), hash(STYLE));
    format!(
        "default-src 'none'; script-src 'sha256-{script}'; style-src 'sha256-{style}'; base-uri 'none'; form-action 'none'"
    )
}

pub(super) fn hash(text: &str) -> String {
    let digest = Bytes(Sha256::digest(text).to_vec());
    serde_json::to_value(digest).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// JSON in which no text can end the block that it stands in, whatever it says: `<`, `>` and `&` are escaped.
struct Inert;

impl Formatter for Inert {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        let mut rest = fragment;
        while let Some(at) = rest.find(['<', '>', '&']) {
            CompactFormatter.write_string_fragment(writer, &rest[..at])?;
            write!(writer, "\\u{:04x}", rest.as_bytes()[at])?;
            rest = &rest[at + 1..];
        }
        CompactFormatter.write_string_fragment(writer, rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_the_data_can_end_its_block() {
        let hostile = "</script><script>alert(1)</script><!-- & \u{2028}\"\\";
        let mut written = Vec::new();

        hostile.serialize(&mut Serializer::with_formatter(&mut written, Inert)).unwrap();

        let written = String::from_utf8(written).unwrap();
        assert!(!written.contains(['<', '>', '&']), "{written}");
        assert_eq!(serde_json::from_str::<String>(&written).unwrap(), hostile);
    }

    #[test]
    fn every_place_of_the_markup_has_something_to_stand_there() {
        let named = ["policy", "lang", "title", "style", "script", "noscript", "data"];
        let texts = super::super::texts::texts(&Words::new(crate::lang::Lang::English));
        for place in MARKUP.split("{{").skip(1).filter_map(|rest| rest.split("}}").next()) {
            let is_known = named.contains(&place) || texts.iter().any(|(name, _)| *name == place);
            assert!(is_known, "{place}");
        }
    }

    #[test]
    fn the_script_never_makes_markup_of_text() {
        for way in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "Function("] {
            assert!(!SCRIPT.contains(way), "{way}");
        }
        assert!(!SCRIPT.contains("</script") && !STYLE.contains("</style"));
    }
}
