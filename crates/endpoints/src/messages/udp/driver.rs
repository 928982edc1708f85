//! The task of a session: takes what arrives, sends what is to be sent, and looks at the clock.

use std::io;
use std::sync::Arc;

use tokio::time::{Instant, sleep_until};

use super::Clock;
use super::path::{Inlet, Outlet};
use super::seal::Seal;
use super::stream::Shared;

/// A session that moves.
#[derive(Debug)]
pub(super) struct Driver {
    inlet: Inlet,
    outlet: Outlet,
    seal: Seal,
    shared: Arc<Shared>,
    clock: Clock,
    /// A datagram that the socket had no room for; empty if there is none.
    unsent: Vec<u8>,
    /// A segment, for a moment.
    segment: Vec<u8>,
}

impl Driver {
    /// Makes the task of the session whose link is in `shared`.
    pub(super) fn new(inlet: Inlet, outlet: Outlet, seal: Seal, shared: Arc<Shared>, clock: Clock) -> Self {
        Self { inlet, outlet, seal, shared, clock, unsent: Vec::new(), segment: Vec::new() }
    }

    /// Goes on until nothing is left to be sent or answered.
    pub(super) async fn run(mut self) {
        while let Some(until) = self.turn() {
            let Self { inlet, outlet, seal, shared, clock, unsent, segment } = &mut self;
            let take = |datagram: &[u8]| take(datagram, seal, shared, *clock, segment);
            let received = tokio::select! {
                received = inlet.receive(take) => received,
                () = shared.changed.notified() => Ok(()),
                () = outlet.writable(), if !unsent.is_empty() => Ok(()),
                () = sleep_until(until.unwrap_or_else(Instant::now)), if until.is_some() => Ok(()),
            };
            if received.is_err_and(|error| is_final(&error, shared)) {
                return;
            }
        }
    }

    /// Does what is to be done now; returns until when there is nothing more to do, and nothing at the end of the session.
    ///
    /// What is sent at once is bounded by the link's congestion window.
    #[expect(clippy::option_option, reason = "no time to wake up at is something else than the end")]
    fn turn(&mut self) -> Option<Option<Instant>> {
        self.send();
        let mut held = self.shared.lock();
        held.settle();
        if held.is_over() {
            return None;
        }
        Some(held.timeout().map(|at| self.clock.instant(at)))
    }

    /// Sends what is to be sent, as far as the socket has room.
    fn send(&mut self) {
        let now = self.clock.now();
        self.shared.lock().prepare(now);
        while self.try_send() {
            self.segment.clear();
            let number = self.shared.lock().link.poll_transmit(now, &mut self.segment);
            let Some(number) = number else { return };
            self.seal.close(number, &self.segment, &mut self.unsent);
        }
    }

    /// Sends the datagram that waits, if there is one; whether none is left.
    fn try_send(&mut self) -> bool {
        if self.unsent.is_empty() {
            return true;
        }
        match self.outlet.try_send(&self.unsent) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return false,
            // What is not sent for another reason is lost, as it may be anywhere on its way.
            Err(error) => drop(is_final(&error, &self.shared)),
            Ok(()) => {}
        }
        self.unsent.clear();
        true
    }
}

impl Drop for Driver {
    /// Whoever waits for the session must not wait for ever, however its task has ended.
    fn drop(&mut self) {
        self.shared.lock().abandon();
    }
}

/// Takes a datagram that has arrived, if it is of this session and was sealed by its peer.
fn take(datagram: &[u8], seal: &Seal, shared: &Shared, clock: Clock, segment: &mut Vec<u8>) {
    let Some((number, content)) = seal.read(datagram) else { return };
    // The work of opening is done without the lock, and only for what is new.
    let is_new = shared.lock().link.is_new(number);
    if is_new && seal.open(number, content, segment) {
        // What the link does not take is as good as lost.
        let _ = shared.lock().link.receive(clock.now(), number, segment);
    }
}

/// Whether the network says that the session is over, which is then noted.
fn is_final(error: &io::Error, shared: &Shared) -> bool {
    match (error.kind(), error.raw_os_error()) {
        (io::ErrorKind::ConnectionRefused, Some(errno)) => {
            shared.lock().refuse(errno);
            true
        }
        (kind, _) => kind == io::ErrorKind::BrokenPipe,
    }
}
