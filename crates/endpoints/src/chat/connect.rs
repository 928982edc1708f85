//! Beginning a talk over TCP: with the first address that does not refuse it.

use std::net::SocketAddr;
use std::os::fd::{AsFd, OwnedFd};
use std::time::Instant;

use kernel::poll::{self, Interest};
use kernel::socket;

use super::event::{End, Event};
use super::mailbox::Asked;
use super::talk::Talk;
use crate::ask::{Stage, Verdict};
use crate::listen::StartError;
use crate::transport::Transport;

/// Connects, and tells so; or says how that ended.
///
/// # Errors
/// [`StartError`]: no address, no descriptor left.
pub(super) fn connect(
    talk: &mut Talk<'_>,
    peers: &[SocketAddr],
) -> Result<Result<(OwnedFd, SocketAddr), End>, StartError> {
    let (last, others) = peers.split_last().ok_or(StartError::NoAddress)?;
    for (index, &peer) in others.iter().enumerate() {
        match attempt(talk, peer)? {
            Err(End::Network(verdict)) if verdict.invites_next_address(peer) => {
                talk.tell(&Event::NextAddress { failed: peer, verdict, next: peers[index + 1] });
            }
            attempted => return Ok(attempted.map(|socket| (socket, peer))),
        }
    }
    Ok(attempt(talk, *last)?.map(|socket| (socket, *last)))
}

fn attempt(talk: &mut Talk<'_>, peer: SocketAddr) -> Result<Result<OwnedFd, End>, StartError> {
    let socket = socket::open(Transport::Tcp.into(), peer).map_err(talk.failed("socket", peer))?;
    socket::set_no_delay(&socket, true).map_err(talk.failed("setsockopt", peer))?;
    let connected = match socket::connect(&socket, peer) {
        Err(error) if error.raw_os_error() == Some(wire::errno::EINPROGRESS) => {
            if let Some(end) = handshake(talk, &socket, peer)? {
                return Ok(Err(end));
            }
            socket::pending_error(&socket).and_then(|pending| pending.map_or(Ok(()), Err))
        }
        connected => connected,
    };
    if let Err(error) = connected {
        let verdict = Verdict::of_error(&error, Stage::Handshake);
        return match verdict {
            Some(verdict) => Ok(Err(End::Network(verdict))),
            None => Err(talk.failed("connect", peer)(error)),
        };
    }
    let local = socket::local_address(&socket).map_err(talk.failed("getsockname", peer))?;
    talk.tell(&Event::Connected { transport: Transport::Tcp, local, peer });
    Ok(Ok(socket))
}

/// Waits for the handshake; an end means that it was not waited for any longer.
fn handshake(talk: &Talk<'_>, socket: &OwnedFd, peer: SocketAddr) -> Result<Option<End>, StartError> {
    let deadline = Instant::now() + talk.config.reply_timeout();
    loop {
        talk.clear_the_mailbox();
        let asked = talk.asked();
        if asked >= Asked::Quit {
            return Ok(Some(asked.end()));
        }
        let (handshake, said) = ((socket.as_fd(), Interest::WRITE), (talk.mailbox(), Interest::READ));
        let ready = poll::wait_either(handshake, said, Some(deadline));
        let [connected, asked] = ready.map_err(talk.failed("poll", peer))?;
        if connected.any() {
            return Ok(None);
        }
        if !asked.any() {
            let waiting_for = Stage::Handshake;
            return Ok(Some(End::Network(Verdict::Silent { waiting_for })));
        }
    }
}
