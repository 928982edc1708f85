//! What threads do, as `/proc` tells it (`proc_pid_stat(5)`, `proc_pid_syscall(5)`).

use std::fs;
use std::time::Duration;

use scope::session::TRACER_THREAD;
use wire::names::{Machine, Syscall};

use super::patience::{Doing, Threads};
use crate::check::Blocked;

/// Calls in which threads wait and that are about no socket: their names, and their numbers on x86-64 and on aarch64.
const OTHERS: [(&str, [u64; 2]); 8] = [
    ("futex", [202, 98]),
    ("wait4", [61, 260]),
    ("waitid", [247, 95]),
    ("rt_sigtimedwait", [128, 137]),
    ("rt_sigsuspend", [130, 133]),
    ("restart_syscall", [219, 128]),
    ("pause", [34, NOWHERE]),
    ("flock", [73, 32]),
];

/// The number of a call that a machine does not have.
const NOWHERE: u64 = u64::MAX;

/// The threads of a process; none of one that has ended.
pub(super) fn of(pid: u32) -> Vec<u32> {
    let Ok(threads) = fs::read_dir(format!("/proc/{pid}/task")) else { return Vec::new() };
    let mut threads: Vec<u32> =
        threads.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok()).collect();
    threads.sort_unstable();
    threads
}

/// What all threads of these processes do.
pub(super) fn all(processes: impl IntoIterator<Item = u32>) -> Threads {
    let threads = processes.into_iter().flat_map(of);
    threads.filter_map(|tid| Some((tid, doing(tid)?.0))).collect()
}

/// What the thread of ours does that sees to the calls of the programs.
pub(super) fn tracer() -> Option<Doing> {
    let is_it = |tid: &u32| {
        let name = fs::read_to_string(format!("/proc/self/task/{tid}/comm"));
        name.is_ok_and(|name| name.trim_end() == TRACER_THREAD)
    };
    of(std::process::id()).into_iter().find(is_it).and_then(doing).map(|(doing, _)| doing)
}

/// What a thread does, and how often it has been given a processor; `None` of one that has ended.
pub(super) fn doing(tid: u32) -> Option<(Doing, u64)> {
    let stat = fs::read_to_string(format!("/proc/{tid}/stat")).ok()?;
    // The name, in parentheses, may have anything in it.
    let state = *stat.get(stat.rfind(')')? + 2..)?.as_bytes().first()?;
    if matches!(state, b'Z' | b'X') {
        return None;
    }
    let [ran_ns, delayed_ns, turns] = times(&tid.to_string());
    Some((Doing { ran_ns, delayed_ns, state }, turns))
}

/// How long a thread has been ready and has not run, also if it has ended and nobody has asked for that yet.
pub(crate) fn waited_for_processor(thread: &str) -> Duration {
    Duration::from_nanos(times(thread)[1])
}

/// How long a thread has run, and was ready and did not, in nanoseconds, and how often it has been given a processor. Not every kernel
/// counts this (`CONFIG_SCHED_INFO`).
fn times(thread: &str) -> [u64; 3] {
    let times = fs::read_to_string(format!("/proc/{thread}/schedstat")).unwrap_or_default();
    let mut times = times.split_whitespace().map(|number| number.parse().unwrap_or_default());
    [(); 3].map(|()| times.next().unwrap_or_default())
}

/// Where a thread waits; `None` of one that runs, or that may not be looked at.
pub(super) fn blocked(tid: u32) -> Option<Blocked> {
    let text = fs::read_to_string(format!("/proc/{tid}/syscall")).ok()?;
    parse(&text)
}

fn parse(text: &str) -> Option<Blocked> {
    let mut words = text.split_whitespace();
    let number: u64 = words.next()?.parse().ok()?;
    let mut values = [0; 6];
    for value in &mut values {
        *value = u64::from_str_radix(words.next()?.strip_prefix("0x")?, 16).ok()?;
    }
    let call = name(number);
    let timed = is_timed(&call, values);
    Some(Blocked { call, values, port: None, timed, place: None })
}

fn name(number: u64) -> String {
    let Some(machine) = Machine::HERE else { return number.to_string() };
    if let Some(call) = Syscall::from_number(machine, number) {
        return call.name().to_owned();
    }
    let other = OTHERS.iter().find(|other| other.1[machine as usize] == number);
    other.map_or_else(|| number.to_string(), |other| other.0.to_owned())
}

/// The operations of `futex(2)` whose fourth argument is no time limit: `FUTEX_WAKE` and its kin return at once.
const OPERATION: u64 = 0x7f;

/// Whether a call ends by itself some time. Those that nobody knows may.
fn is_timed(call: &str, values: [u64; 6]) -> bool {
    // An `int`: what is less than 0 is for ever.
    let milliseconds =
        |index: usize| values[index] & u64::from(u32::MAX) <= u64::from(i32::MAX.unsigned_abs());
    match call {
        "poll" => milliseconds(2),
        "epoll_wait" | "epoll_pwait" => milliseconds(3),
        "ppoll" | "rt_sigtimedwait" => values[2] != 0,
        "select" | "pselect6" | "recvmmsg" => values[4] != 0,
        "epoll_pwait2" => values[3] != 0,
        "futex" => values[1] & OPERATION != 0 && values[1] & OPERATION != 9 || values[3] != 0,
        "wait4" | "waitid" | "rt_sigsuspend" | "pause" | "flock" => false,
        "nanosleep" | "clock_nanosleep" | "restart_syscall" => true,
        other => other.bytes().all(|byte| byte.is_ascii_digit()),
    }
}

/// The number of the socket behind a descriptor of a process (`st_ino`); `None` if it is no socket.
pub(super) fn inode(pid: u32, descriptor: u64) -> Option<u32> {
    socket(&fs::read_link(format!("/proc/{pid}/fd/{descriptor}")).ok()?.to_string_lossy())
}

/// The numbers of all sockets of a process, and whether it has a timer that is a descriptor (`timerfd_create(2)`).
pub(super) fn descriptors(pid: u32) -> (Vec<u32>, bool) {
    let Ok(descriptors) = fs::read_dir(format!("/proc/{pid}/fd")) else { return (Vec::new(), false) };
    let links = descriptors.filter_map(|entry| fs::read_link(entry.ok()?.path()).ok());
    let links: Vec<_> = links.map(|link| link.to_string_lossy().into_owned()).collect();
    let sockets = links.iter().filter_map(|link| socket(link)).collect();
    (sockets, links.iter().any(|link| link == "anon_inode:[timerfd]"))
}

fn socket(link: &str) -> Option<u32> {
    link.strip_prefix("socket:[")?.strip_suffix(']')?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_and_its_arguments_are_read_and_a_thread_that_runs_waits_for_nothing() {
        let receive =
            Syscall::all(Machine::HERE.unwrap()).find(|(call, _)| call.name() == "recvfrom").unwrap();
        let text = format!("{} 0x3 0x7f0 0x400 0x0 0x0 0x0 0x7ffc 0x7f00", receive.1);

        let blocked = parse(&text).unwrap();

        assert_eq!((blocked.call.as_str(), blocked.values[2], blocked.timed), ("recvfrom", 1024, false));
        assert_eq!(parse("running"), None);
        assert_eq!(parse("-1 0x7ffc 0x7f00"), None);
    }

    #[test]
    fn a_wait_for_a_time_is_told_from_one_without() {
        let minus_one = u64::from(u32::MAX);

        assert!(is_timed("poll", [0, 1, 1000, 0, 0, 0]));
        assert!(!is_timed("poll", [0, 1, minus_one, 0, 0, 0]));
        assert!(!is_timed("epoll_wait", [0, 1, 1, minus_one, 0, 0]));
        assert!(!is_timed("futex", [0, 0x80, 0, 0, 0, 0]));
        assert!(is_timed("futex", [0, 0x189, 0, 0x7f00, 0, 0]));
        assert!(!is_timed("accept4", [3, 0, 0, 0, 0, 0]));
        assert!(is_timed("nanosleep", [0; 6]));
        assert!(is_timed("999", [0; 6]));
    }
}
