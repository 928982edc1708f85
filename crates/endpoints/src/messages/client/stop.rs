//! Asking a server to stop.

use std::sync::Arc;

use wire::message::Message;

use super::session::{Reply, Session, StreamResult};
use crate::messages::frames::BrokenSession;

/// Asks the server to stop, and waits until it has finished what it has in hand. `draining` hears how much that is: sessions and
/// streams.
///
/// # Errors
/// [`BrokenSession`]: the connection ended before the answer.
pub async fn stop(
    session: &Session,
    mut draining: impl FnMut(u32, u32),
) -> Result<StreamResult, Arc<BrokenSession>> {
    let mut stream = session.stream(&Message::Stop).await?;
    loop {
        match stream.reply().await? {
            Reply::Draining { sessions, streams } => draining(sessions, streams),
            Reply::Result(result) => return Ok(result),
            _ => {}
        }
    }
}
