//! A command that could not do what was asked: what to say, and how to exit.

use std::fmt::Display;
use std::io;

use serde::Serialize;

use crate::context::Context;
use crate::errno;
use crate::exit::Exit;
use crate::json;
use crate::terminal;
use crate::words::Words;

/// What is told of a failure, already in the reader's language.
#[derive(Debug)]
pub(crate) struct Failure {
    exit: Exit,
    /// What kind of failure it is; the exit says so too, unless `socklab exec` needs it for the command's own.
    kind: Exit,
    /// For `socklab exec`: that this is not the command's own end.
    origin: Option<&'static str>,
    /// One line; empty when nothing has to be said.
    message: String,
    /// What to try, a line each.
    hints: Vec<String>,
    /// The name of the error number, when a system call failed.
    errno: Option<&'static str>,
}

/// The same as an event. Only `message` and `hints` depend on the language.
#[derive(Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
enum Event<'a> {
    Error {
        exit: u8,
        kind: Exit,
        #[serde(skip_serializing_if = "Option::is_none")]
        origin: Option<&'static str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        errno: Option<&'static str>,
        message: &'a str,
        hints: &'a [String],
    },
}

impl Failure {
    /// Makes a failure with a message and no hints.
    pub(crate) fn new(exit: Exit, message: String) -> Self {
        Self { exit, kind: exit, origin: None, message, hints: Vec::new(), errno: None }
    }

    /// Makes the failure of a system call, `connect 127.0.0.1:3500 (tcp): ECONNREFUSED - nobody is listening there`.
    ///
    /// `operation` is the name of the call and `object` what it was made on.
    pub(crate) fn system(
        words: &Words,
        exit: Exit,
        operation: &str,
        object: impl Display,
        error: &io::Error,
    ) -> Self {
        let cause = errno::explain(words, error);
        Self { errno: errno::name(error), ..Self::new(exit, words.failure_system(operation, object, cause)) }
    }

    /// Makes the failure of writing to standard output. It says nothing, and is none, when the reader has gone.
    pub(crate) fn stdout(words: &Words, error: &io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self::new(Exit::Done, String::new());
        }
        Self::system(words, Exit::Usage, "write", words.object_stdout(), error)
    }

    /// Makes the failure that is a mistake of socklab's own.
    pub(crate) fn internal(words: &Words, detail: impl Display) -> Self {
        Self::new(Exit::Usage, words.failure_internal(detail)).hint(words.hint_report())
    }

    /// Adds something to try.
    pub(crate) fn hint(mut self, hint: String) -> Self {
        self.hints.push(hint);
        self
    }

    /// Makes it a failure of `socklab exec`, whose exit codes are the command's: 255, but for a denial, which stays 5.
    pub(crate) fn of_exec(self) -> Self {
        let exit = if self.kind == Exit::Denied { self.exit } else { Exit::Unknown };
        Self { exit, origin: Some("local"), ..self }
    }

    /// What went wrong, in one line.
    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    /// How the program shall exit.
    pub(crate) fn exit(&self) -> Exit {
        self.exit
    }

    /// Tells the failure on standard error.
    pub(crate) fn tell(&self, context: &Context) {
        terminal::tell(&format!("socklab: {}", self.message));
        for hint in &self.hints {
            terminal::tell(&context.words.hint(hint));
        }
    }

    /// Tells the failure on standard error, with `--json` also as an event on standard output, and returns how to
    /// exit.
    pub(crate) fn report(&self, context: &Context) -> Exit {
        if self.message.is_empty() {
            return self.exit;
        }
        let words = &context.words;
        self.tell(context);
        if context.json {
            let line = json::line(context.started.elapsed(), &self.event());
            // The failure has been told already; one of writing it again would add nothing.
            let _ = terminal::print(words, &format!("{line}\n"));
        }
        self.exit
    }

    /// The same as an event.
    pub(crate) fn event(&self) -> impl Serialize + '_ {
        Event::Error {
            exit: self.exit.code(),
            kind: self.kind,
            origin: self.origin,
            errno: self.errno,
            message: &self.message,
            hints: &self.hints,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use wire::errno::{ECONNREFUSED, EPIPE};

    use super::*;
    use crate::lang::Lang;

    #[test]
    fn the_failure_of_a_call_names_call_object_errno_and_says_what_it_means() {
        assert_eq!(
            refused(Lang::English).message,
            "connect 127.0.0.1:3500 (tcp): ECONNREFUSED - nobody is listening there"
        );
        assert_eq!(
            refused(Lang::Spanish).message,
            "connect 127.0.0.1:3500 (tcp): ECONNREFUSED - nadie escucha allí"
        );
    }

    #[test]
    fn the_event_of_a_failure_carries_the_exit_code_and_the_errno() {
        let failure = refused(Lang::English).hint("start it".to_owned());

        assert_eq!(
            json::line(Duration::ZERO, &failure.event()),
            r#"{"v":1,"t":0.0,"event":"error","exit":1,"kind":"network","errno":"ECONNREFUSED","message":"connect 127.0.0.1:3500 (tcp): ECONNREFUSED - nobody is listening there","hints":["start it"]}"#
        );
    }

    #[test]
    fn a_reader_that_has_gone_is_no_failure() {
        let words = Words::new(Lang::English);
        let failure = Failure::stdout(&words, &io::Error::from_raw_os_error(EPIPE));

        assert_eq!((failure.exit, failure.message.as_str()), (Exit::Done, ""));
    }

    fn refused(lang: Lang) -> Failure {
        let error = io::Error::from_raw_os_error(ECONNREFUSED);
        let object = "127.0.0.1:3500 (tcp)";
        Failure::system(&Words::new(lang), Exit::Network, "connect", object, &error)
    }
}
