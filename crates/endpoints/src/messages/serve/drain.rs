//! `STOP`: everything in hand is finished, and then the one who asked is told.

use std::sync::Arc;

use wire::message::{Message, ResultCode, ResultFrame};

use super::event::Event;
use super::session::Client;
use super::shared::Phase;
use super::stream::{Ended, Open};

/// Makes the server stop, and answers when nothing is left in hand.
pub(super) fn open(client: &Arc<Client>, ended: Ended) -> Open {
    let client = Arc::clone(client);
    client.shared.tell(Event::StopAsked(client.who.clone()));
    client.shared.stop();
    tokio::spawn(async move {
        // All of it, so that the stream is open until it has its answer.
        let ended = ended;
        let (sessions, streams) = client.shared.open();
        let counts = |count| u32::try_from(count).unwrap_or(u32::MAX);
        let draining = Message::Draining { sessions: counts(sessions), streams: counts(streams) };
        if client.outbox.send(ended.stream, &draining).await.is_err() {
            return;
        }
        let result = tokio::select! {
            () = client.shared.nothing_in_hand() => ResultCode::Done,
            () = client.shared.reaches(Phase::GivingUp) => ResultCode::Cancelled,
            // The one who asked has gone; the server stops all the same.
            () = client.outbox.closed() => return,
        };
        let _ = client.end(ended.stream, ResultFrame::of(result)).await;
    });
    Open::Waiting
}
