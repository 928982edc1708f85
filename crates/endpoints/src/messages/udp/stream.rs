//! What a program has of a session over UDP: a stream of bytes in each direction.

use std::fmt;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::Notify;
use wire::link::{Link, State, Statistics};

/// How long a side that has ended its stream waits for a peer that acknowledges nothing more of it; then that is gone.
const STALL_MAX: Duration = Duration::from_secs(30);

/// A writer that waits for room is woken when there is so much, and not for each acknowledgement.
const ROOM_BYTES: usize = 64 * 1_024;

/// How a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Both sides have ended their streams, and know it of each other.
    Finished,
    /// One side broke it off.
    Reset,
    /// The peer has been silent for 30 s while it owed an acknowledgement, or has acknowledged nothing more for as long
    /// although this side has ended its stream.
    Gone,
    /// The kernel says that nobody is there any more; its error number (`ECONNREFUSED`).
    Refused(i32),
}

impl End {
    /// What reading and writing say after this end. After the first one nothing more is to be read, and that is no error.
    fn to_error(self) -> io::Error {
        match self {
            Self::Finished => io::ErrorKind::BrokenPipe.into(),
            Self::Reset => io::ErrorKind::ConnectionReset.into(),
            Self::Gone => io::ErrorKind::TimedOut.into(),
            Self::Refused(errno) => io::Error::from_raw_os_error(errno),
        }
    }
}

/// A session over UDP, read and written like a TCP connection.
///
/// *Reading* gives 0 bytes when the peer has ended its stream in order and all of it was read, and only then. Else the
/// end is an error: `ConnectionReset` when the peer broke the session off, `TimedOut` when it is gone,
/// `ConnectionRefused` when the kernel says so.
///
/// *Writing* takes bytes as long as the link has room for them; flushing waits for nothing. *Shutting down* ends this
/// side's stream and waits until the peer has acknowledged all of it, so that a program can exit after it.
///
/// *Dropping* it after that lets the session end in order; what still comes is not read. Dropping it before breaks the
/// session off, and the peer is told.
pub struct LinkStream {
    shared: Arc<Shared>,
}

impl LinkStream {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self { shared }
    }

    /// How it ended, if it has.
    pub fn end(&self) -> Option<End> {
        self.shared.lock().end
    }

    /// What the link has counted.
    pub fn statistics(&self) -> Statistics {
        self.shared.lock().link.statistics()
    }
}

impl AsyncRead for LinkStream {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let mut held = self.shared.lock();
        let before = buffer.remaining();
        while buffer.remaining() > 0 && !held.link.readable().is_empty() {
            let readable = held.link.readable();
            let count = readable.len().min(buffer.remaining());
            buffer.put_slice(&readable[..count]);
            held.link.consume(count);
        }
        if buffer.remaining() < before {
            // There may be room now that the peer waits for.
            self.shared.changed.notify_one();
            return Poll::Ready(Ok(()));
        }
        if before == 0 || held.peer_has_ended {
            return Poll::Ready(Ok(()));
        }
        if let Some(end) = held.end {
            return Poll::Ready(Err(end.to_error()));
        }
        held.reader = Some(context.waker().clone());
        Poll::Pending
    }
}

impl AsyncWrite for LinkStream {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let mut held = self.shared.lock();
        if let Some(end) = held.end {
            return Poll::Ready(Err(end.to_error()));
        }
        if held.is_shut {
            return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
        }
        let count = held.link.write(bytes);
        if count == 0 && !bytes.is_empty() {
            held.writer = Some(context.waker().clone());
            return Poll::Pending;
        }
        self.shared.changed.notify_one();
        Poll::Ready(Ok(count))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut held = self.shared.lock();
        if !held.is_shut {
            held.is_shut = true;
            held.link.finish();
            self.shared.changed.notify_one();
        }
        if held.link.is_write_finished() {
            return Poll::Ready(Ok(()));
        }
        if let Some(end) = held.end {
            return Poll::Ready(Err(end.to_error()));
        }
        held.writer = Some(context.waker().clone());
        Poll::Pending
    }
}

impl Drop for LinkStream {
    fn drop(&mut self) {
        self.shared.lock().is_dropped = true;
        self.shared.changed.notify_one();
    }
}

impl fmt::Debug for LinkStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let held = self.shared.lock();
        f.debug_struct("LinkStream").field("state", &held.link.state()).field("end", &held.end).finish()
    }
}

/// What the program and the session's task share.
#[derive(Debug)]
pub(super) struct Shared {
    held: Mutex<Held>,
    /// The program has done something: the task should look.
    pub(super) changed: Notify,
}

/// The link, and who waits for it.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) link: Link,
    end: Option<End>,
    /// The peer has ended its stream, has been told that this was heard, and everything was read.
    peer_has_ended: bool,
    /// The program has ended its own.
    is_shut: bool,
    /// Since then, how many bytes the peer has acknowledged, and when it had last acknowledged more.
    progress: Option<(u64, Duration)>,
    /// The program has let go of it.
    is_dropped: bool,
    reader: Option<Waker>,
    writer: Option<Waker>,
}

impl Shared {
    pub(super) fn new(link: Link) -> Arc<Self> {
        let held = Held {
            link,
            end: None,
            peer_has_ended: false,
            is_shut: false,
            progress: None,
            is_dropped: false,
            reader: None,
            writer: None,
        };
        Arc::new(Self { held: Mutex::new(held), changed: Notify::new() })
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the program needs the session no more: what is left of it is a courtesy to the peer.
    pub(super) fn is_spare(&self) -> bool {
        let held = self.lock();
        held.is_dropped && (held.end.is_some() || held.link.state() != State::Open)
    }
}

impl Held {
    /// Does what time and the program ask for, before anything is sent.
    pub(super) fn prepare(&mut self, now: Duration) {
        if self.link.poll_timeout().is_some_and(|at| at <= now) {
            self.link.handle_timeout(now);
        }
        self.watch_progress(now);
        if !self.is_dropped {
            return;
        }
        while !self.link.readable().is_empty() {
            self.link.consume(self.link.readable().len());
        }
        // Nobody will read what the peer still wants to say.
        let has_nothing_to_wait_for = !self.is_shut || self.link.is_write_finished();
        if self.link.state() == State::Open && has_nothing_to_wait_for {
            self.link.reset(now);
        }
    }

    /// When [`Held::prepare`] will have something to do.
    pub(super) fn timeout(&self) -> Option<Duration> {
        let stalls_at = self.progress.map(|(_, since)| since + STALL_MAX);
        self.link.poll_timeout().into_iter().chain(stalls_at).min()
    }

    /// Gives a peer up that keeps a stream which this side has ended from coming to its end.
    fn watch_progress(&mut self, now: Duration) {
        if !self.is_shut || self.link.is_write_finished() || self.link.state() != State::Open {
            self.progress = None;
            return;
        }
        let acknowledged = self.link.acknowledged();
        match self.progress {
            Some((before, since)) if before == acknowledged => {
                if now >= since + STALL_MAX {
                    self.end = Some(End::Gone);
                    self.link.reset(now);
                    self.progress = None;
                }
            }
            _ => self.progress = Some((acknowledged, now)),
        }
    }

    /// Notes what has become of the link and wakes who waits for that, after everything was sent.
    pub(super) fn settle(&mut self) {
        if self.end.is_none() {
            self.end = match self.link.state() {
                State::Open => None,
                State::Lingering | State::Closed => Some(End::Finished),
                State::Reset => Some(End::Reset),
                State::Gone => Some(End::Gone),
            };
        }
        self.peer_has_ended = self.link.is_read_complete();
        let is_over = self.end.is_some();
        if is_over || self.peer_has_ended || !self.link.readable().is_empty() {
            self.reader.take().into_iter().for_each(Waker::wake);
        }
        if is_over || self.link.is_write_finished() || self.link.write_room() >= ROOM_BYTES {
            self.writer.take().into_iter().for_each(Waker::wake);
        }
    }

    /// Ends it because the network says so.
    pub(super) fn refuse(&mut self, errno: i32) {
        self.end.get_or_insert(End::Refused(errno));
    }

    /// Ends it because nobody moves it any more.
    pub(super) fn abandon(&mut self) {
        self.end.get_or_insert(End::Gone);
        self.reader.take().into_iter().chain(self.writer.take()).for_each(Waker::wake);
    }

    pub(super) fn is_over(&self) -> bool {
        self.link.is_over() || matches!(self.end, Some(End::Refused(_)))
    }
}
