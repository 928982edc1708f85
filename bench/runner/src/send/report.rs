//! The comparison of copiers as Markdown.

use std::fmt::{self, Write};

use super::{Group, Report, Series, transfer::Copied};
use crate::{
    statistics::{median, range, ratios},
    table::Table,
};

/// Renders a table for each place, and what could not be measured.
pub(super) fn markdown(report: &Report) -> String {
    let mut text = String::new();
    write(&mut text, report).expect("writing to a String cannot fail");
    text
}

fn write(text: &mut String, report: &Report) -> fmt::Result {
    writeln!(text, "## Sending a file\n")?;
    let megabytes = report.bytes / 1_000_000;
    writeln!(
        text,
        "{}. A file of {megabytes} MB over loopback, from and into one file system, every copy compared with the source. \
         Medians of {} rounds; ratios to the first row.",
        report.machine, report.rounds
    )?;
    for group in &report.places {
        writeln!(text, "\n### On {}\n", group.file_system)?;
        write!(text, "{}", table(group, report.bytes))?;
    }
    Ok(())
}

fn table(group: &Group, bytes: u64) -> Table {
    let mut table = Table::new([
        "copier",
        "MB/s",
        "ratio",
        "in rounds",
        "sender CPU s/GB",
        "receiver CPU s/GB",
        "CPU ratio",
        "in rounds",
    ]);
    let baseline = group.results.first();
    for series in &group.results {
        if let Some(cells) = cells(series, baseline, bytes) {
            table.push(cells);
        }
        if let Some(Err(why)) = series.readings.iter().find(|reading| reading.is_err()) {
            table.note(series.copier.name, why);
        }
    }
    table
}

/// Nothing when there is no reading.
fn cells(series: &Series, baseline: Option<&Series>, bytes: u64) -> Option<[String; 8]> {
    // A size is a whole number of MB, and far below what an f64 holds.
    let megabytes = u32::try_from(bytes / 1_000_000).map(f64::from).ok()?;
    let gigabytes = megabytes / 1e3;
    let rate = |copied: &Copied| megabytes / copied.seconds;
    let cpu = |copied: &Copied| copied.sender_cpu_s + copied.receiver_cpu_s;
    let middle = |figure: &dyn Fn(&Copied) -> f64| median(figures(series, figure).into_iter().flatten());
    let compared = |figure: &dyn Fn(&Copied) -> f64| {
        let base = baseline.map(|base| figures(base, figure)).unwrap_or_default();
        let all = ratios(&figures(series, figure), &base);
        let spread = range(all.iter().copied()).map_or_else(|| "-".into(), |(a, b)| format!("{a:.2}–{b:.2}"));
        (median(all).map_or_else(|| "-".into(), |ratio| format!("{ratio:.2}")), spread)
    };
    let (rate_ratio, rate_range) = compared(&rate);
    let (cpu_ratio, cpu_range) = compared(&cpu);
    Some([
        series.copier.name.to_owned(),
        format!("{:.0}", middle(&rate)?),
        rate_ratio,
        rate_range,
        format!("{:.2}", middle(&|copied| copied.sender_cpu_s / gigabytes)?),
        format!("{:.2}", middle(&|copied| copied.receiver_cpu_s / gigabytes)?),
        cpu_ratio,
        cpu_range,
    ])
}

fn figures(series: &Series, figure: &dyn Fn(&Copied) -> f64) -> Vec<Option<f64>> {
    series.readings.iter().map(|reading| reading.as_ref().ok().map(figure)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{reading::Unmeasured, send::copier::COPIERS};

    #[test]
    fn ratios_refer_to_the_first_row_and_a_failure_is_a_note() {
        let copied = |seconds: f64, cpu: f64| Ok(Copied { seconds, sender_cpu_s: cpu, receiver_cpu_s: cpu });
        let group = Group {
            directory: "/dev/shm".into(),
            file_system: "tmpfs".into(),
            results: vec![
                Series { copier: &COPIERS[0], readings: vec![copied(2.0, 1.0), copied(4.0, 1.0)] },
                Series { copier: &COPIERS[5], readings: vec![copied(1.0, 0.25), copied(1.0, 0.5)] },
                Series { copier: &COPIERS[7], readings: vec![Err(Unmeasured::Failed("why".into()))] },
            ],
        };

        let text = table(&group, 1_000_000_000).to_string();

        let rows: Vec<Vec<&str>> =
            text.lines().map(|line| line.split('|').map(str::trim).collect()).collect();
        assert_eq!(
            rows[2][1..9],
            ["socklab-sealed", "375", "1.00", "1.00–1.00", "1.00", "1.00", "1.00", "1.00–1.00"]
        );
        assert_eq!(rows[3][1..9], ["nc", "1000", "3.00", "2.00–4.00", "0.38", "0.38", "0.38", "0.25–0.50"]);
        assert!(text.ends_with("- ncat: FAIL: why\n"), "{text}");
    }
}
