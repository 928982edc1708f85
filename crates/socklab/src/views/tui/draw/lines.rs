//! The lines of the recording: only those that are on the screen are drawn.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::Line;

use super::super::layout::GUTTER;
use super::super::pane::Pane;
use super::super::state::State;
use super::style;

/// Draws the lines that there is room for.
pub(super) fn draw(state: &State<'_>, color: bool, area: Rect, frame: &mut Frame<'_>) {
    let rows = &state.rows;
    if rows.shown.is_empty() {
        let said =
            if rows.filter.is_empty() { state.words.tui_nothing_yet() } else { state.words.tui_no_match() };
        frame.render_widget(Line::styled(said, Style::new().add_modifier(Modifier::DIM)), area);
        return;
    }
    let range = rows.cursor.range(area.height.into(), rows.shown.len());
    for (place, area) in range.zip(area.rows()) {
        let Some(row) = rows.shown.get(place).and_then(|place| state.record.rows.get(*place)) else {
            continue;
        };
        let is_chosen = place == rows.cursor.at;
        let signs = [if is_chosen { '▶' } else { ' ' }, if state.is_evidence(row) { '!' } else { ' ' }];
        let gutter = Rect { width: GUTTER.min(area.width), ..area };
        frame.render_widget(Line::from(String::from_iter(signs)), gutter);
        let rest = Rect { x: area.x + gutter.width, width: area.width - gutter.width, ..area };
        frame.render_widget(style::line(&row.text.cut_to(rest.width.into()), color), rest);
        if is_chosen && state.focus == Pane::Lines {
            frame.buffer_mut().set_style(area, Style::new().add_modifier(Modifier::REVERSED));
        }
    }
}
