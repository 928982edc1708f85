//! Asking over UDP.
//!
//! The socket is not connected, and learns of ICMP errors through its error queue (`IP_RECVERR`): so it can tell who
//! refused which datagram. Connected, or as taught, it sees what the practical's students see.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::time::Instant;

use kernel::datagram::{Outgoing, Receiver, Sender};
use kernel::poll::Interest;
use kernel::{error_queue, socket};

use super::config::DATAGRAMS_MAX;
use super::event::{AskError, Event};
use super::exchange::{Exchange, Waited, micros};
use super::verdict::{Cut, Stage, Verdict};
use crate::shaping::{Call, Side};

/// Sends the message and waits for the reply, as often as it may try.
pub(super) fn exchange(exchange: &mut Exchange<'_>) -> Result<Verdict, AskError> {
    let config = exchange.config;
    let pieces: Vec<&[u8]> = pieces(&config.message, config.send_bytes(), config.no_loop);
    if pieces.len() > DATAGRAMS_MAX {
        return Err(AskError::TooManyDatagrams { pieces: pieces.len() });
    }
    let socket = exchange.open()?;
    if config.connect {
        connect(exchange, &socket)?;
    } else if !config.as_taught {
        socket::report_errors(socket.as_fd(), exchange.peer).map_err(exchange.failed("setsockopt"))?;
    }
    let mut receiver = Receiver::new(1, config.recv_bytes());
    for number in 1..=config.tries.max(1) {
        if number > 1 {
            exchange.tell(&Event::Retry { number });
            exchange.reply = super::verdict::Reply::NONE;
        }
        let verdict = match send_all(exchange, &socket, &pieces)? {
            Some(verdict) => verdict,
            None => receive_all(exchange, &socket, pieces.len(), &mut receiver)?,
        };
        if verdict != (Verdict::Silent { waiting_for: Stage::Reply }) {
            exchange.hold(&socket)?;
            return Ok(verdict);
        }
    }
    exchange.hold(&socket)?;
    Ok(Verdict::Silent { waiting_for: Stage::Reply })
}

/// The message in datagrams. The empty message is one empty datagram.
fn pieces(message: &[u8], bytes_max: usize, first_only: bool) -> Vec<&[u8]> {
    if message.is_empty() {
        return vec![message];
    }
    message.chunks(bytes_max.max(1)).take(if first_only { 1 } else { usize::MAX }).collect()
}

fn connect(exchange: &mut Exchange<'_>, socket: &OwnedFd) -> Result<(), AskError> {
    let peer = exchange.peer;
    let began = Instant::now();
    exchange.around(Call::Connect, |_| socket::connect(socket, peer)).map_err(exchange.failed("connect"))?;
    let took_us = micros(began.elapsed());
    let local = socket::local_address(socket).map_err(exchange.failed("getsockname"))?;
    exchange.tell(&Event::Connected { local, peer, took_us });
    Ok(())
}

/// Sends every piece; a verdict means that there is no use in waiting.
fn send_all(
    exchange: &mut Exchange<'_>,
    socket: &OwnedFd,
    pieces: &[&[u8]],
) -> Result<Option<Verdict>, AskError> {
    exchange.sent_bytes = 0;
    let mut sender = Sender::new();
    let peer = (!exchange.config.connect).then_some(exchange.peer);
    for payload in pieces {
        let datagram = Outgoing { payload, peer, source: None };
        loop {
            let sent = exchange.around(Call::Send, |_| sender.send(socket, std::iter::once(datagram)));
            match sent {
                Ok(_) => break,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    match exchange.wait(socket, Interest::WRITE)? {
                        Waited::Ready(_) => {}
                        Waited::TimedOut => return Ok(Some(Verdict::Silent { waiting_for: Stage::Send })),
                        Waited::Stopped => {
                            return Ok(Some(Verdict::Interrupted { waiting_for: Stage::Send }));
                        }
                    }
                }
                Err(error) => return refused(exchange, socket, error, Stage::Send).map(Some),
            }
        }
        exchange.sent_bytes += payload.len();
        let (call, bytes) = (Call::Send, payload.len());
        exchange.tell(&Event::Call { call, asked_bytes: bytes, took_bytes: bytes });
    }
    Ok(None)
}

/// Waits for as many datagrams as were sent.
fn receive_all(
    exchange: &mut Exchange<'_>,
    socket: &OwnedFd,
    expected: usize,
    receiver: &mut Receiver,
) -> Result<Verdict, AskError> {
    let deadline = exchange.config.timeout.map(|timeout| Instant::now() + timeout);
    let mut replies = 0;
    while replies < expected {
        exchange.pause(Side::Before, Call::Recv);
        match exchange.wait_until(socket, Interest::READ, deadline)? {
            Waited::Stopped => return Ok(Verdict::Interrupted { waiting_for: Stage::Reply }),
            Waited::TimedOut => return Ok(Verdict::Silent { waiting_for: Stage::Reply }),
            Waited::Ready(_) => {}
        }
        match receiver.receive(socket) {
            Ok(_) => replies += usize::from(take(exchange, receiver)),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return refused(exchange, socket, error, Stage::Reply),
        }
        exchange.pause(Side::After, Call::Recv);
    }
    let config = exchange.config;
    if exchange.sent_bytes < config.message.len() {
        let (bytes, true_bytes) = (exchange.sent_bytes, config.message.len());
        return Ok(Verdict::Truncated { at: Cut::Send, bytes, true_bytes });
    }
    Ok(Verdict::of_reply(&config.message, &exchange.reply))
}

/// Takes a datagram as a part of the reply, if it comes from whoever was asked.
fn take(exchange: &mut Exchange<'_>, receiver: &Receiver) -> bool {
    let Some(datagram) = receiver.get(0) else { return false };
    let (peer, bytes) = (datagram.peer, datagram.payload.len());
    // As taught, whatever arrives is the reply.
    if peer != exchange.peer && !exchange.config.as_taught {
        exchange.tell(&Event::Stray { peer, bytes: datagram.true_bytes });
        return false;
    }
    exchange.tell(&Event::Call { call: Call::Recv, asked_bytes: receiver.slot_bytes(), took_bytes: bytes });
    exchange.take_reply(datagram.payload, datagram.true_bytes);
    true
}

/// Finds out what an error means: the error queue knows more than the call that failed.
fn refused(
    exchange: &Exchange<'_>,
    socket: &OwnedFd,
    error: io::Error,
    during: Stage,
) -> Result<Verdict, AskError> {
    if !exchange.config.connect
        && let Ok(Some(report)) = error_queue::take(socket)
        && report.errno != wire::errno::EMSGSIZE
    {
        return Ok(Verdict::of_report(&report));
    }
    exchange.judge(error, during)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_sent_in_as_many_datagrams_as_it_takes() {
        assert_eq!(pieces(b"Hola Mundo!", usize::MAX, false), [b"Hola Mundo!"]);
        assert_eq!(pieces(b"Hola Mundo!", 4, false), [&b"Hola"[..], b" Mun", b"do!"]);
        assert_eq!(pieces(b"Hola Mundo!", 4, true), [b"Hola"]);
    }

    #[test]
    fn the_empty_message_is_one_empty_datagram() {
        assert_eq!(pieces(b"", 4, false), [b""]);
    }
}
