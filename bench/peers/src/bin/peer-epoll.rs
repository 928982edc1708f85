//! An event loop by hand: one thread, edge-triggered `epoll(7)` and one buffer for all connections; over UDP, `recvmmsg(2)` and
//! `sendmmsg(2)` in batches.
#![forbid(unsafe_code)]

use std::{
    io::{self, ErrorKind, IoSlice, IoSliceMut, Read, Write},
    net::{Ipv4Addr, TcpListener, TcpStream, UdpSocket},
    os::fd::AsRawFd,
};

use clap::Parser;
use nix::sys::socket::{MsgFlags, MultiHeaders, SockaddrIn, recvmmsg, sendmmsg};
use peers::{BUFFER_BYTES, Transport, announce};
use rustix::event::epoll::{self, CreateFlags, Event, EventData, EventFlags};

/// Echo with an event loop written by hand
#[derive(Parser)]
struct Args {
    /// Transport to serve
    transport: Transport,
    /// Port on 127.0.0.1; 0 lets the kernel choose
    port: u16,
}

/// Events that are taken at once.
const EVENTS_MAX: usize = 512;
/// Datagrams that are taken at once.
const BATCH_MAX: usize = 64;
/// Stands for the listening socket among the numbers of descriptors.
const LISTENER: u64 = u64::MAX;

fn main() -> io::Result<()> {
    let args = Args::parse();
    match args.transport {
        Transport::Tcp => serve_tcp(args.port),
        Transport::Udp => serve_udp(args.port),
    }
}

/// A connection, and what its client did not take yet.
struct Connection {
    stream: TcpStream,
    pending: Vec<u8>,
}

fn serve_tcp(port: u16) -> io::Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
    listener.set_nonblocking(true)?;
    let epoll = epoll::create(CreateFlags::CLOEXEC)?;
    epoll::add(&epoll, &listener, EventData::new_u64(LISTENER), EventFlags::IN)?;
    announce(listener.local_addr()?);
    // By the number of the descriptor.
    let mut connections: Vec<Option<Connection>> = Vec::new();
    let mut buffer = vec![0; 4 * BUFFER_BYTES];
    let mut events: Vec<Event> = Vec::with_capacity(EVENTS_MAX);
    loop {
        events.clear();
        epoll::wait(&epoll, rustix::buffer::spare_capacity(&mut events), None)?;
        for event in &events {
            let (token, flags) = (event.data.u64(), event.flags);
            if token == LISTENER {
                accept(&listener, &epoll, &mut connections)?;
                continue;
            }
            let place = usize::try_from(token).ok().and_then(|index| connections.get_mut(index));
            if let Some(place) = place
                && let Some(connection) = place
            {
                let may_go_on = connection.go_on(&mut buffer, flags).unwrap_or(false);
                if !may_go_on {
                    *place = None;
                }
            }
        }
    }
}

fn accept(
    listener: &TcpListener,
    epoll: impl std::os::fd::AsFd,
    connections: &mut Vec<Option<Connection>>,
) -> io::Result<()> {
    loop {
        let stream = match listener.accept() {
            Ok((stream, _)) => stream,
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
            Err(error) => return Err(error),
        };
        stream.set_nodelay(true)?;
        stream.set_nonblocking(true)?;
        let index = usize::try_from(stream.as_raw_fd()).map_err(io::Error::other)?;
        let interest = EventFlags::IN | EventFlags::OUT | EventFlags::RDHUP | EventFlags::ET;
        epoll::add(&epoll, &stream, EventData::new_u64(index as u64), interest)?;
        if connections.len() <= index {
            connections.resize_with(index + 1, || None);
        }
        connections[index] = Some(Connection { stream, pending: Vec::new() });
    }
}

impl Connection {
    /// Echoes until one of the two sides has to wait; says whether the connection goes on.
    fn go_on(&mut self, buffer: &mut [u8], flags: EventFlags) -> io::Result<bool> {
        let ends = flags.intersects(EventFlags::RDHUP | EventFlags::HUP | EventFlags::ERR);
        loop {
            // Nothing more is read from a client that does not read.
            if !self.flush()? {
                return Ok(true);
            }
            let count = match self.stream.read(buffer) {
                Ok(0) => return Ok(false),
                Ok(count) => count,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(true),
                Err(error) => return Err(error),
            };
            let sent = send(&mut self.stream, &buffer[..count])?;
            self.pending.extend_from_slice(&buffer[sent..count]);
            // A buffer that is not full has emptied the queue; what comes later is another edge.
            if count < buffer.len() && sent == count && !ends {
                return Ok(true);
            }
        }
    }

    /// Sends what is pending; says whether all of it is gone.
    fn flush(&mut self) -> io::Result<bool> {
        if self.pending.is_empty() {
            return Ok(true);
        }
        let sent = send(&mut self.stream, &self.pending)?;
        self.pending.drain(..sent);
        Ok(self.pending.is_empty())
    }
}

/// Sends as much as the socket takes; returns how much that was.
fn send(stream: &mut TcpStream, bytes: &[u8]) -> io::Result<usize> {
    let mut sent = 0;
    while sent < bytes.len() {
        match stream.write(&bytes[sent..]) {
            Ok(count) => sent += count,
            Err(error) if error.kind() == ErrorKind::WouldBlock => break,
            Err(error) => return Err(error),
        }
    }
    Ok(sent)
}

fn serve_udp(port: u16) -> io::Result<()> {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, port))?;
    announce(socket.local_addr()?);
    let mut memory = vec![0; BATCH_MAX * BUFFER_BYTES];
    let mut headers = MultiHeaders::<SockaddrIn>::preallocate(BATCH_MAX, None);
    loop {
        let taken = take(&socket, &mut headers, &mut memory)?;
        let (lengths, sources): (Vec<_>, Vec<_>) = taken.into_iter().unzip();
        let slots = memory.chunks(BUFFER_BYTES).zip(lengths);
        let replies: Vec<_> = slots.map(|(slot, length)| [IoSlice::new(&slot[..length])]).collect();
        let mut sent = 0;
        while sent < replies.len() {
            let mut headers = MultiHeaders::preallocate(replies.len() - sent, None);
            let fd = socket.as_raw_fd();
            let flags = MsgFlags::empty();
            sent += sendmmsg(fd, &mut headers, &replies[sent..], &sources[sent..], [], flags)?.count();
        }
    }
}

/// Takes what is there, at least one datagram, into slots of [`BUFFER_BYTES`]; returns their lengths and sources.
fn take(
    socket: &UdpSocket,
    headers: &mut MultiHeaders<SockaddrIn>,
    memory: &mut [u8],
) -> io::Result<Vec<(usize, Option<SockaddrIn>)>> {
    let slots = memory.chunks_mut(BUFFER_BYTES);
    let mut slots: Vec<_> = slots.map(|slot| [IoSliceMut::new(slot)]).collect();
    let flags = MsgFlags::MSG_WAITFORONE;
    let datagrams = recvmmsg(socket.as_raw_fd(), headers, slots.iter_mut(), flags, None)?;
    Ok(datagrams.map(|datagram| (datagram.bytes, datagram.address)).collect())
}
