//! The texts of the page itself, and what it says of the recording as a whole.

use std::collections::BTreeSet;

use scope::model::{Cpus, Header, Level, LinesFrom, Process, ProcessChange, Program};
use scope::timeline::{EntryKind, Timeline};

use crate::views::printable::printable;
use crate::views::trace::{ended, lines_from};
use crate::words::Words;

/// Stands in a text where the script of the page puts a number: the first one, and the second.
const FIRST: &str = "%1";
const SECOND: &str = "%2";

/// The texts of the page, by the names that its script and its markup use.
pub(super) fn texts(words: &Words) -> Vec<(&'static str, String)> {
    vec![
        ("timeline", words.page_timeline()),
        ("findings", words.page_findings()),
        ("noFindings", words.page_no_findings()),
        ("why", words.page_why()),
        ("todo", words.page_todo()),
        ("evidence", words.page_evidence()),
        ("evidenceMark", words.page_evidence_mark()),
        ("elsewhere", words.page_elsewhere()),
        ("details", words.page_details()),
        ("noDetails", words.page_no_details()),
        ("close", words.page_close()),
        ("time", words.page_label_began()),
        ("certainty", words.page_certainty()),
        ("exact", words.page_exact()),
        ("observation", words.page_observation()),
        ("socketThen", words.page_socket_then()),
        ("goThere", words.page_go_there()),
        ("payload", words.page_payload()),
        ("filter", words.page_filter()),
        ("search", words.page_search()),
        ("processes", words.page_processes()),
        ("sockets", words.page_sockets()),
        ("allSockets", words.page_all_sockets()),
        ("kinds", words.page_kinds()),
        ("call", words.page_kind_call()),
        ("packet", words.page_kind_packet()),
        ("socket", words.page_kind_socket()),
        ("counter", words.page_kind_counter()),
        ("kernel", words.page_kind_kernel()),
        ("process", words.page_kind_process()),
        ("note", words.page_kind_note()),
        ("everything", words.page_everything()),
        ("shown", words.page_shown(FIRST, SECOND)),
        ("showAll", words.page_show_all()),
        ("recorded", words.page_recorded()),
        ("theme", words.page_theme()),
        ("keys", words.page_keys()),
        ("keyMove", words.page_key_move()),
        ("keyEnter", words.page_key_enter()),
        ("keyEnds", words.page_key_ends()),
        ("keyFilter", words.page_key_filter()),
        ("keyFinding", words.page_key_finding()),
        ("keyClose", words.page_key_close()),
        ("keyKeys", words.page_key_keys()),
        ("printed", words.page_printed(FIRST, SECOND)),
    ]
}

/// What was run, in one line: the names of the programs.
pub(super) fn title(header: &Header) -> String {
    let names: Vec<_> = header.programs.iter().map(|program| printable(&program.name)).collect();
    names.join(" · ")
}

/// How the recording was made, and what the reader has to know of it.
pub(super) fn facts(
    timeline: &Timeline,
    folded: usize,
    left_out: usize,
    words: &Words,
) -> Vec<(String, String)> {
    let header = &timeline.header;
    let mut facts = Vec::new();
    for (index, program) in header.programs.iter().enumerate() {
        facts.push((printable(&program.name), run(timeline, index, program, words)));
    }
    facts.push((words.page_fact_seen(), level(header.level, words)));
    for from in lines_of(timeline) {
        facts.push((words.page_fact_lines(), lines_from(from, words)));
    }
    facts.push((words.page_fact_processors(), cpus(header.cpus, words)));
    if let Some(mtu) = header.mtu_bytes {
        facts.push((words.page_fact_network(), words.page_mtu(mtu)));
    }
    facts.push((words.page_fact_recorded_on(), printable(&format!("Linux {}", header.kernel))));
    facts.push((words.page_fact_recorded_by(), printable(&format!("socklab {}", header.socklab))));
    match &timeline.summary {
        Some(summary) => {
            let counts = words.page_counts(summary.calls, summary.packets);
            facts.push((words.page_fact_counts(), counts));
            if summary.packets_lost > 0 {
                facts.push((words.page_fact_missing(), words.trace_packets_lost(summary.packets_lost)));
            }
            if summary.interrupted {
                facts.push((words.page_fact_end(), words.trace_interrupted()));
            }
        }
        None => facts.push((words.page_fact_end(), words.trace_cut())),
    }
    if folded > 0 {
        facts.push((words.page_fact_missing(), words.page_folded(folded as u64)));
    }
    if left_out > 0 {
        facts.push((words.page_fact_missing(), words.page_left_out(left_out as u64)));
    }
    facts
}

/// The ways by which the lines of Python programs are known.
fn lines_of(timeline: &Timeline) -> BTreeSet<LinesFrom> {
    let changes = timeline.entries.iter().filter_map(|entry| match &entry.kind {
        EntryKind::Process(Process { change: ProcessChange::Lines { from }, .. }) => Some(*from),
        _ => None,
    });
    changes.collect()
}

/// The command line of a program, and how it ended.
fn run(timeline: &Timeline, index: usize, program: &Program, words: &Words) -> String {
    let command = printable(&program.command.join(" "));
    let status = timeline.summary.as_ref().and_then(|summary| *summary.wait_statuses.get(index)?);
    match status {
        Some(status) => format!("{command} — {}", ended(status, words)),
        None => command,
    }
}

fn level(level: Level, words: &Words) -> String {
    match level {
        Level::A => words.trace_level_a(),
        Level::B => words.trace_level_b(),
        Level::C => words.trace_level_c(),
    }
}

fn cpus(cpus: Cpus, words: &Words) -> String {
    match cpus {
        Cpus::One(cpu) => words.trace_cpu_one(cpu),
        Cpus::All => words.trace_cpu_all(),
    }
}
