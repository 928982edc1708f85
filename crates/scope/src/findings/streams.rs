//! What a TCP connection carried and what its program read of it.

use wire::errno::{ECONNRESET, EPIPE};

use crate::model::{SocketId, Time};
use crate::timeline::{Entry, Life};

use super::calls::Did;
use super::scene::{Scene, closed, over};

/// How long after a close the RST that it causes may be seen, in nanoseconds: the kernel sends it at once.
const AT_ONCE_NS: u64 = 1_000_000;

/// Bytes that had arrived when their program closed the socket, and that it had not read.
pub(super) struct Unread<'a> {
    /// The socket was closed then.
    pub(super) closed: Time,
    /// By this call; `None` if the program ended.
    pub(super) close: Option<Did<'a>>,
    /// The bytes that had arrived.
    pub(super) arrived_bytes: u64,
    /// Those of them that were read.
    pub(super) read_bytes: u64,
    /// The last call that read any.
    pub(super) last_receive: Option<Did<'a>>,
    /// The call of the peer whose bytes were read in part.
    pub(super) cut: Option<Did<'a>>,
    /// The RST that the kernel sent when the socket was closed.
    pub(super) reset: Option<&'a Entry>,
    /// The call by which the peer felt it.
    pub(super) hurt: Option<Did<'a>>,
}

impl<'a> Unread<'a> {
    /// What a program left unread when it closed a connection, of itself.
    pub(super) fn of(scene: &Scene<'a>, life: &Life) -> Option<Self> {
        let closed = closed(life).filter(|closed| !scene.is_interrupted() || *closed < scene.stop)?;
        let (pid, _) = life.holder_at(closed)?;
        let read_bytes = scene.calls(life.socket).filter(Did::is_receive).map(|did| did.moved_bytes()).sum();
        let since = closing(scene, life, closed);
        let arrived_bytes = arrived(scene, life.socket, since);
        if scene.is_killed(pid) || arrived_bytes <= read_bytes {
            return None;
        }
        let peer = scene.peer(life.socket).map(|peer| peer.socket);
        let reset = scene.sent(life.socket).find(|(entry, crossing)| {
            let is_reset = crossing.packet.tcp().is_some_and(|tcp| tcp.flags.rst);
            is_reset && since <= entry.time && entry.time.0 <= closed.0 + AT_ONCE_NS
        });
        Some(Self {
            closed,
            close: scene.calls(life.socket).rev().find(|did| did.is("close")),
            arrived_bytes,
            read_bytes,
            last_receive: scene
                .calls(life.socket)
                .rev()
                .find(|did| did.is_receive() && did.moved_bytes() > 0),
            cut: peer.and_then(|peer| holding(scene, peer, read_bytes)),
            reset: reset.map(|(entry, _)| entry),
            hurt: peer.and_then(|peer| broken(scene, peer, since)),
        })
    }

    /// What proves it.
    pub(super) fn proof(&self) -> Vec<&'a Entry> {
        let calls = [self.cut, self.last_receive, self.close, self.hurt];
        calls.into_iter().flatten().map(|did| did.entry).chain(self.reset).collect()
    }
}

/// When the call began that closed a socket, or the time itself if the program ended: what a close causes may be felt by the peer
/// before the call has returned.
pub(super) fn closing(scene: &Scene<'_>, life: &Life, closed: Time) -> Time {
    let is_it = |did: &Did<'_>| did.is("close") && did.entry.time <= closed && over(did.entry) >= closed;
    let close = scene.calls(life.socket).rev().find(is_it);
    close.map_or(closed, |close| close.entry.time)
}

/// How many bytes had arrived at a socket: by its packets; else by what its peer sent.
pub(super) fn arrived(scene: &Scene<'_>, socket: SocketId, time: Time) -> u64 {
    let by_packets =
        scene.came(socket).filter(|(entry, _)| over(entry) <= time).filter_map(|(_, crossing)| {
            let (tcp, numbers) = (crossing.packet.tcp()?, crossing.numbers?);
            let is_data = crossing.arrived.is_some() && tcp.payload_bytes > 0;
            is_data.then(|| (u64::from(numbers.sequence) + u64::from(tcp.payload_bytes)).saturating_sub(1))
        });
    if scene.packets(socket).next().is_some() {
        return by_packets.max().unwrap_or(0);
    }
    let Some(peer) = scene.peer(socket) else { return 0 };
    let sent = scene.calls(peer.socket).filter(|did| did.is_send() && over(did.entry) <= time);
    sent.map(|did| did.moved_bytes()).sum()
}

/// The call that sent the byte at this place of the stream, if it sent bytes before it too.
fn holding<'a>(scene: &Scene<'a>, socket: SocketId, place: u64) -> Option<Did<'a>> {
    let mut from = 0;
    scene.calls(socket).filter(Did::is_send).find(|did| {
        let begins = from;
        from += did.moved_bytes();
        begins < place && place < from
    })
}

/// The first call on a socket after this time that found the connection broken, before somebody stopped the programs: one that is
/// stopped before the other breaks its connections.
pub(super) fn broken<'a>(scene: &Scene<'a>, socket: SocketId, since: Time) -> Option<Did<'a>> {
    let is_told = |did: &Did<'_>| {
        did.failed(&[EPIPE, ECONNRESET]) && over(did.entry) >= since && over(did.entry) <= scene.stop
    };
    scene.calls(socket).find(is_told)
}
