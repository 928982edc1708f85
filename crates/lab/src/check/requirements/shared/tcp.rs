//! A server over TCP that sends back what it is sent.

use crate::check::signatures::Signature;
use crate::check::trial::{StreamEnd, TcpPeer, Trial};
use crate::check::{Failure, Problem, Told};

use super::super::signs;
use super::udp::{LONG_BYTES, NO_TEXT};

/// How many connections a server has served that a student would call many.
const MANY: usize = 8;

/// How many bytes a peer has room for that does not read.
const SMALL_BUFFER: usize = 4096;

/// More bytes than a reply finds room for where the kernel keeps little; who collects more before the first reply is not in it yet.
const FLOOD_BYTES: usize = 48 * 1024;

/// What is sent comes back; what follows is not looked at.
pub(crate) fn comes_back(peer: &TcpPeer, message: &[u8]) -> Result<(), Problem> {
    peer.send(message)?;
    expect(peer, message)
}

/// This comes next.
pub(crate) fn expect(peer: &TcpPeer, message: &[u8]) -> Result<(), Problem> {
    let (reply, end) = peer.receive(message.len())?;
    if reply == message { Ok(()) } else { Err(otherwise(message, &reply, end)) }
}

/// Something else came, or less.
pub(crate) fn otherwise(expected: &[u8], came: &[u8], end: StreamEnd) -> Problem {
    let failure = Failure::of_bytes(expected, came);
    match end {
        StreamEnd::Closed if came.is_empty() => Failure { observed: Told::Closed, ..failure }.into(),
        StreamEnd::Reset if came.is_empty() => Failure { observed: Told::Reset, ..failure }.into(),
        _ => failure.into(),
    }
}

/// This comes back, and nothing behind it.
fn comes_back_alone(trial: &Trial, before: &[u8], message: &[u8]) -> Result<(), Problem> {
    let peer = trial.tcp()?;
    peer.send(message)?;
    let (mut reply, end) = peer.receive(message.len())?;
    if reply.len() == message.len() {
        reply.extend(peer.look()?.0);
    }
    if reply == message {
        return Ok(());
    }
    let problem = otherwise(message, &reply, end);
    Err(match signs::of_reply(before, message, &reply) {
        Some(signature) => problem.signed(signature),
        None => problem,
    })
}

/// A new client of a server that runs has its message back.
pub(crate) fn still_serves(trial: &Trial) -> Result<(), Problem> {
    let peer = trial.tcp()?;
    comes_back(&peer, &trial.nonce(11))?;
    peer.close()
}

/// A short message comes back, byte by byte.
pub(crate) fn echoes(trial: &mut Trial) -> Result<(), Problem> {
    trial.start()?;
    comes_back_alone(trial, b"", &trial.nonce(11))
}

/// The shortest message comes back, and one that fills the practical's buffer.
pub(crate) fn sizes(trial: &mut Trial) -> Result<(), Problem> {
    trial.start()?;
    for bytes in [1, 1024] {
        let peer = trial.tcp()?;
        comes_back(&peer, &trial.nonce(bytes)).map_err(|problem| signed_if_unread(trial, problem))?;
        peer.close()?;
    }
    Ok(())
}

/// Names the cause if the program closed with bytes unread.
pub(crate) fn signed_if_unread(trial: &Trial, problem: Problem) -> Problem {
    // The counter is read now and then, and whoever closes late is no other cause.
    let counters = trial.rest().and_then(|()| trial.counters()).unwrap_or_default();
    let is_unread = counters.iter().any(|(name, grown)| name == "TcpExt.TCPAbortOnClose" && *grown > 0);
    if is_unread { problem.signed(Signature::SingleReceive) } else { problem }
}

/// A short message after a long one comes back alone.
pub(crate) fn stale_bytes(trial: &mut Trial) -> Result<(), Problem> {
    trial.start()?;
    let [long, short] = [trial.nonce(200), trial.nonce(5)];
    let peer = trial.tcp()?;
    comes_back(&peer, &long)?;
    peer.close()?;
    comes_back_alone(trial, &long, &short)
}

/// A text with letters of several bytes comes back.
pub(crate) fn utf_8(trial: &mut Trial) -> Result<(), Problem> {
    trial.start()?;
    comes_back_alone(trial, b"", trial.text(40).as_bytes())
}

/// Of two clients that are connected at the same time, each gets its own.
pub(crate) fn two_clients(trial: &mut Trial) -> Result<(), Problem> {
    trial.start()?;
    let [one, other] = [trial.tcp()?, trial.tcp()?];
    let [first, second] = [trial.nonce(11), trial.nonce(11)];
    one.send(&first)?;
    other.send(&second)?;
    expect(&one, &first)?;
    // A server that serves one client after the other goes on when this one has gone.
    one.close()?;
    expect(&other, &second)
}

/// One client after the other is served.
pub(crate) fn many_clients(trial: &mut Trial) -> Result<(), Problem> {
    trial.start()?;
    for _ in 0..MANY {
        still_serves(trial)?;
    }
    Ok(())
}

/// Bytes that are no text come back as well.
pub(crate) fn raw_bytes(trial: &mut Trial) -> Result<(), Problem> {
    trial.start()?;
    let peer = trial.tcp()?;
    comes_back(&peer, NO_TEXT)?;
    peer.close()?;
    still_serves(trial)
}

/// Of a long message comes back the beginning, at least, and it does not end the server.
pub(crate) fn long(trial: &mut Trial) -> Result<(), Problem> {
    trial.start()?;
    let peer = trial.tcp()?;
    let message = trial.nonce(LONG_BYTES);
    peer.send(&message)?;
    let (reply, end) = peer.receive(message.len())?;
    if reply.is_empty() || !message.starts_with(&reply) {
        return Err(otherwise(&message, &reply, end));
    }
    peer.close()?;
    still_serves(trial)
}

/// Who connects and leaves without a word does not end the server.
pub(crate) fn connect_and_close(trial: &mut Trial) -> Result<(), Problem> {
    trial.start()?;
    trial.tcp()?.close()?;
    still_serves(trial)
}

/// Who breaks off before anything was received does not end the server.
pub(crate) fn reset_before_receive(trial: &mut Trial) -> Result<(), Problem> {
    trial.start()?;
    trial.tcp()?.reset()?;
    still_serves(trial)
}

/// Who breaks off while the reply is on its way does not end the server.
pub(crate) fn reset_in_reply(trial: &mut Trial) -> Result<(), Problem> {
    trial.small_buffers()?;
    trial.start()?;
    let peer = trial.tcp_with(None, Some(SMALL_BUFFER))?;
    fill(trial, &peer)?;
    peer.reset()?;
    still_serves(trial)
}

/// Sends without reading until nothing more goes, or all has gone: then the program waits for room in its reply, or has closed.
fn fill(trial: &Trial, peer: &TcpPeer) -> Result<(), Problem> {
    let message = vec![b'.'; FLOOD_BYTES];
    let mut sent = 0;
    while sent < FLOOD_BYTES {
        let now = match peer.send_some(&message[sent..]) {
            Err(Problem::Failed(_)) => return Ok(()),
            other => other?,
        };
        if now == 0 {
            return Ok(());
        }
        sent += now;
    }
    trial.settle()
}

/// Started again at once, it serves, though connections of before are not forgotten yet.
pub(crate) fn restarts(trial: &mut Trial) -> Result<(), Problem> {
    trial.start()?;
    let peer = trial.tcp()?;
    comes_back(&peer, &trial.nonce(11))?;
    trial.restart()?;
    still_serves(trial)
}

/// With nothing to do, it waits; also when a client has gone.
pub(crate) fn idle(trial: &mut Trial) -> Result<(), Problem> {
    trial.start()?;
    super::rests(trial)?;
    still_serves(trial)?;
    super::rests(trial).map_err(|problem| problem.signed(Signature::EndIgnored))
}
