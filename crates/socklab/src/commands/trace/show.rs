//! What is shown of a recording while it is made: lines on standard error, or events on standard output; and its files.

use std::io::{self, Stdout};
use std::os::fd::AsFd;
use std::time::Instant;

use kernel::poll::{self, Interest};
use kernel::wake::Wake;
use scope::findings::find;
use scope::model::{Header, Observation, Summary, Time, What};
use scope::session::Limits;
use scope::timeline::Builder;
use wire::wait_status::{End, WaitStatus};

use super::super::exports::Files;
use super::super::screen;
use super::live::Live;
use super::outputs::Outputs;
use super::pipe::Pipe;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::terminal;
use crate::views::finding::in_words;
use crate::views::trace::{self as view, Events, Lines, Style};

/// What a shell adds to the number of a signal.
const SIGNAL_BASE: u32 = 128;

/// Shows a recording.
pub(super) struct Show<'c> {
    all: bool,
    outputs: Outputs,
    files: Files,
    pipe: Option<Pipe>,
    context: &'c Context,
    /// None if only the archive is asked for: a timeline would take memory, and nobody would look at it.
    builder: Option<Builder>,
    /// How the last program ended.
    exit: Exit,
    /// Once the first observation has come; none with `--json` and `--quiet`.
    lines: Option<Lines<'c>>,
    events: Option<Events<Stdout>>,
    live: Option<Live<'c>>,
}

impl<'c> Show<'c> {
    /// Shows a recording that will begin.
    pub(super) fn new(
        all: bool,
        (outputs, mut files): (Outputs, Files),
        live: Option<Live<'c>>,
        context: &'c Context,
    ) -> Self {
        let events = context.json.then(|| Events::new(io::stdout()));
        // The screen takes what settles, so a pipe gets the whole at the end.
        let pipe = if live.is_none() { files.take_pipe().map(Pipe::new) } else { None };
        let has_timeline =
            !context.quiet || context.json || live.is_some() || pipe.is_some() || !files.is_empty();
        let builder = has_timeline.then(Builder::new);
        Self { all, outputs, files, pipe, context, builder, exit: Exit::Done, lines: None, events, live }
    }

    /// Says what cannot be seen on this machine, and what to do about it.
    pub(super) fn limits(&self, limits: &Limits) {
        if !self.context.json && !self.context.quiet && self.live.is_none() {
            tell(&view::limits(limits, &self.context.words));
        }
    }

    /// Takes what was observed.
    ///
    /// # Errors
    ///
    /// A failure to write events to standard output; none to say when their reader has gone.
    pub(super) fn add(&mut self, observations: Vec<Observation>) -> Result<(), Failure> {
        let words = &self.context.words;
        if let Some(failure) = self.outputs.write(&observations, words) {
            failure.tell(self.context);
        }
        if let Some(events) = &mut self.events {
            events.write(&observations).map_err(|error| Failure::stdout(words, &error))?;
        }
        for observation in observations {
            match &observation.what {
                What::Recording(header) => self.begin(header)?,
                What::Summary(summary) => self.exit = exit(summary),
                _ => {}
            }
            if let Some(builder) = &mut self.builder {
                builder.push(observation);
            }
        }
        Ok(())
    }

    /// Waits until then, or until the recording shall end: a signal has come, or somebody leaves the screen. Tells whether it shall.
    ///
    /// # Errors
    ///
    /// A failure of usage: what the terminal said.
    pub(super) fn wait(&mut self, stop: &Wake, until: Instant) -> Result<bool, Failure> {
        if let Some(live) = &mut self.live {
            return Ok(live.wait(until)? || screen::is_woken(stop));
        }
        // A failure says that nothing waits there, and the next look is not far.
        Ok(poll::wait(stop.as_fd(), Interest::READ, Some(until)).is_ok_and(poll::Readiness::any))
    }

    /// Shows what happened until then, since nothing earlier comes any more.
    ///
    /// # Errors
    ///
    /// A failure of usage: what the terminal or the pipe said.
    pub(super) fn settle(&mut self, until: Time) -> Result<(), Failure> {
        let Some(builder) = &mut self.builder else { return Ok(()) };
        if let Some(live) = &mut self.live {
            return live.settle(builder, until);
        }
        if self.lines.is_none() && self.pipe.is_none() {
            return Ok(());
        }
        let entries = builder.settle(until);
        let (processes, sockets) = (builder.processes(), builder.sockets());
        if let Some(pipe) = &mut self.pipe {
            pipe.add(&entries, processes, sockets)
                .map_err(|error| Failure::stdout(&self.context.words, &error))?;
        }
        if let Some(lines) = &mut self.lines {
            lines.add(&entries, processes, sockets);
            lines.idle(until, processes, sockets);
            tell(&lines.take());
        }
        Ok(())
    }

    /// Ends: with what was found, with what each program did, and as the last program ended.
    ///
    /// # Errors
    ///
    /// Those of [`Show::add`], and the failure of a recording that is none.
    pub(super) fn end(mut self, stop: &Wake) -> Result<Exit, Failure> {
        if self.live.is_none() {
            self.settle(Time(u64::MAX))?;
        }
        let words = &self.context.words;
        let own = |has_failed: bool| if has_failed { Exit::Usage } else { self.exit };
        let Some(builder) = self.builder else { return Ok(own(self.outputs.has_failed())) };
        let timeline = builder.finish().map_err(|error| Failure::internal(words, error))?;
        let findings = find(&timeline);
        if let Some(events) = &mut self.events {
            events.end(&findings).map_err(|error| Failure::stdout(words, &error))?;
        }
        let findings = in_words(&findings, words);
        if let Some(lines) = &mut self.lines {
            lines.finish(&findings, &timeline);
            tell(&lines.take());
        }
        if let Some(pipe) = self.pipe {
            pipe.end(&timeline, &findings).map_err(|error| Failure::stdout(words, &error))?;
        }
        let shown = self.live.map_or(Ok(()), |live| live.end(&timeline, &findings, stop));
        let failures = self.files.write(&timeline, &findings, words);
        for failure in &failures {
            failure.tell(self.context);
        }
        shown?;
        Ok(own(self.outputs.has_failed() || !failures.is_empty()))
    }

    fn begin(&mut self, header: &Header) -> Result<(), Failure> {
        if let Some(live) = &mut self.live {
            return live.begin(header);
        }
        let Context { words, json, quiet, stderr_color, .. } = self.context;
        if let Some(pipe) = &mut self.pipe {
            pipe.begin(header).map_err(|error| Failure::stdout(words, &error))?;
        }
        if !json && !quiet {
            let width = terminal::stderr_size().map(|size| size.columns.into());
            self.lines =
                Some(Lines::new(header, Style { width, color: *stderr_color, all: self.all }, words));
        }
        Ok(())
    }
}

fn tell(lines: &[String]) {
    for line in lines {
        terminal::tell(line);
    }
}

/// How the last program of the command line ended; processes that were attached to go on, and end nothing.
fn exit(summary: &Summary) -> Exit {
    let Some(Some(status)) = summary.wait_statuses.last() else { return Exit::Done };
    match WaitStatus(*status).end() {
        End::Exited(status) => Exit::Remote(status),
        End::Signalled { signal, .. } => {
            Exit::Remote(u8::try_from(SIGNAL_BASE + signal.0).unwrap_or(u8::MAX))
        }
        End::Other => Exit::Unknown,
    }
}
