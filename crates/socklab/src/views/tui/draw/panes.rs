//! The panes below the lines.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::widgets::{Block, Borders};

use super::super::contents;
use super::super::pane::Pane;
use super::super::state::State;
use super::style;

/// Draws a pane, with its title in a line above it.
pub(super) fn draw(state: &State<'_>, pane: Pane, color: bool, area: Rect, frame: &mut Frame<'_>) {
    let is_focused = state.focus == pane;
    let block = Block::new().borders(Borders::TOP).title(title(state, pane)).title_style(loud(is_focused));
    let inner = block.inner(area);
    frame.render_widget(block, area);
    let lines = contents::of(state, pane);
    let from = first(state, pane, lines.len(), inner.height.into());
    for (line, area) in lines.iter().skip(from).zip(inner.rows()) {
        frame.render_widget(style::line(&line.cut_to(area.width.into()), color), area);
    }
}

/// Draws a frame around something, below which `before` has made room; returns what is inside.
pub(super) fn framed(
    title: &str,
    is_focused: bool,
    area: Rect,
    frame: &mut Frame<'_>,
    before: impl FnOnce(&mut Frame<'_>),
) -> Rect {
    before(frame);
    let block = Block::bordered().title(format!(" {title} ")).title_style(loud(is_focused));
    let inner = block.inner(area);
    frame.render_widget(block, area);
    inner
}

/// The first line of a pane that is shown: of output the last lines, of findings those around the chosen one.
fn first(state: &State<'_>, pane: Pane, length: usize, height: usize) -> usize {
    let hidden = length.saturating_sub(height);
    match pane {
        Pane::Output if state.below == pane => hidden.saturating_sub(state.scroll.at),
        Pane::Output => hidden,
        Pane::Findings => state.findings.at.min(hidden),
        _ if state.focus == pane => state.scroll.at.min(hidden),
        _ => 0,
    }
}

fn title(state: &State<'_>, pane: Pane) -> String {
    let words = state.words;
    let name = match pane {
        Pane::Lines => String::new(),
        Pane::Details => words.page_details(),
        Pane::Sockets => words.tui_sockets(),
        Pane::Findings if state.record.is_whole => {
            format!("{} ({})", words.page_findings(), state.findings.all.len())
        }
        Pane::Findings => words.page_findings(),
        Pane::Output if state.record.is_whole => words.tui_output(),
        Pane::Output => words.tui_output_live(),
    };
    format!(" {name} ")
}

fn loud(is_focused: bool) -> Style {
    if is_focused { Style::new().add_modifier(Modifier::REVERSED | Modifier::BOLD) } else { Style::new() }
}
