//! A place in a room of the server.

use std::sync::Arc;

use wire::message::{Message, ResultCode};

use super::session::{Reply, Session, Stream, StreamResult};
use crate::messages::frames::BrokenSession;

/// A place in a room.
#[derive(Debug)]
pub struct Room {
    stream: Stream,
    /// Who was there already.
    pub there: Vec<String>,
}

/// What is heard in a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// Somebody said a line; this client too.
    Said {
        /// When, in milliseconds since 1970, by the server's clock.
        at_ms: u64,
        /// Who.
        who: String,
        /// What.
        line: String,
    },
    /// Somebody has come in.
    Came {
        /// When.
        at_ms: u64,
        /// Who.
        who: String,
    },
    /// Somebody has gone.
    Left {
        /// When.
        at_ms: u64,
        /// Who.
        who: String,
    },
    /// The place is lost.
    Over(ResultCode),
}

/// Why there is no place.
#[derive(Debug, thiserror::Error)]
pub enum JoinError {
    /// The session is over.
    #[error(transparent)]
    Broken(#[from] Arc<BrokenSession>),
    /// The server has none.
    #[error("the server answered: {}", .0.code)]
    Refused(StreamResult),
}

/// Takes a place in a room.
///
/// # Errors
/// [`JoinError`].
pub async fn join(session: &Session, room: &str, who: &str) -> Result<Room, JoinError> {
    let mut stream = session.stream(&Message::Join { room, who }).await?;
    loop {
        match stream.reply().await? {
            Reply::Joined(there) => return Ok(Room { stream, there }),
            Reply::Result(result) => return Err(JoinError::Refused(result)),
            _ => {}
        }
    }
}

impl Room {
    /// Says a line.
    ///
    /// # Errors
    /// [`BrokenSession`]: the session is over.
    pub async fn say(&self, line: &str) -> Result<(), Arc<BrokenSession>> {
        self.stream.send(&Message::Say(line)).await
    }

    /// Waits for what is heard next. Nothing is lost when this is given up.
    ///
    /// # Errors
    /// [`BrokenSession`]: the session is over.
    pub async fn hear(&mut self) -> Result<Heard, Arc<BrokenSession>> {
        loop {
            return Ok(match self.stream.reply().await? {
                Reply::Said { at_ms, who, line } => Heard::Said { at_ms, who, line },
                Reply::Came { at_ms, who } => Heard::Came { at_ms, who },
                Reply::Left { at_ms, who } => Heard::Left { at_ms, who },
                Reply::Result(result) => Heard::Over(result.code),
                _ => continue,
            });
        }
    }

    /// Gives the place up. What is heard until the server knows still comes, up to [`Heard::Over`].
    ///
    /// # Errors
    /// [`BrokenSession`]: the session is over.
    pub async fn leave(&self) -> Result<(), Arc<BrokenSession>> {
        self.stream.send(&Message::End(None)).await
    }
}
