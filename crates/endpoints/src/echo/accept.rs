//! Taking connections: off the accept queue, past the rules, into a worker.
//!
//! Where the listeners are shared, a worker that has clearly more connections than the least loaded one leaves the next to
//! that one. When descriptors or memory run out, connections wait in the queue and those that are open are served.

use std::cmp::Reverse;
use std::io;
use std::net::SocketAddr;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;
use std::time::Duration;

use kernel::epoll::Registration;
use kernel::poll::{self, Interest, Readiness};
use kernel::{limits, socket};

use super::Errno;
use super::counters::Counters;
use super::event::{Event, RefusalRule};
use super::shared::Shared;
use super::tcp::Connection;
use super::token::Token;
use super::udp::refusal;
use super::worker::{Timer, Worker};
use crate::events::Detail;
use crate::shaping::{Call, Side};
use crate::transport::Transport;

/// How many more connections than the least loaded worker one takes before it leaves the next to that one.
const LOAD_SLACK: u64 = 4;
/// After how long a worker tries again to accept when descriptors or memory had run out.
const ACCEPT_RETRY: Duration = Duration::from_millis(100);
/// For how many connections a worker has room at first.
pub(super) const PLACES: usize = 4096;

/// A listener that this worker shares with the others.
pub(super) struct Listener {
    socket: Arc<OwnedFd>,
    pub(super) pause: AcceptPause,
}

/// How far the pause before the next `accept()` is, or the time until it is tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AcceptPause {
    /// It has not begun; there may be none.
    Due,
    /// A timer runs, and nothing is accepted before it ends.
    Running,
    /// It is over.
    Served,
}

impl Worker {
    /// Takes connections off the accept queue until it is empty, or until another worker should.
    pub(super) fn accept(&mut self, listener: usize) {
        while listener < self.listeners.len() {
            if self.waits_to_accept(listener) {
                return;
            }
            if self.leaves_it_to_another() {
                return;
            }
            match socket::accept(&self.listeners[listener].socket) {
                Ok((socket, peer)) => {
                    self.listeners[listener].pause = AcceptPause::Due;
                    self.resume_accepting();
                    if let Err(error) = self.admit(socket, peer) {
                        return self.stall_accepting(listener, &error);
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return self.resume_accepting(),
                Err(error) if is_of_the_connection(&error) => {}
                // Without a descriptor left the kernel says so before it looks whether anybody waits (accept(2)).
                Err(_) if !self.somebody_waits(listener) => return,
                Err(error) => return self.stall_accepting(listener, &error),
            }
        }
    }

    /// Whether another worker has so much less to do that it shall take the next connection, and has been woken for it.
    fn leaves_it_to_another(&self) -> bool {
        if self.has_own_listeners || self.stopping_since.is_some() {
            return false;
        }
        let (least, load) = self.shared.least_loaded();
        let is_ahead = self.counters().open_connections.get() > load + LOAD_SLACK;
        if is_ahead {
            self.shared.posts[least].wake.wake();
        }
        is_ahead
    }

    /// Whether a connection is in the accept queue.
    fn somebody_waits(&self, listener: usize) -> bool {
        let listener = self.listeners[listener].socket.as_fd();
        // If that cannot be told, somebody may wait.
        poll::wait(listener, Interest::READ, Some(self.now)).map_or(true, Readiness::any)
    }

    /// Whether a time has yet to pass before the next `accept()`; begins the pause that is due.
    fn waits_to_accept(&mut self, listener: usize) -> bool {
        let pause = self.shared.config.pauses.at(Side::Before, Call::Accept);
        if let (AcceptPause::Due, Some(pause)) = (self.listeners[listener].pause, pause) {
            self.accept_later(listener, pause);
        }
        self.listeners[listener].pause == AcceptPause::Running
    }

    fn accept_later(&mut self, listener: usize, time: Duration) {
        self.listeners[listener].pause = AcceptPause::Running;
        self.timers.push(Reverse((self.now + time, Timer::Accept { listener })));
    }

    /// Takes a new connection in, unless a rule or the limit is against it.
    ///
    /// Fails when it cannot be watched (`epoll_ctl(2)`: `ENOSPC`, `ENOMEM`). It cannot go back to the queue, so it ends.
    fn admit(&mut self, socket: OwnedFd, peer: SocketAddr) -> io::Result<()> {
        let rule = refusal(&self.access, peer);
        let admitted = rule.map_or_else(|| self.shared.enter(), Err);
        let number = match admitted {
            Ok(number) => number,
            Err(rule) => {
                refuse(&self.shared, self.counters(), &socket, peer, rule);
                return Ok(());
            }
        };
        self.make_room();
        let entry = self.connections.vacant_entry();
        let place = entry.key();
        if let Err(error) = self.epoll.add(&socket, Token::Connection(place).pack(), Registration::ReadWrite)
        {
            self.shared.leave();
            return Err(error);
        }
        entry.insert(Connection::new(socket, number, peer, self.shared.millis(self.now)));
        let counters = self.counters();
        counters.connections.add(1);
        counters.open_connections.add(1);
        self.shared.sink.tell(Detail::Peers, || Event::Connected { connection: number, peer });
        match self.shared.config.pauses.at(Side::After, Call::Accept) {
            Some(pause) => self.pause(place, self.now + pause),
            None => self.step(place),
        }
        Ok(())
    }

    /// Sees that there is a place for one more connection. The table grows by an eighth, not to twice its size: most connections are idle,
    /// and what they cost is this table.
    fn make_room(&mut self) {
        let (taken, places) = (self.connections.len(), self.connections.capacity());
        if taken == places {
            self.connections.reserve_exact(places / 8);
        }
    }

    /// Descriptors or memory have run out: those that are connected are served, the others wait in the queue.
    fn stall_accepting(&mut self, listener: usize, error: &io::Error) {
        self.accept_later(listener, ACCEPT_RETRY);
        if self.shared.set_accept_stalled(true) {
            let errno = Errno::from(error);
            let open_files_max = limits::open_files().soft;
            self.shared.sink.tell(Detail::Quiet, || Event::AcceptStalled { errno, open_files_max });
        }
    }

    fn resume_accepting(&mut self) {
        if self.shared.set_accept_stalled(false) {
            self.shared.sink.tell(Detail::Quiet, || Event::AcceptResumed);
        }
    }
}

impl Listener {
    pub(super) fn new(socket: Arc<OwnedFd>) -> Self {
        Self { socket, pause: AcceptPause::Due }
    }
}

/// Ends a connection at once. The RST says plainly that it was not served; a FIN would look like an answer.
pub(super) fn refuse(
    shared: &Shared,
    counters: &Counters,
    socket: &OwnedFd,
    peer: SocketAddr,
    rule: RefusalRule,
) {
    counters.refused.add(1);
    shared.sink.tell(Detail::Peers, || Event::Refused { transport: Transport::Tcp, peer, rule });
    // If this fails the peer sees a FIN: it is refused all the same.
    let _ = socket::set_abortive_close(socket);
}

/// Whether an error of `accept()` concerns the connection that was to be taken, not the listener (`accept(2)`).
fn is_of_the_connection(error: &io::Error) -> bool {
    use wire::errno::{ECONNABORTED, EHOSTUNREACH, EINTR, ENETDOWN, ENETUNREACH, EPERM, EPROTO};

    let errno = Errno::from(error).0;
    [ECONNABORTED, EINTR, EPROTO, EPERM, ENETDOWN, ENETUNREACH, EHOSTUNREACH].contains(&errno)
}
