//! What the panes say.

use scope::model::{EventId, SocketState, Time};
use scope::timeline::Life;
use unicode_width::UnicodeWidthStr;
use wire::tcp_state::TcpState;

use super::hex;
use super::pane::Pane;
use super::sockets;
use super::state::State;
use crate::views::page::{self, Details};
use crate::views::trace::{ALARM, NAME, PLAIN, QUIET, Text, folded, moment, sign};

/// The widest names of facts.
const LABEL_WIDTH: usize = 16;
/// What stands between two columns.
const GAP: &str = "  ";

/// What a pane says.
pub(super) fn of(state: &State<'_>, pane: Pane) -> Vec<Text> {
    match pane {
        Pane::Lines => Vec::new(),
        Pane::Details => state.details.2.clone(),
        Pane::Sockets => sockets(state),
        Pane::Findings => findings(state),
        Pane::Output => output(state),
    }
}

/// All that is known of an observation, and how its sockets were then.
pub(super) fn details(state: &State<'_>, id: Option<EventId>, at: Time) -> Vec<Text> {
    let words = state.words;
    let Some(entry) = id.and_then(|id| state.record.entry(id)) else {
        return vec![Text::default().with(QUIET, words.tui_no_details())];
    };
    let timeline = &state.record.timeline;
    let Some(details) = page::details(entry, timeline, words) else {
        return vec![Text::default().with(QUIET, words.tui_no_details())];
    };
    let time = format!("[{}]", moment(entry.time, state.record.base()));
    let mut lines = vec![Text::default().with(NAME, &details.title).with(QUIET, format!("{GAP}{time}"))];
    lines.extend(facts(&details));
    for socket in State::sockets_of(entry) {
        let told = sockets::state(&state.record, at, socket);
        let told = told.and_then(|told| {
            let told = scope::timeline::EntryKind::Socket(told.clone());
            page::details(&scope::timeline::Entry { kind: told, ..entry.clone() }, timeline, words)
        });
        if let Some(told) = told {
            lines.push(Text::default());
            lines.push(Text::default().with(NAME, words.page_socket_then()));
            lines.extend(facts(&told));
        }
    }
    lines
}

fn facts(details: &Details) -> Vec<Text> {
    let widths = details.facts.iter().map(|(label, _)| label.width());
    let width = widths.max().unwrap_or_default().min(LABEL_WIDTH);
    let fact = |(label, value): &(String, String)| {
        let mut text = Text::default().with(QUIET, label);
        text.pad_to(width);
        text.with(PLAIN, format!("{GAP}{value}"))
    };
    let facts = details.facts.iter().map(fact);
    let dumps = details.dumps.iter().flat_map(|dump| {
        let title = Text::default().with(QUIET, &dump.title);
        std::iter::once(title).chain(hex::lines(&dump.first, dump.payload_from))
    });
    facts.chain(dumps).collect()
}

/// The sockets at the moment of the chosen line, as a table.
fn sockets(state: &State<'_>) -> Vec<Text> {
    let words = state.words;
    let at = state.chosen().map(|row| row.at).unwrap_or_default();
    let then = sockets::at(&state.record, at, state.record.all);
    if then.is_empty() {
        return vec![Text::default().with(QUIET, words.tui_no_sockets())];
    }
    let heading = [
        words.tui_column_socket(),
        words.page_label_state(),
        words.page_label_recv_queue(),
        words.page_label_send_queue(),
        words.page_label_local(),
        words.page_label_peer(),
    ];
    let rows = then.into_iter().map(|(life, told)| (cells(state, life, told, at), has_drops(told)));
    let rows: Vec<_> = std::iter::once((heading, false)).chain(rows).collect();
    let width = |column: usize| rows.iter().map(|(row, _)| row[column].width()).max().unwrap_or_default();
    let widths: [usize; 6] = std::array::from_fn(width);
    rows.iter().enumerate().map(|(at, (row, alarms))| laid_out(row, widths, at == 0, *alarms)).collect()
}

fn has_drops(told: Option<&SocketState>) -> bool {
    told.is_some_and(|told| told.drops > 0)
}

fn cells(state: &State<'_>, life: &Life, told: Option<&SocketState>, at: Time) -> [String; 6] {
    let words = state.words;
    let address =
        |address: Option<&scope::model::Address>| address.map_or_else(|| "-".to_owned(), ToString::to_string);
    let name = match life.holder_at(at) {
        Some((pid, fd)) if life.is_open_at(at) => {
            format!("{} {}", state.record.timeline.processes.name(pid), words.trace_fd(fd))
        }
        Some((pid, fd)) => {
            format!("{} {}", state.record.timeline.processes.name(pid), words.trace_fd_closed(fd))
        }
        None => words.trace_kernel(),
    };
    let tcp = told.and_then(|told| told.state);
    let (recv, send) = queues(told);
    let drops = told.filter(|told| told.drops > 0).map(|told| format!(" ✗{}", told.drops));
    [
        name,
        tcp.map_or_else(|| page::protocol(life.protocol).to_owned(), |tcp| tcp.to_string()),
        format!("{recv}{}", drops.unwrap_or_default()),
        send,
        address(told.map_or(life.local.as_ref(), |told| told.local.as_ref())),
        address(told.map_or(life.peer.as_ref(), |told| told.peer.as_ref())),
    ]
}

/// What waits in a socket's queues; the numbers of a closed one mean nothing (`tcp(7)`).
fn queues(told: Option<&SocketState>) -> (String, String) {
    match told {
        Some(told) if told.state != Some(TcpState::Closed) => {
            (told.recv_queue.to_string(), told.send_queue.to_string())
        }
        _ => ("-".to_owned(), "-".to_owned()),
    }
}

fn laid_out(row: &[String; 6], widths: [usize; 6], is_heading: bool, alarms: bool) -> Text {
    let mut text = Text::default();
    let mut end = 0;
    for (column, (cell, width)) in row.iter().zip(widths).enumerate() {
        let style = match column {
            _ if is_heading => QUIET,
            0 => NAME,
            2 if alarms => ALARM,
            _ => PLAIN,
        };
        text.push(style, cell);
        end += width;
        text.pad_to(end);
        text.push(PLAIN, GAP);
        end += GAP.len();
    }
    text
}

/// The findings, the chosen one with its reasons.
fn findings(state: &State<'_>) -> Vec<Text> {
    let words = state.words;
    if !state.record.is_whole {
        return vec![Text::default().with(QUIET, words.tui_findings_later())];
    }
    if state.findings.all.is_empty() {
        return vec![Text::default().with(QUIET, words.page_no_findings())];
    }
    let base = state.record.base();
    let width = state.areas().panes.last().map_or(0, |(_, area)| usize::from(area.width));
    let each = state.findings.all.iter().enumerate().flat_map(|(place, found)| {
        let is_chosen = place == state.findings.at;
        let (style, mark) = sign(found.severity);
        let pointer = if is_chosen { "▶ " } else { "  " };
        let title = Text::default().with(NAME, pointer).with(style, format!("{mark} "));
        let title = title.with(if is_chosen { NAME } else { PLAIN }, &found.title);
        let title = title.with(QUIET, format!("{GAP}[{}]", moment(found.at, base)));
        let below = [format!("{}: {}", words.page_why(), found.why), format!("→ {}", found.what_to_do)];
        let room = width.saturating_sub(5).max(20);
        let below = below.into_iter().filter(move |_| is_chosen).flat_map(move |said| folded(&said, room));
        std::iter::once(title).chain(below.map(|line| Text::plain(format!("     {line}"))))
    });
    each.collect()
}

/// What the programs have written.
fn output(state: &State<'_>) -> Vec<Text> {
    let lines: Vec<_> = state.output.lines().map(Text::plain).collect();
    if lines.is_empty() {
        return vec![Text::default().with(QUIET, state.words.tui_no_output())];
    }
    lines
}
