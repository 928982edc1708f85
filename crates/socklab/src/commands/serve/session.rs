//! `socklab serve` for sessions: texts, files, rooms, a remote stop and remote commands, each by key.

use std::env;
use std::path::PathBuf;

use endpoints::access::{AccessSources, Source};
use endpoints::events::{Detail, events};
use endpoints::messages::exec::{ExecConfig, Limits};
use endpoints::messages::serve::config::{DRAIN, InboxConfig, SESSIONS, ServeConfig};
use endpoints::messages::serve::{Control, MessageServer};

use super::Args;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::signals::{self, Request};
use crate::terminal;
use crate::views::serve::{self as view, ServeView};

/// Where files land, unless told otherwise.
const INBOX: &str = "inbox";
/// The hidden verb that a command is supervised by.
const SUPERVISE: &str = "supervise";

/// Serves until a signal or a client with that grant says to stop.
///
/// # Errors
///
/// A failure of usage: an address that cannot be had, a list of keys that cannot be used, an inbox that cannot be written.
pub(super) fn run(args: &Args, context: &Context) -> Result<Exit, Failure> {
    let words = &context.words;
    if args.keys.is_none() && !args.plain {
        return Err(Failure::new(Exit::Usage, words.serve_nobody()).hint(words.hint_serve_nobody()));
    }
    let config = args.config(context)?;
    let (sink, reader) = events(config.detail);
    let server = MessageServer::bind(config, sink).map_err(|error| view::failure(&error, words))?;
    if server.runs_commands() && kernel::user::effective() == kernel::user::ROOT {
        terminal::tell(&words.serve_as_root());
    }
    let running = server.start().map_err(|error| view::failure(&error, words))?;
    let control = running.control();
    let signals = signals::listen(&[Request::Stop, Request::Reload, Request::Report], {
        let control = control.clone();
        move |request| obey(&control, request)
    })
    .map_err(|error| Failure::system(words, Exit::Usage, "sigaction", "SIGINT", &error))?;

    let told = ServeView::new(context).tell_all(&reader);
    // When nobody reads the events any more there is no use in going on.
    drop(reader);
    control.stop();
    running.wait().map_err(|error| view::failure(&error, words))?;
    told?;
    signals.finish();
    Ok(Exit::Done)
}

fn obey(control: &Control, request: Request) {
    match request {
        Request::Stop => control.stop(),
        Request::Reload => control.reload(),
        Request::Report => control.report(),
    }
}

impl Args {
    /// Decides what was left open.
    fn config(&self, context: &Context) -> Result<ServeConfig, Failure> {
        let words = &context.words;
        let ourselves = env::current_exe();
        let ourselves = ourselves
            .map_err(|error| Failure::system(words, Exit::Usage, "readlink", "/proc/self/exe", &error))?;
        let default = Limits::default();
        let limits = Limits {
            time: self.exec_time.unwrap_or(default.time),
            output_bytes: self.exec_output.unwrap_or(default.output_bytes),
        };
        let detail = match (context.quiet, context.verbose) {
            (true, _) => Detail::Quiet,
            (false, false) => Detail::Peers,
            (false, true) => Detail::Calls,
        };
        let files = |files: &[PathBuf]| files.iter().cloned().map(Source::File).collect::<Vec<_>>();
        Ok(ServeConfig {
            addresses: self.listen.addresses(words)?,
            access: AccessSources {
                allow: [self.allow.clone(), files(&self.allow_file)].concat(),
                deny: [self.deny.clone(), files(&self.deny_file)].concat(),
            },
            keys: self.keys.clone(),
            plain: self.plain,
            inbox: (!self.no_inbox).then(|| self.inbox()),
            exec: ExecConfig {
                directory: self.exec_dir.clone(),
                limits,
                ..ExecConfig::new(ourselves, &[SUPERVISE])
            },
            sessions_max: self.sessions.map_or(SESSIONS, |sessions| sessions as usize),
            drain: self.drain.unwrap_or(DRAIN),
            detail,
        })
    }

    fn inbox(&self) -> InboxConfig {
        let default = InboxConfig::new(self.inbox.clone().unwrap_or_else(|| INBOX.into()));
        InboxConfig {
            file_bytes_max: self.max_file.unwrap_or(default.file_bytes_max),
            inbox_bytes_max: self.max_inbox.unwrap_or(default.inbox_bytes_max),
            ..default
        }
    }
}
