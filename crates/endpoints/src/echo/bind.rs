//! The sockets of a server: made, named and listening before anything else is said.

use std::collections::BTreeSet;
use std::io;
use std::net::SocketAddr;
use std::os::fd::{AsFd, OwnedFd};
use std::thread;

use kernel::socket::{self, Buffer};
use thiserror::Error;

use super::Errno;
use super::config::EchoConfig;
use super::event::Event;
use crate::access::AccessError;
use crate::shaping::{Call, Side};
use crate::transport::Transport;

/// How often a port that the kernel chose is given up because another transport or family has it taken.
const PORT_ATTEMPTS_MAX: usize = 32;

/// Why a server could not start.
#[derive(Debug, Error)]
pub enum EchoError {
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

/// A socket that is ready to serve.
#[derive(Debug)]
pub(super) struct Bound {
    pub(super) transport: Transport,
    pub(super) socket: OwnedFd,
    pub(super) local: SocketAddr,
}

/// Every socket of a server, and what there is to tell of how they were made.
#[derive(Debug)]
pub(super) struct AllBound {
    pub(super) sockets: Vec<Bound>,
    pub(super) events: Vec<Event>,
}

/// Binds every transport to every address.
pub(super) fn bind_all(config: &EchoConfig) -> Result<AllBound, EchoError> {
    for _ in 1..PORT_ATTEMPTS_MAX {
        match attempt(config) {
            // The port that the kernel chose for the first socket is taken for another one: choose again.
            Err(EchoError::Socket { source, address, .. })
                if source.kind() == io::ErrorKind::AddrInUse && !asked_for(config, address) => {}
            result => return result,
        }
    }
    attempt(config)
}

/// Whether this very port was asked for, rather than chosen by the kernel.
fn asked_for(config: &EchoConfig, address: SocketAddr) -> bool {
    config.addresses.iter().any(|listen| listen.address == address)
}

fn attempt(config: &EchoConfig) -> Result<AllBound, EchoError> {
    let mut sockets: Vec<Bound> = Vec::new();
    let mut events = Vec::new();
    let mut seen = BTreeSet::new();
    let mut chosen_port = 0;
    for &listen in &config.addresses {
        for &transport in &config.transports {
            let mut address = listen.address;
            if address.port() == 0 {
                address.set_port(chosen_port);
            }
            if !seen.insert((address, transport)) {
                continue;
            }
            match bind(config, transport, address, &mut events) {
                Ok(one) => {
                    if listen.address.port() == 0 {
                        chosen_port = one.local.port();
                    }
                    sockets.push(one);
                }
                Err(EchoError::Socket { source, .. }) if listen.optional && is_absent(&source) => {
                    let (local, errno) = (listen.address, Errno::from(&source));
                    events.push(Event::AddressSkipped { transport, local, errno });
                }
                Err(error) => return Err(error),
            }
        }
    }
    if sockets.is_empty() {
        return Err(EchoError::NoAddress);
    }
    let listening = |&Bound { transport, local, .. }: &Bound| Event::Listening { transport, local };
    events.extend(sockets.iter().map(listening));
    Ok(AllBound { sockets, events })
}

/// Whether the machine does not have this family or address at all.
fn is_absent(error: &io::Error) -> bool {
    matches!(Errno::from(error).0, wire::errno::EAFNOSUPPORT | wire::errno::EADDRNOTAVAIL)
}

fn bind(
    config: &EchoConfig,
    transport: Transport,
    address: SocketAddr,
    events: &mut Vec<Event>,
) -> Result<Bound, EchoError> {
    let failed = |call| move |source| EchoError::Socket { call, transport, address, source };
    let socket = socket::open(transport.into(), address).map_err(failed("socket"))?;
    set_buffers(config, transport, &socket, events).map_err(failed("setsockopt"))?;
    if transport == Transport::Tcp {
        // Over TIME-WAIT only: two listeners on one port are refused all the same.
        socket::set_reuse_address(&socket, true).map_err(failed("setsockopt"))?;
        socket::set_no_delay(&socket, true).map_err(failed("setsockopt"))?;
    } else if address.ip().is_unspecified() {
        socket::report_destination(socket.as_fd(), address).map_err(failed("setsockopt"))?;
    }
    paused(config, Call::Bind, || socket::bind(&socket, address)).map_err(failed("bind"))?;
    if transport == Transport::Tcp {
        paused(config, Call::Listen, || socket::listen(&socket, config.backlog()))
            .map_err(failed("listen"))?;
    }
    let local = socket::local_address(&socket).map_err(failed("getsockname"))?;
    Ok(Bound { transport, socket, local })
}

/// Asks for kernel buffers, and notes what the kernel made of it. Accepted sockets inherit them.
fn set_buffers(
    config: &EchoConfig,
    transport: Transport,
    socket: &OwnedFd,
    events: &mut Vec<Event>,
) -> io::Result<()> {
    for (buffer, asked) in [(Buffer::Send, config.sndbuf_bytes), (Buffer::Receive, config.rcvbuf_bytes)] {
        let Some(asked_bytes) = asked else { continue };
        socket::set_buffer_bytes(socket, buffer, asked_bytes)?;
        let kernel_bytes = socket::buffer_bytes(socket, buffer)?;
        let option = buffer.option_name();
        events.push(Event::OptionSet { transport, option, asked_bytes, kernel_bytes });
    }
    Ok(())
}

/// Makes a call with its pauses around it. Nobody is served yet, so the pause is a sleep.
fn paused<T>(config: &EchoConfig, call: Call, perform: impl FnOnce() -> T) -> T {
    let pause = |side| config.pauses.at(side, call).map(thread::sleep);
    pause(Side::Before);
    let result = perform();
    pause(Side::After);
    result
}
