//! The screen.

mod lines;
mod panes;
mod status;
mod style;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::Clear;

use super::state::State;
use crate::views::trace::Text;

/// Draws a state, with colours or without.
pub(crate) fn draw(state: &State<'_>, color: bool, frame: &mut Frame<'_>) {
    let areas = state.areas();
    for (row, area) in state.record.head.iter().zip(rows(areas.head)) {
        frame.render_widget(style::line(&row.text, color), area);
    }
    lines::draw(state, color, areas.lines, frame);
    for (pane, area) in &areas.panes {
        panes::draw(state, *pane, color, *area, frame);
    }
    status::draw(state, areas.status, frame);
    if state.helps {
        help(state, color, frame);
    }
}

/// The keys, above everything.
fn help(state: &State<'_>, color: bool, frame: &mut Frame<'_>) {
    let text = state.words.tui_help();
    let said: Vec<_> = text.lines().collect();
    let screen = frame.area();
    let width = said.iter().map(|line| Line::from(*line).width()).max().unwrap_or_default() + 4;
    let height = said.len() + 2;
    let (width, height) = (fitted(width, screen.width), fitted(height, screen.height));
    let area = Rect::new((screen.width - width) / 2, (screen.height - height) / 2, width, height);
    let inner = panes::framed(&state.words.page_keys(), true, area, frame, |frame| {
        frame.render_widget(Clear, area);
    });
    for (line, area) in said.iter().zip(rows(inner)) {
        frame.render_widget(style::line(&Text::plain(line), color), area);
    }
}

fn fitted(wanted: usize, room: u16) -> u16 {
    u16::try_from(wanted).unwrap_or(room).min(room)
}

/// The lines of an area, from top to bottom.
fn rows(area: Rect) -> impl Iterator<Item = Rect> {
    area.rows()
}
