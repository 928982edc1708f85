//! The sender: one connection for all, or two; item after item; then it asks what arrived.

use std::io;
use std::net::SocketAddr;
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use kernel::socket;
use kernel::wake::Wake;
use serde::Serialize;

use super::Way;
use super::conversation::{Conversation, Halt};
use super::event::{SendEvent, WaysError};
use super::item::{Kind, Payload};
use super::report::{REPORT_BYTES_MAX, Report};
use super::verdict::{Verdict, compare};
use crate::errno::Errno;

/// How long each wait lasts unless told otherwise: for the handshake, for room to send, for the report.
pub const TIMEOUT: Duration = Duration::from_secs(10);

/// What shall be sent, how and to whom.
#[derive(Debug, Clone)]
pub struct SendConfig {
    /// In which way.
    pub way: Way,
    /// To whom, in the order in which they are tried.
    pub peers: Vec<SocketAddr>,
    /// What, in order: 1 to [`ITEMS_MAX`](super::ITEMS_MAX) items.
    pub payloads: Vec<Payload>,
    /// How long each wait lasts.
    pub timeout: Duration,
    /// A pause between one item and the next, as a beginner makes one so that they arrive apart.
    pub between: Option<Duration>,
}

/// How a transfer ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Outcome {
    /// In which way.
    pub how: Way,
    /// To whom, if anybody answered.
    pub peer: Option<SocketAddr>,
    /// What came of it.
    #[serde(flatten)]
    pub verdict: Verdict,
    /// How many items were handed to the kernel.
    pub sent_items: usize,
    /// How many arrived, if the receiver said so.
    pub arrived_items: Option<usize>,
    /// How much each `recv()` of the receiver asked for, when one call was one item (as taught).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recv_bytes: Option<u64>,
    /// How long it took, in microseconds.
    pub took_us: u64,
}

/// Sends the items, and says what came of it.
///
/// `stop` ends any wait, and with it the transfer.
///
/// # Errors
/// [`WaysError`]: no address, or no descriptor left.
pub fn send(
    config: &SendConfig,
    stop: &Wake,
    witness: &mut dyn FnMut(&SendEvent<'_>),
) -> Result<Outcome, WaysError> {
    let began = Instant::now();
    let mut transfer = Transfer::new(config, stop, witness);
    let verdict = match transfer.run() {
        Ok(verdict) => verdict,
        Err(End::Error(error)) => return Err(error),
        Err(End::Refused(errno)) => Verdict::Refused { errno },
        Err(End::Halted(Halt::Stopped)) => Verdict::Interrupted,
        Err(End::Halted(Halt::TimedOut)) => Verdict::Silent,
        Err(End::Halted(Halt::Failed(error))) => Verdict::Reset { errno: Errno::from(&error) },
    };
    let outcome = Outcome {
        how: config.way.clone(),
        peer: transfer.peer,
        verdict,
        sent_items: transfer.sent_items,
        arrived_items: transfer.arrived_items,
        recv_bytes: transfer.recv_bytes,
        took_us: u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX),
    };
    witness(&SendEvent::Verdict(&outcome));
    Ok(outcome)
}

/// A transfer while it goes on.
struct Transfer<'a> {
    config: &'a SendConfig,
    stop: &'a Wake,
    witness: &'a mut dyn FnMut(&SendEvent<'_>),
    peer: Option<SocketAddr>,
    sent_items: usize,
    arrived_items: Option<usize>,
    recv_bytes: Option<u64>,
}

/// Why a transfer did not come to its comparison.
enum End {
    Error(WaysError),
    Refused(Errno),
    Halted(Halt),
}

impl From<Halt> for End {
    fn from(halt: Halt) -> Self {
        Self::Halted(halt)
    }
}

impl<'a> Transfer<'a> {
    fn new(config: &'a SendConfig, stop: &'a Wake, witness: &'a mut dyn FnMut(&SendEvent<'_>)) -> Self {
        let (sent_items, arrived_items, recv_bytes) = (0, None, None);
        Self { config, stop, witness, peer: None, sent_items, arrived_items, recv_bytes }
    }

    fn run(&mut self) -> Result<Verdict, End> {
        let parcels = parcels(self.config);
        let mut conversations = Vec::new();
        for (index, parcel) in parcels.iter().enumerate() {
            if index > 0 {
                self.pause()?;
            }
            let conversation = self.connect(index + 1)?;
            self.deliver(&conversation, index + 1, parcel)?;
            conversations.push(conversation);
        }
        let mut reports = Vec::new();
        for (index, conversation) in conversations.iter().enumerate() {
            let report = self.read_report(conversation)?;
            self.tell_arrived(index + 1, report.as_ref());
            reports.push(report);
        }
        if reports.iter().all(Option::is_some) {
            self.arrived_items = Some(reports.iter().flatten().map(|report| report.items.len()).sum());
        }
        Ok(compare(&self.config.way, &parcels, &reports))
    }

    /// Connects to the first address that does not refuse; a second connection goes where the first one went.
    fn connect(&mut self, connection: usize) -> Result<Conversation<'a>, End> {
        let peers = self.peer.map_or_else(|| self.config.peers.clone(), |peer| vec![peer]);
        let mut end = End::Error(WaysError::NoAddress);
        for address in peers {
            let failed = |call| move |source| End::Error(WaysError::Socket { call, address, source });
            let socket: OwnedFd = socket::open(socket::Transport::Tcp, address).map_err(failed("socket"))?;
            let conversation = Conversation::new(socket, self.stop);
            match conversation.connect(address, self.deadline()) {
                Ok(()) => {
                    self.peer = Some(address);
                    let local = conversation.local_address().map_err(failed("getsockname"))?;
                    (self.witness)(&SendEvent::Connected { connection, local, peer: address });
                    return Ok(conversation);
                }
                // The handshake was complete, and the connection is gone before anybody looked.
                Err(Halt::Failed(error)) if error.kind() == io::ErrorKind::ConnectionReset => {
                    return Err(Halt::Failed(error).into());
                }
                Err(Halt::Failed(error)) => end = End::Refused(Errno::from(&error)),
                Err(halt) => return Err(halt.into()),
            }
        }
        Err(end)
    }

    /// Sends the items of one connection, each with one `sendall()`, and ends the stream.
    fn deliver(
        &mut self,
        conversation: &Conversation<'_>,
        connection: usize,
        parcel: &[&Payload],
    ) -> Result<(), End> {
        for (index, payload) in parcel.iter().enumerate() {
            if index > 0 {
                self.pause()?;
            }
            let mut bytes = Vec::new();
            self.config.way.encode(payload, &mut bytes);
            conversation.send_all(&bytes, || self.deadline())?;
            self.sent_items += 1;
            let (number, wire_bytes, item) = (self.sent_items, bytes.len(), payload.item());
            (self.witness)(&SendEvent::Sent { connection, number, wire_bytes, item });
        }
        match conversation.shut_write() {
            // The connection is gone already; reading will say how.
            Err(Halt::Failed(error)) if error.raw_os_error() == Some(wire::errno::ENOTCONN) => Ok(()),
            ended => Ok(ended?),
        }
    }

    /// Reads up to the end of the receiver's stream; none when that is no report.
    fn read_report(&self, conversation: &Conversation<'_>) -> Result<Option<Report>, End> {
        let mut text = Vec::new();
        let mut buffer = vec![0; 4096];
        loop {
            match conversation.receive(&mut buffer, self.deadline())? {
                0 => break,
                taken if text.len() + taken > REPORT_BYTES_MAX => return Ok(None),
                taken => text.extend_from_slice(&buffer[..taken]),
            }
        }
        Ok(str::from_utf8(&text).ok().and_then(|text| text.parse().ok()))
    }

    fn tell_arrived(&mut self, connection: usize, report: Option<&Report>) {
        let Some(report) = report else { return };
        self.recv_bytes = self.recv_bytes.or(report.taught_bytes);
        for (index, item) in report.items.iter().enumerate() {
            let (number, pair) = (index + 1, report.pair);
            (self.witness)(&SendEvent::Arrived { connection, number, pair, item });
        }
    }

    fn pause(&self) -> Result<(), End> {
        let Some(between) = self.config.between else { return Ok(()) };
        Ok(Conversation::pause(self.stop, Instant::now() + between)?)
    }

    fn deadline(&self) -> Instant {
        Instant::now() + self.config.timeout
    }
}

/// The items of each connection: all on one, or the texts on one and the files on another.
fn parcels(config: &SendConfig) -> Vec<Vec<&Payload>> {
    let all = config.payloads.iter();
    if config.way != Way::TwoConnections {
        return vec![all.collect()];
    }
    let (texts, files): (Vec<_>, Vec<_>) = all.partition(|payload| payload.kind == Kind::Text);
    vec![texts, files]
}
