//! What it costs a program to be watched: by nobody, by `strace` in two ways, by `socklab trace` in three.

use std::{fs, io};

use serde::Serialize;

use crate::{
    args::{CommonArgs, TraceArgs},
    interrupt,
    machine::Machine,
    output,
    reading::{Reading, Verdict},
};

mod report;
mod run;
mod watcher;
mod workload;

use run::Traced;
use watcher::Watcher;
use workload::Workload;

/// Everything that was measured, as it stands in the JSON file.
#[derive(Serialize)]
struct Report {
    machine: Machine,
    rounds: u32,
    workloads: Vec<Group>,
}

/// What was measured with one program.
#[derive(Serialize)]
struct Group {
    workload: &'static Workload,
    operations: u32,
    results: Vec<Series>,
}

/// The readings of one watcher, one per round.
#[derive(Serialize)]
struct Series {
    watcher: &'static Watcher,
    readings: Vec<Reading<Traced>>,
}

/// Measures, prints and writes everything.
///
/// # Errors
/// What keeps the benchmark itself from running; a watcher that fails is a row of the report.
pub(crate) fn run(common: &CommonArgs, args: &TraceArgs) -> io::Result<Verdict> {
    output::prepare()?;
    interrupt::listen()?;
    let watchers = watcher::select(&common.servers)?;
    let group = |workload: &'static Workload| Group {
        workload,
        operations: workload.operations / args.divisor(),
        results: watchers
            .iter()
            .filter(|watcher| workload.is_for(watcher))
            .map(|&watcher| Series { watcher, readings: Vec::new() })
            .collect(),
    };
    let workloads = workload::WORKLOADS.iter().map(group).collect();
    let mut report = Report { machine: Machine::describe(), rounds: args.rounds(), workloads };
    let place = run::Place::new()?;
    for round in 0..args.rounds() as usize {
        for group in &mut report.workloads {
            measure_all(group, round, &place, common)?;
        }
    }
    output::write("trace", &report::markdown(&report), &report, common.write_docs)?;
    let all = report.workloads.iter().flat_map(|group| &group.results);
    Ok(Verdict::on(all.flat_map(|series| &series.readings)))
}

/// One turn of every watcher; their order rotates, so that none is always the first or always after the same one.
fn measure_all(group: &mut Group, round: usize, place: &run::Place, common: &CommonArgs) -> io::Result<()> {
    let count = group.results.len();
    for turn in 0..count {
        interrupt::check()?;
        let series = &mut group.results[(turn + round) % count];
        let log = output::log_path(&format!("trace-{}", series.watcher.file_name()));
        let log = fs::File::create(log)?;
        let reading = run::measure(series.watcher, group.workload, group.operations, place, common, log);
        progress(round + 1, group.workload.name, series.watcher.name, &reading);
        series.readings.push(reading);
    }
    Ok(())
}

/// One line for the person who waits.
fn progress(round: usize, workload: &str, watcher: &str, reading: &Reading<Traced>) {
    match reading {
        Ok(Traced { us, cpu_us, .. }) => {
            eprintln!("round {round}  {workload:<9}  {watcher:<26}  {us:7.2} µs, CPU {cpu_us:.2} µs");
        }
        Err(why) => eprintln!("round {round}  {workload:<9}  {watcher:<26}  {why}"),
    }
}
