//! Waiting between one look and the next, which a signal or a reader that leaves may cut short.
//!
//! A signal that is caught only ends the wait. The command puts the terminal in order and then [`obey`]s it, so that
//! whoever started socklab sees the same as if nothing had been caught.

use std::io;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::time::Instant;

use kernel::poll::{self, Interest};
use signal_hook::iterator::backend::SignalDelivery;
use signal_hook::iterator::exfiltrator::SignalOnly;
use signal_hook::low_level::emulate_default_handler;

/// What is waited for on standard output: nothing, and that its reader has gone is told unasked (`poll(2)`).
const READER_GONE: Interest = Interest { read: false, write: false, end: false };

/// A wait that the signals it catches cut short; it catches them from its creation on.
pub(super) struct Wait(SignalDelivery<UnixStream, SignalOnly>);

/// Why a wait is over.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Woken {
    /// The time has come.
    InTime,
    /// A signal has come.
    By(i32),
    /// Nobody reads standard output any more.
    ReaderGone,
}

impl Wait {
    /// Catches these signals.
    ///
    /// # Errors
    ///
    /// `EMFILE`, `ENFILE`: no descriptor left.
    pub(super) fn catching(signals: &[i32]) -> io::Result<Self> {
        let (read, write) = UnixStream::pair()?;
        SignalDelivery::with_pipe(read, write, SignalOnly, signals).map(Self)
    }

    /// Waits until `due`, or until a signal comes or the reader of standard output goes.
    ///
    /// # Errors
    ///
    /// `ENOMEM`.
    pub(super) fn until(&mut self, due: Instant) -> io::Result<Woken> {
        let stdout = io::stdout();
        loop {
            if let Some(signal) = self.0.pending().next() {
                return Ok(Woken::By(signal));
            }
            let [signals, reader] = poll::wait_either(
                (self.0.get_read().as_fd(), Interest::READ),
                (stdout.as_fd(), READER_GONE),
                Some(due),
            )?;
            if reader.any() {
                return Ok(Woken::ReaderGone);
            }
            if !signals.any() {
                return Ok(Woken::InTime);
            }
        }
    }
}

/// Does what a signal does when nobody catches it. Returns only after one that does not end the process.
pub(super) fn obey(signal: i32) {
    // It fails only for a number that is no signal.
    let _ = emulate_default_handler(signal);
}
