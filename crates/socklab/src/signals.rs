//! Signals, as requests: what the person at the terminal, or the program that started this one, wants.
//!
//! The first `SIGINT` or `SIGTERM` is a request to stop in order. The second one ends the program at once, with the
//! signal's default action. After an orderly stop the signal is raised again, so that a shell shows 130 or 143 and a
//! parent process learns from `wait(2)` what happened.

use std::io;
use std::sync::atomic::{AtomicI32, Ordering::Relaxed};
use std::sync::{Arc, OnceLock};
use std::thread;

use kernel::wake::Wake;
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::words::Words;

/// What a signal asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Request {
    /// Finish what is in hand and end (`SIGINT`, `SIGTERM`).
    Stop,
    /// Read the rule files again (`SIGHUP`).
    Reload,
    /// Tell the counts so far (`SIGUSR1`).
    Report,
}

/// The signals of this program, from now on.
#[derive(Debug)]
pub(crate) struct Listening {
    stopped_by: Arc<AtomicI32>,
}

/// Has each request obeyed that the program knows how to obey, on a thread of its own; the other signals keep their
/// default actions. Being asked to stop is always known.
///
/// # Errors
///
/// What `sigaction(2)` or the start of the thread said.
pub(crate) fn listen(
    known: &[Request],
    mut obey: impl FnMut(Request) + Send + 'static,
) -> io::Result<Listening> {
    let stopped_by = Arc::new(AtomicI32::new(0));
    let listening = Listening { stopped_by: Arc::clone(&stopped_by) };
    let others = [(SIGHUP, Request::Reload), (SIGUSR1, Request::Report)];
    let others = others.iter().filter(|(_, request)| known.contains(request)).map(|(signal, _)| *signal);
    let mut signals = Signals::new([SIGINT, SIGTERM].into_iter().chain(others))?;
    thread::Builder::new().name("signals".to_owned()).spawn(move || {
        for signal in &mut signals {
            match signal {
                SIGHUP => obey(Request::Reload),
                SIGUSR1 => obey(Request::Report),
                _ if stopped_by.swap(signal, Relaxed) == 0 => obey(Request::Stop),
                _ => end_by(signal),
            }
        }
    })?;
    Ok(listening)
}

/// Has the first request to stop obeyed, and nothing else.
///
/// # Errors
///
/// A failure of usage: what [`listen`] met with.
pub(crate) fn on_stop(words: &Words, mut stop: impl FnMut() + Send + 'static) -> Result<Listening, Failure> {
    let listening = listen(&[Request::Stop], move |request| match request {
        Request::Stop => stop(),
        Request::Reload | Request::Report => {}
    });
    listening.map_err(|error| Failure::system(words, Exit::Usage, "sigaction", "SIGINT", &error))
}

/// Has the first request to stop wake whoever waits.
///
/// # Errors
///
/// A failure of usage: no descriptor left, or what [`listen`] met with.
pub(crate) fn wake_on_stop(words: &Words) -> Result<(Arc<Wake>, Listening), Failure> {
    let stop = Wake::new().map_err(|error| Failure::system(words, Exit::Usage, "eventfd", "", &error))?;
    let stop = Arc::new(stop);
    let listening = on_stop(words, {
        let stop = Arc::clone(&stop);
        move || stop.wake()
    })?;
    Ok((stop, listening))
}

impl Listening {
    /// Ends the program by the signal that stopped it, if one did.
    pub(crate) fn finish(&self) {
        match self.stopped_by.load(Relaxed) {
            0 => {}
            signal => end_by(signal),
        }
    }
}

/// What is done before a signal ends the program.
static LAST_ACT: OnceLock<fn()> = OnceLock::new();

/// Has this done before a signal ends the program: also `SIGHUP` and `SIGQUIT`, which nothing else here cares for. It may be done more
/// than once, and by another thread.
///
/// # Errors
///
/// What `sigaction(2)` or the start of the thread said.
pub(crate) fn before_the_end(act: fn()) -> io::Result<()> {
    if LAST_ACT.set(act).is_err() {
        return Ok(());
    }
    let mut signals = Signals::new([SIGHUP, SIGQUIT])?;
    thread::Builder::new().name("last act".to_owned()).spawn(move || signals.forever().for_each(end_by))?;
    Ok(())
}

/// Asks this program to stop, as Ctrl-C does at a terminal that makes a signal of it.
pub(crate) fn interrupt() {
    // It cannot fail: the signal is one that exists.
    let _ = signal_hook::low_level::raise(SIGINT);
}

fn end_by(signal: i32) {
    if let Some(act) = LAST_ACT.get() {
        act();
    }
    // It does not return: the default action of these signals ends the program.
    let _ = emulate_default_handler(signal);
}
