//! What a server does that nobody asks for anything: how often its threads leave a processor, and what CPU and memory it takes.

use std::{
    io::{self, Read, Write},
    net::TcpStream,
    path::Path,
    thread,
    time::{Duration, Instant},
};

use endpoints::transport::Transport;
use serde::Serialize;

use crate::{
    interrupt,
    peer::Peer,
    process_group::Memory,
    reading::{Reading, Unmeasured},
    server::Server,
};

/// What it is called on the command line.
pub(crate) const ROW: &str = "quiet";
/// How long servers have to become quiet, after each has echoed once.
const SETTLING: Duration = Duration::from_secs(1);
/// How often somebody looks whether the run is to end.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// How long a server may take for its one echo.
const ECHO_MAX: Duration = Duration::from_secs(5);
/// The one echo.
const MESSAGE: [u8; 64] = [0x55; 64];

/// A server, and what became of it.
#[derive(Serialize)]
pub(crate) struct Quiet {
    /// Who.
    #[serde(rename = "server")]
    pub(crate) peer: &'static Peer,
    /// What it did.
    pub(crate) reading: Reading<Rest>,
}

/// What a server did meanwhile.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Rest {
    /// For how long it was watched, in seconds.
    pub(crate) window_s: f64,
    /// How often its threads left a processor: each was running before.
    pub(crate) switches: u64,
    /// CPU time, user and system, in seconds; absent when it could not be read.
    pub(crate) cpu_s: Option<f64>,
    /// Its memory.
    pub(crate) memory: Memory,
}

/// A server that has echoed once, with the connection that stays open.
struct Watched {
    server: Server,
    _connection: TcpStream,
}

/// Watches all of these servers at once, each with one idle TCP connection.
///
/// # Errors
/// When the run is interrupted.
pub(crate) fn run(peers: &[&'static Peer], window: Duration, socklab: &Path) -> io::Result<Vec<Quiet>> {
    let is_served = |peer: &&&'static Peer| peer.arguments(Transport::Tcp).is_some() && !peer.is_bound();
    let served = peers.iter().filter(is_served).copied();
    let started: Vec<_> = served.map(|peer| (peer, start(peer, socklab))).collect();
    wait(SETTLING)?;
    let look = |watched: &Watched| (watched.server.group.switches(), watched.server.group.cpu_time());
    let before: Vec<_> = started.iter().map(|(_, watched)| watched.as_ref().ok().map(look)).collect();
    wait(window)?;
    let rows = started.iter().zip(before).map(|((peer, watched), before)| {
        let reading = watched.as_ref().map_err(Clone::clone).map(|watched| {
            let (switches, cpu) = before.unwrap_or_default();
            let (switches_now, cpu_now) = look(watched);
            Rest {
                window_s: window.as_secs_f64(),
                switches: switches_now.saturating_sub(switches),
                cpu_s: cpu_now.zip(cpu).map(|(after, before)| after.saturating_sub(before).as_secs_f64()),
                memory: watched.server.group.memory(),
            }
        });
        Quiet { peer, reading }
    });
    Ok(rows.collect())
}

fn start(peer: &'static Peer, socklab: &Path) -> Reading<Watched> {
    let server = Server::start(peer, Transport::Tcp, socklab)?;
    let talk = || -> io::Result<TcpStream> {
        let mut connection = TcpStream::connect(server.address)?;
        connection.set_read_timeout(Some(ECHO_MAX))?;
        connection.write_all(&MESSAGE)?;
        let mut echo = MESSAGE.map(|byte| !byte);
        connection.read_exact(&mut echo)?;
        if echo == MESSAGE { Ok(connection) } else { Err(io::ErrorKind::InvalidData.into()) }
    };
    match talk() {
        Ok(connection) => Ok(Watched { server, _connection: connection }),
        Err(error) if error.kind() == io::ErrorKind::InvalidData => {
            Err(Unmeasured::Corrupt("its one echo is not what was sent".into()))
        }
        Err(error) => Err(Unmeasured::Failed(format!("no echo: {error}"))),
    }
}

fn wait(time: Duration) -> io::Result<()> {
    let end = Instant::now() + time;
    while let Some(left) = end.checked_duration_since(Instant::now()) {
        interrupt::check()?;
        thread::sleep(left.min(LOOK_EVERY));
    }
    Ok(())
}
