//! The comparison of `socklab send` with what else copies a file between two machines: time, and CPU of each end.

use std::{io, path::PathBuf};

use serde::Serialize;

use crate::{
    args::{CommonArgs, SendArgs},
    interrupt,
    machine::Machine,
    output,
    reading::{Reading, Verdict},
};

mod copier;
mod place;
mod report;
mod transfer;

use copier::{Copier, Socklabs};
use place::Place;
use transfer::Copied;

/// Everything that was measured, as it stands in the JSON file.
#[derive(Serialize)]
struct Report {
    machine: Machine,
    rounds: u32,
    bytes: u64,
    places: Vec<Group>,
}

/// What was measured in one directory.
#[derive(Serialize)]
struct Group {
    directory: PathBuf,
    file_system: String,
    results: Vec<Series>,
}

/// The readings of one copier, one per round.
#[derive(Serialize)]
struct Series {
    copier: &'static Copier,
    readings: Vec<Reading<Copied>>,
}

/// Measures, prints and writes everything.
///
/// # Errors
/// What keeps the benchmark itself from running; a copier that fails is a row of the report.
pub(crate) fn run(common: &CommonArgs, args: &SendArgs) -> io::Result<Verdict> {
    output::prepare()?;
    interrupt::listen()?;
    let socklabs = Socklabs { new: common.socklab.clone(), other: args.against.clone() };
    let copiers = copier::select(&common.servers, &socklabs)?;
    let mut report = Report {
        machine: Machine::describe(),
        rounds: args.rounds(),
        bytes: args.bytes(),
        places: Vec::new(),
    };
    for directory in args.directories() {
        let place = Place::new(&directory, args.bytes())?;
        let file_system = place.file_system().to_owned();
        let results = copiers.iter().map(|&copier| Series { copier, readings: Vec::new() }).collect();
        let mut group = Group { directory, file_system, results };
        measure_all(&mut group, &place, &socklabs, args.rounds())?;
        report.places.push(group);
    }
    output::write("send", &report::markdown(&report), &report, common.write_docs)?;
    let all = report.places.iter().flat_map(|group| &group.results);
    Ok(Verdict::on(all.flat_map(|series| &series.readings)))
}

fn measure_all(group: &mut Group, place: &Place, socklabs: &Socklabs, rounds: u32) -> io::Result<()> {
    for round in 0..rounds as usize {
        for index in order_of_round(group.results.len(), round) {
            interrupt::check()?;
            let series = &mut group.results[index];
            let reading = transfer::measure(series.copier, socklabs, place, &output::logs());
            progress(round, &group.file_system, series.copier, &reading);
            series.readings.push(reading);
        }
    }
    Ok(())
}

/// All copiers, rotated by the number of the round, so that none is always the first or always after the same one.
fn order_of_round(count: usize, round: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    order.rotate_left(round % count.max(1));
    order
}

/// One line for the person who waits.
fn progress(round: usize, file_system: &str, copier: &Copier, reading: &Reading<Copied>) {
    let (round, name) = (round + 1, copier.name);
    match reading {
        Ok(Copied { seconds, sender_cpu_s, receiver_cpu_s }) => {
            eprintln!(
                "round {round}  {file_system:<6}  {name:<22}  {seconds:6.2} s, CPU {sender_cpu_s:.2} + {receiver_cpu_s:.2} s"
            );
        }
        Err(why) => eprintln!("round {round}  {file_system:<6}  {name:<22}  {why}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copiers_are_rotated() {
        assert_eq!(order_of_round(3, 0), [0, 1, 2]);
        assert_eq!(order_of_round(3, 4), [1, 2, 0]);
        assert!(order_of_round(0, 4).is_empty());
    }
}
