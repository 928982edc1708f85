//! The sockets that a server waits on: on every address, over every transport, ready before anything else is said.

use std::collections::BTreeSet;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::fd::OwnedFd;

use thiserror::Error;

use crate::access::AccessError;
use crate::errno::Errno;
use crate::transport::Transport;

/// How often a port that the kernel chose is given up because another transport or family has it taken.
const PORT_ATTEMPTS_MAX: usize = 32;

/// An address to listen on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListenAddress {
    /// Where.
    pub address: SocketAddr,
    /// Whether the server shall start all the same when this machine does not have the address (IPv6 switched off).
    pub optional: bool,
}

impl ListenAddress {
    /// The loopback addresses of both families.
    pub fn localhost(port: u16) -> Vec<Self> {
        Self::both_families(port, Ipv4Addr::LOCALHOST, Ipv6Addr::LOCALHOST)
    }

    /// Every address of this machine, in both families.
    pub fn any(port: u16) -> Vec<Self> {
        Self::both_families(port, Ipv4Addr::UNSPECIFIED, Ipv6Addr::UNSPECIFIED)
    }

    fn both_families(port: u16, v4: Ipv4Addr, v6: Ipv6Addr) -> Vec<Self> {
        let listen = |ip: IpAddr, optional| Self { address: SocketAddr::new(ip, port), optional };
        vec![listen(v4.into(), false), listen(v6.into(), true)]
    }
}

/// Why a server could not start.
#[derive(Debug, Error)]
pub enum StartError {
    /// A call on a socket failed.
    #[error("{call} {address} ({transport}): {}", Errno::from(source))]
    Socket {
        /// The call's Unix name.
        call: &'static str,
        /// Of which transport.
        transport: Transport,
        /// The address it was for.
        address: SocketAddr,
        /// What the kernel said.
        source: io::Error,
    },
    /// This machine has none of the addresses.
    #[error("no address to listen on")]
    NoAddress,
    /// A rule or a rule file is wrong.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// The machine has no more of something: descriptors, threads, memory.
    #[error("{call}: {}", Errno::from(source))]
    System {
        /// The call's Unix name.
        call: &'static str,
        /// What the kernel said.
        source: io::Error,
    },
}

impl StartError {
    /// Makes what turns the kernel's answer to `call` into an error.
    pub(crate) fn system(call: &'static str) -> impl Fn(io::Error) -> Self {
        move |source| Self::System { call, source }
    }
}

/// A socket that is ready to serve.
#[derive(Debug)]
pub(crate) struct Bound {
    pub(crate) transport: Transport,
    pub(crate) socket: OwnedFd,
    pub(crate) local: SocketAddr,
}

/// Every socket of a server, and the addresses that were left out because this machine does not have them.
#[derive(Debug, Default)]
pub(crate) struct AllBound {
    pub(crate) sockets: Vec<Bound>,
    pub(crate) skipped: Vec<(Transport, SocketAddr, Errno)>,
}

/// Binds every transport to every address; all ports 0 become one and the same port. `bind` makes one socket.
///
/// # Errors
/// What `bind` said of an address that is not optional, or that nothing is left to listen on.
pub(crate) fn bind_all(
    addresses: &[ListenAddress],
    transports: &[Transport],
    mut bind: impl FnMut(Transport, SocketAddr) -> Result<Bound, StartError>,
) -> Result<AllBound, StartError> {
    let asked_for = |address| addresses.iter().any(|listen| listen.address == address);
    for _ in 1..PORT_ATTEMPTS_MAX {
        match attempt(addresses, transports, &mut bind) {
            // The port that the kernel chose for the first socket is taken for another one: choose again.
            Err(StartError::Socket { source, address, .. })
                if source.kind() == io::ErrorKind::AddrInUse && !asked_for(address) => {}
            result => return result,
        }
    }
    attempt(addresses, transports, &mut bind)
}

fn attempt(
    addresses: &[ListenAddress],
    transports: &[Transport],
    bind: &mut impl FnMut(Transport, SocketAddr) -> Result<Bound, StartError>,
) -> Result<AllBound, StartError> {
    let mut bound = AllBound::default();
    let mut seen = BTreeSet::new();
    let mut chosen_port = 0;
    for &listen in addresses {
        for &transport in transports {
            let mut address = listen.address;
            if address.port() == 0 {
                address.set_port(chosen_port);
            }
            if !seen.insert((address, transport)) {
                continue;
            }
            match bind(transport, address) {
                Ok(one) => {
                    if listen.address.port() == 0 {
                        chosen_port = one.local.port();
                    }
                    bound.sockets.push(one);
                }
                Err(StartError::Socket { source, .. }) if listen.optional && is_absent(&source) => {
                    bound.skipped.push((transport, listen.address, Errno::from(&source)));
                }
                Err(error) => return Err(error),
            }
        }
    }
    if bound.sockets.is_empty() { Err(StartError::NoAddress) } else { Ok(bound) }
}

/// Whether the machine does not have this family or address at all.
fn is_absent(error: &io::Error) -> bool {
    matches!(Errno::from(error).0, wire::errno::EAFNOSUPPORT | wire::errno::EADDRNOTAVAIL)
}
