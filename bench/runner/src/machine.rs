//! The machine that the figures belong to.

use std::{fmt, fs, thread};

use serde::Serialize;

/// What a reader must know before comparing with figures from elsewhere.
#[derive(Serialize)]
pub(crate) struct Machine {
    kernel: String,
    cpu: String,
    cpus: usize,
}

impl Machine {
    /// Describes this machine; what cannot be read is `unknown`.
    pub(crate) fn describe() -> Self {
        let cpuinfo = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let model = cpuinfo.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':'));
        let kernel = fs::read_to_string("/proc/sys/kernel/osrelease");
        Self {
            kernel: kernel.map_or_else(|_| "unknown".into(), |release| release.trim().into()),
            cpu: model.map_or_else(|| "unknown".into(), |(_, model)| model.trim().into()),
            cpus: thread::available_parallelism().map_or(0, usize::from),
        }
    }
}

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Linux {}, {} × {}", self.kernel, self.cpus, self.cpu)
    }
}
