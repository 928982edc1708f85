//! Sources of datagrams behind one `epoll(7)`: a socket each, so that each has a port of its own, and an ICMP error finds its way back.
//!
//! The source of a burst lets the kernel cut what it sends and join what it receives, where it can (`UDP_SEGMENT`, `UDP_GRO`).

use std::io;
use std::os::fd::OwnedFd;
use std::time::Duration;

use kernel::address;
use kernel::clock::monotonic_ns;
use kernel::datagram::{BATCH_MAX, Outgoing, PAYLOAD_BYTES_MAX, Receiver, Sender};
use kernel::epoll::{Epoll, Registration};
use kernel::segments::{self, SEGMENTS_MAX};
use kernel::socket::{self, Buffer, Transport};
use kernel::stream;

use super::error::BenchError;
use super::flight::{Echo, Flight};
use super::load::{Load, Shape};
use super::schedule::{Schedule, Turns};
use super::tcp::{SLACK_NS, SLEEP_MAX, is_later};
use super::watch::{Task, Watch};

/// How often somebody looks for datagrams that are lost, at the most.
const SWEEP_NS: u64 = 10_000_000;
/// The buffers of a socket: what a burst needs; the kernel makes them no larger than `net.core.rmem_max` and `wmem_max`.
const SOCKET_BUFFER_BYTES: usize = 1 << 20;
/// How many datagrams that came together are taken at once; each may be as long as any.
const JOINED_AT_ONCE: usize = 8;
/// A source keeps no more than this many times its depth; with one oldest datagram lost and all others echoed, it waits.
const KEPT_FACTOR_MAX: usize = 4;

/// Opens the sources, does the load, and waits for what is under way or lost.
pub(super) fn run(task: &Task<'_>) -> Result<u64, BenchError> {
    let load = task.load;
    let mut epoll = Epoll::new().map_err(BenchError::system("epoll_create1"))?;
    let mut sources = Vec::with_capacity(task.numbers.len());
    for (index, number) in task.numbers.iter().enumerate() {
        let source = Source::open(load, *number)?;
        epoll
            .add(&source.socket, index as u64, Registration::Read)
            .map_err(BenchError::system("epoll_ctl"))?;
        sources.push(source);
    }
    let Some(mut watch) = task.ready() else {
        return Ok(monotonic_ns());
    };
    let receiver = match load.shape {
        Shape::Burst => Receiver::new(JOINED_AT_ONCE, PAYLOAD_BYTES_MAX),
        // One byte more than is due shows what is too long.
        _ => Receiver::new(BATCH_MAX, load.size_bytes + 1),
    };
    let mut the_loop = Loop {
        turns: watch.turns(&task.numbers),
        schedule: watch.schedule(),
        receiver,
        sender: Sender::new(),
        swept_ns: watch.now_ns,
        under_way: 0,
    };
    the_loop.run(&mut sources, &mut epoll, &mut watch)?;
    for source in &sources {
        watch.unsent(source.number, source.begun);
    }
    Ok(watch.finish())
}

/// What goes on in one thread.
struct Loop {
    /// Who is to begin a datagram when, in an open loop.
    turns: Option<Turns>,
    schedule: Option<Schedule>,
    receiver: Receiver,
    sender: Sender,
    swept_ns: u64,
    /// How many datagrams are waited for, of all sources.
    under_way: usize,
}

impl Loop {
    fn run(
        &mut self,
        sources: &mut [Source],
        epoll: &mut Epoll,
        watch: &mut Watch<'_>,
    ) -> Result<(), BenchError> {
        watch.tick();
        if self.turns.is_none() {
            sources.iter_mut().try_for_each(|source| self.go_on(source, watch))?;
        }
        loop {
            self.begin_due(sources, watch)?;
            if watch.is_over() && (self.under_way == 0 || watch.is_stopped()) {
                return Ok(());
            }
            let ready = epoll.wait(Some(self.sleep(watch))).map_err(BenchError::system("epoll_wait"))?;
            watch.tick();
            for index in 0..ready {
                let event = epoll.event(index).and_then(|ready| usize::try_from(ready.token).ok());
                if let Some(source) = event.and_then(|index| sources.get_mut(index)) {
                    self.receive(source, watch)?;
                }
            }
            if watch.now_ns.saturating_sub(self.swept_ns) >= SWEEP_NS.min(watch.timeout_ns()) {
                self.sweep(sources, watch)?;
            }
        }
    }

    /// Begins what is due by now, in an open loop.
    fn begin_due(&mut self, sources: &mut [Source], watch: &mut Watch<'_>) -> Result<(), BenchError> {
        while !watch.is_over()
            && let Some(index) = self.turns.as_mut().and_then(|turns| turns.due(watch.now_ns))
        {
            if let Some(source) = sources.get_mut(index) {
                self.go_on(source, watch)?;
            }
        }
        Ok(())
    }

    /// Begins as many datagrams of a source as may be under way, and sends them.
    fn go_on(&mut self, source: &mut Source, watch: &Watch<'_>) -> Result<(), BenchError> {
        let load = watch.load;
        source.payload.clear();
        while !watch.is_over()
            && source.flight.under_way() < load.depth
            && source.flight.kept() < load.depth * KEPT_FACTOR_MAX
        {
            let began_ns = match self.schedule {
                None => watch.now_ns,
                Some(schedule) => schedule.at(source.number, source.begun),
            };
            if began_ns > watch.now_ns {
                break;
            }
            source.flight.begin(watch.pattern, began_ns, watch.now_ns, &mut source.payload);
            source.begun += 1;
            self.under_way += 1;
        }
        if source.payload.is_empty() { Ok(()) } else { source.send(load.size_bytes, &mut self.sender) }
    }

    /// Takes what has come for a source; each batch is answered before the next is taken.
    fn receive(&mut self, source: &mut Source, watch: &mut Watch<'_>) -> Result<(), BenchError> {
        loop {
            let count = match self.receiver.receive(&source.socket) {
                Ok(count) => count,
                Err(error) if is_later(&error) => return Ok(()),
                Err(error) => return Err(BenchError::call("recvmmsg", source.number)(error)),
            };
            watch.tick();
            for index in 0..count {
                let Some(datagram) = self.receiver.get(index) else { continue };
                // What was joined is as many datagrams as there are pieces.
                let piece = if source.joins { watch.load.size_bytes } else { usize::MAX };
                for bytes in datagram.payload.chunks(piece) {
                    let echo = source.flight.take(watch.pattern, bytes);
                    match echo.map_err(BenchError::wrong(source.number))? {
                        Echo::Awaited(began_ns) => {
                            self.under_way -= 1;
                            watch.echo(began_ns);
                        }
                        Echo::Late => watch.count(|counts| counts.late += 1),
                    }
                }
            }
            self.go_on(source, watch)?;
        }
    }

    /// Gives up what is lost.
    fn sweep(&mut self, sources: &mut [Source], watch: &mut Watch<'_>) -> Result<(), BenchError> {
        self.swept_ns = watch.now_ns;
        let before_ns = watch.now_ns.saturating_sub(watch.timeout_ns());
        for source in sources {
            let lost = source.flight.give_up(before_ns);
            if lost > 0 {
                self.under_way -= lost;
                watch.count(|counts| counts.lost += lost as u64);
                self.go_on(source, watch)?;
            }
        }
        Ok(())
    }

    /// How long nothing has to be done.
    fn sleep(&self, watch: &Watch<'_>) -> Duration {
        let sweep = Duration::from_nanos(SWEEP_NS).min(SLEEP_MAX);
        match &self.turns {
            Some(turns) if !watch.is_over() => {
                let left_ns = turns.next_ns().saturating_sub(monotonic_ns());
                Duration::from_nanos(left_ns.saturating_sub(SLACK_NS)).min(sweep)
            }
            _ => sweep,
        }
    }
}

/// One socket, and its datagrams.
pub(super) struct Source {
    pub(super) socket: OwnedFd,
    pub(super) number: usize,
    pub(super) flight: Flight,
    /// How many datagrams it has begun.
    begun: u64,
    /// Whether the kernel joins what comes together.
    joins: bool,
    /// Whether it cuts what is sent.
    cuts: bool,
    /// What is sent next: datagrams one behind the other.
    payload: Vec<u8>,
}

impl Source {
    /// Opens one. Nothing is asked of the server yet.
    pub(super) fn open(load: &Load, number: usize) -> Result<Self, BenchError> {
        let open = || -> io::Result<OwnedFd> {
            let socket = socket::open(Transport::Udp, load.target)?;
            socket::bind(&socket, (address::unspecified(load.target.ip()), 0).into())?;
            socket::connect(&socket, load.target)?;
            Ok(socket)
        };
        let target = load.target;
        let socket = open().map_err(|error| BenchError::Connect { target, connection: number + 1, error })?;
        let is_burst = load.shape == Shape::Burst;
        if is_burst || load.depth > 1 {
            for buffer in [Buffer::Receive, Buffer::Send] {
                // What is smaller than asked for loses more, which is counted.
                let _ = socket::set_buffer_bytes(&socket, buffer, SOCKET_BUFFER_BYTES);
            }
        }
        // An old kernel does neither, and each datagram is a call of its own.
        let joins = is_burst && segments::set_coalescing(&socket, true).is_ok();
        let cuts = is_burst
            && u16::try_from(load.size_bytes)
                .is_ok_and(|size| segments::set_segment_bytes(&socket, size).is_ok());
        let flight = Flight::new(number, load.size_bytes);
        Ok(Self { socket, number, flight, begun: 0, joins, cuts, payload: Vec::new() })
    }

    /// Sends the datagrams of `payload`. Those for which the kernel has no room are lost before the network could lose them, and count as
    /// such when nothing comes.
    fn send(&mut self, size_bytes: usize, sender: &mut Sender) -> Result<(), BenchError> {
        let sent = if self.cuts {
            self.send_cut(size_bytes, sender)
        } else {
            send_each(&self.socket, &self.payload, size_bytes, sender)
        };
        match sent {
            Err(error) if !is_later(&error) => Err(BenchError::call("send", self.number)(error)),
            _ => Ok(()),
        }
    }

    fn send_cut(&mut self, size_bytes: usize, sender: &mut Sender) -> io::Result<()> {
        let segments = (PAYLOAD_BYTES_MAX / size_bytes).clamp(1, SEGMENTS_MAX);
        for piece in self.payload.chunks(segments * size_bytes) {
            match stream::send(&self.socket, piece) {
                Err(error) if !is_later(&error) && cannot_cut(&error) => {
                    self.cuts = false;
                    segments::set_segment_bytes(&self.socket, 0)?;
                    send_each(&self.socket, piece, size_bytes, sender)?;
                }
                sent => drop(sent?),
            }
        }
        Ok(())
    }
}

/// Whether a device on the way cannot cut: no checksums there (`EIO`), or segments larger than its MTU (`EINVAL`, `EMSGSIZE`).
fn cannot_cut(error: &io::Error) -> bool {
    use wire::errno::{EINVAL, EIO, EMSGSIZE};
    error.raw_os_error().is_some_and(|errno| [EIO, EINVAL, EMSGSIZE].contains(&errno))
}

fn send_each(socket: &OwnedFd, payload: &[u8], size_bytes: usize, sender: &mut Sender) -> io::Result<()> {
    if payload.len() == size_bytes {
        return stream::send(socket, payload).map(drop);
    }
    for batch in payload.chunks(size_bytes * BATCH_MAX) {
        let datagram = |payload| Outgoing { payload, peer: None, source: None };
        let count = batch.len() / size_bytes;
        let mut sent = 0;
        while sent < count {
            sent += sender.send(socket, batch.chunks(size_bytes).skip(sent).map(datagram))?;
        }
    }
    Ok(())
}
