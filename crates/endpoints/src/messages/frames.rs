//! Frames over a stream of bytes: reading them, writing them, and noticing when the other side has gone.
//!
//! Both ends of a session do this alike. Over TCP a sealed session is records of `wire::record`; over UDP the link has
//! sealed everything already, and a plain session is frames as they are (`docs/protocol.md`, section 3).

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use thiserror::Error;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::mpsc;
use tokio::time::timeout;
use wire::frame::{Decoder, Frame, FrameError, StreamId};
use wire::message::Message;
use wire::record::{Opener, PLAIN_BYTES_MAX, RecordError, Sealer};

use super::spares::Spares;

/// After so long without sending, a side says that it is there.
const KEEP_ALIVE: Duration = Duration::from_secs(10);
/// A peer that has sent nothing, or taken nothing, for so long is gone.
pub(super) const SILENCE_MAX: Duration = Duration::from_secs(30);
/// How many messages wait to be written. What makes them waits, then: a text never has to pass more than these.
pub(super) const OUTBOX_MESSAGES_MAX: usize = 8;
/// When so much is ready it is written, and no more is added.
const WRITE_BYTES: usize = 128 << 10;
/// What one read asks for at least; it takes what more there is room for.
const READ_BYTES: usize = 128 << 10;

/// Why a session cannot go on.
#[derive(Debug, Error)]
pub enum BrokenSession {
    /// The connection failed.
    #[error("the connection failed: {0}")]
    Connection(#[from] io::Error),
    /// The peer sent nothing for 30 s, or took nothing.
    #[error("the peer has been silent for {} s", SILENCE_MAX.as_secs())]
    Silent,
    /// The connection ended and the peer had not said that it would.
    #[error("the connection was cut")]
    Cut,
    /// What came is no frame.
    #[error(transparent)]
    Frame(#[from] FrameError),
    /// What came was not sealed with the keys of this session.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// The peer broke a rule of the protocol.
    #[error("the peer broke the protocol: {0}")]
    Protocol(&'static str),
}

/// The frames that a peer sends.
pub(super) struct FrameReader<R> {
    source: R,
    protection: Option<Opener>,
    decoder: Decoder,
    received_bytes: u64,
    has_heard: bool,
}

impl<R: AsyncRead + Unpin> FrameReader<R> {
    pub(super) fn new(source: R, protection: Option<Opener>) -> Self {
        Self { source, protection, decoder: Decoder::new(), received_bytes: 0, has_heard: false }
    }

    /// Takes the next frame of what has arrived; `None` when more has to arrive first.
    ///
    /// # Errors
    /// [`BrokenSession::Frame`], [`BrokenSession::Record`]: what came cannot be read.
    pub(super) fn buffered(&mut self) -> Result<Option<Frame<'_>>, BrokenSession> {
        Ok(self.decoder.next()?)
    }

    /// Waits for more; `false` when the peer has ended its side. Nothing is lost when this is given up.
    ///
    /// # Errors
    /// [`BrokenSession::Connection`], [`BrokenSession::Record`].
    pub(super) async fn fill(&mut self) -> Result<bool, BrokenSession> {
        let arriving = match &mut self.protection {
            Some(opener) => opener.end(READ_BYTES),
            None => self.decoder.end(READ_BYTES),
        };
        let count = self.source.read_buf(arriving).await?;
        if count == 0 {
            return Ok(false);
        }
        self.received_bytes += count as u64;
        let Some(opener) = &mut self.protection else {
            self.has_heard = true;
            return Ok(true);
        };
        // Each record is opened right where its frames are taken from.
        while opener.next(self.decoder.end(PLAIN_BYTES_MAX))? {
            self.has_heard = true;
        }
        Ok(true)
    }

    /// Whether anything has come that belongs to this session: in a sealed one, something that opened.
    pub(super) fn has_heard(&self) -> bool {
        self.has_heard
    }

    /// Reads what still comes, and forgets it.
    pub(super) async fn drain(&mut self) {
        let mut forgotten = vec![0; READ_BYTES];
        while self.source.read(&mut forgotten).await.is_ok_and(|count| count > 0) {}
    }

    /// How many bytes have been received, sealed as they came.
    pub(super) fn received_bytes(&self) -> u64 {
        self.received_bytes
    }
}

/// Where messages are put that shall be sent. When it is dropped, with all its clones, the writer ends the stream.
#[derive(Debug, Clone)]
pub(super) struct Outbox {
    messages: mpsc::Sender<Vec<u8>>,
    spares: Spares,
}

/// The other end of an outbox.
#[derive(Debug)]
pub(super) struct Queue {
    messages: mpsc::Receiver<Vec<u8>>,
    spares: Spares,
}

/// The session is over: nothing can be sent any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SessionOver;

impl Outbox {
    /// Makes the queue of a session.
    pub(super) fn new() -> (Self, Queue) {
        let (sender, receiver) = mpsc::channel(OUTBOX_MESSAGES_MAX);
        let spares = Spares::default();
        (Self { messages: sender, spares: spares.clone() }, Queue { messages: receiver, spares })
    }

    /// A buffer to put frames into, which has been one before if there is such; what it has in it is of no meaning.
    pub(super) fn spare(&self) -> Vec<u8> {
        self.spares.take()
    }

    /// Sends a message, when there is room.
    pub(super) async fn send(&self, stream: StreamId, message: &Message<'_>) -> Result<(), SessionOver> {
        self.send_frames(encoded(stream, message)).await
    }

    /// Sends frames that are encoded already, when there is room.
    pub(super) async fn send_frames(&self, frames: Vec<u8>) -> Result<(), SessionOver> {
        self.messages.send(frames).await.map_err(|_| SessionOver)
    }

    /// Sends frames from a thread that may wait.
    pub(super) fn send_frames_blocking(&self, frames: Vec<u8>) -> Result<(), SessionOver> {
        self.messages.blocking_send(frames).map_err(|_| SessionOver)
    }

    /// Sends a message from a thread that may wait.
    pub(super) fn send_blocking(&self, stream: StreamId, message: &Message<'_>) -> Result<(), SessionOver> {
        self.send_frames_blocking(encoded(stream, message))
    }

    /// Waits until the session is over.
    pub(super) async fn closed(&self) {
        self.messages.closed().await;
    }

    /// A handle that does not keep the stream from being ended.
    pub(super) fn downgrade(&self) -> WeakOutbox {
        WeakOutbox { messages: self.messages.downgrade(), spares: self.spares.clone() }
    }
}

/// An outbox that is there as long as somebody else has it.
#[derive(Debug, Clone)]
pub(super) struct WeakOutbox {
    messages: mpsc::WeakSender<Vec<u8>>,
    spares: Spares,
}

impl WeakOutbox {
    /// The outbox, if anybody still has it.
    pub(super) fn upgrade(&self) -> Option<Outbox> {
        let messages = self.messages.upgrade()?;
        Some(Outbox { messages, spares: self.spares.clone() })
    }
}

impl From<SessionOver> for BrokenSession {
    fn from(SessionOver: SessionOver) -> Self {
        Self::Cut
    }
}

fn encoded(stream: StreamId, message: &Message<'_>) -> Vec<u8> {
    let mut frames = Vec::new();
    message.encode(stream, &mut frames);
    frames
}

/// Writes what is put into the outbox, until nobody can put anything there any more; then it ends the stream. Says that
/// this side is there while there is nothing to write.
///
/// # Errors
/// [`BrokenSession::Connection`], or [`BrokenSession::Silent`] when the peer takes nothing.
pub(super) async fn write_frames<W: AsyncWrite + Unpin>(
    mut sink: W,
    mut protection: Option<Sealer>,
    queue: Queue,
    sent_bytes: Arc<AtomicU64>,
) -> Result<(), BrokenSession> {
    let Queue { messages: mut outbox, spares } = queue;
    let mut ready = Vec::new();
    loop {
        let first = match timeout(KEEP_ALIVE, outbox.recv()).await {
            Ok(Some(frames)) => frames,
            Ok(None) => break,
            Err(_) => encoded(StreamId::SESSION, &Message::Ping([0; 8])),
        };
        ready.clear();
        let mut next = Some(first);
        while let Some(frames) = next {
            match &mut protection {
                Some(sealer) => sealer.seal(&frames, &mut ready),
                None => ready.extend_from_slice(&frames),
            }
            spares.give(frames);
            next = if ready.len() < WRITE_BYTES { outbox.try_recv().ok() } else { None };
        }
        write_all(&mut sink, &ready).await?;
        sent_bytes.fetch_add(ready.len() as u64, Relaxed);
    }
    Ok(sink.shutdown().await?)
}

/// Writes all of it; the peer has to take a part now and then.
async fn write_all<W: AsyncWrite + Unpin>(sink: &mut W, mut bytes: &[u8]) -> Result<(), BrokenSession> {
    while !bytes.is_empty() {
        let written = timeout(SILENCE_MAX, sink.write(bytes)).await.map_err(|_| BrokenSession::Silent)??;
        bytes = &bytes[written..];
    }
    Ok(())
}
