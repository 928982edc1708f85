//! The comparison of throughput, latency, CPU per echo, and memory of idle connections.

use std::{io, net::Ipv4Addr, path::Path, time::Duration};

use endpoints::bench::Shape;
use serde::Serialize;

use crate::{
    args::{CommonArgs, EchoArgs},
    both_ends, interrupt, limits,
    load::{self, Idle, Outcome},
    machine::Machine,
    neighbour::Neighbour,
    output,
    peer::{self, Peer},
    quiet::{self, Quiet},
    reading::{Reading, Unmeasured, Verdict},
    scenario::{self, Scenario},
    server::Server,
    topology::{Placement, Topology},
};

mod report;
mod summary;
mod target;

/// Time before each measured window: enough for the servers that fork or start a thread per connection to have done so.
const WARMUP: Duration = Duration::from_millis(120);

/// Everything that was measured, as it stands in the JSON file.
#[derive(Serialize)]
struct Report {
    machine: Machine,
    rounds: u32,
    duration_ms: u128,
    results: Vec<Series>,
    quiet: Vec<Quiet>,
}

/// The readings of one server in one scenario, one per round.
#[derive(Serialize)]
struct Series {
    topology: Topology,
    scenario: &'static Scenario,
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
    if common.write_docs && (args.is_partial() || !common.servers.is_empty()) {
        let message = "--write-docs replaces all figures, so it needs every row, server and topology";
        return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
    }
    output::prepare()?;
    interrupt::listen()?;
    limits::raise_open_files()?;
    let peers = peer::select(&common.servers)?;
    let scenarios = scenario::select(&args.rows, &[quiet::ROW])?;
    let mut report = Report {
        machine: Machine::describe(),
        rounds: args.rounds(),
        duration_ms: args.duration().as_millis(),
        results: empty_series(args, &scenarios, &peers),
        quiet: Vec::new(),
    };
    if args.rows.is_empty() || args.rows.iter().any(|row| row == quiet::ROW) {
        eprintln!("idle servers are watched for {:?}", args.quiet_window());
        report.quiet = quiet::run(&peers, args.quiet_window(), &common.socklab)?;
    }
    for round in 0..args.rounds() as usize {
        for index in order_of_round(&report.results, round) {
            interrupt::check()?;
            let series = &mut report.results[index];
            if round > 0 && series.scenario.is_once() {
                continue;
            }
            let reading = measure(series, args, &common.socklab)?;
            progress(round, series, &reading);
            series.readings.push(reading);
        }
    }
    output::write("echo", &report::markdown(&report), &report, common.write_docs)?;
    Ok(report.verdict())
}

impl Report {
    fn verdict(&self) -> Verdict {
        let quiet = Verdict::on(self.quiet.iter().map(|row| &row.reading));
        quiet.max(Verdict::on(self.results.iter().flat_map(|series| &series.readings)))
    }
}

/// One series for every scenario, topology and server that takes part there.
fn empty_series(args: &EchoArgs, scenarios: &[&'static Scenario], peers: &[&'static Peer]) -> Vec<Series> {
    let mut all = Vec::new();
    for &scenario in scenarios {
        for &(topology, field) in scenario.fields.iter().filter(|(topology, _)| args.has_topology(*topology))
        {
            for &peer in peers.iter().filter(|peer| peer.is_in(scenario, topology, field)) {
                let arguments = peer.arguments(scenario.transport).unwrap_or_default();
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
    let mut order = Vec::with_capacity(all.len());
    for group in all.chunk_by(Series::is_beside) {
        let start = order.len();
        order.extend(start..start + group.len());
        order[start..].rotate_left(round % group.len());
    }
    order
}

impl Series {
    /// Whether both are of the same scenario and topology, so that they are compared.
    fn is_beside(&self, other: &Self) -> bool {
        self.topology == other.topology && self.scenario.row == other.scenario.row
    }

    /// Connections that this server is asked for, or why it is not.
    fn connections(&self) -> Reading<usize> {
        // Beside those that are idle, one talks.
        let talking = usize::from(self.scenario.shape == Shape::Idle);
        let (asked, most) = (self.scenario.connections_at_once() + talking, self.peer.connections_max);
        if asked > most {
            let why = format!("not asked to serve {asked} connections at once (most: {most})");
            return Err(Unmeasured::Skipped(why));
        }
        Ok(self.scenario.connections + talking)
    }
}

fn measure(series: &Series, args: &EchoArgs, socklab: &Path) -> io::Result<Reading<Outcome>> {
    let connections = match series.connections() {
        Ok(connections) => connections,
        Err(why) => return Ok(Err(why)),
    };
    let placement = match Placement::choose(series.topology) {
        Ok(placement) => placement,
        Err(error) => return Ok(Err(Unmeasured::Skipped(error.to_string()))),
    };
    if series.peer.is_both_ends() {
        return Ok(measure_both_ends(series, args, &placement));
    }
    let scenario = series.scenario;
    let server = match placement.on_server(|| Server::start(series.peer, scenario.transport, socklab))? {
        Ok(server) => server,
        Err(why) => return Ok(Err(why)),
    };
    let _neighbour = scenario.has_neighbour.then(Neighbour::start).transpose()?;
    let load = scenario.load(connections, (WARMUP, args.duration()), server.address);
    let (group, mut memory) = (server.group, Vec::new());
    let result = placement.on_generator(|| {
        load::run(&load, &placement.generators, || group.cpu_time(), || memory.push(group.memory()))
    })?;
    Ok(result.map_err(Unmeasured::from).map(|mut outcome| {
        if let [before, after] = memory[..] {
            outcome.idle = Some(Idle { connections: scenario.connections, before, after });
        }
        outcome
    }))
}

/// Who is its own client needs neither a server nor a generator, and has the CPUs of both.
fn measure_both_ends(series: &Series, args: &EchoArgs, placement: &Placement) -> Reading<Outcome> {
    let Series { scenario, peer, .. } = series;
    // No port: it takes those that the kernel gives it.
    let nowhere = (Ipv4Addr::LOCALHOST, 0).into();
    let command = peer.command(scenario.transport, 0, Path::new("")).map_err(Unmeasured::Skipped)?;
    let load = scenario.load(scenario.connections, (WARMUP, args.duration()), nowhere);
    both_ends::run(command, &load, &placement.cpus())
}

/// One line for the person who waits.
fn progress(round: usize, series: &Series, reading: &Reading<Outcome>) {
    let Series { topology, scenario: Scenario { row, .. }, peer: Peer { name: server, .. }, .. } = series;
    let round = round + 1;
    match reading {
        Ok(outcome) => {
            eprintln!("round {round}  {row:<13}  {topology:<5}  {server:<16}  {:>9.0}/s", outcome.rate());
        }
        Err(why) => eprintln!("round {round}  {row:<13}  {topology:<5}  {server:<16}  {why}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_are_rotated_inside_their_scenario() {
        let series = |scenario: usize, peer: usize| Series {
            topology: Topology::Free,
            scenario: &scenario::SCENARIOS[scenario],
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
