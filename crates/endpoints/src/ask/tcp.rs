//! Asking over TCP.
//!
//! It sends and receives at the same time, so that neither side waits for room that only the other one can make. After the
//! message it ends its stream (half-close) and reads until the peer ends its own, or until the whole message is back.

use std::io;
use std::os::fd::OwnedFd;
use std::time::Instant;

use kernel::poll::Interest;
use kernel::{socket, stream};

use super::event::{AskError, Event};
use super::exchange::{Exchange, Waited, micros};
use super::verdict::{Cut, Stage, Verdict};
use crate::shaping::Call;

/// Connects, sends, receives.
pub(super) fn exchange(exchange: &mut Exchange<'_>) -> Result<Verdict, AskError> {
    let socket = exchange.open()?;
    if let Some(verdict) = connect(exchange, &socket)? {
        return Ok(verdict);
    }
    let verdict = converse(exchange, &socket)?;
    if matches!(verdict, Verdict::Replied { .. } | Verdict::Truncated { .. }) {
        exchange.hold(&socket)?;
    }
    exchange.around(Call::Close, |_| drop(socket));
    Ok(verdict)
}

/// Completes the handshake; a verdict means that it could not.
fn connect(exchange: &mut Exchange<'_>, socket: &OwnedFd) -> Result<Option<Verdict>, AskError> {
    let peer = exchange.peer;
    let began = Instant::now();
    let started = exchange.around(Call::Connect, |_| socket::connect(socket, peer));
    let connected = match started {
        Err(error) if error.raw_os_error() == Some(wire::errno::EINPROGRESS) => {
            match exchange.wait(socket, Interest::WRITE)? {
                Waited::TimedOut => return Ok(Some(Verdict::Silent { waiting_for: Stage::Handshake })),
                Waited::Stopped => return Ok(Some(Verdict::Interrupted { waiting_for: Stage::Handshake })),
                Waited::Ready(_) => match socket::pending_error(socket) {
                    Ok(None) => Ok(()),
                    Ok(Some(error)) | Err(error) => Err(error),
                },
            }
        }
        started => started,
    };
    if let Err(error) = connected {
        return exchange.judge(error, Stage::Handshake).map(Some);
    }
    let took_us = micros(began.elapsed());
    let local = socket::local_address(socket).map_err(exchange.failed("getsockname"))?;
    exchange.tell(&Event::Connected { local, peer, took_us });
    Ok(None)
}

/// What happens to one direction of the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Open,
    Done,
}

/// Sends the message and receives the reply.
fn converse(exchange: &mut Exchange<'_>, socket: &OwnedFd) -> Result<Verdict, AskError> {
    let config = exchange.config;
    let mut buffer = vec![0; config.recv_bytes()];
    let mut sending = Way::Open;
    let mut broken = None;
    loop {
        if sending == Way::Open && exchange.sent_bytes == config.message.len() {
            sending = end_of_message(exchange, socket)?;
        }
        // As taught, nothing is read before everything is sent.
        let read = sending == Way::Done || !config.as_taught;
        let stage = if sending == Way::Open { Stage::Send } else { Stage::Reply };
        let ready = match exchange.wait(socket, Interest { read, write: sending == Way::Open, end: false })? {
            Waited::Ready(ready) => ready,
            Waited::TimedOut => return Ok(Verdict::Silent { waiting_for: stage }),
            Waited::Stopped => return Ok(Verdict::Interrupted { waiting_for: stage }),
        };
        if sending == Way::Open && ready.write {
            match send(exchange, socket) {
                Ok(()) if config.no_loop => sending = end_of_message(exchange, socket)?,
                Ok(()) => {}
                // The reply may have come before the peer broke off: it is read first.
                Err(error) if is_reset(&error) => (sending, broken) = (Way::Done, Some(error)),
                Err(error) => return exchange.judge(error, Stage::Send),
            }
        }
        if read && (ready.read || ready.error) {
            match receive(exchange, socket, &mut buffer) {
                Ok(0) => {
                    return match broken {
                        // The send() that failed took the error with it, so this looks like an orderly end.
                        Some(error) => exchange.judge(error, Stage::Send),
                        None => Ok(ended(exchange)),
                    };
                }
                Ok(_) if is_complete(exchange) => return Ok(complete(exchange)),
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return exchange.judge(error, Stage::Reply),
            }
        }
    }
}

/// All that shall be sent is sent: ends the stream, unless told otherwise or to hold the connection.
fn end_of_message(exchange: &Exchange<'_>, socket: &OwnedFd) -> Result<Way, AskError> {
    let config = exchange.config;
    if config.shut_write && !config.as_taught && config.hold.is_none() {
        match stream::shut_write(socket) {
            // The connection is gone already; reading will say how.
            Err(error) if error.raw_os_error() != Some(wire::errno::ENOTCONN) => {
                return Err(exchange.failed("shutdown")(error));
            }
            _ => {}
        }
    }
    Ok(Way::Done)
}

/// Makes one `send()`.
fn send(exchange: &mut Exchange<'_>, socket: &OwnedFd) -> io::Result<()> {
    let rest = &exchange.config.message[exchange.sent_bytes..];
    let piece = &rest[..rest.len().min(exchange.config.send_bytes())];
    let took_bytes = match exchange.around(Call::Send, |_| stream::send(socket, piece)) {
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
        sent => sent?,
    };
    exchange.sent_bytes += took_bytes;
    exchange.tell(&Event::Call { call: Call::Send, asked_bytes: piece.len(), took_bytes });
    Ok(())
}

/// Makes one `recv()`.
fn receive(exchange: &mut Exchange<'_>, socket: &OwnedFd, buffer: &mut [u8]) -> io::Result<usize> {
    let took_bytes = exchange.around(Call::Recv, |_| stream::receive(socket, buffer))?;
    exchange.tell(&Event::Call { call: Call::Recv, asked_bytes: buffer.len(), took_bytes });
    if took_bytes > 0 {
        exchange.take_reply(&buffer[..took_bytes], took_bytes);
    }
    Ok(took_bytes)
}

/// Whether there is no need to wait for the end of the peer's stream.
fn is_complete(exchange: &Exchange<'_>) -> bool {
    calls_once(exchange) || exchange.reply.is_echo_of(&exchange.config.message)
}

/// Whether one `recv()` is all there shall be.
fn calls_once(exchange: &Exchange<'_>) -> bool {
    exchange.config.as_taught || exchange.config.no_loop
}

/// The peer has ended its stream.
fn ended(exchange: &Exchange<'_>) -> Verdict {
    if exchange.reply.bytes == 0 && !exchange.config.message.is_empty() {
        return Verdict::ClosedEarly;
    }
    complete(exchange)
}

/// No more is to come, or no more is asked for: judges what has come.
fn complete(exchange: &Exchange<'_>) -> Verdict {
    let (message, reply) = (&exchange.config.message, &exchange.reply);
    if exchange.sent_bytes < message.len() {
        return Verdict::Truncated { at: Cut::Send, bytes: exchange.sent_bytes, true_bytes: message.len() };
    }
    match Verdict::of_reply(message, reply) {
        // The rest may be on its way: it is this side that does not ask for it.
        Verdict::Truncated { at: Cut::Peer, bytes, true_bytes } if calls_once(exchange) => {
            Verdict::Truncated { at: Cut::Recv, bytes, true_bytes }
        }
        verdict => verdict,
    }
}

fn is_reset(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe)
}
