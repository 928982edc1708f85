//! What every client of a message server takes, and how it works: by which key, over what, and until when.

use std::env;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use endpoints::messages::client::{self, Destination, Session};
use endpoints::messages::keys;
use endpoints::transport::Transport;
use tokio::runtime::{self, Runtime};
use tokio::sync::Notify;

use super::family::Family;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::resolve::resolve;
use crate::signals::{self, Listening};
use crate::value::Target;
use crate::views::{key, session as view};
use crate::words::Words;

/// The variable that names the key file when `--key` does not.
const KEY_VARIABLE: &str = "SOCKLAB_KEY";
/// How long opening a session may take, unless told otherwise.
const TIMEOUT: Duration = Duration::from_secs(10);

#[derive(Debug, clap::Args)]
pub(crate) struct Remote {
    #[arg(long)]
    pub(crate) key: Option<PathBuf>,
    #[arg(long)]
    pub(crate) udp: bool,
}

impl Remote {
    /// The key file, if one was named.
    fn key_file(&self) -> Option<PathBuf> {
        let from_environment =
            || env::var_os(KEY_VARIABLE).filter(|path| !path.is_empty()).map(PathBuf::from);
        self.key.clone().or_else(from_environment)
    }

    /// Whether any of these flags was given.
    pub(crate) fn is_named(&self) -> bool {
        self.key.is_some() || self.udp
    }

    /// Whether a key was named.
    pub(crate) fn has_key(&self) -> bool {
        self.key_file().is_some()
    }

    /// Opens a session, unless the person at the terminal stops it.
    ///
    /// # Errors
    ///
    /// A failure of usage for a key file that cannot be used or a name without an address; of the network, of silence or of
    /// denial, as the opening went.
    pub(crate) async fn open(
        &self,
        target: &Target,
        family: Family,
        timeout: Option<Duration>,
        words: &Words,
    ) -> Result<Session, Failure> {
        let load = |path: &Path| keys::load_client(path).map_err(|error| key::failure(&error, words));
        let destination = Destination {
            addresses: resolve(&target.host, target.port, family, words)?,
            transport: if self.udp { Transport::Udp } else { Transport::Tcp },
            key: self.key_file().as_deref().map(load).transpose()?,
            limit: timeout.unwrap_or(TIMEOUT),
        };
        let has_key = destination.key.is_some();
        client::open(&destination)
            .await
            .map_err(|error| view::open_failure(&error, destination.transport, has_key, words))
    }
}

/// What a client's work runs on, and how it is stopped.
pub(crate) struct Working {
    runtime: Runtime,
    signals: Listening,
    stop: Arc<Notify>,
}

impl Working {
    /// Makes a runtime, and has signals stop what runs on it.
    ///
    /// # Errors
    ///
    /// A failure of usage: no descriptor or thread left.
    pub(crate) fn new(context: &Context) -> Result<Self, Failure> {
        let words = &context.words;
        let runtime = runtime::Builder::new_current_thread().enable_all().build();
        let runtime =
            runtime.map_err(|error| Failure::system(words, Exit::Usage, "epoll_create1", "", &error))?;
        let stop = Arc::new(Notify::new());
        let signals = signals::on_stop(words, {
            let stop = Arc::clone(&stop);
            move || stop.notify_one()
        })?;
        Ok(Self { runtime, signals, stop })
    }

    /// Does the work; a signal gives it up, and then ends this program.
    ///
    /// # Errors
    ///
    /// Those of the work.
    pub(crate) fn run<T>(self, work: impl Future<Output = Result<T, Failure>>) -> Result<Option<T>, Failure> {
        let stop = Arc::clone(&self.stop);
        let done = self.runtime.block_on(async {
            tokio::select! {
                done = work => Some(done),
                () = stop.notified() => None,
            }
        });
        // A thread that still reads standard input would keep the runtime for ever.
        self.runtime.shutdown_background();
        self.signals.finish();
        done.transpose()
    }
}
