//! Ctrl-C ends the run between two measurements, so that no server is left behind.
//!
//! Servers live in process groups of their own, which the terminal's SIGINT does not reach.

use std::{
    io,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
};

use signal_hook::consts::{SIGINT, SIGTERM};

static REQUESTED: OnceLock<Arc<AtomicBool>> = OnceLock::new();

/// Begins to listen for SIGINT and SIGTERM.
///
/// # Errors
/// When the handlers cannot be installed.
pub(crate) fn listen() -> io::Result<()> {
    let requested = REQUESTED.get_or_init(Arc::default);
    for signal in [SIGINT, SIGTERM] {
        signal_hook::flag::register(signal, Arc::clone(requested))?;
    }
    Ok(())
}

/// Tells whether one of them has come.
pub(crate) fn is_requested() -> bool {
    REQUESTED.get().is_some_and(|requested| requested.load(Ordering::Relaxed))
}

/// Ends the run, by an error, when one of them has come.
///
/// # Errors
/// [`io::ErrorKind::Interrupted`].
pub(crate) fn check() -> io::Result<()> {
    if is_requested() {
        return Err(io::Error::new(io::ErrorKind::Interrupted, "interrupted; nothing was written"));
    }
    Ok(())
}
