//! The processors that a thread runs on (`sched_setaffinity(2)`); what it makes runs there, too.

use std::io;

use rustix::thread::{CpuSet, sched_getaffinity, sched_getcpu, sched_setaffinity, sched_yield};

/// The processor that this thread runs on just now.
pub fn current_cpu() -> u32 {
    u32::try_from(sched_getcpu()).unwrap_or_default()
}

/// Binds this thread to one processor.
///
/// # Errors
/// `EINVAL`: there is no such processor, or this process may not use it.
#[doc(alias = "sched_setaffinity")]
pub fn pin(cpu: u32) -> io::Result<()> {
    let cpu =
        usize::try_from(cpu).ok().filter(|cpu| *cpu < CpuSet::MAX_CPU).ok_or(io::ErrorKind::InvalidInput)?;
    let mut set = CpuSet::new();
    set.set(cpu);
    Ok(sched_setaffinity(None, &set)?)
}

/// Lets every other thread go first that is ready to run on this processor (`sched_yield(2)`), if there is one.
#[doc(alias = "sched_yield")]
pub fn give_way() {
    sched_yield();
}

/// Keeps this thread, and what it makes from now on, off one processor, if it may run on another one.
///
/// # Errors
/// `EINVAL`: there are more processors than the 1,024 of `cpu_set_t`.
#[doc(alias = "sched_setaffinity")]
pub fn avoid(cpu: u32) -> io::Result<()> {
    let mut set = CpuSet::new();
    for other in allowed()?.into_iter().filter(|other| *other != cpu) {
        set.set(other as usize);
    }
    if set.count() > 0 {
        sched_setaffinity(None, &set)?;
    }
    Ok(())
}

/// The processors that this thread may run on, from the lowest number up.
///
/// # Errors
/// `EINVAL`: there are more than the 1,024 of `cpu_set_t`.
#[doc(alias = "sched_getaffinity")]
pub fn allowed() -> io::Result<Vec<u32>> {
    let set = sched_getaffinity(None)?;
    Ok((0..CpuSet::MAX_CPU)
        .filter(|cpu| set.is_set(*cpu))
        .filter_map(|cpu| u32::try_from(cpu).ok())
        .collect())
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    #[test]
    fn a_thread_that_avoids_a_processor_runs_elsewhere_if_there_is_another_one() {
        thread::spawn(|| {
            let all = allowed().unwrap();
            let (last, others) = all.split_last().unwrap();

            avoid(*last).unwrap();

            assert_eq!(allowed().unwrap(), if others.is_empty() { &all } else { others });
            for cpu in allowed().unwrap() {
                avoid(cpu).unwrap();
            }
            assert_eq!(allowed().unwrap().len(), 1);
        })
        .join()
        .unwrap();
    }

    #[test]
    fn a_thread_that_is_bound_to_a_processor_runs_there() {
        thread::spawn(|| {
            let last = *allowed().unwrap().last().unwrap();

            pin(last).unwrap();

            assert_eq!((current_cpu(), allowed().unwrap()), (last, vec![last]));
            assert!(pin(100_000).is_err());
        })
        .join()
        .unwrap();
    }
}
