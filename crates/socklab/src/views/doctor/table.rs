//! A line for each condition, the level, and what to do.

use clap::builder::styling::{AnsiColor, Style};
use scope::doctor::{Condition, Diagnosis, Standing, State};
use scope::model::Level;
use unicode_width::UnicodeWidthStr;

use super::{advice, reason};
use crate::words::Words;

/// What stands between two columns.
const GAP: &str = "  ";

const STATES: [State; 3] = [State::Fine, State::Limited, State::Missing];

const CONDITIONS: [Condition; 10] = [
    Condition::Calls,
    Condition::PrivateNetwork,
    Condition::PacketsHere,
    Condition::Descriptors,
    Condition::SocketLists,
    Condition::Counters,
    Condition::PythonLines,
    Condition::RunningProcesses,
    Condition::KernelEvents,
    Condition::IoUring,
];

/// Says what can be seen, why not more, and what to do.
pub(super) fn lines(diagnosis: &Diagnosis, color: bool, words: &Words) -> Vec<String> {
    let mut lines: Vec<_> = diagnosis.standings.iter().map(|it| row(it, color, words)).collect();
    lines.push(String::new());
    lines.push(level(diagnosis, color, words));
    for standing in diagnosis.standings.iter().filter(|standing| !standing.advice.is_empty()) {
        lines.push(String::new());
        lines.push(words.doctor_to_have(name(standing.condition, words)));
        lines.extend(standing.advice.iter().map(|it| format!("{GAP}{}", advice::say(*it, words))));
    }
    lines
}

/// The sign, the state and the name of a condition, and why it is not fine.
fn row(standing: &Standing, color: bool, words: &Words) -> String {
    let width =
        |texts: &mut dyn Iterator<Item = String>| texts.map(|text| text.width()).max().unwrap_or_default();
    let states = width(&mut STATES.into_iter().map(|state| word(state, words)));
    let names = width(&mut CONDITIONS.into_iter().map(|condition| name(condition, words)));
    let state = padded(&format!("{} {}", sign(standing.state), word(standing.state, words)), states + 2);
    let name = padded(&name(standing.condition, words), names);
    let why = standing.reason.as_ref().map(|it| reason::say(it, words)).unwrap_or_default();
    let painted = paint(&state, of_state(standing.state), color);
    format!("{painted}{GAP}{name}{GAP}{why}").trim_end().to_owned()
}

fn level(diagnosis: &Diagnosis, color: bool, words: &Words) -> String {
    let reached = match diagnosis.level {
        Some(Level::A) => words.trace_level_a(),
        Some(Level::B) => words.trace_level_b(),
        Some(Level::C) => words.trace_level_c(),
        None => words.doctor_no_level(),
    };
    let has_more = diagnosis.has_kernel_events && diagnosis.level.is_some();
    let said = if has_more { words.doctor_and_kernel_events(reached) } else { reached };
    paint(&said, Style::new().bold(), color)
}

fn name(condition: Condition, words: &Words) -> String {
    match condition {
        Condition::Calls => words.doctor_calls(),
        Condition::PrivateNetwork => words.doctor_private_network(),
        Condition::PacketsHere => words.doctor_packets_here(),
        Condition::Descriptors => words.doctor_descriptors(),
        Condition::SocketLists => words.doctor_socket_lists(),
        Condition::Counters => words.doctor_counters(),
        Condition::PythonLines => words.doctor_python_lines(),
        Condition::RunningProcesses => words.doctor_running_processes(),
        Condition::KernelEvents => words.doctor_kernel_events(),
        Condition::IoUring => words.doctor_io_uring(),
    }
}

/// Nothing is said by colour alone.
fn sign(state: State) -> char {
    match state {
        State::Fine => '+',
        State::Limited => '~',
        State::Missing => '-',
    }
}

fn word(state: State, words: &Words) -> String {
    match state {
        State::Fine => words.doctor_fine(),
        State::Limited => words.doctor_limited(),
        State::Missing => words.doctor_missing(),
    }
}

fn of_state(state: State) -> Style {
    match state {
        State::Fine => AnsiColor::Green.on_default(),
        State::Limited => AnsiColor::Yellow.on_default(),
        State::Missing => AnsiColor::Red.on_default(),
    }
}

fn padded(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(text.width())))
}

fn paint(text: &str, style: Style, color: bool) -> String {
    if color { format!("{style}{text}{style:#}") } else { text.to_owned() }
}
