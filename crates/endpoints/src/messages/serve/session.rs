//! One session: takes the client's frames, opens streams, and hands each what is meant for it.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until, timeout};
use wire::frame::{Frame, Kind, StreamId};
use wire::key::{Grant, Key};
use wire::message::{Fault, Message, ResultCode, ResultFrame, STREAMS_MAX};
use wire::record::Sealer;

use super::event::{CloseReason, Event, Who};
use super::shared::{Phase, SessionPlace, Shared};
use super::stream::{self, Input, Open};
use crate::messages::frames::{BrokenSession, FrameReader, Outbox, SILENCE_MAX, SessionOver, write_frames};
use crate::transport::Transport;

/// How long a client may take to end its side after the last answer, so that its end cannot destroy that answer.
const LINGER: Duration = Duration::from_secs(2);

/// How many files may be on their way in one session; one more is answered by `busy`.
const SESSION_FILES_MAX: usize = 8;

/// A session that was opened, before it is served.
pub(super) struct Incoming<R, W> {
    pub(super) peer: SocketAddr,
    pub(super) transport: Transport,
    pub(super) key: Option<Arc<Key>>,
    pub(super) reader: FrameReader<R>,
    pub(super) writer: W,
    pub(super) sealer: Option<Sealer>,
}

/// Whose session it is, and how to answer: what every stream of a session has.
#[derive(Debug)]
pub(super) struct Client {
    pub(super) who: Who,
    pub(super) key: Option<Arc<Key>>,
    pub(super) shared: Arc<Shared>,
    pub(super) outbox: Outbox,
}

impl Client {
    /// Whether this client may do that: as its key says, or what everybody may in a plain session.
    pub(super) fn may(&self, grant: Grant) -> bool {
        match &self.key {
            Some(key) => key.grants.contains(grant),
            None => matches!(grant, Grant::Text | Grant::File | Grant::Chat),
        }
    }

    /// What its files and requests are kept apart by: the name of the key, or in a plain session the address. No name of a
    /// key begins with a blank.
    pub(super) fn owner(&self) -> String {
        self.who.key.clone().unwrap_or_else(|| format!(" {}", self.who.peer.ip()))
    }

    /// Ends a stream with a result.
    pub(super) async fn end(&self, stream: StreamId, result: ResultFrame<'_>) -> Result<(), SessionOver> {
        self.outbox.send(stream, &Message::Result(result)).await
    }

    /// Ends a stream that asked for what is not granted or possible; it is told.
    pub(super) async fn deny(
        &self,
        stream: StreamId,
        what: Kind,
        code: ResultCode,
    ) -> Result<(), SessionOver> {
        self.tell_denied(what, code);
        self.end(stream, ResultFrame::of(code)).await
    }

    /// Tells that something was not done.
    pub(super) fn tell_denied(&self, what: Kind, code: ResultCode) {
        self.shared.counters.denied.fetch_add(1, Relaxed);
        self.shared.tell(Event::Denied { who: self.who.clone(), what, result: code });
    }
}

/// Serves a session until its end.
pub(super) async fn serve<R, W>(shared: Arc<Shared>, place: SessionPlace, incoming: Incoming<R, W>)
where
    R: AsyncRead + Unpin + Send + 'static,
    W: AsyncWrite + Unpin + Send + 'static,
{
    let Incoming { peer, transport, key, mut reader, writer, sealer } = incoming;
    let name = key.as_ref().map(|key| key.name.to_string());
    let who = Who { session: place.number, peer, transport, key: name };
    shared.tell(Event::Opened(who.clone()));
    let (outbox, queue) = Outbox::new();
    let sent_bytes = Arc::new(AtomicU64::new(0));
    let mut writing = tokio::spawn(write_frames(writer, sealer, queue, Arc::clone(&sent_bytes)));
    let client = Arc::new(Client { who: who.clone(), key, shared: Arc::clone(&shared), outbox });
    let mut session = Session::new(client);

    let mut ended = session.run(&mut reader).await;
    if ended.is_err() && writing.is_finished() {
        // The session broke because nothing could be written, and there stands why.
        ended = (&mut writing).await.unwrap_or(Ok(())).and(ended);
    }
    let reason = reason(&ended, shared.phase());
    let is_orderly = matches!(reason, CloseReason::Done | CloseReason::ServerStopped);
    if !is_orderly {
        writing.abort();
    }
    session.close(is_orderly).await;
    if is_orderly {
        // What is in the outbox is written, and the peer has time to read it.
        let _ = writing.await;
        let _ = timeout(LINGER, reader.drain()).await;
    }
    let (received_bytes, sent_bytes) = (reader.received_bytes(), sent_bytes.load(Relaxed));
    shared.tell(Event::Closed { who, reason, received_bytes, sent_bytes });
}

/// Why a session is over.
fn reason(ended: &Result<(), BrokenSession>, phase: Phase) -> CloseReason {
    match ended {
        Ok(()) if phase > Phase::Serving => CloseReason::ServerStopped,
        Ok(()) => CloseReason::Done,
        Err(BrokenSession::Silent) => CloseReason::Silent,
        Err(BrokenSession::Cut | BrokenSession::Connection(_)) => CloseReason::Cut,
        Err(BrokenSession::Frame(_) | BrokenSession::Record(_) | BrokenSession::Protocol(_)) => {
            CloseReason::Protocol
        }
    }
}

/// What a session knows of its streams.
struct Session {
    client: Arc<Client>,
    streams: BTreeMap<StreamId, Open>,
    /// The highest number that a stream has had.
    highest: u32,
    /// Where a stream says that it has ended.
    ended: mpsc::UnboundedSender<StreamId>,
    has_ended: mpsc::UnboundedReceiver<StreamId>,
    /// Whether the client will open nothing more.
    client_is_done: bool,
}

impl Session {
    fn new(client: Arc<Client>) -> Self {
        let (ended, has_ended) = mpsc::unbounded_channel();
        let streams = BTreeMap::new();
        Self { client, streams, highest: 0, ended, has_ended, client_is_done: false }
    }

    /// Takes frames until there is nothing more to do.
    async fn run<R: AsyncRead + Unpin>(&mut self, reader: &mut FrameReader<R>) -> Result<(), BrokenSession> {
        let shared = Arc::clone(&self.client.shared);
        let outbox = self.client.outbox.clone();
        let mut has_said_bye = false;
        // A client that has said `BYE` may end its side; what it asked for is still answered.
        let mut is_reading = true;
        loop {
            while let Some(frame) = reader.buffered()? {
                self.take(&frame).await?;
            }
            if self.is_over(has_said_bye) {
                if !has_said_bye {
                    outbox.send(StreamId::SESSION, &Message::Bye).await?;
                }
                return Ok(());
            }
            // While this side did not read, the silence was its own.
            let silent_at = Instant::now() + SILENCE_MAX;
            tokio::select! {
                arrived = reader.fill(), if is_reading => {
                    is_reading = arrived?;
                    if !is_reading && !self.client_is_done {
                        return Err(BrokenSession::Cut);
                    }
                    if !is_reading {
                        self.streams.values_mut().for_each(Open::end_input);
                    }
                }
                Some(stream) = self.has_ended.recv() => {
                    self.streams.remove(&stream);
                }
                () = shared.reaches(Phase::Draining), if !has_said_bye => {
                    has_said_bye = true;
                    self.leave_rooms();
                    outbox.send(StreamId::SESSION, &Message::Bye).await?;
                }
                () = shared.reaches(Phase::GivingUp) => return Ok(()),
                () = outbox.closed() => return Err(BrokenSession::Cut),
                () = sleep_until(silent_at), if is_reading => return Err(BrokenSession::Silent),
            }
        }
    }

    fn is_over(&self, has_said_bye: bool) -> bool {
        self.streams.is_empty() && (self.client_is_done || has_said_bye)
    }

    /// Rooms have no end of their own: they end when the server does.
    fn leave_rooms(&mut self) {
        for open in self.streams.values_mut().filter(|open| open.is_room()) {
            // A room whose input is full hears of its end when the session ends.
            let _ = open.give(Input::Stop);
        }
    }

    /// Takes a frame.
    async fn take(&mut self, frame: &Frame<'_>) -> Result<(), BrokenSession> {
        if frame.stream == StreamId::SESSION {
            return self.take_of_session(frame).await;
        }
        if let Some(open) = self.streams.get_mut(&frame.stream) {
            return open.take(frame).await;
        }
        if frame.stream.0 <= self.highest {
            // What was on its way when the stream ended is passed over; but no number is used twice.
            let opens_again = frame.kind.opens_stream();
            return if opens_again {
                Err(BrokenSession::Protocol("a stream was opened again"))
            } else {
                Ok(())
            };
        }
        if frame.stream.0 != self.highest + 1 {
            return Err(BrokenSession::Protocol("a stream was skipped"));
        }
        if self.client_is_done {
            return Err(BrokenSession::Protocol("a stream was opened after BYE"));
        }
        self.highest += 1;
        let files = self.streams.values().filter(|open| open.is_file()).count();
        if self.streams.len() >= STREAMS_MAX || (frame.kind == Kind::File && files >= SESSION_FILES_MAX) {
            return Ok(self.client.deny(frame.stream, frame.kind, ResultCode::Busy).await?);
        }
        let ended = stream::Ended::new(frame.stream, self.ended.clone());
        if let Some(open) = stream::open(&self.client, frame, ended).await? {
            self.streams.insert(frame.stream, open);
        }
        Ok(())
    }

    async fn take_of_session(&mut self, frame: &Frame<'_>) -> Result<(), BrokenSession> {
        match Message::decode(frame) {
            Ok(Message::Ping(payload)) => {
                Ok(self.client.outbox.send(StreamId::SESSION, &Message::Pong(payload)).await?)
            }
            Ok(Message::Bye) => {
                self.client_is_done = true;
                Ok(())
            }
            Ok(Message::Pong(_) | Message::Unknown { .. }) => Ok(()),
            Ok(_) => Err(BrokenSession::Protocol("a message that is no client's")),
            Err(malformed) if malformed.fault == Fault::Stream => {
                Err(BrokenSession::Protocol("a message of a stream on stream 0"))
            }
            Err(_) => Err(BrokenSession::Protocol("a malformed message on stream 0")),
        }
    }

    /// Ends every stream, and waits until each has let go of what it holds.
    async fn close(mut self, is_orderly: bool) {
        if is_orderly {
            for open in self.streams.values_mut() {
                // A stream that has no room for it learns of the end by what follows.
                let _ = open.give(Input::Stop);
            }
        }
        self.streams.clear();
        drop(self.ended);
        while self.has_ended.recv().await.is_some() {}
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncWriteExt, DuplexStream, duplex, split};
    use tokio::runtime::Builder;

    use super::*;
    use crate::access::AccessSources;
    use crate::events::{Detail, EventReader, events};
    use crate::messages::exec::ExecConfig;
    use crate::messages::serve::config::{DRAIN, SESSIONS, ServeConfig};
    use crate::messages::serve::shared::Rules;

    #[test]
    fn a_client_that_sends_nothing_is_given_up() {
        let (reason, waited) = run(4096, &async |client: &mut DuplexStream| {
            client.write_all(&encoded(&Message::Ping([1; 8]))).await.unwrap();
            std::future::pending::<()>().await;
        });

        assert_eq!((reason, waited), (CloseReason::Silent, SILENCE_MAX));
    }

    #[test]
    fn a_client_that_takes_nothing_is_given_up() {
        let (reason, _) = run(64, &async |client: &mut DuplexStream| {
            while client.write_all(&encoded(&Message::Ping([1; 8]))).await.is_ok() {
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
            std::future::pending::<()>().await;
        });

        assert_eq!(reason, CloseReason::Silent);
    }

    /// Serves a client with a connection that holds so many bytes, in a time that passes by itself; why and when the session was
    /// over.
    fn run(connection_bytes: usize, client: &impl AsyncFn(&mut DuplexStream)) -> (CloseReason, Duration) {
        let runtime = Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let began = Instant::now();
            let (sink, reader) = events(Detail::Peers);
            let shared = Arc::new(Shared::new(config(), Rules::default(), None, sink));
            let place = shared.enter(true).unwrap();
            let (mut far, near) = duplex(connection_bytes);
            let (reading, writer) = split(near);
            let incoming = Incoming {
                peer: ([127, 0, 0, 1], 4000).into(),
                transport: Transport::Tcp,
                key: None,
                reader: FrameReader::new(reading, None),
                writer,
                sealer: None,
            };
            tokio::select! {
                () = serve(shared, place, incoming) => {}
                () = client(&mut far) => {}
            }
            (closed(&reader), began.elapsed())
        })
    }

    fn closed(reader: &EventReader<Event>) -> CloseReason {
        let events = std::iter::from_fn(|| reader.poll());
        let mut reasons = events.filter_map(|told| match told.event {
            Event::Closed { reason, .. } => Some(reason),
            _ => None,
        });
        reasons.next().unwrap()
    }

    fn encoded(message: &Message<'_>) -> Vec<u8> {
        let mut frames = Vec::new();
        message.encode(StreamId::SESSION, &mut frames);
        frames
    }

    fn config() -> ServeConfig {
        ServeConfig {
            addresses: Vec::new(),
            access: AccessSources::default(),
            keys: None,
            plain: true,
            inbox: None,
            exec: ExecConfig::new("/nonexistent", &[]),
            sessions_max: SESSIONS,
            drain: DRAIN,
            detail: Detail::Peers,
        }
    }
}
