//! Programs that nobody trusts: what they get, and what is known of them.

use std::ffi::OsString;
use std::os::fd::{AsFd, OwnedFd};
use std::path::PathBuf;
use std::sync::Arc;

use kernel::confine::{self, Confinement};
pub use kernel::confine::{HOME, Isolation, Limits, Usage, User, WORK};
use kernel::launch::{self, Connections, Prepared};
use kernel::process::Image;
use kernel::seccomp::Filter;
use kernel::step::StepError;

/// What a program gets that nobody trusts ([`kernel::confine`]). It leads a session of its own, without a terminal.
#[derive(Debug, Clone)]
pub struct GuestConfig {
    /// The directory that it finds as [`WORK`], which is its current one; what it changes there is gone with it.
    pub directory: PathBuf,
    /// Further files and directories that it may read, at the same place: absolute, without `..`.
    pub read_only: Vec<PathBuf>,
    /// Who it is.
    pub user: User,
    /// How much it may use.
    pub limits: Limits,
    /// Its whole environment, apart from what sources of observations add.
    pub environment: Vec<(OsString, OsString)>,
    /// Its standard input, output and error.
    pub streams: [Arc<OwnedFd>; 3],
    /// Its network, if it is not that of the recording (`/proc/PID/ns/net`).
    pub network: Option<Arc<OwnedFd>>,
}

impl GuestConfig {
    /// One with nothing but its directory and its streams, and the usual user and limits.
    pub fn new(directory: PathBuf, streams: [Arc<OwnedFd>; 3]) -> Self {
        let environment = [("PATH", "/usr/local/bin:/usr/bin:/bin"), ("HOME", HOME), ("LANG", "C.UTF-8")];
        Self {
            directory,
            read_only: Vec::new(),
            user: User::usual(),
            limits: Limits::default(),
            environment: environment.map(|(name, value)| (name.into(), value.into())).into(),
            streams,
            network: None,
        }
    }

    /// What the walls are made from.
    pub(super) fn confine(&self) -> confine::Config {
        confine::Config {
            directory: self.directory.clone(),
            read_only: self.read_only.clone(),
            user: self.user,
            limits: self.limits,
        }
    }

    pub(super) fn raise(&self) -> Result<Confinement, StepError> {
        Confinement::raise(&self.confine())
    }

    /// Makes its process, which waits.
    pub(super) fn prepare(
        &self,
        image: &Image,
        filter: &Filter,
        confinement: &Confinement,
    ) -> Result<Prepared, StepError> {
        let [input, output, error] = &self.streams;
        let connections = Connections {
            streams: [input.as_fd(), output.as_fd(), error.as_fd()],
            network: self.network.as_ref().map(|network| network.as_fd()),
        };
        launch::prepare_guest(image, filter, confinement, connections)
    }
}
