//! Connections that one worker gives to another.

use std::sync::{Mutex, PoisonError};

use super::tcp::Connection;

/// Where a worker finds what others have given it, until it has ended.
#[derive(Debug, Default)]
pub(super) struct Inbox(Mutex<Given>);

#[derive(Debug, Default)]
struct Given {
    connections: Vec<Connection>,
    is_closed: bool,
}

impl Inbox {
    /// Gives connections; those that nobody takes any more come back.
    pub(super) fn give(&self, connections: Vec<Connection>) -> Vec<Connection> {
        let mut given = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if given.is_closed {
            return connections;
        }
        given.connections.extend(connections);
        Vec::new()
    }

    /// Takes what there is.
    pub(super) fn take(&self) -> Vec<Connection> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner).connections)
    }

    /// Takes nothing more from now on, if nothing is there; whether that is so.
    pub(super) fn close(&self) -> bool {
        let mut given = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        given.is_closed = given.connections.is_empty();
        given.is_closed
    }
}
