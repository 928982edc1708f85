//! The comparison as Markdown.

use std::fmt::{self, Write};

use endpoints::{bench::Shape, transport::Transport};

use super::{
    Report, Series,
    summary::{Summary, median_rate},
    target::{self, Judged, SUBJECT},
};
use crate::{
    load::Idle,
    quiet::{Quiet, Rest},
    reading::Verdict,
    table::{Table, bar},
    topology::Topology::{Duo, Free, Split},
};

/// Renders everything: what was asked for and what came of it, then a heading for each scenario and a table for each topology.
pub(super) fn markdown(report: &Report) -> String {
    let mut text = String::new();
    write(&mut text, report).expect("writing to a String cannot fail");
    text
}

fn write(text: &mut String, report: &Report) -> fmt::Result {
    let (rounds, duration_ms) = (report.rounds, report.duration_ms);
    writeln!(text, "## Echoes: socklab beside others\n")?;
    writeln!(text, "{}. Medians of {rounds} × {duration_ms} ms. {}\n", report.machine, bytes(report))?;
    for topology in [Split, Duo, Free] {
        if report.results.iter().any(|series| series.topology == topology) {
            writeln!(text, "- **{topology}**: {}.", topology.meaning())?;
        }
    }
    write_targets(text, &target::judge(report))?;
    for of_scenario in report.results.chunk_by(|a, b| a.scenario.row == b.scenario.row) {
        writeln!(text, "\n### {}", of_scenario[0].scenario.name)?;
        for field in of_scenario.chunk_by(Series::is_beside) {
            write_field(text, field)?;
        }
    }
    if !report.quiet.is_empty() {
        write!(text, "\n### Servers that nobody asks for anything\n\n{}", quiet_table(&report.quiet))?;
    }
    Ok(())
}

/// What became of the bytes.
fn bytes(report: &Report) -> &'static str {
    match report.verdict() {
        Verdict::Corrupt => "**A server returned bytes that it had not been sent.**",
        Verdict::Good | Verdict::Failed => {
            "Every byte of every echo was compared with what was sent: 0 wrong."
        }
    }
}

fn write_targets(text: &mut String, judged: &[Judged]) -> fmt::Result {
    if judged.is_empty() {
        return Ok(());
    }
    writeln!(text, "\n### What socklab is to reach, and what it does\n\n{}\n", count(judged))?;
    let header = ["target", "topology", "beside", "", "asked", "measured", "in rounds", "bound", "of it"];
    let mut table = Table::new(header).with_text_columns(4);
    for it in judged {
        table.push(target_row(it));
    }
    write!(text, "{table}")
}

/// How many were met, how many were not and why, and what the figures are.
fn count(judged: &[Judged]) -> String {
    let count = |verdict| {
        judged.iter().filter(|it| it.measured.as_ref().map(|measured| measured.verdict) == verdict).count()
    };
    let (met, all) = (count(Some(target::Verdict::Met)), judged.len());
    let out_of_reach = match count(Some(target::Verdict::OutOfReach)) {
        0 => String::new(),
        1 => ", 1 out of reach on this machine: the bound itself misses it".into(),
        many => format!(", {many} out of reach on this machine: the bound itself misses them"),
    };
    let unmeasured = match count(None) {
        0 => String::new(),
        unmeasured => format!("; {unmeasured} not measured"),
    };
    format!(
        "{met} of {all} met{out_of_reach}{unmeasured}. A figure is the median of socklab's ratio to the best of those it is asked \
         to be compared with. The bound is the ratio to the same one of what no server beats; *of it* is how much of the bound \
         socklab reached."
    )
}

fn target_row(it: &Judged) -> [String; 9] {
    let (what, topology, asked) = (it.what.clone(), it.topology.clone(), it.asked.clone());
    let Some(measured) = &it.measured else {
        let [against, figure, in_rounds, bound, reached] = Default::default();
        return [what, topology, against, "not measured".into(), asked, figure, in_rounds, bound, reached];
    };
    let verdict = match measured.verdict {
        target::Verdict::Met => "met",
        target::Verdict::Missed => "**missed**",
        target::Verdict::OutOfReach => "out of reach here",
    };
    let (figure, in_rounds) = (measured.figure.clone(), measured.in_rounds.clone());
    let (bound, reached) = match &measured.bound {
        Some(bound) => (bound.figure.clone(), bound.reached.clone()),
        None => ("-".into(), "-".into()),
    };
    [what, topology, measured.against.into(), verdict.into(), asked, figure, in_rounds, bound, reached]
}

/// One scenario in one topology.
fn write_field(text: &mut String, field: &[Series]) -> fmt::Result {
    let (scenario, topology) = (field[0].scenario, field[0].topology);
    if scenario.shape == Shape::Idle {
        return write!(text, "\n{}", idle_table(field));
    }
    let baseline = baseline_of(field);
    let beside = if baseline.peer.name == SUBJECT {
        String::new()
    } else {
        format!(", ratios to {}", baseline.peer.name)
    };
    write!(text, "\n**{topology}**{beside}\n\n{}", field_table(field, baseline))
}

fn field_table(field: &[Series], baseline: &Series) -> Table {
    let ((unit, units), is_udp) = (field[0].scenario.unit(), field[0].scenario.transport == Transport::Udp);
    let (rate, cpu) = (format!("{units}/s"), format!("CPU µs/{unit}"));
    let mut header =
        vec!["server", "rate", &rate, "ratio", "in rounds", "p50 µs", "p99 µs", &cpu, "CPU ratio"];
    if is_udp {
        header.push("lost %");
    }
    let mut table = Table::new(header).with_text_columns(2);
    let fastest = field.iter().filter_map(|series| median_rate(&series.readings)).fold(0.0, f64::max);
    for series in field {
        let server = series.peer.name;
        match Summary::of(&series.readings, &baseline.readings) {
            Ok(summary) => {
                let columns = if is_udp { 10 } else { 9 };
                table.push(row(server, &summary, fastest).into_iter().take(columns));
            }
            Err(why) => table.note(server, why),
        }
        let (measured, all) = (series.readings.iter().flatten().count(), series.readings.len());
        if (1..all).contains(&measured) {
            table.note(server, format!("only {measured} of {all} rounds"));
        }
    }
    table
}

/// The series that ratios refer to: socklab's, or the fastest server's when socklab has no figures.
fn baseline_of(field: &[Series]) -> &Series {
    let has_figures = |series: &&Series| median_rate(&series.readings).is_some();
    let named = field.iter().filter(has_figures).find(|series| series.peer.name == SUBJECT);
    let rate = |series: &&Series| median_rate(&series.readings).unwrap_or(0.0);
    let servers = field.iter().filter(|series| !series.peer.is_bound());
    let fastest = servers.max_by(|a, b| rate(a).total_cmp(&rate(b)));
    named.or(fastest).unwrap_or(&field[0])
}

fn row(server: &str, summary: &Summary, fastest: f64) -> [String; 10] {
    let range = summary.rate_ratio_range.map(|(low, high)| format!("{low:.2}–{high:.2}"));
    [
        server.to_owned(),
        bar(summary.rate / fastest),
        format!("{:.0}", summary.rate),
        ratio(summary.rate_ratio),
        range.unwrap_or_default(),
        tenths(summary.p50_us),
        tenths(summary.p99_us),
        summary.cpu_us.map_or_else(|| "?".into(), |cpu_us| format!("{cpu_us:.2}")),
        ratio(summary.cpu_ratio),
        format!("{:.2}", summary.lost_percent),
    ]
}

/// Nothing where there is nothing to be said.
fn tenths(value: Option<f64>) -> String {
    value.map(|value| format!("{value:.1}")).unwrap_or_default()
}

fn ratio(value: Option<f64>) -> String {
    value.map_or_else(|| "?".into(), |value| format!("{value:.2}"))
}

fn idle_table(field: &[Series]) -> Table {
    let header = [
        "server",
        "connections",
        "RSS before KiB",
        "RSS after KiB",
        "Pss bytes/connection",
        "processes",
        "live echoes/s",
        "live p50 µs",
    ];
    let mut table = Table::new(header);
    for series in field {
        for reading in &series.readings {
            match reading {
                Ok(outcome) => {
                    let live = [format!("{:.0}", outcome.rate()), tenths(outcome.p50_us())];
                    let cells = outcome.idle.iter().flat_map(idle_cells).chain(live);
                    table.push(std::iter::once(series.peer.name.to_owned()).chain(cells));
                }
                Err(why) => table.note(series.peer.name, why),
            }
        }
    }
    table
}

fn idle_cells(idle: &Idle) -> [String; 5] {
    [
        idle.connections.to_string(),
        (idle.before.rss_bytes / 1024).to_string(),
        (idle.after.rss_bytes / 1024).to_string(),
        idle.bytes_per_connection().to_string(),
        idle.after.processes.to_string(),
    ]
}

fn quiet_table(quiet: &[Quiet]) -> Table {
    let header = ["server", "for s", "wake-ups", "CPU ms", "RSS KiB", "Pss KiB", "processes"];
    let mut table = Table::new(header);
    for Quiet { peer, reading } in quiet {
        match reading {
            Ok(rest) => table.push(std::iter::once(peer.name.to_owned()).chain(rest_cells(rest))),
            Err(why) => table.note(peer.name, why),
        }
    }
    table
}

fn rest_cells(rest: &Rest) -> [String; 6] {
    [
        format!("{:.0}", rest.window_s),
        rest.switches.to_string(),
        rest.cpu_s.map_or_else(|| "?".into(), |cpu_s| format!("{:.2}", cpu_s * 1e3)),
        (rest.memory.rss_bytes / 1024).to_string(),
        (rest.memory.pss_bytes / 1024).to_string(),
        rest.memory.processes.to_string(),
    ]
}

#[cfg(test)]
mod tests {
    use crate::load::{Latency, Outcome};

    use super::{
        target::{Bound, Measured},
        *,
    };
    use crate::{
        peer,
        reading::{Reading, Unmeasured},
        scenario,
    };

    #[test]
    fn socklab_is_the_baseline_when_it_has_figures() {
        let all = [series(0, &[Some(100)]), series(1, &[Some(900)]), series(2, &[None])];
        assert_eq!(baseline_of(&all).peer.name, SUBJECT);
    }

    #[test]
    fn the_fastest_is_the_baseline_when_socklab_has_none() {
        let all = [series(0, &[None]), series(1, &[Some(100)]), series(2, &[Some(200)])];
        assert_eq!(baseline_of(&all).peer.name, all[2].peer.name);
    }

    #[test]
    fn a_bound_is_no_baseline() {
        let bound = peer::PEERS.iter().position(peer::Peer::is_bound).expect("a bound");
        let all = [series(0, &[None]), series(1, &[Some(100)]), series(bound, &[Some(900)])];
        assert_eq!(baseline_of(&all).peer.name, "epoll");
    }

    #[test]
    fn what_is_out_of_reach_is_counted_apart() {
        let all = [target::Verdict::Met, target::Verdict::Missed, target::Verdict::OutOfReach].map(judged);
        assert!(count(&all).starts_with(
            "1 of 3 met, 1 out of reach on this machine: the bound itself misses it. A figure is"
        ));
        let [met, ..] = all;
        assert!(count(&[met]).starts_with("1 of 1 met. A figure is"));
        let unmeasured = Judged { measured: None, ..judged(target::Verdict::Met) };
        let all = [judged(target::Verdict::OutOfReach), judged(target::Verdict::OutOfReach), unmeasured];
        assert!(
            count(&all)
                .contains("2 out of reach on this machine: the bound itself misses them; 1 not measured.")
        );
    }

    #[test]
    fn a_target_has_its_bound_or_a_dash() {
        let text = |it: &Judged| target_row(it).join(" ");
        let of = |verdict| text(&judged(verdict));
        assert_eq!(
            of(target::Verdict::OutOfReach),
            "rate duo tokio-mt out of reach here ≥ 2.10 1.200 1.1–1.3 1.600 0.75"
        );
        assert_eq!(of(target::Verdict::Met), "rate duo tokio-mt met ≥ 2.10 1.200 1.1–1.3 - -");
        let unmeasured = Judged { measured: None, ..judged(target::Verdict::Met) };
        assert_eq!(text(&unmeasured).trim_end(), "rate duo  not measured ≥ 2.10");
    }

    #[test]
    fn what_has_no_latency_says_none() {
        let mut bound = series(0, &[Some(50)]);
        bound.readings = vec![Ok(Outcome { latency: None, ..outcome(50) })];
        let mut text = String::new();
        write_field(&mut text, &[bound]).expect("writing to a String cannot fail");
        assert!(text.contains("| 1.00–1.00 |        |        |           ? |"), "{text}");
    }

    #[test]
    fn every_server_has_a_row_or_a_reason() {
        let all = [series(0, &[None, None]), series(1, &[Some(100), None]), series(2, &[Some(50), Some(50)])];
        let mut text = String::new();

        write_field(&mut text, &all).expect("writing to a String cannot fail");

        assert!(text.contains("**free**, ratios to epoll"), "{text}");
        assert!(text.contains("- socklab: FAIL: refused"), "{text}");
        assert!(text.contains("- epoll: only 1 of 2 rounds"), "{text}");
        assert!(text.contains("| io_uring | ██████████           |       50 |  0.50 |"), "{text}");
    }

    /// A target with a verdict; what is out of reach has a bound.
    fn judged(verdict: target::Verdict) -> Judged {
        let bound = Bound { figure: "1.600".into(), reached: "0.75".into() };
        let measured = Measured {
            figure: "1.200".into(),
            in_rounds: "1.1–1.3".into(),
            against: "tokio-mt",
            verdict,
            bound: Some(bound).filter(|_| verdict == target::Verdict::OutOfReach),
        };
        let (what, topology, asked) = ("rate".into(), "duo".into(), "≥ 2.10".into());
        Judged { what, topology, asked, measured: Some(measured) }
    }

    /// A series of the server at this place, with the echoes of each round, `None` being a failure.
    fn series(server: usize, rounds: &[Option<u64>]) -> Series {
        let reading = |echoes: &Option<u64>| -> Reading<Outcome> {
            echoes.map(outcome).ok_or(Unmeasured::Failed("refused".into()))
        };
        Series {
            topology: Free,
            scenario: &scenario::SCENARIOS[0],
            peer: &peer::PEERS[server],
            arguments: "",
            readings: rounds.iter().map(reading).collect(),
        }
    }

    fn outcome(echoes: u64) -> Outcome {
        let latency = Some(Latency { p50_us: 1.0, p90_us: 2.0, p99_us: 3.0, p999_us: 4.0, max_us: 5.0 });
        Outcome { echoes, lost: 0, late: 0, elapsed_s: 1.0, latency, server_cpu_s: None, idle: None }
    }
}
