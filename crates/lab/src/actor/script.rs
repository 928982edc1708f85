//! What an actor is to do.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// How often steps may be repeated.
pub const REPETITIONS_MAX: u32 = 10_000;

/// How long a script may be as JSON, in bytes.
pub const SCRIPT_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// How many bytes a message may have that an actor makes up.
pub const DATA_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// How many bytes a length has that stands before a message ([`Until::Prefixed`]), the most significant first.
pub const LENGTH_BYTES: usize = 4;

/// The steps of an actor, one after the other.
///
/// Each step makes the call that it names, once, and nothing else that a recording would show. What comes of a call does not
/// matter to the steps after it, unless a step [needs](Step::Need) it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Script(pub Vec<Step>);

/// A socket of an actor, by the number that its script gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Socket(pub u8);

/// Something that happens in one actor and that others wait for, by its name in the scene.
pub type Mark = String;

/// A step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// `socket(2)`: one that blocks. It takes the place of the one that had its number.
    Socket {
        /// The number that it gets.
        socket: Socket,
        /// What it speaks.
        transport: Transport,
        /// Whether it speaks IPv6, and IPv4 otherwise.
        v6: bool,
    },
    /// `getsockopt(2)` with `SO_ERROR`: takes the error that the kernel keeps for the socket, if there is one.
    TakeError {
        /// Of which one.
        socket: Socket,
    },
    /// `setsockopt(2)`, or `fcntl(2)` for [`Choice::NonBlocking`].
    Option {
        /// Of which one.
        socket: Socket,
        /// What it shall be.
        choice: Choice,
    },
    /// `bind(2)`.
    Bind {
        /// Which one.
        socket: Socket,
        /// The address that it gets.
        address: SocketAddr,
    },
    /// `connect(2)`.
    Connect {
        /// Which one.
        socket: Socket,
        /// To where.
        address: SocketAddr,
    },
    /// `listen(2)`.
    Listen {
        /// Which one.
        socket: Socket,
        /// How many connections may wait.
        backlog: i32,
    },
    /// `accept4(2)`.
    Accept {
        /// The listener.
        socket: Socket,
        /// The number that the connection gets.
        accepted: Socket,
    },
    /// `sendto(2)`.
    Send {
        /// Which one.
        socket: Socket,
        /// What.
        data: Data,
        /// To whom, if the call shall say so.
        to: Option<To>,
        /// How often, and how much at once.
        how: Sending,
    },
    /// `recvfrom(2)`, or `recvmsg(2)` if the flags that came with a message shall be known.
    Receive {
        /// Which one.
        socket: Socket,
        /// How many bytes each call has room for.
        bytes: u32,
        /// How it is called.
        how: Receiving,
        /// How often.
        until: Until,
    },
    /// `recvmsg(2)` with `MSG_ERRQUEUE` (`ip(7)`, `IP_RECVERR`): takes a report of an error, if there is one.
    ReceiveErrorQueue {
        /// Which one.
        socket: Socket,
    },
    /// `poll(2)` for something to read on any of these.
    Wait {
        /// Which ones.
        sockets: Vec<Socket>,
        /// For how long at most.
        limit: Option<Duration>,
    },
    /// Receives a datagram with `recvfrom(2)`, answers it with `sendto(2)` or not, and so on: until a call fails, or the service is
    /// over. As in the practical, an empty datagram is not answered.
    Serve {
        /// The socket.
        socket: Socket,
        /// How many bytes each call has room for.
        bytes: u32,
        /// What it does with a datagram.
        service: Service,
    },
    /// Starts our own binary with these arguments, in the place of whoever types at it: its standard input is a pipe.
    Start {
        /// The arguments.
        arguments: Vec<String>,
    },
    /// Types some letters at the program that was started.
    Type {
        /// The letters, with the end of a line if it shall be one.
        text: String,
    },
    /// Ends what is typed at the program that was started, and waits until it has ended.
    EndInput {},
    /// `shutdown(2)` with `SHUT_WR`.
    Shutdown {
        /// Which one.
        socket: Socket,
    },
    /// `close(2)`.
    Close {
        /// Which one.
        socket: Socket,
    },
    /// `clock_nanosleep(2)`, as `time.sleep()`.
    Pause {
        /// For how long.
        time: Duration,
    },
    /// Says that this has happened. Not seen in a recording. An actor that ends says so of all marks that it has left out.
    Mark {
        /// What.
        mark: Mark,
    },
    /// Waits until that has happened. Not seen in a recording.
    Await {
        /// What.
        mark: Mark,
    },
    /// Waits until the actor that made a mark stands still in a call. Not seen in a recording. The mark was awaited before.
    AwaitBlocked {
        /// The mark.
        who: Mark,
    },
    /// Sends a signal to the actor that made a mark (`kill(2)`). The mark was awaited before.
    Signal {
        /// The mark.
        who: Mark,
        /// Which one.
        signal: Signal,
    },
    /// Writes text to standard output.
    Print {
        /// What.
        text: String,
    },
    /// Writes the bytes that were received last to standard output, after some text.
    PrintReceived {
        /// What stands before them.
        before: String,
    },
    /// Makes steps several times.
    Repeat {
        /// How often.
        times: u32,
        /// Which ones.
        steps: Vec<Step>,
    },
    /// Makes a step, and ends the actor with exit code 1 if its call fails.
    Need(Box<Step>),
}

/// What a socket speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Transport {
    /// `SOCK_DGRAM`.
    Udp,
    /// `SOCK_STREAM`.
    Tcp,
    /// `SOCK_RAW` with `IPPROTO_RAW` (`raw(7)`): what is sent are whole packets of IPv4. It takes `CAP_NET_RAW`.
    Raw,
}

/// What a server does with the datagrams that it receives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Service {
    /// Sends back those that come from these addresses, and ignores the others.
    Only(Vec<IpAddr>),
    /// Is over when a datagram is these bytes; sends back all others.
    StopAt(String),
    /// Gives what follows these bytes to `/bin/sh -c` (`system(3)`), and answers with its wait status in decimal; sends back all
    /// others.
    RunAfter(String),
}

/// An option of a socket (`socket(7)`, `ip(7)`, `tcp(7)`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    /// `SO_REUSEADDR`.
    ReuseAddress(bool),
    /// `O_NONBLOCK` (`fcntl(2)`).
    NonBlocking(bool),
    /// `IP_RECVERR`.
    ReceiveErrors,
    /// `IPV6_RECVERR`.
    ReceiveErrors6,
    /// `SO_RCVTIMEO`; no time at all is for ever.
    ReceiveLimit(Duration),
    /// `SO_SNDTIMEO`.
    SendLimit(Duration),
    /// `SO_RCVBUF`: bytes, which the kernel doubles.
    ReceiveBuffer(u32),
    /// `SO_SNDBUF`: bytes, which the kernel doubles.
    SendBuffer(u32),
    /// `TCP_DEFER_ACCEPT`, in seconds: a connection is not complete before its first bytes come.
    DeferAccept(u32),
    /// `TCP_NODELAY`.
    NoDelay(bool),
    /// `SO_LINGER` with no time: `close(2)` resets the connection.
    Abort,
}

/// What is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Data {
    /// This text.
    Text(String),
    /// These bytes.
    Bytes(Vec<u8>),
    /// So many bytes, at most [`DATA_BYTES_MAX`]: the alphabet, again and again.
    Long(u64),
    /// What was received last, on any socket.
    Received,
}

/// Whom a datagram is sent to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum To {
    /// This address.
    Address(SocketAddr),
    /// Who sent the datagram that was received last. Nothing is sent if there was none.
    Sender,
}

/// How something is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sending {
    /// By one call, whatever it takes.
    Once,
    /// By one call, of which so many bytes are offered.
    First(u32),
    /// By a call for each piece of so many bytes, whatever they take.
    Pieces(u32),
    /// As `sendall()`: what a call did not take is offered again, until all is taken or a call fails.
    All,
    /// As [`Sending::All`], with at most so many bytes offered at once.
    AllInPieces(u32),
    /// As [`Sending::All`] on a socket that does not block: where a call finds no room (`EAGAIN`), `poll(2)` waits for it.
    AllWithPoll,
    /// As somebody who sees that a call took less than all and begins at the first byte again, until a call takes all or fails.
    FromStart,
}

/// How something is received.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Receiving {
    /// By `recv()`.
    Plain,
    /// By `recvfrom()`: the sender is known.
    From,
    /// By `recvmsg()`: the sender is known, and whether the message was cut.
    Message,
    /// By `recv()` with `MSG_TRUNC`: the length is the datagram's own.
    TrueLength,
    /// By `recv()` with `MSG_WAITALL`.
    Whole,
    /// By `recv()` with `MSG_DONTWAIT`.
    NoWait,
}

/// How often something is received. What the calls brought is kept together, for [`Data::Received`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Until {
    /// One call.
    Once,
    /// So many calls, or until one fails or brings nothing.
    Times(u32),
    /// Until so many bytes have come, or a call fails or brings nothing.
    Bytes(u64),
    /// Until this byte has come, or a call fails or brings nothing.
    Byte(u8),
    /// Until a call brings less than it has room for, or fails.
    Short,
    /// Until the message has come whose length stands before it in [`LENGTH_BYTES`], or a call fails or brings nothing. No call asks
    /// for more than is missing.
    Prefixed,
    /// Until a call fails or brings nothing: the end of a stream.
    End,
}

/// A signal (`signal(7)`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signal {
    /// `SIGSTOP`.
    Stop,
    /// `SIGCONT`.
    Continue,
    /// `SIGTERM`.
    Terminate,
    /// `SIGKILL`.
    Kill,
}

impl Script {
    /// Every step, those that are in others among them.
    pub fn all(&self) -> Vec<&Step> {
        let mut found = Vec::new();
        gather(&self.0, &mut found);
        found
    }
}

fn gather<'s>(steps: &'s [Step], found: &mut Vec<&'s Step>) {
    for step in steps {
        found.push(step);
        match step {
            Step::Repeat { steps, .. } => gather(steps, found),
            Step::Need(step) => gather(std::slice::from_ref(step), found),
            _ => {}
        }
    }
}

impl From<Vec<Step>> for Script {
    fn from(steps: Vec<Step>) -> Self {
        Self(steps)
    }
}

impl<const N: usize> From<[Step; N]> for Script {
    fn from(steps: [Step; N]) -> Self {
        Self(steps.into())
    }
}
