//! The table at the end: what each program did, and how it ended.

use scope::model::{Args, Call, Pid};
use scope::timeline::{Entry, EntryKind, Processes, Timeline};
use unicode_width::UnicodeWidthStr;

use super::other;
use super::text::{NAME, PLAIN, Text, cut};
use crate::words::Words;

/// What stands between two columns.
const GAP: &str = "  ";
/// The widest name of a program.
const NAME_WIDTH_MAX: usize = 20;

/// What was counted of each program, its descendants included.
#[derive(Debug, Default)]
pub(super) struct Tally {
    programs: Vec<Counts>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    calls: u64,
    sent_bytes: u64,
    received_bytes: u64,
    sent_packets: u64,
    received_packets: u64,
}

impl Tally {
    /// Begins to count for so many programs.
    pub(super) fn new(programs: usize) -> Self {
        Self { programs: vec![Counts::default(); programs] }
    }

    /// Counts what happened.
    pub(super) fn count(&mut self, entry: &Entry, processes: &Processes) {
        match &entry.kind {
            EntryKind::Call(call) => {
                if let Some(counts) = self.of(Some(call.call.pid), processes) {
                    counts.call(&call.call);
                }
            }
            EntryKind::Packet(crossing) => {
                if let Some(counts) = self.of(crossing.from.pid, processes) {
                    counts.sent_packets += u64::from(crossing.departed.is_some());
                }
                if let Some(counts) = self.of(crossing.to.pid, processes) {
                    counts.received_packets += u64::from(crossing.arrived.is_some());
                }
            }
            _ => {}
        }
    }

    fn of(&mut self, pid: Option<Pid>, processes: &Processes) -> Option<&mut Counts> {
        let program = processes.lanes.get(&pid?)?.program?;
        self.programs.get_mut(program)
    }

    /// The table, with a line for each program.
    pub(super) fn table(&self, timeline: &Timeline, words: &Words) -> Vec<Text> {
        let headings = [
            words.trace_column_program(),
            words.trace_column_calls(),
            words.trace_column_bytes(),
            words.trace_column_packets(),
            words.trace_column_end(),
        ];
        let programs = timeline.header.programs.iter().zip(&self.programs).enumerate();
        let rows = programs.map(|(program, (named, counts))| {
            let status = wait_status(program, timeline);
            let ended = status.map_or_else(|| words.trace_end_unknown(), |it| other::ended(it, words));
            counts.cells(&named.name, ended)
        });
        let rows: Vec<_> = std::iter::once(headings).chain(rows).collect();
        let widths: Vec<usize> = (0..rows[0].len())
            .map(|column| rows.iter().map(|row| row[column].width()).max().unwrap_or_default())
            .collect();
        rows.iter().enumerate().map(|(line, row)| laid_out(row, &widths, line == 0)).collect()
    }
}

impl Counts {
    fn call(&mut self, call: &Call) {
        self.calls += 1;
        let (messages, bytes) = match &call.args {
            Args::Send { messages, .. } => (messages, &mut self.sent_bytes),
            Args::Receive { messages, .. } => (messages, &mut self.received_bytes),
            _ => return,
        };
        *bytes += messages.iter().filter_map(|message| message.data.moved_bytes).sum::<u64>();
    }

    fn cells(&self, name: &str, ended: String) -> [String; 5] {
        let both = |out: u64, into: u64| format!("{out}/{into}");
        [
            cut(name, NAME_WIDTH_MAX),
            self.calls.to_string(),
            both(self.sent_bytes, self.received_bytes),
            both(self.sent_packets, self.received_packets),
            ended,
        ]
    }
}

/// How a program ended: as the summary says, or as was seen when that is missing.
fn wait_status(program: usize, timeline: &Timeline) -> Option<u32> {
    let told = timeline.summary.as_ref().and_then(|it| it.wait_statuses.get(program).copied().flatten());
    let mut lanes = timeline.processes.lanes.values();
    let its = lanes.find(|lane| lane.program == Some(program) && lane.parent.is_none());
    told.or(its?.wait_status)
}

/// Numbers stand at the right of their columns, the first and the last column at the left.
fn laid_out(row: &[String], widths: &[usize], is_heading: bool) -> Text {
    let last = row.len() - 1;
    let mut text = Text::default();
    for (column, (cell, width)) in row.iter().zip(widths).enumerate() {
        let blanks = " ".repeat(width - cell.width());
        let is_text = column == 0 || column == last;
        let style = if is_heading { NAME } else { PLAIN };
        let (before, after) = if is_text { (String::new(), blanks) } else { (blanks, String::new()) };
        text.push(PLAIN, before);
        text.push(style, cell);
        text.push(PLAIN, after);
        text.push(PLAIN, if column == last { "" } else { GAP });
    }
    text
}
