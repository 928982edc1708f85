//! The command line.

use std::{path::PathBuf, time::Duration};

use clap::{Parser, Subcommand, ValueEnum, builder::RangedU64ValueParser};
use endpoints::bench::SMALL_MESSAGE_BYTES_MAX;

use crate::topology::Topology;

/// Compare echo servers: throughput, latency and CPU per echo, or memory per idle connection; or what copies a file, or watches
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
    /// Take one short round of the main scenarios, to see that all works
    #[arg(long)]
    pub(crate) quick: bool,
    /// Rounds, in each of which every server meets every scenario [default: 5, or 1 with --quick]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100))]
    rounds: Option<u32>,
    /// Milliseconds of each measured window [default: 1000, or 300 with --quick]
    #[arg(long, value_name = "MS", value_parser = clap::value_parser!(u64).range(10..=60_000))]
    duration_ms: Option<u64>,
    /// CPUs that server and generator may use
    #[arg(long, default_value = "both")]
    topology: TopologyArg,
}

/// Benchmarks other than the default one.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Measure the memory that idle TCP connections cost each server
    Idle(IdleArgs),
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

/// Options of the memory benchmark.
#[derive(clap::Args)]
pub(crate) struct IdleArgs {
    /// Idle connections to each server that can hold so many
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    pub(crate) connections: usize,
    /// Bytes that each connection echoes before it falls silent
    #[arg(long, value_name = "BYTES", default_value_t = 64, value_parser = idle_size())]
    pub(crate) size: usize,
}

/// The same limit as for a ping-pong, for the same reason: calls block, so the message has to fit in socket buffers.
fn idle_size() -> RangedU64ValueParser<usize> {
    RangedU64ValueParser::new().range(1..=SMALL_MESSAGE_BYTES_MAX as u64)
}

#[derive(Clone, Copy, ValueEnum)]
enum TopologyArg {
    /// Nothing is pinned
    Free,
    /// Server on one CPU, generator on another
    Split,
    /// First free, then split
    Both,
}

impl EchoArgs {
    /// How often every server meets every scenario.
    pub(crate) fn rounds(&self) -> u32 {
        self.rounds.unwrap_or(if self.quick { 1 } else { 5 })
    }

    /// Length of each measured window.
    pub(crate) fn duration(&self) -> Duration {
        Duration::from_millis(self.duration_ms.unwrap_or(if self.quick { 300 } else { 1000 }))
    }

    /// The topologies to measure, in order.
    pub(crate) fn topologies(&self) -> &'static [Topology] {
        match self.topology {
            TopologyArg::Free => &[Topology::Free],
            TopologyArg::Split => &[Topology::Split],
            TopologyArg::Both => &[Topology::Free, Topology::Split],
        }
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
