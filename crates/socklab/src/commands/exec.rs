//! `socklab exec`: runs a command on the server, with its input and output here, and ends as it ended.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::time::Duration;

use endpoints::messages::client::exec::{Command, ExecError, Streams, exec};
use tokio::io;

use super::family::Family;
use super::remote::{Remote, Working};
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::value::{self, Target};
use crate::views::exec::{self as view, ExecView};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    pub(crate) target: Option<Target>,
    #[command(flatten)]
    pub(crate) remote: Remote,
    #[arg(long)]
    pub(crate) shell: bool,
    #[arg(long, short = 'n')]
    pub(crate) no_input: bool,
    #[arg(long, value_parser = value::time)]
    pub(crate) time_limit: Option<Duration>,
    #[arg(long, value_parser = value::disk_size)]
    pub(crate) output_limit: Option<u64>,
    #[arg(long, value_parser = value::time)]
    pub(crate) timeout: Option<Duration>,
    #[command(flatten)]
    pub(crate) family: Family,
    #[arg(last = true, required = true)]
    pub(crate) command: Vec<OsString>,
}

/// Runs the command there.
///
/// # Errors
///
/// A failure of this side or of the way there: 255, but 5 when the server denies it.
pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, Failure> {
    let ended = work(args, context).map_err(Failure::of_exec)?;
    // The work that a signal gives up has ended this program by that signal.
    Ok(ended.unwrap_or(Exit::Unknown))
}

fn work(args: &Args, context: &Context) -> Result<Option<Exit>, Failure> {
    let words = &context.words;
    let command = Command {
        arguments: if args.shell { vec![line(&args.command)] } else { arguments(&args.command) },
        shell: args.shell,
        time_limit: args.time_limit,
        output_limit_bytes: args.output_limit,
    };
    let target = args.target.clone().unwrap_or_default();
    Working::new(context)?.run(async {
        let session = args.remote.open(&target, args.family, args.timeout, words).await?;
        let view = ExecView::new(context);
        let input: Box<dyn io::AsyncRead + Send + Unpin> =
            if args.no_input { Box::new(io::empty()) } else { Box::new(io::stdin()) };
        let streams = Streams { input, output: view.output(), error: view.error() };
        let ended = exec(&session, &command, streams).await;
        // Where the stream is not over, the end of the connection ends the command.
        if matches!(ended, Ok(_) | Err(ExecError::Refused(_))) {
            session.close().await;
        }
        let ended = ended.map_err(|error| view::failure(&error, args.remote.has_key(), words))?;
        view.ended(&ended)
    })
}

/// The arguments as bytes.
fn arguments(words: &[OsString]) -> Vec<Vec<u8>> {
    words.iter().cloned().map(OsString::into_vec).collect()
}

/// The words joined by blanks, as a shell joins the arguments of `eval`.
fn line(words: &[OsString]) -> Vec<u8> {
    arguments(words).join(&b' ')
}
