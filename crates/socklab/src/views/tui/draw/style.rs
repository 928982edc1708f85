//! Pieces of text with the terminal's styles.

use clap::builder::styling::{Ansi256Color, AnsiColor, Color as Named, Effects, RgbColor, Style as Meant};
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line, Span};

use crate::views::trace::Text;

/// A line of the screen. Without colours, what is bold, dim or reversed stays so.
pub(super) fn line(text: &Text, color: bool) -> Line<'static> {
    let spans = text.parts().map(|(style, text)| Span::styled(text.to_owned(), of(style, color)));
    Line::from(spans.collect::<Vec<_>>())
}

fn of(meant: Meant, color: bool) -> Style {
    let effects = meant.get_effects();
    let mut style = Style::new();
    if effects.contains(Effects::BOLD) {
        style = style.add_modifier(Modifier::BOLD);
    }
    if effects.contains(Effects::DIMMED) {
        style = style.add_modifier(Modifier::DIM);
    }
    match meant.get_fg_color().filter(|_| color) {
        Some(color) => style.fg(of_color(color)),
        None => style,
    }
}

fn of_color(color: Named) -> Color {
    match color {
        Named::Ansi(color) => Color::Indexed(number(color)),
        Named::Ansi256(Ansi256Color(number)) => Color::Indexed(number),
        Named::Rgb(RgbColor(red, green, blue)) => Color::Rgb(red, green, blue),
    }
}

/// The number of one of the sixteen colours that each terminal has.
fn number(color: AnsiColor) -> u8 {
    Ansi256Color::from_ansi(color).0
}
