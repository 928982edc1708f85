//! Connections behind one edge-triggered `epoll(7)`, in a closed or an open loop; or all but the first idle.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};

use kernel::clock::monotonic_ns;
use kernel::epoll::{Epoll, Registration};
use kernel::poll::{self, Interest};
use kernel::socket::{self, Transport};
use kernel::stream as bytes;
use wire::errno::{EINPROGRESS, ETIMEDOUT};

use super::error::BenchError;
use super::load::{Load, Shape};
use super::pattern::{CHUNK_BYTES, Pattern};
use super::schedule::{Schedule, Turns};
use super::stream::Stream;
use super::watch::{Task, Watch};

/// The longest sleep before somebody looks at the clock.
pub(super) const SLEEP_MAX: Duration = Duration::from_millis(50);
/// The kernel lets a thread sleep up to 50 µs longer than asked: whoever has less time until then does not sleep.
pub(super) const SLACK_NS: u64 = 60_000;

/// Opens the connections, does the load, and waits for what is under way.
pub(super) fn run(task: &Task<'_>) -> Result<u64, BenchError> {
    let load = task.load;
    let mut epoll = Epoll::new().map_err(BenchError::system("epoll_create1"))?;
    let mut connections = open_all(task, &epoll)?;
    let mut buffer = vec![0; CHUNK_BYTES];
    let is_idle = load.shape == Shape::Idle;
    if is_idle {
        greet_all(&mut connections, task, &mut buffer)?;
    }
    let Some(mut watch) = task.ready() else {
        return Ok(monotonic_ns());
    };
    let talking = if is_idle { 1 } else { connections.len() };
    let numbers: Vec<_> = connections[..talking].iter().map(|connection| connection.number).collect();
    let mut the_loop = Loop {
        turns: watch.turns(&numbers),
        schedule: watch.schedule(),
        heard_ns: watch.now_ns,
        under_way: 0,
    };
    the_loop.run(&mut connections[..talking], &mut epoll, &mut watch, &mut buffer)?;
    for connection in &connections {
        watch.unsent(connection.number, connection.begun);
    }
    if is_idle && !watch.is_stopped() {
        greet_all(&mut connections, task, &mut buffer)?;
    }
    Ok(watch.finish())
}

/// One connection that has echoed once and stays open.
pub(super) fn greeting(load: &Load, pattern: &Pattern) -> Result<OwnedFd, BenchError> {
    let mut connection = Connection::open(load, 0)?;
    connection.greet(load, pattern, &mut vec![0; load.size_bytes])?;
    Ok(connection.socket)
}

fn open_all(task: &Task<'_>, epoll: &Epoll) -> Result<Vec<Connection>, BenchError> {
    let mut connections = Vec::with_capacity(task.numbers.len());
    for (index, number) in task.numbers.iter().enumerate() {
        if task.stop.load(Relaxed) {
            break;
        }
        // One after the other, the accept queue of the server never overflows.
        let connection = Connection::open(task.load, *number)?;
        epoll
            .add(&connection.socket, index as u64, Registration::ReadWrite)
            .map_err(BenchError::system("epoll_ctl"))?;
        connections.push(connection);
    }
    Ok(connections)
}

fn greet_all(connections: &mut [Connection], task: &Task<'_>, buffer: &mut [u8]) -> Result<(), BenchError> {
    connections.iter_mut().try_for_each(|connection| connection.greet(task.load, task.pattern, buffer))
}

/// What goes on in one thread.
struct Loop {
    /// Who is to begin a message when, in an open loop.
    turns: Option<Turns>,
    schedule: Option<Schedule>,
    /// When something came, or the first message of a silence began.
    heard_ns: u64,
    /// How many messages are under way, of all connections.
    under_way: usize,
}

impl Loop {
    fn run(
        &mut self,
        connections: &mut [Connection],
        epoll: &mut Epoll,
        watch: &mut Watch<'_>,
        buffer: &mut [u8],
    ) -> Result<(), BenchError> {
        watch.tick();
        if self.turns.is_none() {
            connections.iter_mut().try_for_each(|connection| self.go_on(connection, watch))?;
        }
        loop {
            self.begin_due(connections, watch)?;
            if watch.is_over() && (self.under_way == 0 || watch.is_stopped()) {
                return Ok(());
            }
            let ready = epoll.wait(Some(self.sleep(watch))).map_err(BenchError::system("epoll_wait"))?;
            watch.tick();
            for index in 0..ready {
                let event = epoll.event(index).and_then(|ready| usize::try_from(ready.token).ok());
                if let Some(connection) = event.and_then(|index| connections.get_mut(index)) {
                    self.receive(connection, watch, buffer)?;
                    self.go_on(connection, watch)?;
                }
            }
            self.check_silence(connections, watch)?;
        }
    }

    /// Begins what is due by now, in an open loop.
    fn begin_due(&mut self, connections: &mut [Connection], watch: &mut Watch<'_>) -> Result<(), BenchError> {
        while !watch.is_over()
            && let Some(index) = self.turns.as_mut().and_then(|turns| turns.due(watch.now_ns))
        {
            if let Some(connection) = connections.get_mut(index) {
                self.go_on(connection, watch)?;
            }
        }
        Ok(())
    }

    /// Begins as many messages of a connection as may be under way, and sends what the kernel takes.
    fn go_on(&mut self, connection: &mut Connection, watch: &Watch<'_>) -> Result<(), BenchError> {
        while !watch.is_over() && connection.stream.under_way() < watch.load.depth {
            let began_ns = match self.schedule {
                None => watch.now_ns,
                Some(schedule) => schedule.at(connection.number, connection.begun),
            };
            if began_ns > watch.now_ns {
                break;
            }
            if self.under_way == 0 {
                self.heard_ns = watch.now_ns;
            }
            connection.begin(began_ns);
            self.under_way += 1;
        }
        connection.send(watch.pattern)
    }

    /// Takes what has come on a connection.
    fn receive(
        &mut self,
        connection: &mut Connection,
        watch: &mut Watch<'_>,
        buffer: &mut [u8],
    ) -> Result<(), BenchError> {
        loop {
            let number = connection.number;
            let count = match bytes::receive(&connection.socket, buffer) {
                Ok(0) if watch.is_stopped() => return Ok(()),
                Ok(0) => return Err(BenchError::Closed { connection: number + 1 }),
                Ok(count) => count,
                Err(error) if is_later(&error) => return Ok(()),
                Err(error) => return Err(BenchError::call("recv", number)(error)),
            };
            watch.tick();
            self.heard_ns = watch.now_ns;
            let under_way = &mut self.under_way;
            let pattern = watch.pattern;
            let taken = connection.stream.take(pattern, &buffer[..count], |began_ns| {
                *under_way -= 1;
                watch.echo(began_ns);
            });
            taken.map_err(BenchError::wrong(number))?;
            // Nothing more is to come, so the call that would only say so is spared; whatever comes later is a new edge.
            if connection.stream.under_way() == 0 {
                return Ok(());
            }
        }
    }

    /// How long nothing has to be done.
    fn sleep(&self, watch: &Watch<'_>) -> Duration {
        let next_ns = match &self.turns {
            Some(turns) if !watch.is_over() => turns.next_ns(),
            _ => return SLEEP_MAX,
        };
        let left_ns = next_ns.saturating_sub(monotonic_ns());
        Duration::from_nanos(left_ns.saturating_sub(SLACK_NS)).min(SLEEP_MAX)
    }

    fn check_silence(&self, connections: &[Connection], watch: &Watch<'_>) -> Result<(), BenchError> {
        if self.under_way == 0 || watch.now_ns.saturating_sub(self.heard_ns) < watch.timeout_ns() {
            return Ok(());
        }
        let waiting = connections.iter().filter(|connection| connection.stream.under_way() > 0).count();
        Err(BenchError::Silent { after: watch.load.timeout, waiting })
    }
}

/// A connection, and how far it is.
pub(super) struct Connection {
    pub(super) socket: OwnedFd,
    pub(super) number: usize,
    pub(super) stream: Stream,
    /// How many messages it has begun.
    begun: u64,
}

impl Connection {
    /// Opens one, and waits until it is.
    pub(super) fn open(load: &Load, number: usize) -> Result<Self, BenchError> {
        let target = load.target;
        let connect = || {
            let socket = begin_to_connect(load)?;
            wait(&socket, Interest::WRITE, load.timeout)?;
            socket::pending_error(&socket)?.map_or(Ok(socket), Err)
        };
        let socket =
            connect().map_err(|error| BenchError::Connect { target, connection: number + 1, error })?;
        Ok(Self::made_of(socket, number, Stream::new(number, load.size_bytes)))
    }

    /// Makes one of a socket that has begun to connect.
    pub(super) fn made_of(socket: OwnedFd, number: usize, stream: Stream) -> Self {
        Self { socket, number, stream, begun: 0 }
    }

    /// Begins a message.
    fn begin(&mut self, began_ns: u64) {
        self.stream.begin(began_ns);
        self.begun += 1;
    }

    /// Sends what the kernel takes of what was begun.
    pub(super) fn send(&mut self, pattern: &Pattern) -> Result<(), BenchError> {
        loop {
            let unsent = self.stream.unsent(pattern);
            if unsent.is_empty() {
                return Ok(());
            }
            match bytes::send(&self.socket, unsent) {
                Ok(count) => self.stream.sent(count),
                Err(error) if is_later(&error) => return Ok(()),
                Err(error) => return Err(BenchError::call("send", self.number)(error)),
            }
        }
    }

    /// Sends one message, and waits for its echo. It does not count.
    fn greet(&mut self, load: &Load, pattern: &Pattern, buffer: &mut [u8]) -> Result<(), BenchError> {
        self.stream.begin(0);
        while self.stream.under_way() > 0 {
            self.send(pattern)?;
            let is_sent = self.stream.unsent(pattern).is_empty();
            let interest = if is_sent { Interest::READ } else { Interest::BOTH };
            wait(&self.socket, interest, load.timeout)
                .map_err(|_| BenchError::Silent { after: load.timeout, waiting: 1 })?;
            match bytes::receive(&self.socket, buffer) {
                Ok(0) => return Err(BenchError::Closed { connection: self.number + 1 }),
                Ok(count) => {
                    let taken = self.stream.take(pattern, &buffer[..count], |_| {});
                    taken.map_err(BenchError::wrong(self.number))?;
                }
                Err(error) if is_later(&error) => {}
                Err(error) => return Err(BenchError::call("recv", self.number)(error)),
            }
        }
        Ok(())
    }
}

/// A socket whose handshake has begun.
pub(super) fn begin_to_connect(load: &Load) -> io::Result<OwnedFd> {
    let socket = socket::open(Transport::Tcp, load.target)?;
    socket::set_no_delay(&socket, true)?;
    match socket::connect(&socket, load.target) {
        Err(error) if error.raw_os_error() != Some(EINPROGRESS) => Err(error),
        _ => Ok(socket),
    }
}

/// Waits until a socket is ready; `ETIMEDOUT` when it is not in time.
fn wait(socket: &OwnedFd, interest: Interest, patience: Duration) -> io::Result<()> {
    let ready = poll::wait(socket.as_fd(), interest, Some(Instant::now() + patience))?;
    if ready.any() { Ok(()) } else { Err(io::Error::from_raw_os_error(ETIMEDOUT)) }
}

/// Whether a call has to be made again later.
pub(super) fn is_later(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted)
}
