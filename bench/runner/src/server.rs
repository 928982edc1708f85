//! One server, started for one measurement and killed after it.

use std::{
    fs::{self, File},
    io,
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream, UdpSocket},
    os::unix::process::CommandExt,
    path::Path,
    process::Child,
    sync::atomic::{AtomicU16, Ordering},
    thread,
    time::{Duration, Instant},
};

use endpoints::transport::Transport;
use rustix::process::Pid;

use crate::{output, peer::Peer, process_group::ProcessGroup, reading::Unmeasured};

/// Longest wait for a server's first sign of life.
const READY_MAX: Duration = Duration::from_secs(10);
/// Pause between two attempts, and longest wait for a probe's echo.
const PROBE_EVERY: Duration = Duration::from_millis(20);
/// Ports given to servers: below the ephemeral ones, so that no connection of anybody takes one in between, and so
/// that a probe of a port where nobody listens cannot connect to itself.
const PORTS: std::ops::Range<u16> = 20_000..30_000;

/// A running server; dropping it kills it and all that it started.
pub(crate) struct Server {
    child: Child,
    /// Where it serves.
    pub(crate) address: SocketAddr,
    /// Its processes.
    pub(crate) group: ProcessGroup,
}

impl Server {
    /// Starts `peer` and waits until it can be used.
    ///
    /// # Errors
    /// Why it cannot be started, or what it said before it ended.
    pub(crate) fn start(peer: &Peer, transport: Transport, socklab: &Path) -> Result<Self, Unmeasured> {
        let port =
            free_port(transport).map_err(|error| Unmeasured::Failed(format!("no free port: {error}")))?;
        let mut command = peer.command(transport, port, socklab).map_err(Unmeasured::Skipped)?;
        let log_path = output::log_path(peer.name);
        let mut spawn = || command.process_group(0).stderr(File::create(&log_path)?).spawn();
        let child = spawn().map_err(|error| Unmeasured::Failed(format!("cannot be started: {error}")))?;

        let pid = Pid::from_child(&child);
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let mut server = Self { child, address, group: ProcessGroup::led_by(pid) };
        server.wait_until_ready(transport, &log_path)?;
        Ok(server)
    }

    fn wait_until_ready(&mut self, transport: Transport, log_path: &Path) -> Result<(), Unmeasured> {
        let deadline = Instant::now() + READY_MAX;
        while Instant::now() < deadline {
            if is_answering(transport, self.address) {
                return Ok(());
            }
            if let Ok(Some(status)) = self.child.try_wait() {
                let log = fs::read_to_string(log_path).unwrap_or_default();
                let first_line =
                    log.lines().find(|line| !line.trim().is_empty()).unwrap_or("it said nothing");
                return Err(Unmeasured::Failed(format!("ended at once, {status}: {first_line}")));
            }
            thread::sleep(PROBE_EVERY);
        }
        Err(Unmeasured::Failed(format!("not ready after {READY_MAX:?}")))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The group first: until the leader has been waited for, its number cannot belong to anybody else.
        self.group.kill();
        let _ = self.child.wait();
    }
}

/// TCP is ready when it accepts, UDP when it echoes.
fn is_answering(transport: Transport, address: SocketAddr) -> bool {
    match transport {
        Transport::Tcp => TcpStream::connect(address).is_ok(),
        Transport::Udp => echoes_datagram(address).unwrap_or(false),
    }
}

fn echoes_datagram(address: SocketAddr) -> io::Result<bool> {
    const PROBE: &[u8] = b"ready?";
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))?;
    socket.connect(address)?;
    socket.set_read_timeout(Some(PROBE_EVERY))?;
    socket.send(PROBE)?;
    let mut echo = [0; 2 * PROBE.len()];
    let count = socket.recv(&mut echo)?;
    Ok(&echo[..count] == PROBE)
}

/// A port that nobody has, other than those that were given before.
///
/// # Errors
/// When there is none.
pub(crate) fn free_port(transport: Transport) -> io::Result<u16> {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let candidates =
        PORTS.map(|_| PORTS.start + NEXT.fetch_add(1, Ordering::Relaxed) % (PORTS.end - PORTS.start));
    let is_free = |&port: &u16| match transport {
        Transport::Tcp => TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok(),
        Transport::Udp => UdpSocket::bind((Ipv4Addr::LOCALHOST, port)).is_ok(),
    };
    candidates.into_iter().find(is_free).ok_or_else(|| io::ErrorKind::AddrInUse.into())
}
