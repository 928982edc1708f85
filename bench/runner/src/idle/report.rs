//! The memory of idle connections as Markdown.

use std::fmt::{self, Write};

use super::{Cost, Report, Row};
use crate::table::Table;

/// Renders the table and what could not be measured.
pub(super) fn markdown(report: &Report) -> String {
    let mut text = String::new();
    write(&mut text, report).expect("writing to a String cannot fail");
    text
}

fn write(text: &mut String, report: &Report) -> fmt::Result {
    writeln!(text, "## Memory of idle TCP connections\n")?;
    writeln!(text, "{}. Each connection echoed {} bytes once.\n", report.machine, report.size_bytes)?;
    let mut table = Table::new([
        "server",
        "connections",
        "RSS before KiB",
        "RSS after KiB",
        "RSS bytes/connection",
        "Pss bytes/connection",
        "processes",
        "live echoes/s",
        "live p50 µs",
    ]);
    for row in &report.results {
        match &row.reading {
            Ok(cost) => table.push(cells(row, cost)),
            Err(why) => table.note(row.peer.name, why),
        }
    }
    write!(text, "{table}")
}

fn cells(row: &Row, cost: &Cost) -> [String; 9] {
    let Cost { before, after, live_echoes, live_latency } = cost;
    [
        row.peer.name.to_owned(),
        row.connections.to_string(),
        (before.rss_bytes / 1024).to_string(),
        (after.rss_bytes / 1024).to_string(),
        per_connection(before.rss_bytes, after.rss_bytes, row.connections),
        per_connection(before.pss_bytes, after.pss_bytes, row.connections),
        after.processes.to_string(),
        live_echoes.to_string(),
        format!("{:.1}", live_latency.p50_us),
    ]
}

/// Growth per connection; a server that shrank meanwhile grew by nothing.
fn per_connection(before_bytes: u64, after_bytes: u64, connections: usize) -> String {
    (after_bytes.saturating_sub(before_bytes) / connections.max(1) as u64).to_string()
}
