//! The comparison as Markdown.

use std::fmt::{self, Write};

use super::{
    Report, Series,
    summary::{Summary, median_rate},
};
use crate::{scenario::Scenario, table::Table, topology::Topology};

/// The server that ratios refer to, wherever it was measured.
const BASELINE: &str = "socklab";

/// What stands in the cells of the overview.
const OVERVIEW: &str =
    "Rate as a ratio to socklab, or to the fastest where socklab has no figure / µs of server CPU per echo:";

/// Renders everything: for each topology one overview, then one table per scenario.
pub(super) fn markdown(report: &Report) -> String {
    let mut text = String::new();
    write(&mut text, report).expect("writing to a String cannot fail");
    text
}

fn write(text: &mut String, report: &Report) -> fmt::Result {
    writeln!(text, "## Throughput, latency and CPU per echo\n")?;
    writeln!(text, "{}. Medians of {} × {} ms.", report.machine, report.rounds, report.duration_ms)?;
    for series in report.results.chunk_by(|a, b| a.topology == b.topology) {
        let topology = series[0].topology;
        writeln!(text, "\n### Topology {topology}: {}\n", meaning(topology))?;
        let scenarios: Vec<&[Series]> = series.chunk_by(|a, b| a.scenario.name == b.scenario.name).collect();
        write!(text, "{OVERVIEW}\n\n{}", overview(&scenarios))?;
        for of_scenario in scenarios {
            write_scenario(text, of_scenario)?;
        }
    }
    Ok(())
}

fn meaning(topology: Topology) -> &'static str {
    match topology {
        Topology::Free => "the scheduler places both",
        Topology::Split => "server on one CPU, generator on another",
    }
}

/// One row per server, one column per scenario.
fn overview(scenarios: &[&[Series]]) -> Table {
    let name = |of_scenario: &&[Series]| of_scenario[0].scenario.name.to_owned();
    let mut table = Table::new(std::iter::once("server".to_owned()).chain(scenarios.iter().map(name)));
    let mut servers: Vec<&str> = Vec::new();
    for series in scenarios.iter().copied().flatten() {
        if !servers.contains(&series.peer.name) {
            servers.push(series.peer.name);
        }
    }
    for server in servers {
        let cells = scenarios.iter().map(|of_scenario| overview_cell(of_scenario, server));
        table.push(std::iter::once(server.to_owned()).chain(cells));
    }
    table
}

fn overview_cell(of_scenario: &[Series], server: &str) -> String {
    let Some(series) = of_scenario.iter().find(|series| series.peer.name == server) else {
        return "-".into();
    };
    match Summary::of(&series.readings, &baseline_of(of_scenario).readings) {
        Ok(summary) => format!("{} / {}", ratio(summary.rate_ratio), figure(summary.cpu_us)),
        Err(why) => why.word().into(),
    }
}

fn write_scenario(text: &mut String, of_scenario: &[Series]) -> fmt::Result {
    let Scenario { name, .. } = of_scenario[0].scenario;
    let baseline = baseline_of(of_scenario);
    writeln!(text, "\n#### {name}\n\nRatios to {}.\n", baseline.peer.name)?;
    let header = [
        "server",
        "echoes/s",
        "ratio",
        "in rounds",
        "p50 µs",
        "p99 µs",
        "CPU µs/echo",
        "CPU ratio",
        "lost %",
    ];
    let mut table = Table::new(header);
    for series in of_scenario {
        let server = series.peer.name;
        match Summary::of(&series.readings, &baseline.readings) {
            Ok(summary) => table.push(row(server, &summary)),
            Err(why) => table.note(server, why),
        }
        let (measured, all) = (series.readings.iter().flatten().count(), series.readings.len());
        if (1..all).contains(&measured) {
            table.note(server, format!("only {measured} of {all} rounds"));
        }
    }
    write!(text, "{table}")
}

/// The series that ratios refer to: socklab's, or the fastest when socklab has no figures.
fn baseline_of(of_scenario: &[Series]) -> &Series {
    let has_figures = |series: &&Series| median_rate(&series.readings).is_some();
    let named = of_scenario.iter().filter(has_figures).find(|series| series.peer.name == BASELINE);
    let rate = |series: &&Series| median_rate(&series.readings).unwrap_or(0.0);
    let fastest = of_scenario.iter().max_by(|a, b| rate(a).total_cmp(&rate(b)));
    named.or(fastest).unwrap_or(&of_scenario[0])
}

fn row(server: &str, summary: &Summary) -> [String; 9] {
    let range = summary.rate_ratio_range.map(|(low, high)| format!("{low:.2}–{high:.2}"));
    [
        server.to_owned(),
        format!("{:.0}", summary.rate),
        ratio(summary.rate_ratio),
        range.unwrap_or_default(),
        format!("{:.1}", summary.p50_us),
        format!("{:.1}", summary.p99_us),
        figure(summary.cpu_us),
        ratio(summary.cpu_ratio),
        format!("{:.2}", summary.lost_percent),
    ]
}

fn ratio(value: Option<f64>) -> String {
    value.map_or_else(|| "?".into(), |value| format!("{value:.2}"))
}

fn figure(value: Option<f64>) -> String {
    value.map_or_else(|| "?".into(), |value| format!("{value:.1}"))
}

#[cfg(test)]
mod tests {
    use crate::load::{Latency, Outcome};

    use super::*;
    use crate::{peer, reading::Unmeasured, scenario};

    #[test]
    fn socklab_is_the_baseline_when_it_has_figures() {
        let all = [series(0, &[Some(100)]), series(1, &[Some(900)]), series(2, &[None])];
        assert_eq!(baseline_of(&all).peer.name, "socklab");
    }

    #[test]
    fn the_fastest_is_the_baseline_when_socklab_has_none() {
        let all = [series(0, &[None]), series(1, &[Some(100)]), series(2, &[Some(200)])];
        assert_eq!(baseline_of(&all).peer.name, all[2].peer.name);
    }

    #[test]
    fn every_server_has_a_row_or_a_reason() {
        let all = [series(0, &[None, None]), series(1, &[Some(100), None]), series(2, &[Some(50), Some(50)])];
        let mut text = String::new();

        write_scenario(&mut text, &all).expect("writing to a String cannot fail");

        assert!(text.contains("Ratios to tokio-ct."), "{text}");
        assert!(text.contains("- socklab: FAIL: refused"), "{text}");
        assert!(text.contains("- tokio-ct: only 1 of 2 rounds"), "{text}");
        assert!(text.contains("| tokio-mt |       50 |  0.50 |"), "{text}");
    }

    /// A series of the server at this place, with the echoes of each round, `None` being a failure.
    fn series(server: usize, rounds: &[Option<u64>]) -> Series {
        let reading = |echoes: &Option<u64>| echoes.map(outcome).ok_or(Unmeasured::Failed("refused".into()));
        Series {
            topology: Topology::Free,
            scenario: scenario::select(true)[0],
            peer: &peer::PEERS[server],
            arguments: "",
            readings: rounds.iter().map(reading).collect(),
        }
    }

    fn outcome(echoes: u64) -> Outcome {
        let latency = Latency { p50_us: 1.0, p90_us: 2.0, p99_us: 3.0, p999_us: 4.0, max_us: 5.0 };
        Outcome { echoes, lost: 0, late: 0, elapsed_s: 1.0, latency, server_cpu_s: None }
    }
}
