//! `JOIN`: a place in a room.

use std::sync::Arc;

use tokio::sync::mpsc;
use wire::frame::Kind;
use wire::message::{Message, NameList, ResultCode, ResultFrame};

use super::event::Event;
use super::rooms::{News, NotJoined, Place};
use super::session::Client;
use super::shared::now_ms;
use super::stream::{Ended, INPUT_MESSAGES_MAX, Input, Open, refuse};
use crate::events::Detail;
use crate::messages::frames::{BrokenSession, SessionOver};
use crate::messages::spares::Spares;

/// Lets the client into a room, if there is a place.
pub(super) async fn open(
    client: &Arc<Client>,
    ended: Ended,
    room: &str,
    who: &str,
) -> Result<Option<Open>, BrokenSession> {
    let (place, there, news) = match client.shared.rooms.join(room, who, now_ms()) {
        Ok(joined) => joined,
        Err(NotJoined::Taken) => return refuse(client, ended.stream, Kind::Join, ResultCode::Name).await,
        Err(NotJoined::Full) => return refuse(client, ended.stream, Kind::Join, ResultCode::Busy).await,
    };
    let member =
        Member { client: Arc::clone(client), ended, room: room.to_owned(), name: who.to_owned(), place };
    let there = NameList::new(there.iter().map(String::as_str));
    client.outbox.send(member.ended.stream, &Message::Joined(there.as_names())).await?;
    let (input, inputs) = mpsc::channel(INPUT_MESSAGES_MAX);
    tokio::spawn(member.stay(news, inputs));
    Ok(Some(Open::Taking { kind: Kind::Join, input, spares: Spares::default() }))
}

/// Somebody in a room.
struct Member {
    client: Arc<Client>,
    ended: Ended,
    room: String,
    name: String,
    place: Place,
}

impl Member {
    /// Says and hears until one side ends it.
    async fn stay(self, mut news: mpsc::Receiver<Arc<News>>, mut inputs: mpsc::Receiver<Input>) {
        let who = self.client.who.clone();
        self.client.shared.tell(Event::Joined { who, room: self.room.clone(), name: self.name.clone() });
        let result = self.listen(&mut news, &mut inputs).await;
        self.client.shared.rooms.leave(&self.place, now_ms());
        let who = self.client.who.clone();
        self.client.shared.tell(Event::Left { who, room: self.room.clone(), name: self.name.clone() });
        if let Ok(Some(code)) = result {
            // Whether the client hears it or has gone makes no difference now.
            let _ = self.client.end(self.ended.stream, ResultFrame::of(code)).await;
        }
    }

    /// Returns how the stream ends; with nothing to say when the session is over.
    async fn listen(
        &self,
        news: &mut mpsc::Receiver<Arc<News>>,
        inputs: &mut mpsc::Receiver<Input>,
    ) -> Result<Option<ResultCode>, SessionOver> {
        loop {
            tokio::select! {
                heard = news.recv() => match heard {
                    Some(news) => self.client.outbox.send(self.ended.stream, &news.message()).await?,
                    None => return Ok(Some(ResultCode::Busy)),
                },
                input = inputs.recv() => match input {
                    Some(Input::Say(line)) => self.say(&line),
                    Some(Input::End(_) | Input::Cancel) => return Ok(Some(ResultCode::Done)),
                    Some(Input::Stop) => return Ok(Some(ResultCode::Stopping)),
                    Some(_) => return Ok(Some(ResultCode::Malformed)),
                    None => return Ok(None),
                },
            }
        }
    }

    fn say(&self, line: &str) {
        let shared = &self.client.shared;
        shared.rooms.say(&self.place, line, now_ms());
        shared.sink.tell(Detail::Calls, || Event::Said {
            who: self.client.who.clone(),
            room: self.room.clone(),
            name: self.name.clone(),
            bytes: line.len(),
        });
    }
}
