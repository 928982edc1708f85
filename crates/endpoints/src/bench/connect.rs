//! Connections that are opened, echo one message and are closed, one behind the other on each place.
//!
//! They are closed by an RST, so that none of them stays in TIME-WAIT and takes a port from those that follow.

use std::time::Duration;

use kernel::clock::monotonic_ns;
use kernel::epoll::{Epoll, Registration};
use kernel::socket;
use kernel::stream as bytes;
use wire::errno::{EADDRNOTAVAIL, ECONNREFUSED, EMFILE, ENFILE};

use super::error::BenchError;
use super::stream::Stream;
use super::tcp::{Connection, SLEEP_MAX, begin_to_connect, is_later};
use super::watch::{Task, Watch};

/// How many connections may fail in a row; then the server is gone.
const FAILURES_MAX: u32 = 1000;
/// How often somebody looks for connections that take too long.
const SWEEP_NS: u64 = 50_000_000;

/// Opens and closes until the measurement is over.
pub(super) fn run(task: &Task<'_>) -> Result<u64, BenchError> {
    let mut epoll = Epoll::new().map_err(BenchError::system("epoll_create1"))?;
    let Some(mut watch) = task.ready() else {
        return Ok(monotonic_ns());
    };
    let mut places: Vec<Place> =
        task.numbers.iter().map(|number| Place { number: *number, attempt: None }).collect();
    let mut failures = Failures { in_a_row: 0, last: None, has_echoed: false };
    let mut buffer = vec![0; task.load.size_bytes + 1];
    let mut swept_ns = watch.now_ns;
    while !watch.tick() {
        for (index, place) in places.iter_mut().enumerate().filter(|(_, place)| place.attempt.is_none()) {
            let began =
                place.begin(&mut watch, |socket| epoll.add(socket, index as u64, Registration::ReadWrite));
            began.or_else(|error| failures.count(error, &mut watch))?;
        }
        let patience =
            if places.iter().any(|place| place.attempt.is_none()) { Duration::ZERO } else { SLEEP_MAX };
        let ready = epoll.wait(Some(patience)).map_err(BenchError::system("epoll_wait"))?;
        watch.tick();
        for index in 0..ready {
            let event = epoll.event(index).and_then(|ready| usize::try_from(ready.token).ok());
            let Some(place) = event.and_then(|index| places.get_mut(index)) else { continue };
            match place.go_on(&mut watch, &mut buffer) {
                Ok(true) => failures.forget(),
                Ok(false) => {}
                Err(error) => failures.count(error, &mut watch)?,
            }
        }
        if watch.now_ns.saturating_sub(swept_ns) >= SWEEP_NS {
            swept_ns = watch.now_ns;
            for place in &mut places {
                place.give_up(&watch).or_else(|error| failures.count(error, &mut watch))?;
            }
        }
    }
    failures.last.filter(|_| !failures.has_echoed && !watch.is_stopped()).map_or(Ok(watch.finish()), Err)
}

/// Where one connection follows the other.
struct Place {
    number: usize,
    attempt: Option<Attempt>,
}

/// A connection, from its first packet on.
struct Attempt {
    connection: Connection,
    began_ns: u64,
    is_open: bool,
}

/// What failed last.
struct Failures {
    in_a_row: u32,
    last: Option<BenchError>,
    has_echoed: bool,
}

impl Place {
    /// Begins a connection.
    fn begin(
        &mut self,
        watch: &mut Watch<'_>,
        register: impl FnOnce(&std::os::fd::OwnedFd) -> std::io::Result<()>,
    ) -> Result<(), BenchError> {
        let load = watch.load;
        let failed = |error| BenchError::Connect { target: load.target, connection: self.number + 1, error };
        let began_ns = monotonic_ns();
        let socket = begin_to_connect(load).map_err(failed)?;
        register(&socket).map_err(BenchError::system("epoll_ctl"))?;
        let stream = Stream::new(self.number, load.size_bytes);
        let connection = Connection::made_of(socket, self.number, stream);
        self.attempt = Some(Attempt { connection, began_ns, is_open: false });
        Ok(())
    }

    /// Goes on as far as it can; says whether the connection has done all.
    fn go_on(&mut self, watch: &mut Watch<'_>, buffer: &mut [u8]) -> Result<bool, BenchError> {
        let Some(attempt) = &mut self.attempt else { return Ok(false) };
        match attempt.go_on(watch, buffer) {
            Ok(true) => {
                watch.echo(attempt.began_ns);
                let closed = socket::set_abortive_close(&attempt.connection.socket);
                closed.map_err(BenchError::call("setsockopt", self.number))?;
                self.attempt = None;
                Ok(true)
            }
            Ok(false) => Ok(false),
            Err(error) => {
                self.attempt = None;
                Err(error)
            }
        }
    }

    /// Gives up a connection that takes too long.
    fn give_up(&mut self, watch: &Watch<'_>) -> Result<(), BenchError> {
        let before_ns = watch.now_ns.saturating_sub(watch.timeout_ns());
        if self.attempt.as_ref().is_none_or(|attempt| attempt.began_ns >= before_ns) {
            return Ok(());
        }
        self.attempt = None;
        Err(BenchError::Silent { after: watch.load.timeout, waiting: 1 })
    }
}

impl Attempt {
    fn go_on(&mut self, watch: &mut Watch<'_>, buffer: &mut [u8]) -> Result<bool, BenchError> {
        let (number, target) = (self.connection.number, watch.load.target);
        if !self.is_open {
            let error = socket::pending_error(&self.connection.socket)
                .map_err(BenchError::call("connect", number))?;
            if let Some(error) = error {
                return Err(BenchError::Connect { target, connection: number + 1, error });
            }
            self.is_open = true;
            self.connection.stream.begin(self.began_ns);
        }
        self.connection.send(watch.pattern)?;
        loop {
            let count = match bytes::receive(&self.connection.socket, buffer) {
                Ok(0) => return Err(BenchError::Closed { connection: number + 1 }),
                Ok(count) => count,
                Err(error) if is_later(&error) => return Ok(false),
                Err(error) => return Err(BenchError::call("recv", number)(error)),
            };
            watch.tick();
            let taken = self.connection.stream.take(watch.pattern, &buffer[..count], |_| {});
            taken.map_err(BenchError::wrong(number))?;
            if self.connection.stream.under_way() == 0 {
                return Ok(true);
            }
        }
    }
}

impl Failures {
    fn forget(&mut self) {
        *self = Self { in_a_row: 0, last: None, has_echoed: true };
    }

    /// Counts a failure, unless it ends everything: a wrong byte, nothing left on this machine, or too many in a row.
    fn count(&mut self, error: BenchError, watch: &mut Watch<'_>) -> Result<(), BenchError> {
        let errno = match &error {
            BenchError::Connect { error, .. } | BenchError::Call { error, .. } => error.raw_os_error(),
            BenchError::Closed { .. } | BenchError::Silent { .. } => None,
            _ => return Err(error),
        };
        self.in_a_row += 1;
        let is_ours = errno.is_some_and(|errno| [EADDRNOTAVAIL, EMFILE, ENFILE].contains(&errno));
        if is_ours || self.in_a_row >= FAILURES_MAX {
            return Err(error);
        }
        if errno == Some(ECONNREFUSED) {
            watch.count(|counts| counts.refused += 1);
        } else {
            watch.count(|counts| counts.broken += 1);
        }
        self.last = Some(error);
        Ok(())
    }
}
