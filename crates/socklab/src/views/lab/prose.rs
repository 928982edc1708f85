//! Paragraphs of an experiment's text, folded to a width.

use std::time::Duration;

use clap::builder::styling::{AnsiColor, Style};
use lab::experiments::Value;
use lab::text::{Kind, Part, Span};
use unicode_width::UnicodeWidthStr;

use crate::context::Context;
use crate::terminal;
use crate::views::printable::printable_bytes;
use crate::views::trace::{NAME, PLAIN, QUIET, Text, span};
use crate::words::Words;
use wire::errno;

/// What is typed.
const CODE: Style = AnsiColor::Cyan.on_default();
/// The widest text: longer lines are hard to read.
const WIDTH_MAX: usize = 100;
/// The narrowest text: in less, lines are cut.
const WIDTH_MIN: usize = 30;
/// How many bytes of a value that is data are shown.
const DATA_SHOWN_MAX: usize = 64;

/// How a text is shown.
#[derive(Clone, Copy)]
pub(super) struct Paper<'w> {
    width: usize,
    pub(super) color: bool,
    pub(super) words: &'w Words,
}

/// A piece of a word: what stands between two blanks may have several styles.
type Piece = (Style, String);

impl<'w> Paper<'w> {
    /// Standard output.
    pub(super) fn of(context: &'w Context) -> Self {
        let width = terminal::size().map_or(WIDTH_MAX, |size| size.columns.into());
        Self { width: width.clamp(WIDTH_MIN, WIDTH_MAX), color: context.color, words: &context.words }
    }

    /// A heading, after an empty line.
    pub(super) fn heading(self, text: &str) -> Vec<String> {
        vec![String::new(), self.line(&Text::default().with(NAME, text))]
    }

    /// A line.
    pub(super) fn line(self, text: &Text) -> String {
        text.line(None, self.color)
    }

    /// A paragraph, an item of a list, or code.
    pub(super) fn part(self, part: &Part, values: &[(&'static str, Value)]) -> Vec<String> {
        match &part.kind {
            Kind::Code(_) => {
                let code = part.spans.iter().map(|span| match span {
                    Span::Code(code) => code.as_str(),
                    _ => "",
                });
                let code: String = code.collect();
                code.lines().map(|line| self.line(&Text::plain("    ").with(CODE, line))).collect()
            }
            Kind::Item => self.folded("- ", &part.spans, values),
            Kind::Paragraph => self.folded("", &part.spans, values),
        }
    }

    /// Words behind a mark, folded, with the lines below the first one as far to the right.
    pub(super) fn folded(self, mark: &str, spans: &[Span], values: &[(&'static str, Value)]) -> Vec<String> {
        let indent = mark.width();
        let room = self.width.saturating_sub(indent).max(WIDTH_MIN);
        let mut lines = vec![Text::plain(mark)];
        let mut taken = 0;
        for word in self.split(spans, values) {
            let width: usize = word.iter().map(|(_, text)| text.width()).sum();
            if taken > 0 && taken + 1 + width > room {
                lines.push(Text::plain(" ".repeat(indent)));
                taken = 0;
            }
            let Some(line) = lines.last_mut() else { break };
            if taken > 0 {
                line.push(PLAIN, " ");
                taken += 1;
            }
            taken += width;
            for (style, text) in word {
                line.push(style, text);
            }
        }
        lines.iter().map(|line| self.line(line)).collect()
    }

    /// The words of some spans.
    fn split(self, spans: &[Span], values: &[(&'static str, Value)]) -> Vec<Vec<Piece>> {
        let mut all: Vec<Vec<Piece>> = vec![Vec::new()];
        for span in spans {
            let (style, text) = self.piece(span, values);
            for (number, word) in text.split(char::is_whitespace).enumerate() {
                if number > 0 {
                    all.push(Vec::new());
                }
                if let Some(last) = all.last_mut().filter(|_| !word.is_empty()) {
                    last.push((style, word.to_owned()));
                }
            }
        }
        all.retain(|word| !word.is_empty());
        all
    }

    fn piece(self, span: &Span, values: &[(&'static str, Value)]) -> Piece {
        match span {
            Span::Text(text) => (PLAIN, text.clone()),
            Span::Strong(text) => (NAME, text.clone()),
            Span::Emphasis(text) => (Style::new().italic(), text.clone()),
            Span::Code(code) if self.color => (CODE, code.clone()),
            Span::Code(code) => (CODE, format!("`{code}`")),
            Span::Link { text, url } if text == url => (PLAIN, text.clone()),
            Span::Link { text, url } => (PLAIN, format!("{text} ({url})")),
            Span::Value(name) => {
                let value = values.iter().find(|(its, _)| its == name);
                (NAME, value.map_or_else(|| "—".to_owned(), |(_, value)| in_words(value, self.words)))
            }
        }
    }

    /// A line that a reader may pass over, behind some blanks.
    pub(super) fn quiet(self, indent: usize, text: &str) -> Vec<String> {
        let folded = crate::views::trace::folded(text, self.width.saturating_sub(indent).max(WIDTH_MIN));
        let lines = folded.iter().map(|line| Text::plain(" ".repeat(indent)).with(QUIET, line));
        lines.map(|line| self.line(&line)).collect()
    }
}

/// A measured value, as a text names it.
pub(crate) fn in_words(value: &Value, words: &Words) -> String {
    match value {
        Value::Count(count) => count.to_string(),
        Value::Bytes(bytes) => words.lab_bytes(*bytes),
        Value::Time(time) => of_time(*time),
        Value::Errno(errno) => errno::name(*errno).map_or_else(|| words.errno_unknown(errno), str::to_owned),
        Value::Address(address) => address.to_string(),
        Value::Word(word) => word.clone(),
        Value::Data(bytes) => {
            let shown = printable_bytes(&bytes[..bytes.len().min(DATA_SHOWN_MAX)]);
            if bytes.len() > DATA_SHOWN_MAX { format!("{shown}…") } else { shown }
        }
    }
}

fn of_time(time: Duration) -> String {
    span(time)
}
