//! A stream: who may open which, and how what a client sends reaches it.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use sha2::{Digest, Sha256};
use tokio::sync::mpsc;
use wire::frame::{Frame, Kind, StreamId};
use wire::key::Grant;
use wire::message::{Fault, Hash, Message, ResultCode, ResultFrame};

use super::event::Event;
use super::session::Client;
use super::shared::Phase;
use super::{drain, exec, file, room};
use crate::messages::frames::{BrokenSession, SessionOver};
use crate::messages::spares::Spares;

/// How many messages of a client wait for a stream to take them; with more, nothing more is read from that client.
pub(super) const INPUT_MESSAGES_MAX: usize = 8;

/// What a client sends on an open stream.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Input {
    Data(Vec<u8>),
    End(Option<Hash>),
    From {
        offset: u64,
        hash: Hash,
    },
    Credit(u32),
    Say(String),
    Cancel,
    /// The server stops and will wait no longer.
    Stop,
    /// Something that does not belong there, or cannot be read.
    Malformed,
}

/// A stream that is open, as its session sees it.
#[derive(Debug)]
pub(super) enum Open {
    /// It takes what comes, and gives back the buffers of `DATA`.
    Taking { kind: Kind, input: mpsc::Sender<Input>, spares: Spares },
    /// A command: its input has a limit of its own, in bytes.
    Command(exec::Handle),
    /// Nothing that the client could send matters.
    Waiting,
}

/// Says that a stream has ended, when it goes.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) stream: StreamId,
    session: mpsc::UnboundedSender<StreamId>,
}

impl Ended {
    pub(super) fn new(stream: StreamId, session: mpsc::UnboundedSender<StreamId>) -> Self {
        Self { stream, session }
    }
}

impl Drop for Ended {
    fn drop(&mut self) {
        // A session that is over does not ask.
        let _ = self.session.send(self.stream);
    }
}

impl Open {
    pub(super) fn is_room(&self) -> bool {
        matches!(self, Self::Taking { kind: Kind::Join, .. })
    }

    pub(super) fn is_file(&self) -> bool {
        matches!(self, Self::Taking { kind: Kind::File, .. })
    }

    fn spares(&self) -> Option<&Spares> {
        match self {
            Self::Taking { spares, .. } => Some(spares),
            Self::Command(_) | Self::Waiting => None,
        }
    }

    /// Gives the stream something if it can take it at once.
    pub(super) fn give(&mut self, input: Input) -> bool {
        match self {
            Self::Taking { input: taking, .. } => taking.try_send(input).is_ok(),
            Self::Command(command) => command.take(input),
            Self::Waiting => true,
        }
    }

    /// Notes that nothing more can come from the client.
    pub(super) fn end_input(&mut self) {
        match self {
            Self::Taking { .. } => *self = Self::Waiting,
            Self::Command(command) => {
                command.take(Input::End(None));
            }
            Self::Waiting => {}
        }
    }

    /// Hands a frame on; waits as long as the stream has too much already.
    pub(super) async fn take(&mut self, frame: &Frame<'_>) -> Result<(), BrokenSession> {
        if frame.kind.opens_stream() {
            return Err(BrokenSession::Protocol("a stream was opened again"));
        }
        let Some(input) = input(frame, self.spares())? else { return Ok(()) };
        match self {
            Self::Taking { input: taking, .. } => {
                // A stream that has ended takes nothing more; that is no fault of the client.
                let _ = taking.send(input).await;
            }
            Self::Command(command) => {
                command.take(input);
            }
            Self::Waiting => {}
        }
        Ok(())
    }
}

/// What a frame on an open stream means; nothing, when its kind is unknown.
fn input(frame: &Frame<'_>, spares: Option<&Spares>) -> Result<Option<Input>, BrokenSession> {
    let input = match Message::decode(frame) {
        Ok(Message::Unknown { .. }) => return Ok(None),
        Ok(Message::Data(bytes)) => {
            let mut data = spares.map(Spares::take).unwrap_or_default();
            data.clear();
            data.extend_from_slice(bytes);
            Input::Data(data)
        }
        Ok(Message::End(hash)) => Input::End(hash),
        Ok(Message::From { offset, hash }) => Input::From { offset, hash },
        Ok(Message::Credit(bytes)) => Input::Credit(bytes),
        Ok(Message::Say(line)) => Input::Say(line.to_owned()),
        Ok(Message::Cancel) => Input::Cancel,
        Err(malformed) if malformed.fault == Fault::Stream => {
            return Err(BrokenSession::Protocol("a message of the session on a stream"));
        }
        Ok(_) | Err(_) => Input::Malformed,
    };
    Ok(Some(input))
}

/// Opens the stream that a frame asks for, or answers at once; then there is no stream.
pub(super) async fn open(
    client: &Arc<Client>,
    frame: &Frame<'_>,
    ended: Ended,
) -> Result<Option<Open>, BrokenSession> {
    let (stream, kind) = (frame.stream, frame.kind);
    let message = match Message::decode(frame) {
        Ok(message) => message,
        Err(malformed) if malformed.fault == Fault::Stream => {
            return Err(BrokenSession::Protocol("a message of the session on a stream"));
        }
        Err(_) => return refuse(client, stream, kind, ResultCode::Malformed).await,
    };
    let grant = match message {
        Message::Text(_) => Grant::Text,
        Message::File { .. } => Grant::File,
        Message::Stop => Grant::Stop,
        Message::Exec(_) => Grant::Exec,
        Message::Join { .. } => Grant::Chat,
        Message::Unknown { .. } => return refuse(client, stream, kind, ResultCode::Unsupported).await,
        _ => return refuse(client, stream, kind, ResultCode::Malformed).await,
    };
    if !client.may(grant) {
        return refuse(client, stream, kind, ResultCode::Denied).await;
    }
    if client.shared.phase() > Phase::Serving && grant != Grant::Stop {
        return refuse(client, stream, kind, ResultCode::Stopping).await;
    }
    Ok(match message {
        Message::Text(text) => {
            take_text(client, stream, text).await?;
            None
        }
        Message::File { size, transfer, name } => file::open(client, ended, size, transfer, name).await?,
        Message::Exec(request) => exec::open(client, ended, &request).await?,
        Message::Join { room, who } => room::open(client, ended, room, who).await?,
        _ => Some(drain::open(client, ended)),
    })
}

/// Answers that there will be no stream.
pub(super) async fn refuse(
    client: &Client,
    stream: StreamId,
    kind: Kind,
    code: ResultCode,
) -> Result<Option<Open>, BrokenSession> {
    client.deny(stream, kind, code).await?;
    Ok(None)
}

/// Hands a text to whoever shows texts, and answers with its hash. While many wait to be shown, nothing more is read from
/// this client.
async fn take_text(client: &Client, stream: StreamId, text: &str) -> Result<(), SessionOver> {
    let hash = Hash(Sha256::digest(text).into());
    let room = client.shared.room_for_text(text.len()).await;
    let is_told = client.shared.tell(Event::Text {
        who: client.who.clone(),
        text: text.to_owned(),
        bytes: text.len(),
        sha256: hash.to_string(),
        room,
    });
    if !is_told {
        return client.deny(stream, Kind::Text, ResultCode::Busy).await;
    }
    client.shared.counters.texts.fetch_add(1, Relaxed);
    client.end(stream, ResultFrame::done_text(hash)).await
}
