//! The sockets that a chat listens on.

use std::net::SocketAddr;
use std::os::fd::AsFd;

use kernel::socket;

use super::config::Listening;
use super::event::Event;
use super::talk::Talk;
use crate::access::AccessList;
use crate::listen::{self, Bound, StartError};
use crate::transport::Transport;

/// How many connections the kernel queues: as many as it grants by default (`net.core.somaxconn`).
const BACKLOG: u32 = 4096;

/// Reads the rules and makes every socket ready, and tells so.
///
/// # Errors
/// [`StartError`]: an address that cannot be had, a rule file that cannot be read.
pub(super) fn open(
    talk: &mut Talk<'_>,
    listening: &Listening,
) -> Result<(Vec<Bound>, AccessList), StartError> {
    let access = listening.access.load()?;
    let bound = listen::bind_all(&listening.addresses, &[talk.config.transport], bind)?;
    for (transport, local, errno) in bound.skipped {
        talk.tell(&Event::AddressSkipped { transport, local, errno });
    }
    for &Bound { transport, local, .. } in &bound.sockets {
        talk.tell(&Event::Listening { transport, local });
    }
    Ok((bound.sockets, access))
}

fn bind(transport: Transport, address: SocketAddr) -> Result<Bound, StartError> {
    let failed = |call| move |source| StartError::Socket { call, transport, address, source };
    let socket = socket::open(transport.into(), address).map_err(failed("socket"))?;
    match transport {
        Transport::Tcp => {
            // Over TIME-WAIT only: two listeners on one port are refused all the same.
            socket::set_reuse_address(&socket, true).map_err(failed("setsockopt"))?;
            socket::set_no_delay(&socket, true).map_err(failed("setsockopt"))?;
        }
        Transport::Udp => {
            socket::report_errors(socket.as_fd(), address).map_err(failed("setsockopt"))?;
            if address.ip().is_unspecified() {
                socket::report_destination(socket.as_fd(), address).map_err(failed("setsockopt"))?;
            }
        }
    }
    socket::bind(&socket, address).map_err(failed("bind"))?;
    if transport == Transport::Tcp {
        socket::listen(&socket, BACKLOG).map_err(failed("listen"))?;
    }
    let local = socket::local_address(&socket).map_err(failed("getsockname"))?;
    Ok(Bound { transport, socket, local })
}
