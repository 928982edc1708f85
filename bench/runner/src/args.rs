//! The command line.

use std::{path::PathBuf, time::Duration};

use clap::{Parser, Subcommand};

use crate::topology::Topology;

/// Compare echo servers: throughput, latency, CPU per echo, memory of idle connections; or what copies a file, or watches
///
/// Ends with 0 when every server that could be started was measured, 1 when one failed, 4 when one returned a wrong byte.
#[derive(Parser)]
#[command(name = "bench", args_conflicts_with_subcommands = true)]
pub(crate) struct Args {
    #[command(flatten)]
    pub(crate) common: CommonArgs,
    #[command(flatten)]
    pub(crate) echo: EchoArgs,
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

/// What every benchmark needs.
#[derive(clap::Args)]
pub(crate) struct CommonArgs {
    /// Program to compare with the others
    #[arg(long, value_name = "PATH", default_value = "target/release/socklab", global = true)]
    pub(crate) socklab: PathBuf,
    /// Measure only this server (can be repeated)
    #[arg(long = "server", value_name = "NAME", global = true)]
    pub(crate) servers: Vec<String>,
    /// Write the tables into docs/performance.md too
    #[arg(long, global = true)]
    pub(crate) write_docs: bool,
}

/// Options of the comparison of throughput and latency.
#[derive(clap::Args)]
pub(crate) struct EchoArgs {
    /// Measure only these rows: ping-pong, tcp-50, quiet and others (all are told for one that there is not)
    #[arg(value_name = "ROW")]
    pub(crate) rows: Vec<String>,
    /// Take one short round, to see that all works
    #[arg(long)]
    pub(crate) quick: bool,
    /// Rounds, in each of which every server meets every row [default: 5, or 1 with --quick]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100))]
    rounds: Option<u32>,
    /// Milliseconds of each measured window [default: 350, or 200 with --quick]
    #[arg(long, value_name = "MS", value_parser = clap::value_parser!(u64).range(10..=60_000))]
    duration_ms: Option<u64>,
    /// Measure only with these CPUs for server and generator (can be repeated)
    #[arg(long = "topology", value_name = "NAME")]
    topologies: Vec<Topology>,
}

/// Benchmarks other than the default one.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Copy a file by socklab and by what else does it, and measure time and CPU of both ends
    Send(SendArgs),
    /// Have programs watched by strace and by socklab, and measure what that costs them
    Trace(TraceArgs),
}

/// Options of the comparison of watchers.
#[derive(clap::Args)]
pub(crate) struct TraceArgs {
    /// Take one round of a tenth of the operations, to see that all works
    #[arg(long)]
    quick: bool,
    /// Rounds, in each of which every watcher watches every program [default: 5, or 1 with --quick]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100))]
    rounds: Option<u32>,
}

/// Options of the comparison of copiers.
#[derive(clap::Args)]
pub(crate) struct SendArgs {
    /// Take one round of a small file, to see that all works
    #[arg(long)]
    quick: bool,
    /// Rounds, in each of which every copier copies once [default: 5, or 1 with --quick]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100))]
    rounds: Option<u32>,
    /// Size of the file in MB, of 10^6 bytes [default: 1000, or 50 with --quick]
    #[arg(long, value_name = "MB", value_parser = clap::value_parser!(u64).range(1..=16_000))]
    megabytes: Option<u64>,
    /// Copy from and into a directory made in this one (can be repeated) [default: /dev/shm and bench/out]
    #[arg(long = "dir", value_name = "DIR")]
    directories: Vec<PathBuf>,
    /// Another build of socklab, to measure in turn with the first
    #[arg(long, value_name = "PATH")]
    pub(crate) against: Option<PathBuf>,
}

impl EchoArgs {
    /// How often every server meets every scenario.
    pub(crate) fn rounds(&self) -> u32 {
        self.rounds.unwrap_or(if self.quick { 1 } else { 5 })
    }

    /// Length of each measured window.
    pub(crate) fn duration(&self) -> Duration {
        Duration::from_millis(self.duration_ms.unwrap_or(if self.quick { 200 } else { 350 }))
    }

    /// How long an idle server is watched.
    pub(crate) fn quiet_window(&self) -> Duration {
        Duration::from_secs(if self.quick { 1 } else { 10 })
    }

    /// Whether this topology is to be measured.
    pub(crate) fn has_topology(&self, topology: Topology) -> bool {
        self.topologies.is_empty() || self.topologies.contains(&topology)
    }

    /// Whether only a part of what there is was asked for.
    pub(crate) fn is_partial(&self) -> bool {
        !self.rows.is_empty() || !self.topologies.is_empty()
    }
}

impl SendArgs {
    /// How often every copier copies.
    pub(crate) fn rounds(&self) -> u32 {
        self.rounds.unwrap_or(if self.quick { 1 } else { 5 })
    }

    /// Size of the file.
    pub(crate) fn bytes(&self) -> u64 {
        self.megabytes.unwrap_or(if self.quick { 50 } else { 1000 }) * 1_000_000
    }

    /// Where to copy: in memory, and on the disk of this project.
    pub(crate) fn directories(&self) -> Vec<PathBuf> {
        if self.directories.is_empty() {
            return vec!["/dev/shm".into(), "bench/out".into()];
        }
        self.directories.clone()
    }
}

impl TraceArgs {
    /// How often every watcher watches every program.
    pub(crate) fn rounds(&self) -> u32 {
        self.rounds.unwrap_or(if self.quick { 1 } else { 5 })
    }

    /// By what the operations of a program are divided.
    pub(crate) fn divisor(&self) -> u32 {
        if self.quick { 10 } else { 1 }
    }
}
