//! What a server costs, read from `proc(5)`: a server is a process group, however often it forks.

use std::{fs, time::Duration};

use procfs::process::{Process, Stat};
use rustix::process::{Pid, Signal, kill_process_group};
use serde::Serialize;

/// The process group that a server leads.
#[derive(Clone, Copy)]
pub(crate) struct ProcessGroup(Pid);

/// Memory of all processes of a group. What the kernel holds for them (sockets, thread stacks) is not in it.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Memory {
    /// Processes alive.
    pub(crate) processes: usize,
    /// Sum of `VmRSS`: pages that several processes share are counted in each.
    pub(crate) rss_bytes: u64,
    /// Sum of `Pss`: shared pages are divided among those that share them.
    pub(crate) pss_bytes: u64,
}

impl ProcessGroup {
    /// The group whose leader is `pid`.
    pub(crate) fn led_by(pid: Pid) -> Self {
        Self(pid)
    }

    /// CPU time so far, user and system, of the living processes and of the children they have waited for.
    ///
    /// `None` when no process is left.
    pub(crate) fn cpu_time(self) -> Option<Duration> {
        self.members().map(|(process, stat)| cpu_time_of(&process, &stat)).reduce(|a, b| a + b)
    }

    /// Memory now. A process that ends meanwhile counts nothing.
    pub(crate) fn memory(self) -> Memory {
        let each = self.members().filter_map(|(process, _)| memory_of(&process));
        each.fold(Memory { processes: 0, rss_bytes: 0, pss_bytes: 0 }, |sum, (rss_bytes, pss_bytes)| Memory {
            processes: sum.processes + 1,
            rss_bytes: sum.rss_bytes + rss_bytes,
            pss_bytes: sum.pss_bytes + pss_bytes,
        })
    }

    /// How often its threads have left a processor so far: to sleep, and since others wanted it.
    pub(crate) fn switches(self) -> u64 {
        let threads = |process: &Process| {
            let pid = process.pid;
            process.tasks().into_iter().flatten().flatten().map(move |thread| switches_of(pid, thread.tid))
        };
        self.members().map(|(process, _)| threads(&process).sum::<u64>()).sum()
    }

    /// Kills every process of the group. One that is already gone is no error.
    pub(crate) fn kill(self) {
        let _ = kill_process_group(self.0, Signal::KILL);
    }

    fn members(self) -> impl Iterator<Item = (Process, Stat)> {
        let all = procfs::process::all_processes().into_iter().flatten().flatten();
        let with_stat = all.filter_map(|process| process.stat().ok().map(|stat| (process, stat)));
        with_stat.filter(move |(_, stat)| stat.pgrp == self.0.as_raw_nonzero().get())
    }
}

/// `stat` counts everything, in ticks of 10 ms, and rounds down: nearly nothing is left of a server that forks one short
/// process per connection. `schedstat` counts nanoseconds, but only of the threads that are alive. The truth is never
/// below either.
fn cpu_time_of(process: &Process, stat: &Stat) -> Duration {
    let threads = process.tasks().into_iter().flatten().flatten();
    let precise = threads.filter_map(|thread| on_cpu(process.pid, thread.tid)).sum();
    let own = ticks(stat.utime + stat.stime).max(precise);
    own + ticks(u64::try_from(stat.cutime + stat.cstime).unwrap_or(0))
}

fn ticks(count: u64) -> Duration {
    let ticks_per_second = u128::from(procfs::ticks_per_second());
    let nanoseconds = u128::from(count) * 1_000_000_000 / ticks_per_second;
    Duration::from_nanos(u64::try_from(nanoseconds).unwrap_or(u64::MAX))
}

/// The first figure of `/proc/PID/task/TID/schedstat`: nanoseconds on a CPU.
fn on_cpu(pid: i32, tid: i32) -> Option<Duration> {
    let schedstat = fs::read_to_string(format!("/proc/{pid}/task/{tid}/schedstat")).ok()?;
    let nanoseconds = schedstat.split_ascii_whitespace().next()?.parse().ok()?;
    Some(Duration::from_nanos(nanoseconds))
}

/// Voluntary and involuntary switches together; none of a thread that is gone.
fn switches_of(pid: i32, tid: i32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/task/{tid}/status")).unwrap_or_default();
    let counts = status.lines().filter_map(|line| line.split_once("voluntary_ctxt_switches:"));
    counts.filter_map(|(_, count)| count.trim().parse::<u64>().ok()).sum()
}

fn memory_of(process: &Process) -> Option<(u64, u64)> {
    let rss_kib = process.status().ok()?.vmrss?;
    let rollup = process.smaps_rollup().ok()?;
    let pss_bytes = rollup.memory_map_rollup.0.first()?.extension.map.get("Pss").copied()?;
    Some((rss_kib * 1024, pss_bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_is_in_its_own_group_and_uses_memory() {
        let group = ProcessGroup::led_by(rustix::process::getpgrp());

        let memory = group.memory();

        assert!(memory.processes >= 1);
        assert!(memory.pss_bytes > 0 && memory.rss_bytes >= memory.pss_bytes / 2);
        assert!(group.cpu_time().is_some());
    }

    #[test]
    fn whoever_runs_for_long_has_left_a_processor() {
        let group = ProcessGroup::led_by(rustix::process::getpgrp());
        assert!(group.switches() > 0);
    }

    #[test]
    fn a_group_without_processes_has_no_cpu_time() {
        let beyond_pid_max = Pid::from_raw(i32::MAX).expect("not 0");
        assert_eq!(ProcessGroup::led_by(beyond_pid_max).cpu_time(), None);
    }
}
