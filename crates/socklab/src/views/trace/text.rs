//! Pieces of a line, each with its style.

use std::fmt::Write as _;

use clap::builder::styling::{AnsiColor, Style};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::views::printable::printable;

/// As it comes.
pub(in crate::views) const PLAIN: Style = Style::new();
/// What a reader may pass over.
pub(in crate::views) const QUIET: Style = Style::new().dimmed();
/// What something is called.
pub(in crate::views) const NAME: Style = Style::new().bold();
/// What failed, or was lost.
pub(in crate::views) const ALARM: Style = AnsiColor::Red.on_default().bold();
/// How long a program stood still.
pub(in crate::views) const WAIT: Style = AnsiColor::Yellow.on_default();

/// The styles of the lanes, in turn. A name stands in each line as well.
const LANES: [Style; 6] = [
    AnsiColor::Cyan.on_default(),
    AnsiColor::Green.on_default(),
    AnsiColor::Magenta.on_default(),
    AnsiColor::Blue.on_default(),
    AnsiColor::BrightCyan.on_default(),
    AnsiColor::BrightGreen.on_default(),
];

/// The style of a lane, by its place in the order of appearance.
pub(super) fn of_lane(lane: usize) -> Style {
    LANES[lane % LANES.len()]
}

/// A text with styles. What comes from outside cannot speak to the terminal: every piece is made printable here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::views) struct Text {
    parts: Vec<(Style, String)>,
}

impl Text {
    /// A text without a style.
    pub(in crate::views) fn plain(text: impl AsRef<str>) -> Self {
        Self::default().with(PLAIN, text)
    }

    /// The same with another piece at its end.
    pub(in crate::views) fn with(mut self, style: Style, text: impl AsRef<str>) -> Self {
        self.push(style, text);
        self
    }

    /// Adds a piece.
    pub(in crate::views) fn push(&mut self, style: Style, text: impl AsRef<str>) {
        self.parts.push((style, printable(text.as_ref())));
    }

    /// Its pieces.
    pub(in crate::views) fn parts(&self) -> impl Iterator<Item = (Style, &str)> {
        self.parts.iter().map(|(style, text)| (*style, text.as_str()))
    }

    /// Adds the pieces of another text.
    pub(in crate::views) fn append(&mut self, other: Self) {
        self.parts.extend(other.parts);
    }

    /// Adds blanks until it takes so many columns.
    pub(in crate::views) fn pad_to(&mut self, width: usize) {
        self.push(PLAIN, " ".repeat(width.saturating_sub(self.width())));
    }

    /// The columns that it takes.
    pub(in crate::views) fn width(&self) -> usize {
        self.parts.iter().map(|(_, text)| text.width()).sum()
    }

    /// Whether it takes no more columns than there are; without a limit, it always does.
    pub(super) fn fits(&self, room: Option<usize>) -> bool {
        room.is_none_or(|room| self.width() <= room)
    }

    /// The same, cut to a width.
    pub(in crate::views) fn cut_to(&self, width: usize) -> Self {
        let mut room = width;
        let mut kept = Self::default();
        for (style, text) in &self.parts {
            kept.parts.push((*style, cut(text, room)));
            let Some(left) = room.checked_sub(text.width()) else { break };
            room = left;
        }
        kept
    }

    /// Writes it, cut to a width if there is one, with blanks at its end left out.
    pub(in crate::views) fn line(&self, width: Option<usize>, color: bool) -> String {
        let mut room = width.unwrap_or(usize::MAX);
        let mut line = String::new();
        let mut end = 0;
        for (style, text) in &self.parts {
            // What follows a piece that was cut has no room, not even if it is narrow.
            let is_cut = text.width() > room;
            let text = cut(text, room);
            room = if is_cut { 0 } else { room - text.width() };
            if color && *style != PLAIN && !text.trim().is_empty() {
                let _ = write!(line, "{style}{text}{style:#}");
                end = line.len();
            } else {
                line.push_str(&text);
                end = if text.trim().is_empty() { end } else { line.trim_end().len() };
            }
            if is_cut {
                break;
            }
        }
        line.truncate(end);
        line
    }
}

/// Cuts a text to a width, with an ellipsis where something is missing.
pub(super) fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let kept = text.chars().take_while(within(width.saturating_sub(1)));
    if width == 0 { String::new() } else { kept.chain(['…']).collect() }
}

/// Cuts a text to a width from its beginning on: of a path, the end says more.
pub(super) fn cut_front(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let kept: Vec<char> = text.chars().rev().take_while(within(width.saturating_sub(1))).collect();
    ['…'].into_iter().chain(kept.into_iter().rev()).collect()
}

/// Takes characters as long as there is room for them.
fn within(mut room: usize) -> impl FnMut(&char) -> bool {
    move |c| match room.checked_sub(c.width().unwrap_or_default()) {
        Some(left) => {
            room = left;
            true
        }
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_cut_by_what_it_takes_on_the_screen() {
        let text = Text::plain("añ你").with(NAME, "好z").with(QUIET, "!");

        for (width, shown) in
            [(8, "añ你好z!"), (7, "añ你好z…"), (6, "añ你…"), (5, "añ你…"), (4, "añ你"), (1, "…")]
        {
            let line = text.line(Some(width), false);
            assert!(line.width() <= width, "{width}: {line}");
            if width != 4 && width != 7 {
                assert_eq!(line, shown, "{width}");
            }
        }
    }

    #[test]
    fn colours_change_nothing_but_colours() {
        let text = Text::plain("a ").with(NAME, "b").with(PLAIN, "  ").with(ALARM, "c").with(PLAIN, "   ");

        assert_eq!(text.line(None, false), "a b  c");
        let colored = text.line(None, true);
        assert_eq!(clap::builder::StyledStr::from(colored).to_string(), "a b  c");
    }

    #[test]
    fn what_comes_from_outside_does_not_speak_to_the_terminal() {
        assert_eq!(Text::plain("\u{1b}[2J").line(None, true), "\\u{1b}[2J");
    }

    #[test]
    fn of_a_path_the_end_is_kept() {
        assert_eq!(cut_front("a_very_long_name.py:120", 10), "…me.py:120");
        assert_eq!(cut_front("client.py:8", 11), "client.py:8");
    }
}
