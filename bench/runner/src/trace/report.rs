//! What watching costs, as Markdown.

use std::fmt::{self, Write};

use super::{
    Group, Report, Series,
    run::Traced,
    watcher::{STRACE, STRACE_YY},
};
use crate::{
    statistics::{median, range, ratios},
    table::Table,
};

/// Renders a table for each program, and what could not be measured.
pub(super) fn markdown(report: &Report) -> String {
    let mut text = String::new();
    write(&mut text, report).expect("writing to a String cannot fail");
    text
}

fn write(text: &mut String, report: &Report) -> fmt::Result {
    writeln!(text, "## What watching costs\n")?;
    writeln!(
        text,
        "{}. Everything on one CPU; `strace` is `strace -f -e trace=network`, the other one \
         `strace --seccomp-bpf -f -yy -e trace=network,desc`. Medians of {} rounds. Time is that of the program alone; CPU is that \
         of the program and whoever watches it, with starts and ends.",
        report.machine, report.rounds
    )?;
    for group in &report.workloads {
        writeln!(text, "\n### {}\n", group.workload.title)?;
        let table = if group.workload.is_for_packets { packets(group) } else { table(group) };
        write!(text, "{table}")?;
    }
    Ok(())
}

fn table(group: &Group) -> Table {
    let header = [
        "watched by",
        "µs",
        "to strace",
        "in rounds",
        "to -yy",
        "in rounds",
        "CPU µs",
        "to strace",
        "in rounds",
        "to -yy",
        "in rounds",
    ];
    let mut table = Table::new(header);
    let base = |name: &str| group.results.iter().find(|series| series.watcher.name == name);
    let bases = [base(STRACE), base(STRACE_YY)];
    for series in &group.results {
        let figures = [|traced: &Traced| traced.us, |traced: &Traced| traced.cpu_us];
        let cells = figures.map(|figure| cells(series, bases, figure));
        if cells.iter().all(Option::is_some) {
            table.push(
                [series.watcher.name.to_owned()].into_iter().chain(cells.into_iter().flatten().flatten()),
            );
        }
        note_failure(&mut table, series);
    }
    table
}

/// The median, and its ratios to both bases with their ranges; nothing when there is no reading.
fn cells(series: &Series, bases: [Option<&Series>; 2], figure: fn(&Traced) -> f64) -> Option<[String; 5]> {
    let all = figures(series, figure);
    let middle = median(all.iter().copied().flatten())?;
    let [(strace, strace_range), (yy, yy_range)] = bases.map(|base| {
        let base = base.map(|base| figures(base, figure)).unwrap_or_default();
        let ratios = ratios(&all, &base);
        let spread = range(ratios.iter().copied());
        (
            median(ratios).map_or_else(|| "-".into(), |ratio| format!("{ratio:.2}")),
            spread.map_or_else(|| "-".into(), |(least, most)| format!("{least:.2}–{most:.2}")),
        )
    });
    Some([format!("{middle:.2}"), strace, strace_range, yy, yy_range])
}

fn figures(series: &Series, figure: fn(&Traced) -> f64) -> Vec<Option<f64>> {
    series.readings.iter().map(|reading| reading.as_ref().ok().map(figure)).collect()
}

/// Packets are counted, not divided: the worst round is what matters.
fn packets(group: &Group) -> Table {
    let mut table = Table::new(["watched by", "µs", "CPU µs", "packets seen", "lost in the worst round"]);
    for series in &group.results {
        let good = || series.readings.iter().flatten();
        let middle = |figure: fn(&Traced) -> f64| median(good().map(figure));
        if let (Some(us), Some(cpu_us)) = (middle(|it| it.us), middle(|it| it.cpu_us)) {
            let counted = || good().filter_map(|traced| traced.packets);
            let shown = |count: Option<u64>| count.map_or_else(|| "-".into(), |count| count.to_string());
            table.push([
                series.watcher.name.to_owned(),
                format!("{us:.2}"),
                format!("{cpu_us:.2}"),
                shown(counted().map(|packets| packets.seen).min()),
                shown(counted().map(|packets| packets.lost).max()),
            ]);
        }
        note_failure(&mut table, series);
    }
    table
}

fn note_failure(table: &mut Table, series: &Series) {
    if let Some(Err(why)) = series.readings.iter().find(|reading| reading.is_err()) {
        table.note(series.watcher.name, why);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        reading::Unmeasured,
        trace::{run::Packets, watcher::WATCHERS, workload::WORKLOADS},
    };

    fn group(workload: usize, readings: Vec<(usize, Vec<Traced>)>) -> Group {
        let series = |(watcher, readings): (usize, Vec<Traced>)| Series {
            watcher: &WATCHERS[watcher],
            readings: readings.into_iter().map(Ok).collect(),
        };
        let results = readings.into_iter().map(series).collect();
        Group { workload: &WORKLOADS[workload], operations: 1, results }
    }

    fn traced(us: f64, cpu_us: f64) -> Traced {
        Traced { us, cpu_us, packets: Some(Packets { seen: 4, lost: 1 }) }
    }

    #[test]
    fn ratios_refer_to_both_ways_of_strace_and_a_failure_is_a_note() {
        let mut group = group(
            0,
            vec![
                (1, vec![traced(10.0, 20.0), traced(20.0, 20.0)]),
                (2, vec![traced(20.0, 10.0), traced(20.0, 10.0)]),
                (3, vec![traced(5.0, 10.0), traced(5.0, 10.0)]),
            ],
        );
        let readings = vec![Err(Unmeasured::Failed("why".into()))];
        group.results.push(Series { watcher: &WATCHERS[4], readings });

        let text = table(&group).to_string();

        let last = text.lines().find(|line| line.contains("socklab trace -o ")).unwrap();
        let cells: Vec<_> = last.split('|').map(str::trim).collect();
        assert_eq!(cells[2..7], ["5.00", "0.38", "0.25–0.50", "0.25", "0.25–0.25"]);
        assert_eq!(cells[7..12], ["10.00", "0.50", "0.50–0.50", "1.00", "1.00–1.00"]);
        assert!(text.ends_with("--no-lines: FAIL: why\n"), "{text}");
    }

    #[test]
    fn the_worst_round_says_how_many_packets_were_lost() {
        let mut worst = traced(1.0, 1.0);
        worst.packets = Some(Packets { seen: 3, lost: 2 });

        let text = packets(&group(4, vec![(3, vec![traced(1.0, 1.0), worst])])).to_string();

        assert!(
            text.lines().last().unwrap().ends_with("|            3 |                       2 |"),
            "{text}"
        );
    }
}
