//! The threads of a load: who has which connections, and one who looks on.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

use kernel::affinity;
use kernel::clock::{monotonic_ns, realtime_ns};
use kernel::random;

use super::error::BenchError;
use super::load::{Load, Shape, ns};
use super::pattern::Pattern;
use super::recorder::{Interval, Window};
use super::results::{Part, Results};
use super::watch::{Task, Told};
use super::{connect, ping_pong, tcp, udp};
use crate::transport::Transport;
use crate::wake_cost;

/// The most threads.
pub const THREADS_MAX: usize = 256;
/// How much may wait to be looked at; whoever has more to tell waits.
const TOLD_MAX: usize = 64;
/// How many intervals a measurement has, if they are neither shorter nor longer than these.
const INTERVALS: u64 = 20;
const INTERVAL_NS_MIN: u64 = 50_000_000;
const INTERVAL_NS_MAX: u64 = 1_000_000_000;
/// How long whoever looks on waits before looking whether somebody wants it to end.
const LOOK_MAX: Duration = Duration::from_millis(50);
/// From when all threads are told to when the warm-up begins.
const LEAD_NS: u64 = 1_000_000;

/// Who does a load, or a part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crew {
    /// Numbers of the connections that this part has, from 0, ascending.
    pub numbers: Vec<usize>,
    /// Which part it is, from 0, and how many there are.
    pub part: (u32, u32),
    /// How many threads share them; at most one for each connection.
    pub threads: usize,
    /// The processors that the threads are bound to, in turn; none leaves it to the scheduler.
    pub cpus: Vec<u32>,
}

/// Who hears how it goes on, and looks at the processes.
pub trait Witness {
    /// All connections are open and the warm-up begins.
    fn ready(&mut self) {}

    /// An interval is over for all threads; there are `of`.
    fn interval(&mut self, interval: &Interval, of: usize, length: Duration);

    /// Processor time that the clients have used so far, in nanoseconds.
    fn client_cpu_ns(&mut self) -> Option<u64> {
        None
    }

    /// Processor time that the server has used so far, in nanoseconds.
    fn server_cpu_ns(&mut self) -> Option<u64> {
        None
    }

    /// Memory of the server, in bytes.
    fn server_bytes(&mut self) -> Option<u64> {
        None
    }
}

/// Starts the threads, looks on, and puts together what they tell.
pub(super) fn run(
    load: &Load,
    crew: &Crew,
    stop: &AtomicBool,
    witness: &mut dyn Witness,
) -> Result<Results, BenchError> {
    let pattern = Pattern::new();
    let wake_ns = wake_cost::measured().map(ns);
    // The first connection of all makes a server take what it takes once.
    let first = (load.shape == Shape::Idle).then(|| tcp::greeting(load, &pattern)).transpose()?;
    let before_bytes = first.as_ref().and_then(|_| witness.server_bytes());
    let cancel = AtomicBool::new(false);
    let (tell, told) = sync_channel(TOLD_MAX);
    thread::scope(|scope| {
        let mut starts = Vec::new();
        for (index, numbers) in crew.shares().into_iter().enumerate() {
            let (start, begin) = sync_channel(1);
            starts.push(start);
            let task =
                Task { load, pattern: &pattern, numbers, tell: tell.clone(), start: begin, stop: &cancel };
            let cpu = crew.cpus.get(index % crew.cpus.len().max(1)).copied();
            let spawned = thread::Builder::new().spawn_scoped(scope, move || work(&task, cpu));
            spawned.map_err(BenchError::system("pthread_create"))?;
        }
        let part = part(crew, starts.len(), wake_ns);
        let mut onlooker = Onlooker { load, told, starts, cancel: &cancel, stop, witness, before_bytes };
        let results = onlooker.run(part);
        // Whoever still works ends now.
        cancel.store(true, Relaxed);
        results
    })
}

impl Crew {
    /// The connections of each thread.
    fn shares(&self) -> Vec<Vec<usize>> {
        let threads = self.threads.clamp(1, THREADS_MAX).min(self.numbers.len().max(1));
        let share = |thread| self.numbers.iter().copied().skip(thread).step_by(threads).collect();
        (0..threads).map(share).collect()
    }
}

fn part(crew: &Crew, threads: usize, wake_ns: Option<u64>) -> Part {
    Part {
        index: crew.part.0,
        count: crew.part.1,
        began_unix_ms: 0,
        threads,
        cpus: crew.cpus.clone(),
        processors: affinity::allowed().map_or(1, |cpus| cpus.len()),
        wake_ns,
    }
}

fn work(task: &Task<'_>, cpu: Option<u32>) {
    let pinned =
        cpu.map_or(Ok(()), |cpu| affinity::pin(cpu).map_err(BenchError::system("sched_setaffinity")));
    let ended = pinned.and_then(|()| match (task.load.shape, task.load.transport) {
        (Shape::Loop | Shape::Idle, Transport::Tcp) => tcp::run(task),
        (Shape::PingPong | Shape::Spin, Transport::Tcp) => ping_pong::tcp(task),
        (Shape::PingPong | Shape::Spin, Transport::Udp) => ping_pong::udp(task),
        (Shape::Connect, _) => connect::run(task),
        (Shape::Loop | Shape::Idle | Shape::Burst, _) => udp::run(task),
    });
    // Nobody listens any more when somebody else has failed.
    let _ = task.tell.send(Told::Ended(ended));
}

/// Whoever looks on.
struct Onlooker<'a> {
    load: &'a Load,
    told: Receiver<Told>,
    starts: Vec<SyncSender<(u64, Window)>>,
    cancel: &'a AtomicBool,
    stop: &'a AtomicBool,
    witness: &'a mut dyn Witness,
    before_bytes: Option<u64>,
}

/// What was read of the processes, at a moment.
#[derive(Default, Clone, Copy)]
struct Used {
    client_ns: Option<u64>,
    server_ns: Option<u64>,
}

impl Onlooker<'_> {
    fn run(&mut self, part: Part) -> Result<Results, BenchError> {
        self.wait_until_ready()?;
        let server_bytes = self.bytes_per_connection();
        self.witness.ready();
        let warmup_ns = monotonic_ns() + LEAD_NS;
        let duration_ns = ns(self.load.duration);
        let interval_ns = (duration_ns / INTERVALS).clamp(INTERVAL_NS_MIN, INTERVAL_NS_MAX);
        let window = Window::new(warmup_ns + ns(self.load.warmup), duration_ns, interval_ns);
        for start in &self.starts {
            let _ = start.send((warmup_ns, window));
        }
        let id = id().map_err(BenchError::system("getrandom"))?;
        let mut results = Results::new(*self.load, id.clone(), part, window.interval_ns);
        results.server_bytes_per_connection = server_bytes;
        let stopped_ns = self.look_on(window, &mut results, &id)?;
        let end_ns = stopped_ns.unwrap_or(u64::MAX).min(window.end_ns());
        results.elapsed_ns = end_ns.saturating_sub(window.start_ns);
        if results.counts.echoes == 0 && stopped_ns.is_none() {
            let waiting = self.load.connections;
            return Err(BenchError::Silent { after: self.load.duration, waiting });
        }
        Ok(results)
    }

    fn wait_until_ready(&self) -> Result<(), BenchError> {
        let mut ready = 0;
        while ready < self.starts.len() {
            match self.told.recv_timeout(LOOK_MAX) {
                Ok(Told::Ready) => ready += 1,
                Ok(Told::Ended(Err(error))) => return Err(error),
                Ok(Told::Ended(Ok(_))) | Err(RecvTimeoutError::Disconnected) => break,
                Ok(Told::Interval(_)) | Err(RecvTimeoutError::Timeout) => {}
            }
            if self.stop.load(Relaxed) {
                self.cancel.store(true, Relaxed);
            }
        }
        Ok(())
    }

    fn bytes_per_connection(&mut self) -> Option<u64> {
        let before = self.before_bytes?;
        let after = self.witness.server_bytes()?;
        Some(after.saturating_sub(before) / self.load.connections as u64)
    }

    /// Takes what is told until all have ended; returns when somebody wanted it to end, if that was.
    fn look_on(
        &mut self,
        window: Window,
        results: &mut Results,
        id: &str,
    ) -> Result<Option<u64>, BenchError> {
        let (mut begun, mut ended, mut stopped_ns) = (None, None, None);
        let mut intervals = Together::new(self.starts.len());
        let mut working = self.starts.len();
        while working > 0 {
            let now_ns = monotonic_ns();
            let next_ns = if begun.is_none() { window.start_ns } else { window.end_ns() };
            if begun.is_none() && now_ns >= window.start_ns {
                begun = Some(self.used());
                began_at(results, id);
            }
            if stopped_ns.is_none() && self.stop.load(Relaxed) {
                stopped_ns = Some(now_ns);
                self.cancel.store(true, Relaxed);
            }
            if ended.is_none() && (now_ns >= window.end_ns() || stopped_ns.is_some()) {
                ended = Some(self.used());
            }
            let patience = Duration::from_nanos(next_ns.saturating_sub(now_ns));
            let patience = if patience.is_zero() { LOOK_MAX } else { patience.min(LOOK_MAX) };
            match self.told.recv_timeout(patience) {
                Ok(told) => working -= usize::from(self.take(told, window, &mut intervals, results)?),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        intervals.rest().for_each(|interval| results.add(&interval));
        (results.client_cpu_ns, results.server_cpu_ns) = between(begun, ended);
        Ok(stopped_ns)
    }

    /// Takes what a thread tells; says whether it has ended.
    fn take(
        &mut self,
        told: Told,
        window: Window,
        intervals: &mut Together,
        results: &mut Results,
    ) -> Result<bool, BenchError> {
        match told {
            Told::Ready => Ok(false),
            Told::Ended(ended) => ended.map(|_| true),
            Told::Interval(interval) => {
                let length = Duration::from_nanos(window.interval_ns);
                for interval in intervals.add(&interval) {
                    self.witness.interval(&interval, window.intervals, length);
                    results.add(&interval);
                }
                Ok(false)
            }
        }
    }

    fn used(&mut self) -> Used {
        Used { client_ns: self.witness.client_cpu_ns(), server_ns: self.witness.server_cpu_ns() }
    }
}

/// What was used from one moment to the other.
fn between(begun: Option<Used>, ended: Option<Used>) -> (Option<u64>, Option<u64>) {
    let (begun, ended) = (begun.unwrap_or_default(), ended.unwrap_or_default());
    let used = |before: Option<u64>, after: Option<u64>| Some(after?.saturating_sub(before?));
    (used(begun.client_ns, ended.client_ns), used(begun.server_ns, ended.server_ns))
}

/// Notes that the part has begun to measure.
fn began_at(results: &mut Results, id: &str) {
    if let Some(part) = results.parts.get_mut(id) {
        part.began_unix_ms = realtime_ns() / 1_000_000;
    }
}

/// A number that no other part has.
fn id() -> std::io::Result<String> {
    let mut bytes = [0; 8];
    random::fill(&mut bytes)?;
    Ok(format!("{:016x}", u64::from_be_bytes(bytes)))
}

/// Intervals of which some threads have told their share.
struct Together {
    threads: usize,
    waiting: BTreeMap<usize, (usize, Interval)>,
}

impl Together {
    fn new(threads: usize) -> Self {
        Self { threads, waiting: BTreeMap::new() }
    }

    /// Adds a thread's share; returns the intervals that are whole now, in order.
    fn add(&mut self, interval: &Interval) -> Vec<Interval> {
        let index = interval.index;
        let (shares, sum) = self.waiting.entry(index).or_insert_with(|| (0, Interval::empty(index)));
        *shares += 1;
        sum.add(interval);
        let mut whole = Vec::new();
        while let Some(entry) = self.waiting.first_entry()
            && entry.get().0 == self.threads
        {
            whole.push(entry.remove().1);
        }
        whole
    }

    /// What is not whole: it was interrupted.
    fn rest(self) -> impl Iterator<Item = Interval> {
        self.waiting.into_values().map(|(_, interval)| interval)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_share_the_connections_and_none_has_nothing_to_do() {
        let crew = Crew { numbers: vec![1, 4, 7, 10], part: (0, 1), threads: 3, cpus: vec![] };
        assert_eq!(crew.shares(), [vec![1, 10], vec![4], vec![7]]);
        assert_eq!(Crew { threads: 9, ..crew }.shares().len(), 4);
    }

    #[test]
    fn an_interval_is_told_when_all_threads_have_told_it_and_after_the_one_before() {
        let mut together = Together::new(2);
        let mut told = Vec::new();
        for index in [0, 1, 1, 0, 2] {
            let mut interval = Interval::empty(index);
            interval.counts.echoes = 1;
            let whole = together.add(&interval);
            told.extend(whole.iter().map(|interval| (interval.index, interval.counts.echoes)));
        }
        assert_eq!(told, [(0, 2), (1, 2)]);
        assert_eq!(together.rest().map(|interval| interval.index).collect::<Vec<_>>(), [2]);
    }
}
