//! `FILE`: a file on its way into the inbox, on a thread that may wait for the disk.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use tokio::sync::mpsc;
use tokio::task::spawn_blocking;
use wire::frame::Kind;
use wire::message::{Message, ResultCode, ResultFrame, TransferId};

use super::event::{Event, NotStored};
use super::session::Client;
use super::stream::{Ended, INPUT_MESSAGES_MAX, Input, Open, refuse};
use crate::errno::Errno;
use crate::messages::frames::{BrokenSession, SessionOver};
use crate::messages::inbox::{Begin, Inbox, Incoming, Kept, SafeName, Stored, TransferError, safe_name};
use crate::messages::spares::Spares;

/// Begins to take a file, if there is an inbox and the name is one that a file may have.
pub(super) async fn open(
    client: &Arc<Client>,
    ended: Ended,
    size: u64,
    transfer: TransferId,
    name: &str,
) -> Result<Option<Open>, BrokenSession> {
    let stream = ended.stream;
    let Some(inbox) = client.shared.inbox.clone() else {
        return refuse(client, stream, Kind::File, ResultCode::Unsupported).await;
    };
    let Ok(name) = safe_name(name) else {
        return refuse(client, stream, Kind::File, ResultCode::Name).await;
    };
    let Some(place) = client.shared.take_file_place(client.key.is_some()) else {
        return refuse(client, stream, Kind::File, ResultCode::Busy).await;
    };
    let (input, inputs) = mpsc::channel(INPUT_MESSAGES_MAX);
    let in_hand = client.shared.take_in_hand();
    let spares = Spares::default();
    let receiver = Receiver { client: Arc::clone(client), ended, inputs, spares: spares.clone(), name, size };
    spawn_blocking(move || {
        let _held = (in_hand, place);
        receiver.run(&inbox, transfer);
    });
    Ok(Some(Open::Taking { kind: Kind::File, input, spares }))
}

/// What takes one file.
struct Receiver {
    client: Arc<Client>,
    ended: Ended,
    inputs: mpsc::Receiver<Input>,
    spares: Spares,
    name: SafeName,
    size: u64,
}

/// Why a file did not come to its end.
enum Failed {
    /// The inbox did not take it.
    Inbox(TransferError),
    /// What the client sent leads to this result.
    Client(ResultCode),
    /// The session is over; nobody hears a result. What came stays for the next time.
    Over,
}

impl From<TransferError> for Failed {
    fn from(error: TransferError) -> Self {
        Self::Inbox(error)
    }
}

impl From<SessionOver> for Failed {
    fn from(SessionOver: SessionOver) -> Self {
        Self::Over
    }
}

impl Receiver {
    fn run(mut self, inbox: &Inbox, transfer: TransferId) {
        match self.take(inbox, transfer) {
            Ok(stored) => self.tell_stored(&stored),
            Err(failed) => self.tell_failed(&failed),
        }
    }

    fn take(&mut self, inbox: &Inbox, transfer: TransferId) -> Result<Stored, Failed> {
        let incoming = match inbox.begin(&self.client.owner(), transfer, self.size, &self.name)? {
            Begin::Fresh(incoming) => incoming,
            Begin::Have { offset, kept } => self.agree(offset, kept)?,
        };
        let from_bytes = incoming.written();
        self.send(&Message::Go(from_bytes))?;
        let who = self.client.who.clone();
        let (name, bytes) = (self.name.to_string(), self.size);
        self.client.shared.tell(Event::FileStarted { who, name, bytes, from_bytes });
        self.receive(incoming)
    }

    /// Tells the client how much is there, and takes what it says of it.
    fn agree(&mut self, offset: u64, kept: Kept) -> Result<Incoming, Failed> {
        self.send(&Message::Have(offset))?;
        match self.inputs.blocking_recv() {
            Some(Input::From { offset, hash }) => Ok(kept.resume_from(offset, hash)?.1),
            other => Err(out_of_turn(other.as_ref())),
        }
    }

    fn receive(&mut self, mut incoming: Incoming) -> Result<Stored, Failed> {
        loop {
            match self.inputs.blocking_recv() {
                Some(Input::Data(bytes)) => {
                    incoming.write(&bytes)?;
                    self.spares.give(bytes);
                }
                Some(Input::End(Some(hash))) => return Ok(incoming.finish(hash)?),
                other => return Err(out_of_turn(other.as_ref())),
            }
        }
    }

    fn send(&self, message: &Message<'_>) -> Result<(), SessionOver> {
        self.client.outbox.send_blocking(self.ended.stream, message)
    }

    fn tell_stored(&self, stored: &Stored) {
        let Stored { name, hash, bytes, already } = stored;
        let shared = &self.client.shared;
        shared.counters.files.fetch_add(1, Relaxed);
        shared.counters.file_bytes.fetch_add(*bytes, Relaxed);
        shared.tell(Event::FileStored {
            who: self.client.who.clone(),
            name: self.name.to_string(),
            stored: name.to_string(),
            bytes: *bytes,
            sha256: hash.to_string(),
            already: *already,
        });
        // If the session is over by now, the client asks again and learns that the file is there.
        let _ = self.send(&Message::Result(ResultFrame::done_file(*hash, name.as_str())));
    }

    fn tell_failed(&self, failed: &Failed) {
        let result = match failed {
            Failed::Over => None,
            Failed::Client(code) => Some(ResultFrame::of(*code)),
            Failed::Inbox(error) => Some(result_of(error)),
        };
        let code = result.as_ref().map(|result| result.code);
        if let Some(result) = result {
            let _ = self.send(&Message::Result(result));
        }
        let who = self.client.who.clone();
        let result = code.map_or(NotStored::Cut, NotStored::Result);
        self.client.shared.tell(Event::FileFailed { who, name: self.name.to_string(), result });
    }
}

/// What an input means that is not what the transfer waits for.
fn out_of_turn(input: Option<&Input>) -> Failed {
    match input {
        None => Failed::Over,
        Some(Input::Cancel) => Failed::Client(ResultCode::Cancelled),
        Some(Input::Stop) => Failed::Client(ResultCode::Stopping),
        Some(_) => Failed::Client(ResultCode::Malformed),
    }
}

fn result_of(error: &TransferError) -> ResultFrame<'static> {
    match error {
        TransferError::TooLarge { room } => ResultFrame::too_large(*room),
        TransferError::Mismatch { arrived } => ResultFrame::mismatch(*arrived),
        TransferError::Superseded => ResultFrame::of(ResultCode::Superseded),
        TransferError::Busy => ResultFrame::of(ResultCode::Busy),
        TransferError::NamesTaken => ResultFrame::of(ResultCode::Name),
        TransferError::Beyond { .. } | TransferError::TooMuch { .. } | TransferError::TooLittle { .. } => {
            ResultFrame::of(ResultCode::Malformed)
        }
        TransferError::System(error) => ResultFrame::failed(Errno::from(&error.source).0.unsigned_abs()),
    }
}
