//! A `socklab echo` of the bench's own, in a process beside it, for when no server is named.

use std::env;
use std::ffi::OsString;
use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};

use serde::Deserialize;

use super::super::transport::Transport;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::words::Words;

/// What it is started as, and nobody types: what follows are the arguments of `socklab echo`.
const VERB: &str = "bench-server";
/// How much of what it says at its start is read.
const SAID_BYTES_MAX: u64 = 65_536;

/// The server. It ends when this is dropped, or when the bench ends however.
pub(super) struct OwnServer {
    child: Child,
    /// Where it serves.
    pub(super) address: SocketAddr,
}

/// The one event that is waited for.
#[derive(Deserialize)]
struct Said {
    event: String,
    local: Option<SocketAddr>,
}

/// Returns the arguments of `socklab echo` in place of [`VERB`] and its own; other arguments as they are.
pub(crate) fn unwrapped(mut arguments: Vec<OsString>) -> Vec<OsString> {
    if arguments.get(1).is_some_and(|verb| verb == VERB) {
        // It cannot fail; if it did, the server would have to be ended by hand after a bench that was killed.
        let _ = kernel::streams::end_with_parent();
        arguments[1] = "echo".into();
    }
    arguments
}

impl OwnServer {
    /// Starts one on a free port, and waits until it serves.
    ///
    /// # Errors
    ///
    /// A failure of usage: it does not start.
    pub(super) fn start(transport: Transport, words: &Words) -> Result<Self, Failure> {
        let name = match transport {
            Transport::Udp => "udp",
            Transport::Tcp => "tcp",
        };
        let failed = |error| Failure::system(words, Exit::Usage, "execve", "socklab echo", &error);
        let program = env::current_exe().map_err(failed)?;
        let mut command = Command::new(program);
        command.args([VERB, name, "--bind", "127.0.0.1", "--port", "0", "--json", "--quiet"]);
        // A group of its own: Ctrl-C is for the bench, which ends it when it has no connections any more.
        command.process_group(0).stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = command.spawn().map_err(failed)?;
        let said = child.stdout.take().map(|stdout| BufReader::new(stdout.take(SAID_BYTES_MAX)));
        let lines = said.into_iter().flat_map(BufRead::lines).map_while(Result::ok);
        let events = lines.filter_map(|line| serde_json::from_str::<Said>(&line).ok());
        let address = events.filter(|said| said.event == "listening").find_map(|said| said.local);
        if let Some(address) = address {
            return Ok(Self { child, address });
        }
        let _ = child.kill();
        let _ = child.wait();
        let told = Failure::new(Exit::Usage, words.bench_no_own_server());
        Err(told.hint(words.hint_see_help("socklab echo --help")))
    }

    /// The number of its process.
    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for OwnServer {
    fn drop(&mut self) {
        // It holds nothing that has to be put in order.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
