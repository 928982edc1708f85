//! How much a guest may use (`getrlimit(2)`, `tmpfs(5)`).

use rustix::process::{Resource, Rlimit, setrlimit};

use crate::step::{Step, StepError, at};

/// How much a guest may use. What its processes hold in memory is not limited here, since a limit of addresses (`RLIMIT_AS`) keeps
/// Java and Node from starting: whoever watches asks [`usage`](super::Confinement::usage).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Processes and threads (`RLIMIT_NPROC`). They are counted in the guest's own user namespace (Linux 5.14; before, with all of
    /// the same user).
    pub processes: u64,
    /// Descriptors of a process (`RLIMIT_NOFILE`).
    pub open_files: u64,
    /// The length of a file, in bytes (`RLIMIT_FSIZE`).
    pub file_bytes: u64,
    /// The processor time of a process, in seconds (`RLIMIT_CPU`); then it gets `SIGXCPU`, and is killed a second later.
    pub cpu_s: u64,
    /// Memory that is kept from being written to disk, in bytes (`RLIMIT_MEMLOCK`).
    pub locked_bytes: u64,
    /// What all that it writes takes, `/work`, `/tmp` and its home together, in bytes; and `/dev/shm` again as much.
    pub disk_bytes: u64,
    /// How many files it may make in these.
    pub disk_files: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            processes: 256,
            open_files: 1024,
            file_bytes: 64 << 20,
            cpu_s: 60,
            locked_bytes: 8 << 20,
            disk_bytes: 128 << 20,
            disk_files: 16_384,
        }
    }
}

/// The stack that programs have where nobody has changed anything.
const STACK_BYTES: u64 = 8 << 20;

impl Limits {
    /// Sets them for this process. Runs between `fork(2)` and `execve(2)`.
    pub(super) fn set(&self) -> Result<(), StepError> {
        both(Resource::Core, 0)?;
        both(Resource::Fsize, self.file_bytes)?;
        both(Resource::Nofile, self.open_files)?;
        both(Resource::Memlock, self.locked_bytes)?;
        both(Resource::Nproc, self.processes)?;
        set(Resource::Cpu, self.cpu_s, self.cpu_s.saturating_add(1))?;
        set(Resource::Stack, STACK_BYTES, STACK_BYTES.saturating_mul(8))
    }
}

fn both(resource: Resource, value: u64) -> Result<(), StepError> {
    set(resource, value, value)
}

/// Sets a limit, or what is allowed of it.
fn set(resource: Resource, soft: u64, hard: u64) -> Result<(), StepError> {
    let allowed = rustix::process::getrlimit(resource).maximum.unwrap_or(u64::MAX);
    let limit = Rlimit { current: Some(soft.min(allowed)), maximum: Some(hard.min(allowed)) };
    at(Step::ResourceLimit, setrlimit(resource, limit))
}
