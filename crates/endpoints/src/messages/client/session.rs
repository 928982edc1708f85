//! A client's session: many streams on one connection, each with what the server says on it.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use wire::frame::{Frame, StreamId};
use wire::message::{Message, ResultFrame};
use wire::record::Sealer;

use crate::messages::frames::{BrokenSession, FrameReader, Outbox, SILENCE_MAX, SessionOver, write_frames};
use crate::messages::lock::lock;

/// How many messages of the server wait for a stream to take them; with more, nothing more is read from the server.
pub const REPLIES_MAX: usize = 64;
/// How long the server may take to end its side after the client's.
const FAREWELL_MAX: Duration = Duration::from_secs(2);

/// An open session.
#[derive(Debug)]
pub struct Session {
    peer: SocketAddr,
    outbox: Outbox,
    streams: Streams,
    next: AtomicU32,
    broken: watch::Receiver<Option<Arc<BrokenSession>>>,
    reading: JoinHandle<()>,
    writing: JoinHandle<Result<(), BrokenSession>>,
}

/// Where what the server says on each stream goes; `None` when the session is over.
type Streams = Arc<Mutex<Option<BTreeMap<StreamId, mpsc::Sender<Reply>>>>>;

/// What a server says on a stream.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Reply {
    Have(u64),
    Go(u64),
    Draining { sessions: u32, streams: u32 },
    Started { pid: u32 },
    Stdout(Vec<u8>),
    Stderr(Vec<u8>),
    Credit(u32),
    Joined(Vec<String>),
    Said { at_ms: u64, who: String, line: String },
    Came { at_ms: u64, who: String },
    Left { at_ms: u64, who: String },
    Result(StreamResult),
}

/// What came of a stream.
pub type StreamResult = ResultFrame<'static>;

impl Session {
    /// Takes over a connection whose session has been opened.
    pub(super) fn new<R, W>(
        peer: SocketAddr,
        reader: FrameReader<R>,
        writer: W,
        sealer: Option<Sealer>,
    ) -> Self
    where
        R: AsyncRead + Unpin + Send + 'static,
        W: AsyncWrite + Unpin + Send + 'static,
    {
        let (outbox, queue) = Outbox::new();
        let streams: Streams = Arc::new(Mutex::new(Some(BTreeMap::new())));
        let (tell_broken, broken) = watch::channel(None);
        let reading = tokio::spawn({
            let (streams, outbox) = (Arc::clone(&streams), outbox.downgrade());
            async move {
                let ended = Reading { streams: Arc::clone(&streams), outbox }.run(reader).await;
                // First the reason, then the end of every stream, which asks for it.
                tell_broken.send_replace(ended.err().map(Arc::new));
                *lock(&streams) = None;
            }
        });
        let writing = tokio::spawn(write_frames(writer, sealer, queue, Arc::new(AtomicU64::new(0))));
        Self { peer, outbox, streams, next: AtomicU32::new(1), broken, reading, writing }
    }

    /// With whom it is.
    pub fn peer(&self) -> SocketAddr {
        self.peer
    }

    /// Opens a stream. `message` is made a frame with its number.
    pub(super) async fn stream(&self, message: &Message<'_>) -> Result<Stream, Arc<BrokenSession>> {
        let id = StreamId(self.next.fetch_add(1, Relaxed));
        let (sender, replies) = mpsc::channel(REPLIES_MAX);
        if let Some(streams) = lock(&self.streams).as_mut() {
            streams.insert(id, sender);
        }
        let stream = Stream { id, outbox: self.outbox.clone(), replies, broken: self.broken.clone() };
        stream.send(message).await?;
        Ok(stream)
    }

    /// Says that no more streams will be opened, and ends the connection in order.
    pub async fn close(self) {
        let _ = self.outbox.send(StreamId::SESSION, &Message::Bye).await;
        drop(self.outbox);
        // All that was asked for has been answered; how the farewell goes makes no difference.
        let farewell = async {
            let _ = self.writing.await;
            let _ = self.reading.await;
        };
        let _ = timeout(FAREWELL_MAX, farewell).await;
    }
}

/// A stream, as the client has it.
#[derive(Debug)]
pub(super) struct Stream {
    pub(super) id: StreamId,
    pub(super) outbox: Outbox,
    replies: mpsc::Receiver<Reply>,
    broken: watch::Receiver<Option<Arc<BrokenSession>>>,
}

impl Stream {
    /// Sends a message on it.
    pub(super) async fn send(&self, message: &Message<'_>) -> Result<(), Arc<BrokenSession>> {
        self.outbox.send(self.id, message).await.map_err(|SessionOver| self.why_broken())
    }

    /// Waits for what the server says next.
    pub(super) async fn reply(&mut self) -> Result<Reply, Arc<BrokenSession>> {
        self.replies.recv().await.ok_or_else(|| self.why_broken())
    }

    /// Waits for its result, and passes over everything else.
    pub(super) async fn result(&mut self) -> Result<StreamResult, Arc<BrokenSession>> {
        loop {
            if let Reply::Result(result) = self.reply().await? {
                return Ok(result);
            }
        }
    }

    /// Why the session is over.
    pub(super) fn why_broken(&self) -> Arc<BrokenSession> {
        self.broken.borrow().clone().unwrap_or_else(|| Arc::new(BrokenSession::Cut))
    }
}

/// What takes the server's frames.
struct Reading {
    streams: Streams,
    outbox: crate::messages::frames::WeakOutbox,
}

impl Reading {
    async fn run<R: AsyncRead + Unpin>(&self, mut reader: FrameReader<R>) -> Result<(), BrokenSession> {
        let mut server_is_done = false;
        loop {
            let arrived = timeout(SILENCE_MAX, reader.fill()).await.map_err(|_| BrokenSession::Silent)??;
            if !arrived {
                return if server_is_done { Ok(()) } else { Err(BrokenSession::Cut) };
            }
            while let Some(frame) = reader.buffered()? {
                server_is_done |= self.take(&frame).await?;
            }
        }
    }

    /// Hands a frame to its stream; whether it says that the server will end the session.
    async fn take(&self, frame: &Frame<'_>) -> Result<bool, BrokenSession> {
        let message = Message::decode(frame).map_err(|_| BrokenSession::Protocol("a malformed message"))?;
        if frame.stream == StreamId::SESSION {
            if let (Message::Ping(payload), Some(outbox)) = (&message, self.outbox.upgrade()) {
                outbox.send(StreamId::SESSION, &Message::Pong(*payload)).await?;
            }
            return Ok(message == Message::Bye);
        }
        let Some(reply) = reply(message) else { return Ok(false) };
        let is_last = matches!(reply, Reply::Result(_));
        let sender = lock(&self.streams).as_mut().and_then(|streams| {
            if is_last { streams.remove(&frame.stream) } else { streams.get(&frame.stream).cloned() }
        });
        if let Some(sender) = sender {
            // Whoever opened the stream may have lost interest.
            let _ = sender.send(reply).await;
        }
        Ok(false)
    }
}

/// What a message says to a stream; nothing, when only clients send such.
fn reply(message: Message<'_>) -> Option<Reply> {
    Some(match message {
        Message::Have(bytes) => Reply::Have(bytes),
        Message::Go(offset) => Reply::Go(offset),
        Message::Draining { sessions, streams } => Reply::Draining { sessions, streams },
        Message::Started { pid } => Reply::Started { pid },
        Message::Stdout(bytes) => Reply::Stdout(bytes.to_vec()),
        Message::Stderr(bytes) => Reply::Stderr(bytes.to_vec()),
        Message::Credit(bytes) => Reply::Credit(bytes),
        Message::Joined(names) => Reply::Joined(names.iter().map(str::to_owned).collect()),
        Message::Said { at_ms, who, line } => {
            Reply::Said { at_ms, who: who.to_owned(), line: line.to_owned() }
        }
        Message::Came { at_ms, who } => Reply::Came { at_ms, who: who.to_owned() },
        Message::Left { at_ms, who } => Reply::Left { at_ms, who: who.to_owned() },
        Message::Result(ResultFrame { code, body }) => {
            Reply::Result(StreamResult { code, body: body.into_owned().into() })
        }
        _ => return None,
    })
}
