//! How long nothing may arrive.

use std::{
    hint, io,
    time::{Duration, Instant},
};

/// The longest: on loopback, what is sent has arrived unless the kernel put off its work.
const SILENCE_MAX: Duration = Duration::from_secs(5);

/// Waits for what was sent to arrive.
#[derive(Default)]
pub(crate) struct Patience {
    since: Option<Instant>,
}

impl Patience {
    /// Waits a little.
    ///
    /// # Errors
    /// [`io::ErrorKind::TimedOut`] when it has taken too long in all.
    pub(crate) fn wait(&mut self) -> io::Result<()> {
        if self.since.get_or_insert_with(Instant::now).elapsed() > SILENCE_MAX {
            return Err(io::Error::new(io::ErrorKind::TimedOut, "something sent on loopback did not arrive"));
        }
        hint::spin_loop();
        Ok(())
    }

    /// Does a call until it does not say that it would block.
    ///
    /// # Errors
    /// That of the call, or as [`Patience::wait`].
    pub(crate) fn until_done<T>(mut call: impl FnMut() -> io::Result<T>) -> io::Result<T> {
        let mut patience = Self::default();
        loop {
            match call() {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => patience.wait()?,
                result => return result,
            }
        }
    }
}
