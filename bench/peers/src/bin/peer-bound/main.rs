//! What no server beats under a load of many connections: client and server in one, on each processor a thread that is both ends of its
//! connections in turn.
//!
//! Nothing wakes anybody, nothing crosses from one processor to another, the data is in the caches, and nobody asks which connection
//! is ready. What is left is what the kernel does for both ends, called as cheaply as it can be. Every byte that comes back is compared.
//!
//! It prints one line of JSON: what came back in the measured window, and the CPU time that both ends and the server's end alone took.
#![forbid(unsafe_code)]

use std::{
    io,
    num::NonZeroUsize,
    sync::Barrier,
    thread,
    time::{Duration, Instant},
};

use clap::{Parser, ValueEnum};
use peers::Transport;
use rustix::{
    thread::{CpuSet, sched_setaffinity},
    time::{ClockId, clock_gettime},
};

use self::{
    connect::Connections,
    message::{Messages, Tally},
    tcp::Streams,
    udp::{Burst, Segments, Sources},
};

mod connect;
mod message;
mod patience;
mod tcp;
mod udp;

/// Be client and server in one, as fast as can be
#[derive(Parser)]
struct Args {
    /// Transport to use
    transport: Transport,
    /// How connections are used
    shape: Shape,
    /// TCP connections, or UDP sources; each processor has its share, and at least one
    #[arg(long)]
    connections: usize,
    /// Bytes of each message
    #[arg(long = "size")]
    size_bytes: NonZeroUsize,
    /// Datagrams of each source that are under way
    #[arg(long, default_value = "1")]
    depth: NonZeroUsize,
    /// Milliseconds before the measured window
    #[arg(long)]
    warmup_ms: u64,
    /// Milliseconds of the measured window
    #[arg(long)]
    duration_ms: u64,
    /// Processor that has a thread (can be repeated)
    #[arg(long = "cpu", required = true)]
    cpus: Vec<usize>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Shape {
    /// Each connection sends its next message when it has the echo of the last
    Loop,
    /// Each connection has one echo
    Connect,
    /// Datagrams are cut and joined by the kernel
    Burst,
}

/// A way of being both ends.
trait BothEnds {
    /// Sends some messages, echoes them and compares what came back; returns how long it was the server.
    ///
    /// # Errors
    /// When a call fails, or when something does not arrive.
    fn exchange(&mut self, tally: &mut Tally) -> io::Result<Duration>;
}

/// What a thread did in the measured window.
struct Part {
    tally: Tally,
    elapsed: Duration,
    cpu: Duration,
    server_cpu: Duration,
}

fn main() -> io::Result<()> {
    let args = Args::parse();
    let ready = Barrier::new(args.cpus.len());
    let parts = thread::scope(|scope| {
        let (args, ready) = (&args, &ready);
        let spawn = |index| scope.spawn(move || work(args, index, ready));
        let threads: Vec<_> = (0..args.cpus.len()).map(spawn).collect();
        let join = |thread: thread::ScopedJoinHandle<'_, _>| {
            thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        };
        threads.into_iter().map(join).collect::<io::Result<Vec<Part>>>()
    })?;
    println!("{}", json(&parts));
    Ok(())
}

/// Does the share of one processor.
fn work(args: &Args, index: usize, ready: &Barrier) -> io::Result<Part> {
    let ends = pin_to(args.cpus[index]).and_then(|()| args.open(index));
    // Whoever could not open its sockets lets the others go on, and fails then.
    ready.wait();
    let mut ends = ends?;
    measure(ends.as_mut(), Duration::from_millis(args.warmup_ms))?;
    measure(ends.as_mut(), Duration::from_millis(args.duration_ms))
}

impl Args {
    fn open(&self, index: usize) -> io::Result<Box<dyn BothEnds>> {
        let share = share(self.connections, index, self.cpus.len());
        let (size_bytes, depth) = (self.size_bytes.get(), self.depth.get());
        Ok(match (self.transport, self.shape) {
            (Transport::Tcp, Shape::Loop) => Box::new(Streams::open(share, size_bytes)?),
            (Transport::Tcp, Shape::Connect) => Box::new(Connections::listen(share, size_bytes)?),
            (Transport::Udp, Shape::Loop) if depth == 1 => Box::new(Sources::open(share, size_bytes)?),
            (Transport::Udp, Shape::Loop) => Box::new(Burst::open(depth, size_bytes)?),
            (Transport::Udp, Shape::Burst) => Box::new(Segments::open(depth, size_bytes)?),
            (Transport::Tcp, Shape::Burst) | (Transport::Udp, Shape::Connect) => {
                return Err(io::Error::new(io::ErrorKind::InvalidInput, "this transport has no such shape"));
            }
        })
    }
}

/// How many of `all` the processor with this index has: as many as the others, or one more, and at least one.
fn share(all: usize, index: usize, processors: usize) -> usize {
    (all / processors + usize::from(index < all % processors)).max(1)
}

fn pin_to(cpu: usize) -> io::Result<()> {
    let mut cpus = CpuSet::new();
    cpus.set(cpu);
    Ok(sched_setaffinity(None, &cpus)?)
}

/// Exchanges messages for so long.
fn measure(ends: &mut dyn BothEnds, duration: Duration) -> io::Result<Part> {
    let (mut tally, mut as_server) = (Tally::default(), Duration::ZERO);
    let (since, cpu_before) = (Instant::now(), cpu_time()?);
    while since.elapsed() < duration {
        as_server += ends.exchange(&mut tally)?;
    }
    let (elapsed, cpu) = (since.elapsed(), cpu_time()?.saturating_sub(cpu_before));
    // By its share of the time, because others may have had the processor meanwhile.
    let server_cpu = cpu.mul_f64(as_server.div_duration_f64(elapsed));
    Ok(Part { tally, elapsed, cpu, server_cpu })
}

/// CPU time of this thread so far, user and system.
fn cpu_time() -> io::Result<Duration> {
    Duration::try_from(clock_gettime(ClockId::ThreadCPUTime)).map_err(io::Error::other)
}

/// One line: what all threads did, and how long it took them on average.
fn json(parts: &[Part]) -> String {
    let count = |of: fn(&Tally) -> u64| parts.iter().map(|part| of(&part.tally)).sum::<u64>();
    let seconds = |of: fn(&Part) -> Duration| parts.iter().map(|part| of(part).as_secs_f64()).sum::<f64>();
    let threads = u32::try_from(parts.len()).map_or(f64::NAN, f64::from);
    format!(
        r#"{{"count":{},"seconds":{},"bytes":{},"wrong":{},"cpu_s":{},"server_cpu_s":{}}}"#,
        count(|tally| tally.echoes),
        seconds(|part| part.elapsed) / threads,
        count(|tally| tally.bytes),
        count(|tally| tally.wrong),
        seconds(|part| part.cpu),
        seconds(|part| part.server_cpu),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_are_shared_and_nobody_is_without() {
        let shares = |all| (0..2).map(|index| share(all, index, 2)).collect::<Vec<_>>();
        assert_eq!((shares(25), shares(50), shares(1)), (vec![13, 12], vec![25, 25], vec![1, 1]));
    }

    #[test]
    fn what_threads_did_is_added_and_their_time_is_not() {
        let part = |echoes, milliseconds| Part {
            tally: Tally { echoes, bytes: 64 * echoes, wrong: 0 },
            elapsed: Duration::from_millis(milliseconds),
            cpu: Duration::from_millis(250),
            server_cpu: Duration::from_millis(125),
        };
        let expected = r#"{"count":30,"seconds":0.5,"bytes":1920,"wrong":0,"cpu_s":0.5,"server_cpu_s":0.25}"#;
        assert_eq!(json(&[part(10, 400), part(20, 600)]), expected);
    }

    #[test]
    fn the_server_has_a_part_of_the_processor_time() {
        let part = measure(&mut Streams::open(2, 64).unwrap(), Duration::from_millis(20)).unwrap();
        assert!(part.tally.echoes > 0 && part.tally.wrong == 0);
        assert!(part.server_cpu > Duration::ZERO && part.server_cpu <= part.cpu);
    }
}
