//! The calls, sockets and counters of a story.

use std::sync::Arc;

use wire::names::{Domain, MessageFlags, Shutdown, SocketOption, SocketType, Syscall};
use wire::tcp_state::TcpState;

use crate::model::{
    Address, Args, Bytes, Call, Captured, Certainty, Counter, Cpus, Data, EventId, Fd, Header, Level,
    Message, Note, Observation, Outcome, Pid, Place, Process, ProcessChange, Program, Protocol, SocketId,
    SocketRef, SocketState, Summary, Tid, Time, What,
};

/// How long a call takes unless the story says otherwise.
const CALL_NS: u64 = 10_000;
/// The index of the loopback interface.
pub(super) const LOOPBACK: u32 = 1;

/// A recording that is being made.
#[derive(Debug, Clone)]
pub struct Story {
    observations: Vec<Observation>,
    now: Time,
    sockets: u64,
    takes: Takes,
    fails: Option<i32>,
    place: Option<Place>,
}

/// How long the next call takes.
#[derive(Debug, Clone, Copy)]
enum Takes {
    Time(u64),
    ForEver,
}

/// A socket of a story, as one of its processes knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Socket {
    /// Whose.
    pub pid: Pid,
    /// Its number there.
    pub fd: Fd,
    /// Its cookie.
    pub id: SocketId,
    /// What it speaks.
    pub protocol: Protocol,
}

impl Story {
    /// Begins a recording of programs with these names, which start at once. Their processes are 100, 200, 300…
    pub fn new(programs: &[&str]) -> Self {
        let program = |name: &&str| Program { name: (*name).to_owned(), command: vec![(*name).to_owned()] };
        let header = Header {
            socklab: "0.1.0".to_owned(),
            began_unix_ns: 1_700_000_000_000_000_000,
            level: Level::A,
            kernel: "6.18.0".to_owned(),
            programs: programs.iter().map(program).collect(),
            cpus: Cpus::One(0),
            mtu_bytes: Some(1500),
            snap_bytes: 2048,
            strings_bytes: 256,
            interfaces: vec![Captured { index: LOOPBACK, name: "lo".to_owned() }],
        };
        let mut story = Self {
            observations: Vec::new(),
            now: Time(0),
            sockets: 0,
            takes: Takes::Time(CALL_NS),
            fails: None,
            place: None,
        };
        story.tell(What::Recording(header));
        for (program, name) in programs.iter().enumerate() {
            let pid = story.pid(program);
            story.process(pid, ProcessChange::Started { program });
            let file = format!("/usr/bin/{name}");
            story.process(pid, ProcessChange::Executed { file, arguments: vec![(*name).to_owned()] });
        }
        story
    }

    /// The process of a program, counted from 0.
    #[expect(clippy::cast_possible_truncation, reason = "a story has few programs")]
    pub fn pid(&self, program: usize) -> Pid {
        Pid((program as u32 + 1) * 100)
    }

    /// What was told so far, with the summary behind it.
    pub fn finish(mut self) -> Vec<Observation> {
        let count = |is_one: fn(&What) -> bool| {
            self.observations.iter().filter(|observation| is_one(&observation.what)).count() as u64
        };
        let summary = Summary {
            calls: count(|what| matches!(what, What::Call(_))),
            packets: count(|what| matches!(what, What::Packet(_))),
            ..Summary::default()
        };
        self.tell(What::Summary(summary));
        self.observations
    }

    /// Sets the clock, in microseconds since the beginning.
    pub fn at_us(&mut self, us: u64) -> &mut Self {
        self.now = Time(us * 1000);
        self
    }

    /// Moves the clock on.
    pub fn wait_us(&mut self, us: u64) -> &mut Self {
        self.now.0 += us * 1000;
        self
    }

    pub(super) fn wait_ns(&mut self, ns: u64) {
        self.now.0 += ns;
    }

    /// Lets the next call take so long, and the clock with it.
    pub fn taking_us(&mut self, us: u64) -> &mut Self {
        self.takes = Takes::Time(us * 1000);
        self
    }

    /// Lets the next call never return; the clock stands.
    pub fn for_ever(&mut self) -> &mut Self {
        self.takes = Takes::ForEver;
        self
    }

    /// Lets the next call fail with this error number.
    pub fn failing(&mut self, errno: i32) -> &mut Self {
        self.fails = Some(errno);
        self
    }

    /// Gives the next call a line of the program's source.
    pub fn line(&mut self, file: &str, line: u32) -> &mut Self {
        self.place = Some(Place { file: file.to_owned(), line, function: "main".to_owned() });
        self
    }

    /// `socket(2)`.
    pub fn socket(&mut self, pid: Pid, fd: i32, protocol: Protocol) -> Socket {
        self.sockets += 1;
        let (domain, of_type) = match protocol {
            Protocol::Tcp => (Domain(2), SocketType::STREAM),
            Protocol::Udp => (Domain(2), SocketType::DGRAM),
            Protocol::Unix => (Domain(1), SocketType::STREAM),
            Protocol::Other => (Domain(16), SocketType(3)),
        };
        let socket = Socket { pid, fd: Fd(fd), id: SocketId(self.sockets), protocol };
        let args = Args::Socket { domain, of_type, protocol: 0, pair: Vec::new() };
        self.call(socket, "socket", args, i64::from(fd));
        socket
    }

    /// `bind(2)`.
    pub fn bind(&mut self, socket: Socket, address: &str) -> EventId {
        self.call(socket, "bind", Args::Address { address: Some(parsed(address)) }, 0)
    }

    /// `listen(2)`.
    pub fn listen(&mut self, socket: Socket, backlog: i32) -> EventId {
        self.call(socket, "listen", Args::Listen { backlog }, 0)
    }

    /// `connect(2)`.
    pub fn connect(&mut self, socket: Socket, address: &str) -> EventId {
        self.call(socket, "connect", Args::Address { address: Some(parsed(address)) }, 0)
    }

    /// `accept(2)`, which gives the connection this descriptor.
    pub fn accept(&mut self, listener: Socket, fd: i32, peer: &str) -> Socket {
        self.sockets += 1;
        let accepted = Socket { fd: Fd(fd), id: SocketId(self.sockets), ..listener };
        let args = Args::Accept {
            address: Some(parsed(peer)),
            accepted: Some(accepted.id),
            flags: SocketType::default(),
        };
        self.call(listener, "accept4", args, i64::from(fd));
        accepted
    }

    /// An `accept(2)` that gives nothing: say before whether it fails or waits for ever.
    pub fn accept_nothing(&mut self, listener: Socket) -> EventId {
        let args = Args::Accept { address: None, accepted: None, flags: SocketType::default() };
        self.call(listener, "accept4", args, 0)
    }

    /// `sendto(2)` of these bytes, of which the kernel takes so many.
    pub fn send_part(&mut self, socket: Socket, bytes: &[u8], moved: u64, to: Option<&str>) -> EventId {
        let data = self.data(bytes, bytes.len() as u64, moved);
        let messages = vec![Message { data, address: to.map(parsed), flags: None }];
        let args = Args::Send { messages, flags: MessageFlags::default() };
        self.call(socket, "sendto", args, moved.cast_signed())
    }

    /// `sendto(2)` of these bytes, all of which the kernel takes.
    pub fn send(&mut self, socket: Socket, bytes: &[u8], to: Option<&str>) -> EventId {
        self.send_part(socket, bytes, bytes.len() as u64, to)
    }

    /// `recvfrom(2)` with room for so many bytes, which gets these.
    pub fn receive(&mut self, socket: Socket, room: u64, bytes: &[u8], from: Option<&str>) -> EventId {
        self.receive_flags(socket, room, bytes, from, MessageFlags::default())
    }

    /// [`Story::receive`] with flags.
    pub fn receive_flags(
        &mut self,
        socket: Socket,
        room: u64,
        bytes: &[u8],
        from: Option<&str>,
        flags: MessageFlags,
    ) -> EventId {
        let data = self.data(bytes, room, bytes.len() as u64);
        let messages = vec![Message { data, address: from.map(parsed), flags: None }];
        let args = Args::Receive { messages, flags };
        self.call(socket, "recvfrom", args, (bytes.len() as u64).cast_signed())
    }

    /// `shutdown(2)`: `SHUT_RD` 0, `SHUT_WR` 1, `SHUT_RDWR` 2.
    pub fn shutdown(&mut self, socket: Socket, how: u32) -> EventId {
        self.call(socket, "shutdown", Args::Shutdown { how: Shutdown(how) }, 0)
    }

    /// `close(2)`.
    pub fn close(&mut self, socket: Socket) -> EventId {
        self.call(socket, "close", Args::Close {}, 0)
    }

    /// `setsockopt(2)`.
    pub fn set_option(&mut self, socket: Socket, option: SocketOption, value: i32) -> EventId {
        self.call(socket, "setsockopt", Args::Option { option, value: Some(value) }, 0)
    }

    /// `clock_nanosleep(2)` for so long.
    pub fn sleep_us(&mut self, pid: Pid, us: u64) -> EventId {
        self.taking_us(us);
        self.any_call(pid, None, "clock_nanosleep", Args::Sleep { asked_ns: us * 1000 }, 0)
    }

    /// Any call on a socket, and what it returns unless the story said that it fails or waits for ever.
    pub fn call(&mut self, socket: Socket, name: &str, args: Args, returned: i64) -> EventId {
        let on = SocketRef { fd: socket.fd, socket: Some(socket.id) };
        self.any_call(socket.pid, Some(on), name, args, returned)
    }

    /// Any call.
    ///
    /// # Panics
    ///
    /// If no call has this name.
    pub fn any_call(
        &mut self,
        pid: Pid,
        on: Option<SocketRef>,
        name: &str,
        args: Args,
        returned: i64,
    ) -> EventId {
        let entered = self.now;
        let outcome = self.fails.take().map_or(Outcome::Returned(returned), Outcome::Failed);
        let (until, outcome) = match std::mem::replace(&mut self.takes, Takes::Time(CALL_NS)) {
            Takes::Time(ns) => (Some(Time(entered.0 + ns)), Some(outcome)),
            Takes::ForEver => (None, None),
        };
        let call: Syscall = name.parse().expect("a call of the table");
        let place = self.place.take().map(Arc::new);
        let call = Call { pid, tid: Tid(pid.0), call, on, args, until, outcome, place };
        let id = self.tell(What::Call(call));
        self.now = until.unwrap_or(entered);
        id
    }

    /// Something happens to a process.
    pub fn process(&mut self, pid: Pid, change: ProcessChange) -> EventId {
        self.tell(What::Process(Process { pid, change }))
    }

    /// The kernel says how a socket is.
    pub fn state(&mut self, state: SocketState) -> EventId {
        self.tell(What::Socket(state))
    }

    /// A state of a socket with these addresses and nothing in its queues, to be changed and told by [`Story::state`].
    pub fn state_of(
        &self,
        socket: Socket,
        state: Option<TcpState>,
        local: &str,
        peer: Option<&str>,
    ) -> SocketState {
        SocketState {
            socket: socket.id,
            holder: Some((socket.pid, socket.fd)),
            protocol: socket.protocol,
            state,
            local: Some(parsed(local)),
            peer: peer.map(parsed),
            recv_queue: 0,
            send_queue: 0,
            drops: 0,
            recv_buffer_bytes: 131_072,
            send_buffer_bytes: 131_072,
            tcp: None,
        }
    }

    /// A counter grows, and was looked at 10 ms before.
    pub fn counter(&mut self, name: &str, by: u64) -> EventId {
        let since = Time(self.now.0.saturating_sub(10_000_000));
        let counter = Counter { name: name.to_owned(), by, shared: false };
        self.tell_as(Certainty::Since(since), What::Counter(counter))
    }

    /// Something limits what is seen.
    pub fn note(&mut self, note: Note) -> EventId {
        self.tell(What::Note(note))
    }

    /// Any observation, now.
    pub fn tell(&mut self, what: What) -> EventId {
        self.tell_as(Certainty::Exact, what)
    }

    fn tell_as(&mut self, certainty: Certainty, what: What) -> EventId {
        let id = EventId(self.observations.len() as u64);
        self.observations.push(Observation { time: self.now, id, certainty, what });
        id
    }

    /// The data of the next call, of which nothing moves if it fails or waits for ever.
    fn data(&self, bytes: &[u8], asked_bytes: u64, moved: u64) -> Data {
        let ends = self.fails.is_none() && !matches!(self.takes, Takes::ForEver);
        Data { asked_bytes, moved_bytes: ends.then_some(moved), bytes: Bytes(bytes.to_vec()) }
    }
}

/// Reads an address of a story.
fn parsed(address: &str) -> Address {
    address.parse().unwrap_or_else(|never| match never {})
}
