//! What both transports need for an exchange: the socket, the waits, the pauses, the count of bytes.

use std::io;
use std::net::SocketAddr;
use std::os::fd::{AsFd, OwnedFd};
use std::time::{Duration, Instant};

use kernel::poll::{self, Interest, Readiness};
use kernel::socket::{self, Buffer};
use kernel::wake::Wake;

use super::Witness;
use super::config::{AskConfig, Hold};
use super::event::{AskError, Event, Outcome};
use super::verdict::{Reply, Stage, Verdict};
use crate::shaping::{Call, Side};

/// One exchange while it goes on.
pub(super) struct Exchange<'a> {
    pub(super) config: &'a AskConfig,
    pub(super) peer: SocketAddr,
    pub(super) sent_bytes: usize,
    pub(super) reply: Reply,
    stop: &'a Wake,
    witness: &'a mut dyn Witness,
    began: Instant,
}

/// How a wait ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Waited {
    /// The socket is ready.
    Ready(Readiness),
    /// The time is over.
    TimedOut,
    /// It was told to stop.
    Stopped,
}

impl<'a> Exchange<'a> {
    pub(super) fn new(config: &'a AskConfig, stop: &'a Wake, witness: &'a mut dyn Witness) -> Self {
        let nobody = SocketAddr::from(([0, 0, 0, 0], 0));
        Self { config, peer: nobody, sent_bytes: 0, reply: Reply::NONE, stop, witness, began: Instant::now() }
    }

    /// Makes the exchange with one address.
    pub(super) fn attempt(
        &mut self,
        peer: SocketAddr,
        exchange: impl FnOnce(&mut Self) -> Result<Verdict, AskError>,
    ) -> Result<Outcome, AskError> {
        (self.peer, self.sent_bytes, self.reply) = (peer, 0, Reply::NONE);
        self.began = Instant::now();
        let verdict = exchange(self)?;
        Ok(Outcome {
            transport: self.config.transport,
            peer,
            verdict,
            message_bytes: self.config.message.len(),
            sent_bytes: self.sent_bytes,
            received_bytes: self.reply.bytes,
            took_us: micros(self.began.elapsed()),
        })
    }

    /// Tells the outcome and gives it back.
    pub(super) fn end(&mut self, outcome: Outcome) -> Outcome {
        self.tell(&Event::Verdict(outcome.clone()));
        outcome
    }

    pub(super) fn tell(&mut self, event: &Event<'_>) {
        self.witness.tell(event);
    }

    /// Makes the socket, with its options and its local address.
    pub(super) fn open(&mut self) -> Result<OwnedFd, AskError> {
        let config = self.config;
        let socket = socket::open(config.transport.into(), self.peer).map_err(self.failed("socket"))?;
        for (buffer, asked) in [(Buffer::Send, config.sndbuf_bytes), (Buffer::Receive, config.rcvbuf_bytes)] {
            let Some(asked_bytes) = asked else { continue };
            socket::set_buffer_bytes(&socket, buffer, asked_bytes).map_err(self.failed("setsockopt"))?;
            let kernel_bytes = socket::buffer_bytes(&socket, buffer).map_err(self.failed("getsockopt"))?;
            self.tell(&Event::OptionSet { option: buffer.option_name(), asked_bytes, kernel_bytes });
        }
        if let Some(source) = config.source {
            let failed = self.failed_for("bind", source);
            socket::bind(&socket, source).map_err(failed)?;
        }
        Ok(socket)
    }

    /// Waits until the socket is ready, the time that each wait has is over, or it is told to stop.
    pub(super) fn wait(&self, socket: &OwnedFd, interest: Interest) -> Result<Waited, AskError> {
        self.wait_until(socket, interest, self.config.timeout.map(|timeout| Instant::now() + timeout))
    }

    /// Waits as [`Exchange::wait`] does, until a given time.
    pub(super) fn wait_until(
        &self,
        socket: &OwnedFd,
        interest: Interest,
        deadline: Option<Instant>,
    ) -> Result<Waited, AskError> {
        let stop = (self.stop.as_fd(), Interest::READ);
        let [ready, stopped] =
            poll::wait_either((socket.as_fd(), interest), stop, deadline).map_err(self.failed("poll"))?;
        Ok(match (stopped.any(), ready.any()) {
            (true, _) => Waited::Stopped,
            (false, true) => Waited::Ready(ready),
            (false, false) => Waited::TimedOut,
        })
    }

    /// Lets a pause before or after a call pass. Being told to stop ends it; the next wait sees that.
    pub(super) fn pause(&self, side: Side, call: Call) {
        if let Some(pause) = self.config.pauses.at(side, call) {
            // Without a socket to look at, nothing but being told to stop ends the wait early.
            let _ = poll::wait(self.stop.as_fd(), Interest::READ, Some(Instant::now() + pause));
        }
    }

    /// Makes a call with its pauses around it.
    pub(super) fn around<T>(&mut self, call: Call, perform: impl FnOnce(&mut Self) -> T) -> T {
        self.pause(Side::Before, call);
        let result = perform(self);
        self.pause(Side::After, call);
        result
    }

    /// Takes a part of the reply.
    pub(super) fn take_reply(&mut self, part: &[u8], true_bytes: usize) {
        self.reply.take(&self.config.message, part, true_bytes);
        self.witness.tell(&Event::Reply { peer: self.peer, bytes: part, true_bytes });
    }

    /// Keeps the socket open after the reply, if that was asked for: for a time, until told to stop, or until the peer
    /// closes the connection.
    pub(super) fn hold(&mut self, socket: &OwnedFd) -> Result<(), AskError> {
        let deadline = match self.config.hold {
            None => return Ok(()),
            Some(Hold::For(time)) => Some(Instant::now() + time),
            Some(Hold::UntilStopped) => None,
        };
        self.tell(&Event::Holding);
        self.wait_until(socket, Interest::END, deadline).map(drop)
    }

    /// Makes an error into a verdict, if it is the network's, or else into an error of this side.
    pub(super) fn judge(&self, error: io::Error, during: Stage) -> Result<Verdict, AskError> {
        let call = match during {
            Stage::Handshake => Call::Connect,
            Stage::Send => Call::Send,
            Stage::Reply => Call::Recv,
        };
        Verdict::of_error(&error, during).ok_or_else(|| self.failed(call.name())(error))
    }

    /// Makes an error of a call on the peer's address into an [`AskError`].
    pub(super) fn failed(&self, call: &'static str) -> impl FnOnce(io::Error) -> AskError + use<> {
        self.failed_for(call, self.peer)
    }

    fn failed_for(
        &self,
        call: &'static str,
        address: SocketAddr,
    ) -> impl FnOnce(io::Error) -> AskError + use<> {
        let transport = self.config.transport;
        move |source| AskError::Socket { call, transport, address, source }
    }
}

pub(super) fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}
