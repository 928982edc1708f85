//! A socket of its own for each worker at the same address, so that the kernel hands each connection and each datagram to the
//! worker of the processor that received it.
//!
//! On the loopback that is the client's processor, on a network card the one of its queue. A worker is bound to no processor: the
//! scheduler brings it to whoever wakes it, so that request, server and reply share a cache, and takes it elsewhere when that
//! processor is full and another one idle. Bound workers were measured to serve no more, and far less where a client moves. The sockets ask for `SO_REUSEPORT` while they are bound. Then they take
//! that back, so that nobody else comes in, and the kernel chooses among them by `SO_INCOMING_CPU` alone (`socket(7)`).

use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::fd::AsFd;

use kernel::{affinity, socket};

use super::bind::{self, Group};
use super::config::{EchoConfig, Steer};
use super::engine::Steering;
use crate::listen::{Bound, StartError};
use crate::transport::Transport;

/// Addresses that no machine has: for documentation (RFC 5737), and for what is thrown away (RFC 6666).
const NOBODYS_V4: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));
const NOBODYS_V6: IpAddr = IpAddr::V6(Ipv6Addr::new(0x100, 0, 0, 0, 0, 0, 0, 1));

/// The processors of the workers, if each shall have sockets of its own; or why they shall not.
pub(super) fn cpus(config: &EchoConfig) -> Result<Vec<u32>, Steering> {
    let workers = config.workers();
    let has_stated_queue = config.backlog.is_some() || config.rcvbuf_bytes.is_some();
    let allowed = affinity::allowed().unwrap_or_default();
    match config.steer {
        _ if config.as_taught => Err(Steering::AsTaught),
        Steer::Off => Err(Steering::Off),
        _ if workers == 1 => Err(Steering::OneWorker),
        // With sockets of their own each would have a queue as long as that.
        Steer::Auto if has_stated_queue => Err(Steering::StatedQueue),
        // A processor without a worker would leave all that it receives to one of the others, and a worker without one idle.
        Steer::Auto if workers != allowed.len() => Err(Steering::OtherWorkers),
        Steer::On if workers > allowed.len() => Err(Steering::OtherWorkers),
        Steer::Auto | Steer::On => Ok(allowed.into_iter().take(workers).collect()),
    }
}

/// Makes the sockets of all workers but the first, which has those that are given: a list for each of the other processors.
/// None if nobody could be kept out of the group.
///
/// # Errors
/// What the kernel said of a socket: `EADDRINUSE` if somebody else came in between.
pub(super) fn siblings(
    config: &EchoConfig,
    first: &[Bound],
    cpus: &[u32],
) -> Result<Vec<Vec<Bound>>, StartError> {
    let Some((home, others)) = cpus.split_first() else { return Ok(Vec::new()) };
    let locks = locks(first);
    if !locks.iter().all(|lock| socket::open(socket::Transport::Tcp, *lock).is_ok()) {
        return Ok(Vec::new());
    }
    for bound in first {
        join(bound, *home).map_err(StartError::system("setsockopt"))?;
    }
    let sibling = |bound: &Bound, cpu| {
        let (sibling, _) = bind::bind(config, bound.transport, bound.local, Group::Joins)?;
        join(&sibling, cpu).map_err(StartError::system("setsockopt"))?;
        Ok(sibling)
    };
    let of_worker = |cpu: &u32| first.iter().map(|bound| sibling(bound, *cpu)).collect();
    let siblings: Vec<Vec<Bound>> = others.iter().map(of_worker).collect::<Result<_, StartError>>()?;
    for address in locks {
        lock(address).map_err(StartError::system("bind"))?;
    }
    for bound in first.iter().chain(siblings.iter().flatten()) {
        socket::set_reuse_port(&bound.socket, false).map_err(StartError::system("setsockopt"))?;
    }
    Ok(siblings)
}

/// Lets others of this group have its address, and prefers it for what this processor receives.
fn join(bound: &Bound, cpu: u32) -> io::Result<()> {
    socket::set_reuse_port(&bound.socket, true)?;
    socket::set_incoming_cpu(&bound.socket, cpu)
}

/// What each port of TCP is locked by: an address that the kernel shall remember in place of the last one of the group.
///
/// The kernel remembers, for each port, the address of the socket that came last with `SO_REUSEPORT`, and lets whoever asks for
/// the same in without looking at those that are there (`inet_csk_get_port()`). It takes the two families for different there.
fn locks(first: &[Bound]) -> Vec<SocketAddr> {
    let streams = first.iter().filter(|bound| bound.transport == Transport::Tcp);
    let last_of_port: BTreeMap<u16, IpAddr> =
        streams.map(|bound| (bound.local.port(), bound.local.ip())).collect();
    let lock = |(port, last): (u16, IpAddr)| {
        SocketAddr::new(if last.is_ipv4() { NOBODYS_V6 } else { NOBODYS_V4 }, port)
    };
    last_of_port.into_iter().map(lock).collect()
}

/// Has the kernel remember this address: from now on it looks at every socket of the port when somebody wants to join.
fn lock(address: SocketAddr) -> io::Result<()> {
    let socket = socket::open(socket::Transport::Tcp, address)?;
    socket::allow_foreign_address(socket.as_fd(), address)?;
    socket::set_reuse_address(&socket, true)?;
    socket::set_reuse_port(&socket, true)?;
    socket::bind(&socket, address)
}
