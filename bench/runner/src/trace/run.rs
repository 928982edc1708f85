//! One program, watched once.

use std::{
    env,
    fs::{self, File},
    io::{self, BufRead, BufReader},
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{self, Child, Command},
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
use serde::{Deserialize, Serialize};

use super::{
    watcher::{Kind, Watcher},
    workload::Workload,
};
use crate::{
    args::CommonArgs,
    interrupt,
    process_group::ProcessGroup,
    reading::{Reading, Unmeasured},
};

/// Longest wait for a program and whoever watches it.
const RUN_MAX: Duration = Duration::from_secs(120);
/// Pause between two looks at whether it has ended; nothing that is measured depends on it.
const LOOK_EVERY: Duration = Duration::from_millis(5);
/// What runs the programs: the distribution's, since one that is found by `PATH` may be a script that looks for another one.
const PYTHON: &str = "/usr/bin/python3";
/// Where files are memory, so that no disk plays a part.
const MEMORY: &str = "/dev/shm";

/// What one run took.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Traced {
    /// Microseconds of an operation, by the program's own clock, without its start.
    pub(super) us: f64,
    /// Microseconds of CPU, user and system, of the program and of whoever watches it, for each operation; with starts and ends.
    pub(super) cpu_us: f64,
    /// What a recording says of its packets.
    pub(super) packets: Option<Packets>,
}

/// A recording's packets: its summary's own words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Packets {
    /// Seen, each direction counted.
    #[serde(rename = "packets")]
    pub(super) seen: u64,
    /// Not seen, because there was no room.
    #[serde(rename = "packets_lost")]
    pub(super) lost: u64,
}

/// Where what is written goes, and the CPU that all is bound to.
pub(super) struct Place {
    directory: PathBuf,
    one_cpu: CpuSet,
    all_cpus: CpuSet,
}

impl Place {
    /// Makes the directory and chooses the CPU.
    ///
    /// # Errors
    /// When one of them is refused.
    pub(super) fn new() -> io::Result<Self> {
        let parent = if Path::new(MEMORY).is_dir() { MEMORY.into() } else { env::temp_dir() };
        let directory = parent.join(format!("socklab-bench-trace-{}", process::id()));
        fs::create_dir_all(&directory)?;
        let all_cpus = sched_getaffinity(None)?;
        let mut one_cpu = CpuSet::new();
        if let Some(last) = (0..CpuSet::MAX_CPU).rfind(|&cpu| all_cpus.is_set(cpu)) {
            one_cpu.set(last);
        }
        Ok(Self { directory, one_cpu, all_cpus })
    }

    fn file(&self, name: &str) -> String {
        self.directory.join(name).to_string_lossy().into_owned()
    }

    /// Starts a command, bound to the one CPU or not: a child has the binding of the thread that makes it.
    fn spawn(&self, command: &mut Command, is_bound: bool) -> io::Result<Child> {
        if is_bound {
            sched_setaffinity(None, &self.one_cpu)?;
        }
        let child = command.process_group(0).spawn();
        sched_setaffinity(None, &self.all_cpus)?;
        child
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // What cannot be removed is in memory, and small beside it.
        let _ = fs::remove_dir_all(&self.directory);
    }
}

/// Has `workload` watched once. What the watcher says goes into `log`.
pub(super) fn measure(
    watcher: &Watcher,
    workload: &Workload,
    operations: u32,
    place: &Place,
    common: &CommonArgs,
    log: File,
) -> Reading<Traced> {
    let (out, result) = (place.file("out"), place.file("result"));
    let (path, count) = (workload.path(), operations.to_string());
    let _ = fs::remove_file(&result);
    let command_line = [PYTHON, &path, &count, &result];
    let command = watcher.command(&command_line, &common.socklab, &out).map_err(Unmeasured::Skipped)?;
    let cpu = run(command, log, place, watcher.is_bound())?;
    let text = fs::read_to_string(&result).map_err(failed("the program has no result"))?;
    let us = text.trim().parse().map_err(|_| Unmeasured::Failed(format!("no figure: {text:?}")))?;
    let packets = match watcher.kind {
        Kind::Records => Some(packets(&out).map_err(failed("the recording cannot be read"))?),
        Kind::Other | Kind::Shows => None,
    };
    let _ = fs::remove_file(&out);
    Ok(Traced { us, cpu_us: cpu.as_secs_f64() * 1e6 / f64::from(operations), packets })
}

fn failed(what: &str) -> impl Fn(io::Error) -> Unmeasured {
    move |error| Unmeasured::Failed(format!("{what}: {error}"))
}

/// Runs a command to its end and returns the CPU time of it and of all that it has waited for.
fn run(mut command: Command, log: File, place: &Place, is_bound: bool) -> Result<Duration, Unmeasured> {
    command.stderr(log);
    let mut child = place.spawn(&mut command, is_bound).map_err(failed("cannot be started"))?;
    let group = ProcessGroup::led_by(Pid::from_child(&child));
    let began = Instant::now();
    // It is left to be waited for, so that what it used can still be read from `/proc`.
    let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
    while matches!(waitid(WaitId::Pid(Pid::from_child(&child)), options), Ok(None)) {
        if began.elapsed() > RUN_MAX || interrupt::is_requested() {
            group.kill();
            let _ = child.wait();
            return Err(Unmeasured::Failed(format!("not done after {:?}", began.elapsed())));
        }
        thread::sleep(LOOK_EVERY);
    }
    let cpu = group.cpu_time().unwrap_or_default();
    let status = child.wait().map_err(failed("wait"))?;
    if status.success() { Ok(cpu) } else { Err(Unmeasured::Failed(status.to_string())) }
}

/// Reads the summary, which is the last line of a recording.
fn packets(recording: &str) -> io::Result<Packets> {
    let lines = BufReader::new(File::open(recording)?).lines();
    let last = lines.last().unwrap_or_else(|| Err(io::ErrorKind::UnexpectedEof.into()))?;
    Ok(serde_json::from_str(&last)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_of_a_recording_is_its_summary() {
        let path = env::temp_dir().join(format!("socklab-bench-recording-{}", process::id()));
        fs::write(&path, "{\"event\":\"note\"}\n{\"event\":\"summary\",\"packets\":4,\"packets_lost\":1}\n")
            .unwrap();

        let packets = packets(&path.to_string_lossy()).unwrap();

        assert_eq!(packets, Packets { seen: 4, lost: 1 });
        fs::remove_file(&path).unwrap();
    }
}
