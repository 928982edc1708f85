//! What `socklab exec` tells: the command's own output, and how it ended.

use std::io;
use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};

use endpoints::messages::client::exec::ExecError;
use serde::Serialize;
use tokio::io::{AsyncWrite, stderr, stdout};
use wire::message::{Ended, How, Why};
use wire::signal::Signal;
use wire::wait_status::{End, WaitStatus};

use super::session;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::words::Words;
use crate::{errno, json, terminal};

/// What a shell adds to the number of a signal.
const SIGNAL_BASE: u32 = 128;

/// The view of one command.
pub(crate) struct ExecView<'a> {
    context: &'a Context,
}

/// An event of `socklab exec`, with `--json`.
#[derive(Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub(crate) enum Event<'a> {
    /// The command wrote something.
    Output {
        /// `stdout` or `stderr`.
        stream: &'static str,
        bytes: usize,
        #[serde(serialize_with = "endpoints::bytes::base64")]
        data: &'a [u8],
    },
    /// How the command ended: the last event.
    Summary {
        /// `remote`: this is the command's own end, not a failure on the way.
        origin: &'static str,
        /// `exited`, `signal` or `not_started`.
        how: &'static str,
        /// The exit status, the number of the signal, or the error number.
        value: u32,
        /// The name of the signal or of the error number.
        name: Option<String>,
        /// What `os.system()` returns.
        wait_status: u32,
        core: bool,
        /// `itself`, `time_limit`, `output_limit`, `cancelled` or `stopping`.
        why: String,
        stdout_bytes: u64,
        stderr_bytes: u64,
        exit: u8,
    },
}

impl<'a> ExecView<'a> {
    pub(crate) fn new(context: &'a Context) -> Self {
        Self { context }
    }

    /// Where the command's standard output goes.
    pub(crate) fn output(&self) -> Box<dyn AsyncWrite + Unpin + '_> {
        if self.context.json { Box::new(self.as_events("stdout")) } else { Box::new(stdout()) }
    }

    /// Where its standard error goes.
    pub(crate) fn error(&self) -> Box<dyn AsyncWrite + Unpin + '_> {
        if self.context.json { Box::new(self.as_events("stderr")) } else { Box::new(stderr()) }
    }

    fn as_events(&self, stream: &'static str) -> AsEvents<'_> {
        AsEvents { context: self.context, stream }
    }

    /// Tells how it ended, if that is more than an exit status can say, and gives the exit of this program.
    ///
    /// # Errors
    ///
    /// A failure to write.
    pub(crate) fn ended(&self, ended: &Ended) -> Result<Exit, Failure> {
        let words = &self.context.words;
        let exit = exit(ended);
        if self.context.json {
            let event = summary(ended, exit);
            terminal::print_lines(words, &[json::line(self.context.started.elapsed(), &event)])?;
            return Ok(exit);
        }
        let needs_words = ended.why != Why::Itself || !matches!(ended.how, How::Exited(_));
        if needs_words || self.context.verbose {
            terminal::tell(&words.exec_ended(explain(ended, words)));
        }
        Ok(exit)
    }
}

/// An event that tells how a command ended.
pub(crate) fn summary(ended: &Ended, exit: Exit) -> Event<'static> {
    let name = match ended.how {
        How::Signal(signal) => Some(Signal(signal).to_string()),
        How::NotStarted(errno) => wire::errno::name(errno.cast_signed()).map(str::to_owned),
        How::Exited(_) | How::Unknown { .. } => None,
    };
    Event::Summary {
        origin: "remote",
        how: ended.how.name(),
        value: ended.how.value(),
        name,
        wait_status: ended.wait,
        core: ended.core,
        why: ended.why.to_string(),
        stdout_bytes: ended.out,
        stderr_bytes: ended.err,
        exit: exit.code(),
    }
}

/// The exit status of this program: the command's own; 128 and the signal; as a shell has it when it was not started.
pub(crate) fn exit(ended: &Ended) -> Exit {
    match ended.how {
        How::Exited(status) => Exit::Remote(u8::try_from(status).unwrap_or(u8::MAX)),
        How::Signal(signal) => Exit::Remote(u8::try_from(SIGNAL_BASE + signal).unwrap_or(u8::MAX)),
        How::NotStarted(errno) if errno.cast_signed() == wire::errno::ENOENT => Exit::Remote(127),
        How::NotStarted(_) => Exit::Remote(126),
        How::Unknown { .. } => Exit::Unknown,
    }
}

/// How it ended, why, and what `os.system()` would show.
fn explain(ended: &Ended, words: &Words) -> String {
    let how = how_and_why(ended, words);
    if matches!(ended.how, How::NotStarted(_)) {
        return how;
    }
    let wait = match WaitStatus(ended.wait).end() {
        End::Exited(status) => words.exec_wait_exited(ended.wait, status),
        End::Signalled { signal, .. } => words.exec_wait_signal(ended.wait, signal.0),
        End::Other => words.exec_wait_other(ended.wait),
    };
    format!("{how}; {wait}")
}

/// How it ended, and why if not by itself.
pub(super) fn how_and_why(ended: &Ended, words: &Words) -> String {
    let how = match ended.how {
        How::Exited(status) => words.exec_exited(status),
        How::Signal(signal) => {
            let name = Signal(signal).to_string();
            if ended.core { words.exec_signal_core(name) } else { words.exec_signal(name) }
        }
        How::NotStarted(errno) => words.exec_not_started(errno::explain_number(words, errno.cast_signed())),
        How::Unknown { how, value } => words.exec_unknown(how, value),
    };
    let why = match ended.why {
        Why::Itself => None,
        Why::TimeLimit => Some(words.exec_why_time()),
        Why::OutputLimit => Some(words.exec_why_output()),
        Why::Cancelled => Some(words.exec_why_cancelled()),
        Why::Stopping => Some(words.exec_why_stopping()),
        Why::Unknown(_) => Some(ended.why.to_string()),
    };
    [Some(how), why].into_iter().flatten().collect::<Vec<_>>().join("; ")
}

/// Why it is not known how the command ended.
pub(crate) fn failure(error: &ExecError, has_key: bool, words: &Words) -> Failure {
    match error {
        ExecError::Arguments(_) => Failure::new(Exit::Usage, words.exec_arguments()),
        ExecError::Broken(broken) => session::broken(broken, words),
        ExecError::Refused(result) => {
            let message = words.exec_refused(session::explain(result, words));
            let failure = Failure::new(session::exit(result.code), message);
            session::hinted(failure, result.code, has_key, words)
        }
        ExecError::Output(error) => Failure::stdout(words, error),
        ExecError::Random(error) => Failure::system(words, Exit::Usage, "getrandom", "", error),
    }
}

/// Output of a command as events.
struct AsEvents<'a> {
    context: &'a Context,
    stream: &'static str,
}

impl AsyncWrite for AsEvents<'_> {
    fn poll_write(self: Pin<&mut Self>, _: &mut TaskContext<'_>, data: &[u8]) -> Poll<io::Result<usize>> {
        let event = Event::Output { stream: self.stream, bytes: data.len(), data };
        let line = json::line(self.context.started.elapsed(), &event);
        let written = terminal::write_line(&line);
        Poll::Ready(written.map(|()| data.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut TaskContext<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut TaskContext<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
