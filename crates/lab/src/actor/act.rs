//! Does what a script says.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::thread;
use std::time::{Duration, Instant};

use kernel::blocking::{self, Direction, Manner};
use kernel::poll::{self, Interest};
use kernel::process::{self, Handle, Order};
use kernel::socket::{self, Buffer};
use kernel::{error_queue, stream, streams};

use super::part::{DESCRIPTORS_FROM, Part};
use super::script::{
    Choice, DATA_BYTES_MAX, Data, LENGTH_BYTES, Mark, REPETITIONS_MAX, Receiving, Script, Sending, Signal,
    Socket, Step, To, Transport, Until,
};
use super::serve;
use super::typist::Typist;

/// How much of what was received is kept; what comes after that is received and forgotten.
pub const RECEIVED_BYTES_MAX: usize = 16 * 1024 * 1024;

/// The largest room that a call that receives can have.
const ROOM_BYTES_MAX: u32 = 64 * 1024 * 1024;

/// How long an actor waits until another one stands still.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often it looks.
const PACE: Duration = Duration::from_millis(1);

/// Does what a part says, and returns the exit code: 0, or 1 if what the script needed failed.
///
/// # Errors
///
/// A pipe that it was to have is not there.
pub fn act(part: &Part) -> io::Result<u8> {
    let mut actor = Actor::new(part)?;
    let came = actor.steps(&part.script);
    actor.make_marks_left_out();
    // The kernel closes them when the process ends, without a call.
    std::mem::forget(actor.sockets);
    Ok(u8::from(came.is_err()))
}

/// What a step needed has failed, so that the script is over.
struct Over;

struct Actor {
    sockets: BTreeMap<Socket, OwnedFd>,
    /// What was received last, and from whom.
    received: Vec<u8>,
    sender: Option<SocketAddr>,
    makes: BTreeMap<Mark, Vec<fs::File>>,
    made: BTreeSet<Mark>,
    awaits: BTreeMap<Mark, fs::File>,
    /// Who made the marks that were awaited.
    makers: BTreeMap<Mark, Handle>,
    maker_ids: BTreeMap<Mark, u32>,
    typist: Option<Typist>,
}

impl Actor {
    fn new(part: &Part) -> io::Result<Self> {
        let file = |number: &i32| streams::inherited(*number).map(fs::File::from);
        let makes = part.makes.iter().map(|(mark, numbers)| {
            Ok((mark.clone(), numbers.iter().map(file).collect::<io::Result<Vec<_>>>()?))
        });
        let awaits = part.awaits.iter().map(|(mark, number)| Ok((mark.clone(), file(number)?)));
        Ok(Self {
            sockets: BTreeMap::new(),
            received: Vec::new(),
            sender: None,
            makes: makes.collect::<io::Result<_>>()?,
            made: BTreeSet::new(),
            awaits: awaits.collect::<io::Result<_>>()?,
            makers: BTreeMap::new(),
            maker_ids: BTreeMap::new(),
            typist: None,
        })
    }

    fn steps(&mut self, script: &Script) -> Result<(), Over> {
        self.all(&script.0)
    }

    fn all(&mut self, steps: &[Step]) -> Result<(), Over> {
        steps.iter().try_for_each(|step| self.step(step))
    }

    fn step(&mut self, step: &Step) -> Result<(), Over> {
        match step {
            Step::Repeat { times, steps } => {
                (0..(*times).min(REPETITIONS_MAX)).try_for_each(|_| self.all(steps))
            }
            Step::Need(step) => self.make(step).map_err(|_| Over),
            step => {
                // What a call says is in the recording; the script goes on as it stands.
                let _ = self.make(step);
                Ok(())
            }
        }
    }

    fn make(&mut self, step: &Step) -> io::Result<()> {
        match step {
            Step::Socket { socket, transport, v6 } => {
                let made = match transport {
                    Transport::Udp => blocking::open(socket::Transport::Udp, *v6)?,
                    Transport::Tcp => blocking::open(socket::Transport::Tcp, *v6)?,
                    Transport::Raw => blocking::open_raw()?,
                };
                self.sockets.insert(*socket, made);
                Ok(())
            }
            Step::TakeError { socket } => socket::pending_error(self.socket(*socket)?).map(drop),
            Step::Option { socket, choice } => choose(self.socket(*socket)?, *choice),
            Step::Bind { socket, address } => socket::bind(self.socket(*socket)?, *address),
            Step::Connect { socket, address } => socket::connect(self.socket(*socket)?, *address),
            Step::Listen { socket, backlog } => blocking::listen(self.socket(*socket)?, *backlog),
            Step::Accept { socket, accepted } => {
                let (connection, _) = blocking::accept(self.socket(*socket)?)?;
                self.sockets.insert(*accepted, connection);
                Ok(())
            }
            Step::Send { socket, data, to, how } => self.send(*socket, data, *to, *how),
            Step::Receive { socket, bytes, how, until } => self.receive(*socket, *bytes, *how, *until),
            Step::ReceiveErrorQueue { socket } => error_queue::take(self.socket(*socket)?).map(drop),
            Step::Wait { sockets, limit } => self.wait(sockets, *limit),
            Step::Serve { socket, bytes, service } => {
                let room = usize::try_from((*bytes).min(ROOM_BYTES_MAX)).unwrap_or_default();
                serve::serve(self.socket(*socket)?, room, service)
            }
            Step::Shutdown { socket } => stream::shut_write(self.socket(*socket)?),
            Step::Close { socket } => self.sockets.remove(socket).map(blocking::close).ok_or_else(none),
            Step::Repeat { .. } | Step::Need(_) => self.step(step).map_err(|Over| none()),
            other => self.beside(other),
        }
    }

    /// The steps that are about no socket.
    fn beside(&mut self, step: &Step) -> io::Result<()> {
        match step {
            Step::Pause { time } => {
                thread::sleep(*time);
                Ok(())
            }
            Step::Mark { mark } => self.mark(mark),
            Step::Await { mark } => self.wait_for(mark),
            Step::AwaitBlocked { who } => {
                let id = *self.maker_ids.get(who).ok_or_else(none)?;
                wait_until_blocked(id);
                Ok(())
            }
            Step::Signal { who, signal } => self.makers.get(who).ok_or_else(none)?.order(order(*signal)),
            Step::Start { arguments } => {
                self.typist = Some(Typist::start(arguments)?);
                Ok(())
            }
            Step::Type { text } => self.typist.as_mut().ok_or_else(none)?.types(text),
            Step::EndInput {} => self.typist.take().ok_or_else(none)?.ends(),
            Step::Print { text } => print(&[text.as_bytes()]),
            Step::PrintReceived { before } => print(&[before.as_bytes(), &self.received, b"\n"]),
            _ => Ok(()),
        }
    }

    fn socket(&self, socket: Socket) -> io::Result<BorrowedFd<'_>> {
        self.sockets.get(&socket).map(AsFd::as_fd).ok_or_else(none)
    }

    fn send(&mut self, socket: Socket, data: &Data, to: Option<To>, how: Sending) -> io::Result<()> {
        let to = match to {
            None => None,
            Some(To::Address(address)) => Some(address),
            Some(To::Sender) => Some(self.sender.ok_or_else(none)?),
        };
        let made = made(data);
        let bytes = made.as_deref().unwrap_or(&self.received);
        let socket = self.socket(socket)?;
        let length = |piece: u32| usize::try_from(piece.max(1)).unwrap_or(usize::MAX);
        match how {
            Sending::Once => blocking::send(socket, bytes, to).map(drop),
            Sending::First(first) => {
                blocking::send(socket, &bytes[..length(first).min(bytes.len())], to).map(drop)
            }
            Sending::Pieces(piece) => {
                let mut pieces = bytes.chunks(length(piece));
                pieces.try_for_each(|piece| blocking::send(socket, piece, to).map(drop))
            }
            Sending::All => send_all(socket, bytes, to, usize::MAX),
            Sending::AllInPieces(piece) => send_all(socket, bytes, to, length(piece)),
            Sending::AllWithPoll => send_all_with_poll(socket, bytes),
            Sending::FromStart => send_from_start(socket, bytes, to),
        }
    }

    fn receive(&mut self, socket: Socket, room: u32, how: Receiving, until: Until) -> io::Result<()> {
        let mut buffer = vec![0; usize::try_from(room.min(ROOM_BYTES_MAX)).unwrap_or_default()];
        let (mut calls, mut total) = (0_u32, 0_u64);
        self.received.clear();
        loop {
            let room = room_of_call(until, &self.received, buffer.len());
            let (taken, from) = receive_once(self.socket(socket)?, &mut buffer[..room], how)?;
            self.sender = from.or(self.sender);
            let came = &buffer[..taken];
            let left = RECEIVED_BYTES_MAX.saturating_sub(self.received.len());
            self.received.extend_from_slice(&came[..taken.min(left)]);
            calls += 1;
            total += taken as u64;
            let is_enough = match until {
                Until::Once => true,
                Until::Times(times) => calls >= times,
                Until::Bytes(wanted) => total >= wanted,
                Until::Byte(byte) => came.contains(&byte),
                Until::Short => taken < room,
                Until::Prefixed => missing(&self.received) == 0,
                Until::End => false,
            };
            if is_enough || taken == 0 {
                return Ok(());
            }
        }
    }

    fn wait(&self, sockets: &[Socket], limit: Option<Duration>) -> io::Result<()> {
        let wanted: Vec<_> =
            sockets.iter().map(|it| Ok((self.socket(*it)?, Interest::READ))).collect::<io::Result<_>>()?;
        poll::wait_any(&wanted, limit.map(|limit| Instant::now() + limit)).map(drop)
    }

    fn mark(&mut self, mark: &Mark) -> io::Result<()> {
        self.made.insert(mark.clone());
        let id = process::own_id().to_ne_bytes();
        // Nobody has to wait for it.
        self.makes.get_mut(mark).into_iter().flatten().try_for_each(|pipe| pipe.write_all(&id))
    }

    fn make_marks_left_out(&mut self) {
        let left: Vec<_> = self.makes.keys().filter(|mark| !self.made.contains(*mark)).cloned().collect();
        for mark in left {
            // Whoever waited is gone.
            let _ = self.mark(&mark);
        }
    }

    fn wait_for(&mut self, mark: &Mark) -> io::Result<()> {
        let mut id = [0; 4];
        self.awaits.get_mut(mark).ok_or_else(none)?.read_exact(&mut id)?;
        let id = u32::from_ne_bytes(id);
        self.maker_ids.insert(mark.clone(), id);
        // It fails for one that has ended since, which nothing can be sent to.
        let maker = Handle::open_from(id, DESCRIPTORS_FROM).ok();
        self.makers.extend(maker.map(|handle| (mark.clone(), handle)));
        Ok(())
    }
}

/// There is no such socket, or mark (`EBADF`).
fn none() -> io::Error {
    io::Error::from_raw_os_error(9)
}

fn order(signal: Signal) -> Order {
    match signal {
        Signal::Stop => Order::Stop,
        Signal::Continue => Order::Continue,
        Signal::Terminate => Order::Terminate,
        Signal::Kill => Order::End,
    }
}

fn choose(socket: BorrowedFd<'_>, choice: Choice) -> io::Result<()> {
    let size = |bytes: u32| usize::try_from(bytes).unwrap_or(usize::MAX);
    match choice {
        Choice::ReuseAddress(on) => socket::set_reuse_address(socket, on),
        Choice::NonBlocking(on) => blocking::set_nonblocking(socket, on),
        Choice::ReceiveErrors => socket::report_errors(socket, SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0))),
        Choice::ReceiveErrors6 => socket::report_errors(socket, SocketAddr::from((Ipv6Addr::UNSPECIFIED, 0))),
        Choice::ReceiveLimit(limit) => blocking::set_limit(socket, Direction::Receive, limit),
        Choice::SendLimit(limit) => blocking::set_limit(socket, Direction::Send, limit),
        Choice::ReceiveBuffer(bytes) => socket::set_buffer_bytes(socket, Buffer::Receive, size(bytes)),
        Choice::SendBuffer(bytes) => socket::set_buffer_bytes(socket, Buffer::Send, size(bytes)),
        Choice::DeferAccept(seconds) => blocking::defer_accept(socket, seconds),
        Choice::NoDelay(on) => socket::set_no_delay(socket, on),
        Choice::Abort => socket::set_abortive_close(socket),
    }
}

/// The bytes of a message; `None` for what was received.
fn made(data: &Data) -> Option<Vec<u8>> {
    match data {
        Data::Text(text) => Some(text.clone().into_bytes()),
        Data::Bytes(bytes) => Some(bytes.clone()),
        Data::Long(bytes) => {
            let bytes = usize::try_from((*bytes).min(DATA_BYTES_MAX)).unwrap_or_default();
            Some((b'a'..=b'z').cycle().take(bytes).collect())
        }
        Data::Received => None,
    }
}

fn send_all(
    socket: BorrowedFd<'_>,
    mut bytes: &[u8],
    to: Option<SocketAddr>,
    piece: usize,
) -> io::Result<()> {
    while !bytes.is_empty() {
        let taken = blocking::send(socket, &bytes[..piece.min(bytes.len())], to)?;
        bytes = &bytes[taken.min(bytes.len())..];
    }
    Ok(())
}

/// Sends on a socket that does not block, and waits for room where there is none.
fn send_all_with_poll(socket: BorrowedFd<'_>, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match blocking::send(socket, bytes, None) {
            Ok(taken) => bytes = &bytes[taken.min(bytes.len())..],
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                poll::wait_any(&[(socket, Interest::WRITE)], None)?;
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Sends everything again as long as a call does not take all of it.
fn send_from_start(socket: BorrowedFd<'_>, bytes: &[u8], to: Option<SocketAddr>) -> io::Result<()> {
    while blocking::send(socket, bytes, to)? < bytes.len() {}
    Ok(())
}

/// How much the next call asks for.
fn room_of_call(until: Until, received: &[u8], room: usize) -> usize {
    if until == Until::Prefixed { room.min(missing(received)) } else { room }
}

/// How many bytes are missing of a message that has its length before it, or of that length.
fn missing(received: &[u8]) -> usize {
    match received.first_chunk::<LENGTH_BYTES>() {
        None => LENGTH_BYTES - received.len(),
        Some(length) => {
            let length = usize::try_from(u32::from_be_bytes(*length)).unwrap_or(usize::MAX);
            length.saturating_sub(received.len() - LENGTH_BYTES).min(RECEIVED_BYTES_MAX)
        }
    }
}

/// How many bytes are in the buffer, and who sent them.
fn receive_once(
    socket: BorrowedFd<'_>,
    buffer: &mut [u8],
    how: Receiving,
) -> io::Result<(usize, Option<SocketAddr>)> {
    let manner = match how {
        Receiving::Plain => Manner::Plain,
        Receiving::TrueLength => Manner::TrueLength,
        Receiving::Whole => Manner::Whole,
        Receiving::NoWait => Manner::NoWait,
        Receiving::From => {
            return blocking::receive_from(socket, buffer).map(|it| (it.bytes, it.from));
        }
        Receiving::Message => {
            return blocking::receive_message(socket, buffer).map(|it| (it.bytes, it.from));
        }
    };
    blocking::receive(socket, buffer, manner).map(|told| (told.min(buffer.len()), None))
}

/// Looks until a process waits in a call, twice in a row, or has ended. Looking is not seen in a recording, and neither is waiting in
/// between.
fn wait_until_blocked(id: u32) {
    let until = Instant::now() + PATIENCE;
    let mut in_a_row = 0;
    while in_a_row < 2 && Instant::now() < until {
        match state(id) {
            None | Some('Z' | 'X') => return,
            Some('S') => in_a_row += 1,
            Some(_) => in_a_row = 0,
        }
        thread::park_timeout(PACE);
    }
}

/// The letter of a process's state, as `/proc/PID/stat` has it behind the name in parentheses (`proc_pid_stat(5)`).
fn state(id: u32) -> Option<char> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    stat.rsplit_once(')').and_then(|(_, rest)| rest.trim_start().chars().next())
}

fn print(pieces: &[&[u8]]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    pieces.iter().try_for_each(|piece| out.write_all(piece))?;
    out.flush()
}
