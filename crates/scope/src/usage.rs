//! What processes use of the machine: time of processors, and memory (`proc(5)`).
//!
//! A server may have a process for each client, so a process counts with all its descendants.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use procfs::process::{Process, Stat, all_processes};

/// What some processes, and all their descendants, have used so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usage {
    /// How many processes there are.
    pub processes: usize,
    /// Time of processors, in nanoseconds, of those that live and of the children that they have waited for.
    pub cpu_ns: u64,
    /// Memory that they have (`VmRSS`), in bytes; what several share counts in each.
    pub resident_bytes: u64,
}

/// Looks at the processes with these numbers; none when none of them is left.
///
/// Of threads that live the kernel counts nanoseconds, in `/proc/PID/task/TID/schedstat`; of what has ended, ticks of 10 ms. The truth is
/// never below either.
pub fn of_processes(pids: &[u32]) -> Option<Usage> {
    let all: Vec<(Process, Stat)> = all_processes()
        .ok()?
        .flatten()
        .filter_map(|process| process.stat().ok().map(|stat| (process, stat)))
        .collect();
    let parents = all.iter().map(|(_, stat)| (stat.pid, stat.ppid)).collect();
    let wanted = descendants(pids, &parents);
    let found = all.iter().filter(|(_, stat)| wanted.contains(&stat.pid));
    let usage = found.fold(Usage::default(), |sum, (process, stat)| Usage {
        processes: sum.processes + 1,
        cpu_ns: sum.cpu_ns + cpu_ns(process, stat),
        resident_bytes: sum.resident_bytes + stat.rss.saturating_mul(procfs::page_size()),
    });
    (usage.processes > 0).then_some(usage)
}

/// Time of processors that this process has used so far, in nanoseconds, without that of its children; none when it has ended.
pub fn cpu_ns_of(pid: u32) -> Option<u64> {
    let process = Process::new(i32::try_from(pid).ok()?).ok()?;
    let stat = process.stat().ok()?;
    Some(living_ns(&process, &stat))
}

/// The numbers of these processes and of all that descend from them.
fn descendants(pids: &[u32], parents: &BTreeMap<i32, i32>) -> BTreeSet<i32> {
    let mut wanted: BTreeSet<i32> = pids.iter().filter_map(|pid| i32::try_from(*pid).ok()).collect();
    loop {
        let children = parents.iter().filter(|(_, parent)| wanted.contains(parent)).map(|(pid, _)| *pid);
        let before = wanted.len();
        wanted.extend(children.collect::<Vec<_>>());
        if wanted.len() == before {
            return wanted;
        }
    }
}

fn cpu_ns(process: &Process, stat: &Stat) -> u64 {
    let ended = u64::try_from(stat.cutime + stat.cstime).unwrap_or_default();
    living_ns(process, stat) + ticks_ns(ended)
}

fn living_ns(process: &Process, stat: &Stat) -> u64 {
    let threads = process.tasks().into_iter().flatten().flatten();
    let precise = threads.filter_map(|thread| on_processor_ns(process.pid, thread.tid)).sum();
    ticks_ns(stat.utime + stat.stime).max(precise)
}

fn ticks_ns(ticks: u64) -> u64 {
    ticks.saturating_mul(1_000_000_000 / procfs::ticks_per_second().max(1))
}

/// The first number of the file: nanoseconds on a processor.
fn on_processor_ns(pid: i32, tid: i32) -> Option<u64> {
    let text = fs::read_to_string(format!("/proc/{pid}/task/{tid}/schedstat")).ok()?;
    text.split_ascii_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};

    use super::*;

    #[test]
    fn whoever_works_uses_time_and_memory() {
        let own = [std::process::id()];
        let before = of_processes(&own).unwrap();
        let mut sum = 0_u64;
        while of_processes(&own).unwrap().cpu_ns < before.cpu_ns + 20_000_000 {
            sum = (0..10_000).fold(sum, |sum, number| sum.wrapping_mul(31).wrapping_add(number));
        }
        assert!(before.resident_bytes > 100_000 && before.processes >= 1, "{before:?} {sum}");
    }

    #[test]
    fn a_process_counts_with_its_children() {
        let mut shell = Command::new("sh")
            .args(["-c", "cat; true"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let pid = [shell.id()];
        while of_processes(&pid).unwrap().processes < 2 {}
        drop(shell.stdin.take());
        shell.wait().unwrap();
        assert_eq!(of_processes(&pid), None);
    }

    #[test]
    fn grandchildren_descend_too() {
        let parents = BTreeMap::from([(1, 0), (2, 1), (3, 2), (4, 1), (5, 4), (9, 7)]);
        assert_eq!(descendants(&[2, 4], &parents), BTreeSet::from([2, 3, 4, 5]));
    }
}
