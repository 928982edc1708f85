//! The sockets of an echo server, with the buffers and the pauses that it was asked for.

use std::io;
use std::net::SocketAddr;
use std::os::fd::{AsFd, OwnedFd};
use std::thread;

use kernel::socket::{self, Buffer};

use super::config::EchoConfig;
use super::engine::Steering;
use super::event::Event;
use super::steer;
use crate::listen::{self, Bound, StartError};
use crate::shaping::{Call, Side};
use crate::transport::Transport;

/// Every socket of a server, and what there is to tell of how they were made.
#[derive(Debug)]
pub(super) struct AllBound {
    /// One for each transport and address.
    pub(super) sockets: Vec<Bound>,
    /// As many again for each further worker, if each has its own.
    pub(super) siblings: Vec<Vec<Bound>>,
    /// Who gets what comes.
    pub(super) steering: Steering,
    /// The processor of each worker; none if they share the sockets.
    pub(super) cpus: Vec<u32>,
    pub(super) events: Vec<Event>,
}

/// What a socket has to do with others at its address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Group {
    /// There must be none.
    Alone,
    /// It joins those that are there and let it.
    Joins,
}

/// Binds every transport to every address.
pub(super) fn bind_all(config: &EchoConfig) -> Result<AllBound, StartError> {
    let mut options = Vec::new();
    let bound = listen::bind_all(&config.addresses, &config.transports, |transport, address| {
        options.retain(|&(of, _)| of != (transport, address));
        let (one, events) = bind(config, transport, address, Group::Alone)?;
        options.extend(events.into_iter().map(|event| ((transport, address), event)));
        Ok(one)
    })?;
    let skipped = bound.skipped.into_iter();
    let skipped = skipped.map(|(transport, local, errno)| Event::AddressSkipped { transport, local, errno });
    let listening = |&Bound { transport, local, .. }: &Bound| Event::Listening { transport, local };
    let listening = bound.sockets.iter().map(listening);
    let options = options.into_iter().map(|(_, event)| event);
    let events = options.chain(skipped).chain(listening).collect();
    let (mut steering, mut cpus) = match steer::cpus(config) {
        Ok(cpus) => (Steering::Steered, cpus),
        Err(because) => (because, Vec::new()),
    };
    let siblings = steer::siblings(config, &bound.sockets, &cpus)?;
    if siblings.is_empty() && !cpus.is_empty() {
        steering = Steering::Unlocked;
        cpus.clear();
    }
    Ok(AllBound { sockets: bound.sockets, siblings, steering, cpus, events })
}

/// Makes one socket, and says what there is to tell of how.
pub(super) fn bind(
    config: &EchoConfig,
    transport: Transport,
    address: SocketAddr,
    group: Group,
) -> Result<(Bound, Vec<Event>), StartError> {
    let failed = |call| move |source| StartError::Socket { call, transport, address, source };
    let socket = socket::open(transport.into(), address).map_err(failed("socket"))?;
    let events = set_buffers(config, transport, &socket).map_err(failed("setsockopt"))?;
    if transport == Transport::Tcp {
        // Over TIME-WAIT only: two listeners on one port are refused all the same.
        socket::set_reuse_address(&socket, true).map_err(failed("setsockopt"))?;
        socket::set_no_delay(&socket, true).map_err(failed("setsockopt"))?;
    } else if address.ip().is_unspecified() {
        socket::report_destination(socket.as_fd(), address).map_err(failed("setsockopt"))?;
    }
    if group == Group::Joins {
        socket::set_reuse_port(&socket, true).map_err(failed("setsockopt"))?;
    }
    paused(config, Call::Bind, || socket::bind(&socket, address)).map_err(failed("bind"))?;
    if transport == Transport::Tcp {
        paused(config, Call::Listen, || socket::listen(&socket, config.backlog()))
            .map_err(failed("listen"))?;
    }
    let local = socket::local_address(&socket).map_err(failed("getsockname"))?;
    Ok((Bound { transport, socket, local }, events))
}

/// Asks for kernel buffers, and notes what the kernel made of it. Accepted sockets inherit them.
fn set_buffers(config: &EchoConfig, transport: Transport, socket: &OwnedFd) -> io::Result<Vec<Event>> {
    let mut events = Vec::new();
    for (buffer, asked) in [(Buffer::Send, config.sndbuf_bytes), (Buffer::Receive, config.rcvbuf_bytes)] {
        let Some(asked_bytes) = asked else { continue };
        socket::set_buffer_bytes(socket, buffer, asked_bytes)?;
        let kernel_bytes = socket::buffer_bytes(socket, buffer)?;
        let option = buffer.option_name();
        events.push(Event::OptionSet { transport, option, asked_bytes, kernel_bytes });
    }
    Ok(events)
}

/// Makes a call with its pauses around it. Nobody is served yet, so the pause is a sleep.
fn paused<T>(config: &EchoConfig, call: Call, perform: impl FnOnce() -> T) -> T {
    let pause = |side| config.pauses.at(side, call).map(thread::sleep);
    pause(Side::Before);
    let result = perform();
    pause(Side::After);
    result
}
