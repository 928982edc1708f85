//! The last line: what is typed, or where one is and which keys there are.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::Line;

use super::super::state::State;
use crate::views::printable::printable;

/// What stands between two things that are said.
const GAP: &str = " · ";

/// Draws the line.
pub(super) fn draw(state: &State<'_>, area: Rect, frame: &mut Frame<'_>) {
    if let Some((typed, _)) = &state.typing {
        let line = format!("/{}▏  {}", printable(typed), state.words.tui_filter_help());
        frame.render_widget(Line::from(line), area);
        return;
    }
    let said = said(state).join(GAP);
    frame.render_widget(Line::styled(said, Style::new().add_modifier(Modifier::REVERSED)), area);
    frame.buffer_mut().set_style(area, Style::new().add_modifier(Modifier::REVERSED));
}

fn said(state: &State<'_>) -> Vec<String> {
    let words = state.words;
    let rows = &state.rows;
    let how = match (state.record.is_whole, state.is_paused, rows.follows) {
        (true, ..) => None,
        (_, true, _) => Some(words.tui_paused(rows.waiting(&state.record.rows) as u64)),
        (_, _, true) => Some(words.tui_follows()),
        _ => Some(words.tui_live()),
    };
    let place = if rows.shown.is_empty() { 0 } else { rows.cursor.at + 1 };
    let filter = (!rows.filter.is_empty()).then(|| format!("/{}", printable(&rows.filter.typed)));
    let left_out = state.record.left_out;
    [
        how,
        Some(format!("{place}/{}", rows.shown.len())),
        filter,
        (left_out > 0).then(|| words.tui_left_out(left_out as u64)),
        Some(words.tui_keys()),
    ]
    .into_iter()
    .flatten()
    .collect()
}
