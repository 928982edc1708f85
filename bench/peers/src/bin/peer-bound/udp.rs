//! Datagrams between sources and one socket that echoes them, all in this thread.

use std::{
    io::{self, IoSlice, IoSliceMut},
    net::{Ipv4Addr, SocketAddrV4, UdpSocket},
    ops::Range,
    os::fd::AsRawFd,
    time::{Duration, Instant},
};

use nix::sys::socket::{
    MsgFlags, MultiHeaders, SockaddrIn, recvmmsg, sendmmsg, setsockopt,
    sockopt::{UdpGroSegment, UdpGsoSegment},
};
use peers::BUFFER_BYTES;

use crate::{BothEnds, Messages, Tally, patience::Patience};

/// Datagrams that are taken or given at once.
const BATCH_MAX: usize = 64;

/// Many sources with a datagram each, which the server takes and gives in batches: by `recvmmsg(2)` and `sendmmsg(2)`.
pub(crate) struct Sources {
    messages: Messages,
    server: UdpSocket,
    clients: Vec<UdpSocket>,
    at_server: Slots,
    /// Where the next batch begins.
    next: usize,
    /// How many datagrams were sent before.
    sent: u64,
}

/// One source with several datagrams under way. It sends each of them by itself; the server, which finds them all there, has
/// the kernel cut its answer (`UDP_SEGMENT`).
pub(crate) struct Burst {
    messages: Messages,
    size_bytes: usize,
    server: UdpSocket,
    client: UdpSocket,
    at_server: Slots,
    at_client: Slots,
    sent: u64,
}

/// One source whose datagrams the kernel cuts (`UDP_SEGMENT`) and joins (`UDP_GRO`) at both ends.
pub(crate) struct Segments {
    messages: Messages,
    size_bytes: usize,
    server: UdpSocket,
    client: UdpSocket,
    sent: u64,
    buffer: Vec<u8>,
}

impl Sources {
    /// Opens so many sources and a server.
    ///
    /// # Errors
    /// When a call fails; most likely there are too few descriptors.
    pub(crate) fn open(sources: usize, size_bytes: usize) -> io::Result<Self> {
        let server = bound()?;
        let clients = (0..sources).map(|_| client_of(&server)).collect::<io::Result<_>>()?;
        // With a byte to spare, a datagram that is too long is found.
        let (messages, at_server) = (Messages::new(size_bytes), Slots::new(size_bytes + 1));
        Ok(Self { messages, server, clients, at_server, next: 0, sent: 0 })
    }

    fn next_batch(&mut self) -> Range<usize> {
        let start = self.next;
        let end = self.clients.len().min(start + BATCH_MAX);
        self.next = end % self.clients.len();
        start..end
    }
}

impl BothEnds for Sources {
    fn exchange(&mut self, tally: &mut Tally) -> io::Result<Duration> {
        let batch = self.next_batch();
        let clients = &self.clients[batch];
        for (client, number) in clients.iter().zip(self.sent..) {
            Patience::until_done(|| client.send(self.messages.number(number)))?;
        }
        let since = Instant::now();
        let mut echoed = 0;
        while echoed < clients.len() {
            let count = self.at_server.take(&self.server, clients.len() - echoed)?;
            self.at_server.give_back(&self.server, count)?;
            echoed += count;
        }
        let as_server = since.elapsed();
        for (client, number) in clients.iter().zip(self.sent..) {
            let slot = &mut self.at_server.memory;
            let count = Patience::until_done(|| client.recv(slot))?;
            tally.compare(&slot[..count], self.messages.number(number));
        }
        self.sent += clients.len() as u64;
        Ok(as_server)
    }
}

impl Burst {
    /// Opens a source of which `depth` datagrams are under way, and a server.
    ///
    /// # Errors
    /// When a call fails, or when there are more datagrams under way than can be taken at once.
    pub(crate) fn open(depth: usize, size_bytes: usize) -> io::Result<Self> {
        if depth > BATCH_MAX {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                format!("more than {BATCH_MAX} datagrams under way"),
            ));
        }
        let server = bound()?;
        let client = client_of(&server)?;
        cut(&server, size_bytes)?;
        let (at_server, at_client) = (Slots::new(size_bytes), Slots::new(size_bytes + 1));
        Ok(Self {
            messages: Messages::new(depth * size_bytes),
            size_bytes,
            server,
            client,
            at_server,
            at_client,
            sent: 0,
        })
    }
}

impl BothEnds for Burst {
    fn exchange(&mut self, tally: &mut Tally) -> io::Result<Duration> {
        let message = self.messages.number(self.sent);
        let depth = message.len() / self.size_bytes;
        let datagrams: Vec<_> =
            message.chunks(self.size_bytes).map(|datagram| [IoSlice::new(datagram)]).collect();
        send_all(&self.client, &mut self.at_client.giving, &datagrams, &[None; BATCH_MAX])?;
        let since = Instant::now();
        let mut echoed = 0;
        while echoed < depth {
            let count = self.at_server.take(&self.server, depth - echoed)?;
            self.at_server.give_back_as_one(&self.server, count)?;
            echoed += count;
        }
        let as_server = since.elapsed();
        let mut datagrams = message.chunks(self.size_bytes);
        while datagrams.len() > 0 {
            let count = self.at_client.take(&self.client, datagrams.len())?;
            for (echo, datagram) in self.at_client.taken(count).zip(datagrams.by_ref()) {
                tally.compare(echo, datagram);
            }
        }
        self.sent += 1;
        Ok(as_server)
    }
}

impl Segments {
    /// Opens a source of which `depth` datagrams are under way, and a server.
    ///
    /// # Errors
    /// When a call fails, or when the kernel cannot cut or join.
    pub(crate) fn open(depth: usize, size_bytes: usize) -> io::Result<Self> {
        let server = bound()?;
        let client = client_of(&server)?;
        for end in [&server, &client] {
            cut(end, size_bytes)?;
            setsockopt(end, UdpGroSegment, &true)?;
        }
        let messages = Messages::new(depth * size_bytes);
        Ok(Self { messages, size_bytes, server, client, sent: 0, buffer: vec![0; BUFFER_BYTES] })
    }
}

impl BothEnds for Segments {
    fn exchange(&mut self, tally: &mut Tally) -> io::Result<Duration> {
        let (message, buffer) = (self.messages.number(self.sent), &mut self.buffer);
        Patience::until_done(|| self.client.send(message))?;
        let since = Instant::now();
        let mut echoed = 0;
        while echoed < message.len() {
            let (count, source) = Patience::until_done(|| self.server.recv_from(buffer))?;
            Patience::until_done(|| self.server.send_to(&buffer[..count], source))?;
            echoed += count;
        }
        let as_server = since.elapsed();
        let mut returned = 0;
        while returned < message.len() {
            returned += Patience::until_done(|| self.client.recv(&mut buffer[returned..]))?;
        }
        for (echo, datagram) in
            buffer[..returned].chunks(self.size_bytes).zip(message.chunks(self.size_bytes))
        {
            tally.compare(echo, datagram);
        }
        self.sent += 1;
        Ok(as_server)
    }
}

/// Where datagrams are taken in batches, one in each slot.
struct Slots {
    memory: Vec<u8>,
    slot_bytes: usize,
    taking: MultiHeaders<SockaddrIn>,
    giving: MultiHeaders<SockaddrIn>,
    lengths: Vec<usize>,
    sources: Vec<Option<SockaddrIn>>,
}

impl Slots {
    /// Slots of so many bytes; what is longer is cut.
    fn new(slot_bytes: usize) -> Self {
        let headers = || MultiHeaders::preallocate(BATCH_MAX, None);
        Self {
            memory: vec![0; BATCH_MAX * slot_bytes],
            slot_bytes,
            taking: headers(),
            giving: headers(),
            lengths: Vec::new(),
            sources: Vec::new(),
        }
    }

    /// Takes what is there, from one datagram to so many.
    fn take(&mut self, socket: &UdpSocket, most: usize) -> io::Result<usize> {
        Patience::until_done(|| {
            let slots = self.memory.chunks_mut(self.slot_bytes).take(most);
            let mut slots: Vec<_> = slots.map(|slot| [IoSliceMut::new(slot)]).collect();
            let (headers, flags) = (&mut self.taking, MsgFlags::empty());
            let datagrams = recvmmsg(socket.as_raw_fd(), headers, slots.iter_mut(), flags, None)?;
            (self.lengths, self.sources) =
                datagrams.map(|datagram| (datagram.bytes, datagram.address)).unzip();
            Ok(self.lengths.len())
        })
    }

    /// The first `count` of those that were taken last.
    fn taken(&self, count: usize) -> impl Iterator<Item = &[u8]> {
        let slots = self.memory.chunks(self.slot_bytes).zip(&self.lengths).take(count);
        slots.map(|(slot, &length)| &slot[..length])
    }

    /// Sends each back to where it came from.
    fn give_back(&mut self, socket: &UdpSocket, count: usize) -> io::Result<()> {
        let slots = self.memory.chunks(self.slot_bytes).zip(&self.lengths).take(count);
        let echoes: Vec<_> = slots.map(|(slot, &length)| [IoSlice::new(&slot[..length])]).collect();
        send_all(socket, &mut self.giving, &echoes, &self.sources)
    }

    /// Sends all back to where the first came from, as one payload that the kernel cuts. They lie next to each other: no slot has
    /// a byte to spare.
    fn give_back_as_one(&self, socket: &UdpSocket, count: usize) -> io::Result<()> {
        let echo = &self.memory[..count * self.slot_bytes];
        let source = self.sources.first().copied().flatten().ok_or(io::ErrorKind::AddrNotAvailable)?;
        Patience::until_done(|| socket.send_to(echo, SocketAddrV4::from(source)))?;
        Ok(())
    }
}

/// Sends each datagram to where it is to go: to an address, or to where the socket is connected.
fn send_all(
    socket: &UdpSocket,
    headers: &mut MultiHeaders<SockaddrIn>,
    datagrams: &[[IoSlice<'_>; 1]],
    addresses: &[Option<SockaddrIn>],
) -> io::Result<()> {
    let mut sent = 0;
    while sent < datagrams.len() {
        sent += Patience::until_done(|| {
            let (left, to, flags) = (&datagrams[sent..], &addresses[sent..], MsgFlags::empty());
            Ok(sendmmsg(socket.as_raw_fd(), headers, left, to, [], flags)?.count())
        })?;
    }
    Ok(())
}

/// A socket on a port of its own, which never blocks.
fn bound() -> io::Result<UdpSocket> {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
    socket.set_nonblocking(true)?;
    Ok(socket)
}

/// A socket that is connected to `server`.
fn client_of(server: &UdpSocket) -> io::Result<UdpSocket> {
    let client = bound()?;
    client.connect(server.local_addr()?)?;
    Ok(client)
}

/// Has the kernel cut whatever is sent into datagrams of this size.
fn cut(socket: &UdpSocket, size_bytes: usize) -> io::Result<()> {
    Ok(setsockopt(socket, UdpGsoSegment, &i32::try_from(size_bytes).map_err(io::Error::other)?)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_source_has_its_turn_and_its_echo() {
        let sources = BATCH_MAX + 6;
        assert_eq!(tally_of(&mut Sources::open(sources, 64).unwrap(), 4), echoes_of_64(2 * sources));
    }

    #[test]
    fn every_datagram_of_a_burst_comes_back_by_itself() {
        assert_eq!(tally_of(&mut Burst::open(64, 64).unwrap(), 3), echoes_of_64(192));
        assert!(Burst::open(BATCH_MAX + 1, 64).is_err());
    }

    #[test]
    fn what_is_cut_and_joined_is_as_it_was() {
        assert_eq!(tally_of(&mut Segments::open(64, 64).unwrap(), 3), echoes_of_64(192));
    }

    fn tally_of(ends: &mut dyn BothEnds, rounds: usize) -> Tally {
        let mut tally = Tally::default();
        for _ in 0..rounds {
            ends.exchange(&mut tally).unwrap();
        }
        tally
    }

    fn echoes_of_64(count: usize) -> Tally {
        let echoes = count as u64;
        Tally { echoes, bytes: 64 * echoes, wrong: 0 }
    }
}
