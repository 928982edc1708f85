//! The memory that idle TCP connections cost a server, while it goes on echoing.

use std::{io, path::Path, time::Duration};

use endpoints::{
    bench::{CONNECTIONS_MAX, Shape},
    transport::Transport,
};
use serde::Serialize;

use crate::{
    args::{CommonArgs, IdleArgs},
    interrupt, limits,
    load::{self, Latency},
    machine::Machine,
    output,
    peer::{self, Peer},
    process_group::Memory,
    reading::{Reading, Unmeasured, Verdict},
    server::Server,
};

mod report;

/// How long the live connection echoes while the others are idle.
const LIVE: Duration = Duration::from_secs(1);
/// Descriptors that this process needs beside the connections.
const FILES_RESERVED: usize = 100;

/// Everything that was measured, as it stands in the JSON file.
#[derive(Serialize)]
struct Report {
    machine: Machine,
    size_bytes: usize,
    results: Vec<Row>,
}

/// One server.
#[derive(Serialize)]
struct Row {
    #[serde(rename = "server")]
    peer: &'static Peer,
    connections: usize,
    reading: Reading<Cost>,
}

/// What one server's idle connections cost.
#[derive(Serialize)]
struct Cost {
    /// Before the first of them.
    before: Memory,
    /// With all of them idle.
    after: Memory,
    /// Echoes on one live connection in one second, with all the others idle.
    live_echoes: u64,
    /// Latency on that connection.
    live_latency: Latency,
}

/// Measures, prints and writes everything.
///
/// # Errors
/// What keeps the benchmark itself from running; a server that fails is a row of the report.
pub(crate) fn run(common: &CommonArgs, args: &IdleArgs) -> io::Result<Verdict> {
    output::prepare()?;
    interrupt::listen()?;
    check_connections(args.connections, limits::raise_open_files()?)?;
    let mut report = Report { machine: Machine::describe(), size_bytes: args.size, results: Vec::new() };
    for peer in peer::select(&common.servers)? {
        let Some(idle_max) = peer.idle_max else {
            continue;
        };
        interrupt::check()?;
        let connections = args.connections.min(idle_max);
        eprintln!("{}: {connections} connections", peer.name);
        let reading = measure(peer, connections, args.size, &common.socklab);
        report.results.push(Row { peer, connections, reading });
    }
    output::write("idle", &report::markdown(&report), &report, common.write_docs)?;
    Ok(Verdict::on(report.results.iter().map(|row| &row.reading)))
}

/// Refuses what this process could not hold.
fn check_connections(connections: usize, files: usize) -> io::Result<()> {
    let most = files.saturating_sub(FILES_RESERVED).min(CONNECTIONS_MAX);
    if (1..=most).contains(&connections) {
        return Ok(());
    }
    let message =
        format!("{connections} connections: the limit of open files (ulimit -Hn) allows 1 to {most}");
    Err(io::Error::new(io::ErrorKind::InvalidInput, message))
}

fn measure(peer: &Peer, connections: usize, size_bytes: usize, socklab: &Path) -> Reading<Cost> {
    let server = Server::start(peer, Transport::Tcp, socklab)?;
    let mut memory = Vec::new();
    // One of the connections talks.
    let manner = (Transport::Tcp, Shape::Idle);
    let window = (Duration::ZERO, LIVE);
    let load = load::closed_loop(manner, connections + 1, size_bytes, window, server.address);
    let live = load::run(&load, || None, || memory.push(server.group.memory()))?;
    let [before, after] = memory[..] else {
        return Err(Unmeasured::Failed("its memory was not looked at".to_owned()));
    };
    Ok(Cost { before, after, live_echoes: live.echoes, live_latency: live.latency })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_are_limited_by_open_files() {
        assert!(check_connections(924, 1024).is_ok());
        assert!(check_connections(925, 1024).is_err());
        assert!(check_connections(0, 1024).is_err());
        assert!(check_connections(CONNECTIONS_MAX, usize::MAX).is_ok());
        assert!(check_connections(CONNECTIONS_MAX + 1, usize::MAX).is_err());
    }
}
