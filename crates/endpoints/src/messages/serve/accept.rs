//! How a session is opened over TCP, and what a stranger costs until then: one small task, for a few seconds.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::AbortHandle;
use tokio::time::{Instant, sleep, timeout, timeout_at};
use wire::frame::{FrameHeader, HEADER_BYTES, Kind, StreamId};
use wire::handshake::Over;
use wire::key::{Key, KeyId};
use wire::message::{Message, Opening, Refusal};
use wire::record::{Opener, Sealer};

use super::config::{OPENING_MAX, OPENING_MIN, OPENING_PEERS_MAX};
use super::event::{Event, RefusedWhy};
use super::session::{self, Incoming};
use super::shared::{Phase, Shared};
use crate::access::Ruling;
use crate::errno::Errno;
use crate::messages::frames::FrameReader;
use crate::messages::lock::lock;
use crate::messages::opening;
use crate::transport::Transport;

/// The longest `OPEN`: the mode, 8 bytes of key id and 48 of Noise.
const OPENING_BYTES_MAX: usize = 57;
/// How long nothing is accepted after the system had no room for a connection.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Accepts connections until the server stops.
pub(super) async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    let openings = Arc::new(Openings::default());
    loop {
        let accepted = tokio::select! {
            accepted = openings.accept(&listener) => accepted,
            () = shared.reaches(Phase::Draining) => return,
        };
        match accepted {
            Ok((stream, peer)) => {
                if let Some(why) = refused_by_address(&shared, peer) {
                    shared.refuse(Transport::Tcp, peer, why);
                    // An RST: a FIN would look like a server that has nothing to say.
                    let _ = stream.set_zero_linger();
                    continue;
                }
                openings.begin(|number| {
                    let (shared, openings) = (Arc::clone(&shared), Arc::clone(&openings));
                    tokio::spawn(open_and_serve(stream, peer, shared, openings, number)).abort_handle()
                });
            }
            Err(error) if is_of_one_connection(&error) => {}
            Err(error) => {
                shared.tell(Event::AcceptFailed { errno: Errno::from(&error) });
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

/// Whether only the connection that was to be accepted is at fault (`accept(2)`).
fn is_of_one_connection(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset)
}

/// Why this address may not talk to us, if it may not.
pub(super) fn refused_by_address(shared: &Shared, peer: SocketAddr) -> Option<RefusedWhy> {
    let rules = shared.rules();
    match rules.access.judge(peer.ip()) {
        Ruling::Allowed => None,
        Ruling::Denied(rule) => Some(RefusedWhy::Access { rule: Some(rule.to_string()) }),
        Ruling::NotAllowed => Some(RefusedWhy::Access { rule: None }),
    }
}

async fn open_and_serve(
    stream: TcpStream,
    peer: SocketAddr,
    shared: Arc<Shared>,
    openings: Arc<Openings>,
    number: u64,
) {
    let opened = timeout(OPENING_MAX, open(stream, peer, &shared, || openings.accepted(number))).await;
    // From here on it may no longer be ended to make room for another opening.
    let is_ours = openings.end(number);
    let incoming = match opened {
        Ok(Ok(incoming)) if is_ours => incoming,
        Ok(Err(NotOpened::Refused)) => return,
        _ => return shared.refuse(Transport::Tcp, peer, RefusedWhy::Malformed),
    };
    match shared.enter(incoming.key.is_some()) {
        Some(place) => session::serve(shared, place, incoming).await,
        None => shared.refuse(Transport::Tcp, peer, RefusedWhy::Busy),
    }
}

/// Why there is no session.
enum NotOpened {
    /// It was refused; the peer and whoever reads the events know.
    Refused,
    /// What came is no opening, or the connection failed.
    Failed,
}

impl From<io::Error> for NotOpened {
    fn from(_: io::Error) -> Self {
        Self::Failed
    }
}

type TcpIncoming = Incoming<OwnedReadHalf, OwnedWriteHalf>;

/// Opens a session: reads `OPEN`, answers, and waits for the first thing that only this client can have sent.
async fn open(
    mut stream: TcpStream,
    peer: SocketAddr,
    shared: &Shared,
    accepted: impl FnOnce(),
) -> Result<TcpIncoming, NotOpened> {
    stream.set_nodelay(true)?;
    let payload = read_opening(&mut stream).await;
    let (key, protection) = match decide(payload.as_deref(), shared) {
        Ok((key, noise, protection)) => {
            accepted();
            answer(&mut stream, &Message::Accepted { noise: &noise }).await?;
            (key, protection)
        }
        Err((refusal, why)) => {
            shared.refuse(Transport::Tcp, peer, why);
            answer(&mut stream, &Message::Refused(refusal)).await?;
            stream.shutdown().await?;
            return Err(NotOpened::Refused);
        }
    };
    let (sealer, opener) = protection.unzip();
    let (reading, writer) = stream.into_split();
    let mut reader = FrameReader::new(reading, opener);
    while !reader.has_heard() {
        if !reader.fill().await.map_err(|_| NotOpened::Failed)? {
            return Err(NotOpened::Failed);
        }
    }
    Ok(Incoming { peer, transport: Transport::Tcp, key, reader, writer, sealer })
}

/// Reads `OPEN`, and not a byte more; nothing, if it is none.
async fn read_opening(stream: &mut TcpStream) -> Option<Vec<u8>> {
    let mut header = [0; HEADER_BYTES];
    stream.read_exact(&mut header).await.ok()?;
    let header = FrameHeader::decode(&header).ok()?;
    let bytes = usize::try_from(header.length).ok().filter(|&bytes| bytes <= OPENING_BYTES_MAX)?;
    if header.kind != Kind::Open || header.stream != StreamId::SESSION {
        return None;
    }
    let mut payload = vec![0; bytes];
    stream.read_exact(&mut payload).await.ok()?;
    Some(payload)
}

type Protection = Option<(Sealer, Opener)>;
type Decided = (Option<Arc<Key>>, Vec<u8>, Protection);

/// Decides on an opening: whose session it is, what to answer, and how it is protected.
fn decide(payload: Option<&[u8]>, shared: &Shared) -> Result<Decided, (Refusal, RefusedWhy)> {
    let malformed = (Refusal::Malformed, RefusedWhy::Malformed);
    let Some(Ok(opening)) = payload.map(Opening::decode) else { return Err(malformed) };
    if shared.phase() > Phase::Serving {
        return Err((Refusal::Stopping, RefusedWhy::Stopping));
    }
    if !shared.has_room(matches!(opening, Opening::Sealed { .. })) {
        return Err((Refusal::Busy, RefusedWhy::Busy));
    }
    match opening {
        Opening::Plain if shared.config.plain => Ok((None, Vec::new(), None)),
        Opening::Plain => Err((Refusal::Plain, RefusedWhy::Plain)),
        Opening::Sealed { key: id, noise } => {
            let responded = opening::respond(Over::Tcp, id, find_key(shared, id), noise);
            let responded = responded.map_err(|_| (Refusal::Busy, RefusedWhy::Busy))?;
            let no_key = || (Refusal::Key, RefusedWhy::Key { key_id: id.to_string() });
            let (key, noise, keys) = responded.ok_or_else(no_key)?;
            Ok((Some(key), noise, Some((Sealer::new(keys.clone()), Opener::new(keys)))))
        }
    }
}

/// The key of this id, if there is one.
pub(super) fn find_key(shared: &Shared, id: KeyId) -> Option<Arc<Key>> {
    shared.rules().keys.find(id).cloned().map(Arc::new)
}

async fn answer(stream: &mut TcpStream, message: &Message<'_>) -> io::Result<()> {
    let mut frames = Vec::new();
    message.encode(StreamId::SESSION, &mut frames);
    stream.write_all(&frames).await
}

/// Connections that are opening their session. One too many ends the oldest, so that strangers who say nothing cannot keep
/// others out: one that has not been accepted, as long as there are such, and not before its time, so that a flood of them
/// cannot push others out either.
#[derive(Debug, Default)]
struct Openings {
    peers: Mutex<OpeningPeers>,
    /// Raised when one has ended.
    has_ended: Notify,
}

#[derive(Debug, Default)]
struct OpeningPeers {
    begun: u64,
    /// Those that have not been accepted, oldest first.
    strange: BTreeMap<u64, Peer>,
    /// Those that have been, and of whom nothing has come yet that only they can have sent.
    accepted: BTreeMap<u64, Peer>,
}

/// A task that opens a session, and when it began.
type Peer = (Instant, AbortHandle);

impl Openings {
    /// Waits until another one can begin, and for a connection; the kernel queues what comes meanwhile.
    async fn accept(&self, listener: &TcpListener) -> io::Result<(TcpStream, SocketAddr)> {
        while let Some(oldest) = self.oldest_of_too_many() {
            if timeout_at(oldest + OPENING_MIN, self.has_ended.notified()).await.is_err() {
                break;
            }
        }
        listener.accept().await
    }

    /// When the oldest began, if there are as many as there may be.
    fn oldest_of_too_many(&self) -> Option<Instant> {
        let peers = self.peers();
        let is_full = peers.strange.len() + peers.accepted.len() >= OPENING_PEERS_MAX;
        let oldest = peers.strange.first_key_value().or_else(|| peers.accepted.first_key_value());
        oldest.filter(|_| is_full).map(|(_, &(begun, _))| begun)
    }

    /// Begins another one. `spawn` starts it, and gets its number.
    fn begin(&self, spawn: impl FnOnce(u64) -> AbortHandle) {
        let mut peers = self.peers();
        peers.begun += 1;
        let number = peers.begun;
        // The task takes this lock before it goes on, so it finds itself there.
        let peer = (Instant::now(), spawn(number));
        if peers.strange.len() + peers.accepted.len() >= OPENING_PEERS_MAX
            && let Some((_, (_, oldest))) = peers.strange.pop_first().or_else(|| peers.accepted.pop_first())
        {
            oldest.abort();
        }
        peers.strange.insert(number, peer);
    }

    /// Says that an opening has been accepted.
    fn accepted(&self, number: u64) {
        let mut peers = self.peers();
        if let Some(peer) = peers.strange.remove(&number) {
            peers.accepted.insert(number, peer);
        }
    }

    /// Says that an opening is over, one way or the other; whether it was not ended meanwhile.
    fn end(&self, number: u64) -> bool {
        let was_open = {
            let mut peers = self.peers();
            peers.strange.remove(&number).or_else(|| peers.accepted.remove(&number)).is_some()
        };
        self.has_ended.notify_one();
        was_open
    }

    fn peers(&self) -> MutexGuard<'_, OpeningPeers> {
        lock(&self.peers)
    }
}
