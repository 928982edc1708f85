//! A server over UDP that sends back what it is sent.

use std::net::SocketAddr;
use std::time::Duration;

use scope::model::{Address, Args, Call, Message};

use crate::check::signatures::Signature;
use crate::check::trial::{Received, Trial, UdpPeer};
use crate::check::{Failure, Problem, Told};

use super::super::signs;

/// A message that is longer than the practical's buffer.
pub(crate) const LONG_BYTES: usize = 3000;

/// Bytes that are no text in UTF-8, first what ends a strict decoder.
pub(crate) const NO_TEXT: &[u8] = b"\xff\xfe\x00hola\x80\xc3";

/// How long a server that answers itself takes for its first answer.
const STORM_TIME: Duration = Duration::from_millis(20);

/// How many datagrams a server has answered that a student would call many.
const MANY: usize = 8;

/// What is sent comes back, from wherever.
pub(crate) fn comes_back(peer: &UdpPeer, message: &[u8]) -> Result<Received, Problem> {
    comes_back_after(peer, b"", message)
}

/// The same, where `before` was sent before.
fn comes_back_after(peer: &UdpPeer, before: &[u8], message: &[u8]) -> Result<Received, Problem> {
    peer.send(message)?;
    expect(peer, before, message)
}

fn expect(peer: &UdpPeer, before: &[u8], message: &[u8]) -> Result<Received, Problem> {
    match peer.receive()? {
        Some(reply) if reply.bytes == message => Ok(reply),
        Some(reply) => {
            let failure = Failure::of_bytes(message, &reply.bytes);
            let signature = signs::of_reply(before, message, &reply.bytes);
            Err(Failure { signature, ..failure }.into())
        }
        None => Err(Failure::of_bytes(message, b"").into()),
    }
}

/// A new peer of a server that runs has its message back.
pub(crate) fn still_serves(trial: &Trial) -> Result<(), Problem> {
    comes_back(&trial.udp()?, &trial.nonce(11)).map(drop)
}

/// A short message comes back, byte by byte.
pub(crate) fn echoes(trial: &mut Trial) -> Result<(), Problem> {
    trial.start()?;
    let peer = trial.udp()?;
    let message = trial.nonce(11);
    peer.send(&message)?;
    trial.pause(STORM_TIME)?;
    if answers_itself(trial)? {
        // It would go on as long as anybody looks.
        trial.program()?.end()?;
        let failure = Failure::of_bytes(&message, b"");
        return Err(failure.signed(Signature::AnswersItself).into());
    }
    expect(&peer, b"", &message).map(drop)
}

/// Whether it has sent something to its own port: that goes round without end.
fn answers_itself(trial: &Trial) -> Result<bool, Problem> {
    let own = trial.port();
    let is_own = |to: &Address| matches!(to, Address::Inet(to) if to.port() == own);
    let is_to_itself = |message: &Message| message.address.as_ref().is_some_and(is_own);
    let sends =
        |call: &Call| matches!(&call.args, Args::Send { messages, .. } if messages.iter().any(is_to_itself));
    Ok(trial.program()?.calls()?.iter().any(sends))
}

/// The shortest message comes back, and one that fills the practical's buffer.
pub(crate) fn sizes(trial: &mut Trial) -> Result<(), Problem> {
    trial.start()?;
    let peer = trial.udp()?;
    for bytes in [1, 1024] {
        comes_back(&peer, &trial.nonce(bytes))?;
    }
    Ok(())
}

/// A short message after a long one comes back alone.
pub(crate) fn stale_bytes(trial: &mut Trial) -> Result<(), Problem> {
    trial.start()?;
    let peer = trial.udp()?;
    let [long, short] = [trial.nonce(200), trial.nonce(5)];
    comes_back(&peer, &long)?;
    comes_back_after(&peer, &long, &short).map(drop)
}

/// A text with letters of several bytes comes back.
pub(crate) fn utf_8(trial: &mut Trial) -> Result<(), Problem> {
    trial.start()?;
    let peer = trial.udp()?;
    comes_back(&peer, trial.text(40).as_bytes()).map(drop)
}

/// The reply comes from the port that was asked, and from the address if the server is bound to it.
pub(crate) fn reply_address(trial: &mut Trial) -> Result<(), Problem> {
    trial.start()?;
    let reply = comes_back(&trial.udp()?, &trial.nonce(11))?;
    if reply.from.port() == trial.port() {
        return Ok(());
    }
    let asked = SocketAddr::new(trial.address().ip(), trial.port());
    Err(Problem::failed(Told::From(asked), Told::From(reply.from)))
}

/// Of two clients that ask at the same time, each gets its own.
pub(crate) fn two_clients(trial: &mut Trial) -> Result<(), Problem> {
    trial.start()?;
    let peers = [trial.udp()?, trial.udp()?];
    for _ in 0..2 {
        let messages = [trial.nonce(11), trial.nonce(11)];
        for (peer, message) in peers.iter().zip(&messages) {
            peer.send(message)?;
        }
        for (peer, message) in peers.iter().zip(&messages) {
            expect(peer, b"", message)?;
        }
    }
    Ok(())
}

/// One client after the other is served.
pub(crate) fn many_clients(trial: &mut Trial) -> Result<(), Problem> {
    trial.start()?;
    for _ in 0..MANY {
        comes_back(&trial.udp()?, &trial.nonce(11))?;
    }
    Ok(())
}

/// Bytes that are no text come back as well.
pub(crate) fn raw_bytes(trial: &mut Trial) -> Result<(), Problem> {
    trial.start()?;
    comes_back(&trial.udp()?, NO_TEXT)?;
    still_serves(trial)
}

/// An empty datagram may be answered or not, and does not end the server.
pub(crate) fn empty(trial: &mut Trial) -> Result<(), Problem> {
    trial.start()?;
    trial.udp()?.send(b"")?;
    still_serves(trial)
}

/// Of a long message comes back the beginning, at least, and it does not end the server.
pub(crate) fn long(trial: &mut Trial) -> Result<(), Problem> {
    trial.start()?;
    let peer = trial.udp()?;
    let message = trial.nonce(LONG_BYTES);
    peer.send(&message)?;
    let reply = peer.receive()?.map(|reply| reply.bytes).unwrap_or_default();
    if reply.is_empty() || !message.starts_with(&reply) {
        return Err(Failure::of_bytes(&message, &reply).into());
    }
    still_serves(trial)
}

/// With nothing to do, it waits.
pub(crate) fn idle(trial: &mut Trial) -> Result<(), Problem> {
    trial.start()?;
    still_serves(trial)?;
    super::rests(trial)
}
