//! Which CPUs the server and the generator may use, `sched_setaffinity(2)`.

use std::{fmt, io};

use clap::ValueEnum;
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
use serde::Serialize;

/// Where server and generator run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Topology {
    /// The server has the first CPU, the generator the second
    Split,
    /// The server has two CPUs, with a generator on each
    Duo,
    /// The scheduler decides; both may use every CPU
    Free,
}

/// The CPUs of each side.
///
/// A child inherits the affinity of the thread that starts it, so pinning a server is pinning this thread meanwhile.
pub(crate) struct Placement {
    server: CpuSet,
    generator: CpuSet,
    all: CpuSet,
    /// A CPU for each generator; none leaves one generator to the scheduler.
    pub(crate) generators: Vec<u32>,
}

impl Placement {
    /// Chooses the CPUs.
    ///
    /// # Errors
    /// When the affinity cannot be read, or when there is only one CPU for what needs two.
    pub(crate) fn choose(topology: Topology) -> io::Result<Self> {
        let all = sched_getaffinity(None)?;
        let mut allowed = (0..CpuSet::MAX_CPU).filter(|&cpu| all.is_set(cpu));
        let (first, second) = (allowed.next(), allowed.next());
        let (server, generators) = match (topology, first, second) {
            (Topology::Free, _, _) => (all, Vec::new()),
            (Topology::Split, Some(first), Some(second)) => (set(&[first]), vec![second]),
            (Topology::Duo, Some(first), Some(second)) => (set(&[first, second]), vec![first, second]),
            (Topology::Split | Topology::Duo, _, _) => {
                return Err(io::Error::other(format!("the topology {topology} needs two CPUs")));
            }
        };
        let generator = if generators.is_empty() { all } else { set(&generators) };
        let generators = generators.into_iter().filter_map(|cpu| u32::try_from(cpu).ok()).collect();
        Ok(Self { server, generator, all, generators })
    }

    /// The CPUs of both sides, in ascending order.
    pub(crate) fn cpus(&self) -> Vec<u32> {
        let is_either = |&cpu: &usize| self.server.is_set(cpu) || self.generator.is_set(cpu);
        (0..CpuSet::MAX_CPU).filter(is_either).filter_map(|cpu| u32::try_from(cpu).ok()).collect()
    }

    /// Runs `action`, which starts a server, on the server's CPUs.
    ///
    /// # Errors
    /// When the kernel refuses the CPUs.
    pub(crate) fn on_server<T>(&self, action: impl FnOnce() -> T) -> io::Result<T> {
        self.on(&self.server, action)
    }

    /// Runs `action`, which generates load, on the generators' CPUs.
    ///
    /// # Errors
    /// When the kernel refuses the CPUs.
    pub(crate) fn on_generator<T>(&self, action: impl FnOnce() -> T) -> io::Result<T> {
        self.on(&self.generator, action)
    }

    fn on<T>(&self, cpus: &CpuSet, action: impl FnOnce() -> T) -> io::Result<T> {
        sched_setaffinity(None, cpus)?;
        let result = action();
        sched_setaffinity(None, &self.all)?;
        Ok(result)
    }
}

impl Topology {
    /// What it says about a figure, for a heading.
    pub(crate) fn meaning(self) -> &'static str {
        match self {
            Self::Split => "the server on one CPU, the generator on another",
            Self::Duo => "the server on two CPUs, a generator on each",
            Self::Free => "the scheduler places both",
        }
    }
}

impl fmt::Display for Topology {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Split => "split",
            Self::Duo => "duo",
            Self::Free => "free",
        })
    }
}

/// Leaves this thread the first CPU that it may use.
///
/// # Errors
/// When the affinity cannot be read or set.
pub(crate) fn pin_to_first() -> io::Result<()> {
    let all = sched_getaffinity(None)?;
    let first = (0..CpuSet::MAX_CPU).find(|&cpu| all.is_set(cpu)).unwrap_or_default();
    Ok(sched_setaffinity(None, &set(&[first]))?)
}

fn set(cpus: &[usize]) -> CpuSet {
    let mut set = CpuSet::new();
    for &cpu in cpus {
        set.set(cpu);
    }
    set
}
