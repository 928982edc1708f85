//! The comparison of throughput, latency and CPU per echo.

use std::{io, path::Path, time::Duration};

use serde::Serialize;

use crate::{
    args::{CommonArgs, EchoArgs},
    interrupt, limits,
    load::{self, Outcome},
    machine::Machine,
    output,
    peer::{self, Peer},
    reading::{Reading, Unmeasured, Verdict},
    scenario::{self, Scenario},
    server::Server,
    topology::{Placement, Topology},
};

mod report;
mod summary;

/// Time before each measured window: enough for the servers that fork or start a thread per connection to have done so.
const WARMUP: Duration = Duration::from_millis(200);

/// Everything that was measured, as it stands in the JSON file.
#[derive(Serialize)]
struct Report {
    machine: Machine,
    rounds: u32,
    duration_ms: u128,
    results: Vec<Series>,
}

/// The readings of one server in one scenario, one per round.
#[derive(Serialize)]
struct Series {
    topology: Topology,
    scenario: Scenario,
    #[serde(rename = "server")]
    peer: &'static Peer,
    arguments: &'static str,
    readings: Vec<Reading<Outcome>>,
}

/// Measures, prints and writes everything.
///
/// # Errors
/// What keeps the benchmark itself from running; a server that fails is a row of the report.
pub(crate) fn run(common: &CommonArgs, args: &EchoArgs) -> io::Result<Verdict> {
    output::prepare()?;
    interrupt::listen()?;
    limits::raise_open_files()?;
    let mut report = Report {
        machine: Machine::describe(),
        rounds: args.rounds(),
        duration_ms: args.duration().as_millis(),
        results: empty_series(args, &peer::select(&common.servers)?),
    };
    for round in 0..args.rounds() as usize {
        for index in order_of_round(&report.results, round) {
            interrupt::check()?;
            let series = &mut report.results[index];
            let reading = measure(series, args, &common.socklab)?;
            progress(round, series, &reading);
            series.readings.push(reading);
        }
    }
    output::write("echo", &report::markdown(&report), &report, common.write_docs)?;
    Ok(Verdict::on(report.results.iter().flat_map(|series| &series.readings)))
}

/// One series for every topology, scenario and server that speaks the scenario's transport.
fn empty_series(args: &EchoArgs, peers: &[&'static Peer]) -> Vec<Series> {
    let mut all = Vec::new();
    for &topology in args.topologies() {
        for scenario in scenario::select(args.quick) {
            for &peer in peers {
                let Some(arguments) = peer.arguments(scenario.transport) else {
                    continue;
                };
                all.push(Series { topology, scenario, peer, arguments, readings: Vec::new() });
            }
        }
    }
    all
}

/// All series, one scenario after the other, with the servers rotated by the number of the round.
///
/// The servers of one scenario follow each other closely, so that they share what else the machine does, and no
/// server is always the first or always after the same one.
fn order_of_round(all: &[Series], round: usize) -> Vec<usize> {
    let is_same = |a: &Series, b: &Series| a.topology == b.topology && a.scenario.name == b.scenario.name;
    let mut order = Vec::with_capacity(all.len());
    for group in all.chunk_by(is_same) {
        let start = order.len();
        order.extend(start..start + group.len());
        order[start..].rotate_left(round % group.len());
    }
    order
}

fn measure(series: &Series, args: &EchoArgs, socklab: &Path) -> io::Result<Reading<Outcome>> {
    let peer = series.peer;
    let connections = series.scenario.connections();
    if connections > peer.connections_max {
        let why =
            format!("not asked to serve {connections} connections at once (most: {})", peer.connections_max);
        return Ok(Err(Unmeasured::Skipped(why)));
    }
    let placement = match Placement::choose(series.topology) {
        Ok(placement) => placement,
        Err(error) => return Ok(Err(Unmeasured::Skipped(error.to_string()))),
    };
    let server = match placement.on_server(|| Server::start(peer, series.scenario.transport, socklab))? {
        Ok(server) => server,
        Err(why) => return Ok(Err(why)),
    };
    let load = series.scenario.load(WARMUP, args.duration(), server.address);
    let result = placement.on_generator(|| load::run(&load, || server.group.cpu_time(), || ()))?;
    Ok(result.map_err(Unmeasured::from))
}

/// One line for the person who waits.
fn progress(round: usize, series: &Series, reading: &Reading<Outcome>) {
    let Series { topology, scenario: Scenario { name, .. }, peer: Peer { name: server, .. }, .. } = series;
    let round = round + 1;
    match reading {
        Ok(outcome) => {
            eprintln!("round {round}  {topology:<5}  {name:<36}  {server:<14}  {:>9.0}/s", outcome.rate());
        }
        Err(why) => eprintln!("round {round}  {topology:<5}  {name:<36}  {server:<14}  {why}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_are_rotated_inside_their_scenario() {
        let scenarios = scenario::select(true);
        let series = |scenario: usize, peer: usize| Series {
            topology: Topology::Free,
            scenario: scenarios[scenario],
            peer: &peer::PEERS[peer],
            arguments: "",
            readings: Vec::new(),
        };
        let all = [series(0, 0), series(0, 1), series(0, 2), series(1, 0), series(1, 1)];
        assert_eq!(order_of_round(&all, 0), [0, 1, 2, 3, 4]);
        assert_eq!(order_of_round(&all, 1), [1, 2, 0, 4, 3]);
        assert_eq!(order_of_round(&all, 5), [2, 0, 1, 4, 3]);
    }
}
