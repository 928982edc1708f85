//! Connections that change their worker, when another one is to serve what their processor receives.

use super::tcp::Connection;
use super::token::Token;
use super::worker::{WaitsFor, Worker};
use kernel::epoll::Registration;

impl Worker {
    /// Gives every connection to another worker.
    pub(super) fn give_all_to(&mut self, worker: usize) {
        let leave = |connection: Connection| {
            // Of a descriptor that is registered it does not fail.
            let _ = self.epoll.remove(&connection);
            self.shared.posts[self.index].counters.open_connections.drop_one();
            connection
        };
        let connections = self.connections.drain().map(leave).collect();
        let post = &self.shared.posts[worker];
        let back = post.inbox.give(connections);
        post.wake.wake();
        for connection in back {
            self.take(connection);
        }
    }

    /// Takes the connections that others have given.
    pub(super) fn take_given(&mut self) {
        for connection in self.shared.posts[self.index].inbox.take() {
            self.take(connection);
        }
    }

    /// Watches a connection that another worker had. What waits on it already is told as an edge.
    fn take(&mut self, mut connection: Connection) {
        connection.waits_for = WaitsFor::Edge;
        let entry = self.connections.vacant_entry();
        let token = Token::Connection(entry.key()).pack();
        // Without memory for one more watch it ends, as a connection that is new would.
        if self.epoll.add(&connection, token, Registration::ReadWrite).is_err() {
            self.shared.leave();
            return;
        }
        entry.insert(connection);
        self.counters().open_connections.add(1);
    }
}
