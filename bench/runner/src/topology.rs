//! Which CPUs the server and the generator may use, `sched_setaffinity(2)`.

use std::{fmt, io};

use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
use serde::Serialize;

/// Where server and generator run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Topology {
    /// The scheduler decides; both may use every CPU.
    Free,
    /// The server has the first CPU, the generator the second.
    Split,
}

/// The CPUs of each side.
///
/// A child inherits the affinity of the thread that starts it, so pinning a server is pinning this thread meanwhile.
pub(crate) struct Placement {
    server: CpuSet,
    generator: CpuSet,
    all: CpuSet,
}

impl Placement {
    /// Chooses the CPUs.
    ///
    /// # Errors
    /// When the affinity cannot be read, or when there is only one CPU to split.
    pub(crate) fn choose(topology: Topology) -> io::Result<Self> {
        let all = sched_getaffinity(None)?;
        let mut allowed = (0..CpuSet::MAX_CPU).filter(|&cpu| all.is_set(cpu));
        match (topology, allowed.next(), allowed.next()) {
            (Topology::Free, _, _) => Ok(Self { server: all, generator: all, all }),
            (Topology::Split, Some(first), Some(second)) => {
                Ok(Self { server: only(first), generator: only(second), all })
            }
            (Topology::Split, _, _) => Err(io::Error::other("the split topology needs two CPUs")),
        }
    }

    /// Runs `action`, which starts a server, on the server's CPUs.
    ///
    /// # Errors
    /// When the kernel refuses the CPUs.
    pub(crate) fn on_server<T>(&self, action: impl FnOnce() -> T) -> io::Result<T> {
        self.on(&self.server, action)
    }

    /// Runs `action`, which generates load, on the generator's CPUs.
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

impl fmt::Display for Topology {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Free => "free",
            Self::Split => "split",
        })
    }
}

fn only(cpu: usize) -> CpuSet {
    let mut set = CpuSet::new();
    set.set(cpu);
    set
}
