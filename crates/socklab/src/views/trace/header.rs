//! The first line: what can be seen, and how the programs run.

use scope::model::{Cpus, Header, Level};
use unicode_width::UnicodeWidthStr;

use super::text::cut;
use crate::words::Words;

/// What stands between two things that are said.
const GAP: &str = " · ";

/// Says what can be seen, in lines that fit into the width.
pub(super) fn lines(header: &Header, width: Option<usize>, words: &Words) -> Vec<String> {
    let level = match header.level {
        Level::A => words.trace_level_a(),
        Level::B => words.trace_level_b(),
        Level::C => words.trace_level_c(),
    };
    let cpus = match header.cpus {
        Cpus::One(cpu) => words.trace_cpu_one(cpu),
        Cpus::All => words.trace_cpu_all(),
    };
    let mtu = header.mtu_bytes.map(|bytes| words.trace_mtu(bytes));
    let said = [Some(level), Some(cpus), mtu, Some(words.trace_times())].into_iter().flatten();
    folded(said, width.unwrap_or(usize::MAX))
}

fn folded(said: impl Iterator<Item = String>, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for said in said {
        match lines.last_mut() {
            Some(line) if line.width() + GAP.width() + said.width() <= width => {
                line.push_str(GAP);
                line.push_str(&said);
            }
            _ => lines.push(said),
        }
    }
    lines.iter().map(|line| cut(line, width)).collect()
}
