//! One client that sends and waits for its echo: latency with no event loop between.

use std::io;
use std::os::fd::OwnedFd;
use std::time::Duration;

use kernel::blocking::{self, Direction};
use kernel::clock::monotonic_ns;
use kernel::stream;

use super::error::BenchError;
use super::flight::Echo;
use super::load::Shape;
use super::tcp::{Connection, is_later};
use super::udp::Source;
use super::watch::{Task, Watch};

/// The longest sleep in one call, before somebody looks at the clock.
const RECEIVE_MAX: Duration = Duration::from_millis(50);
/// The number of its only connection in this thread.
const FIRST: usize = 0;

/// Over TCP.
pub(super) fn tcp(task: &Task<'_>) -> Result<u64, BenchError> {
    let mut connection = Connection::open(task.load, task.numbers.first().copied().unwrap_or(FIRST))?;
    prepare(&connection.socket, task.load.shape)?;
    let mut buffer = vec![0; task.load.size_bytes + 1];
    let Some(mut watch) = task.ready() else {
        return Ok(monotonic_ns());
    };
    while !watch.tick() {
        connection.stream.begin(watch.now_ns);
        connection.send(watch.pattern)?;
        let mut heard_ns = watch.now_ns;
        while connection.stream.under_way() > 0 && !watch.is_stopped() {
            let received = stream::receive(&connection.socket, &mut buffer);
            watch.tick();
            match received {
                Ok(0) => return Err(BenchError::Closed { connection: connection.number + 1 }),
                Ok(count) => {
                    heard_ns = watch.now_ns;
                    let (stream, pattern) = (&mut connection.stream, watch.pattern);
                    let taken = stream.take(pattern, &buffer[..count], |began_ns| watch.echo(began_ns));
                    taken.map_err(BenchError::wrong(connection.number))?;
                }
                Err(error) if is_later(&error) => connection.send(watch.pattern)?,
                Err(error) => return Err(BenchError::call("recv", connection.number)(error)),
            }
            if watch.now_ns.saturating_sub(heard_ns) >= watch.timeout_ns() {
                return Err(BenchError::Silent { after: watch.load.timeout, waiting: 1 });
            }
        }
    }
    Ok(watch.finish())
}

/// Over UDP.
pub(super) fn udp(task: &Task<'_>) -> Result<u64, BenchError> {
    let mut source = Source::open(task.load, task.numbers.first().copied().unwrap_or(FIRST))?;
    prepare(&source.socket, task.load.shape)?;
    // One byte more than is due shows what is too long.
    let mut buffer = vec![0; task.load.size_bytes + 1];
    let mut datagram = Vec::with_capacity(task.load.size_bytes);
    let Some(mut watch) = task.ready() else {
        return Ok(monotonic_ns());
    };
    while !watch.tick() {
        datagram.clear();
        let sent_ns = watch.now_ns;
        source.flight.begin(watch.pattern, sent_ns, sent_ns, &mut datagram);
        stream::send(&source.socket, &datagram).map_err(BenchError::call("send", source.number))?;
        while source.flight.under_way() > 0 && !watch.is_stopped() {
            receive(&mut source, &mut watch, &mut buffer)?;
            if watch.now_ns.saturating_sub(sent_ns) >= watch.timeout_ns() {
                let lost = source.flight.give_up(sent_ns);
                watch.count(|counts| counts.lost += lost as u64);
            }
        }
    }
    Ok(watch.finish())
}

/// Takes one datagram, if one comes.
fn receive(source: &mut Source, watch: &mut Watch<'_>, buffer: &mut [u8]) -> Result<(), BenchError> {
    let received = stream::receive(&source.socket, buffer);
    watch.tick();
    let count = match received {
        Ok(count) => count,
        Err(error) if is_later(&error) => return Ok(()),
        Err(error) => return Err(BenchError::call("recv", source.number)(error)),
    };
    let echo = source.flight.take(watch.pattern, &buffer[..count]);
    match echo.map_err(BenchError::wrong(source.number))? {
        Echo::Awaited(began_ns) => watch.echo(began_ns),
        Echo::Late => watch.count(|counts| counts.late += 1),
    }
    Ok(())
}

/// Has calls on the socket sleep, or not.
fn prepare(socket: &OwnedFd, shape: Shape) -> Result<(), BenchError> {
    let prepare = || -> io::Result<()> {
        if shape == Shape::Spin {
            return Ok(());
        }
        blocking::set_nonblocking(socket, false)?;
        [Direction::Receive, Direction::Send]
            .into_iter()
            .try_for_each(|direction| blocking::set_limit(socket, direction, RECEIVE_MAX))
    };
    prepare().map_err(BenchError::system("setsockopt"))
}
