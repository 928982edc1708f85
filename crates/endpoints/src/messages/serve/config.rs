//! What a message server shall do, all decided.

use std::path::PathBuf;
use std::time::Duration;

use crate::access::AccessSources;
use crate::events::Detail;
use crate::listen::ListenAddress;
use crate::messages::exec::ExecConfig;
use crate::messages::inbox;

/// How many sessions there may be unless told otherwise.
pub const SESSIONS: usize = 256;
/// The most sessions that can be asked for.
pub const SESSIONS_MAX: usize = 4096;
/// How long a server that was told to stop waits for what is in hand, unless told otherwise.
pub const DRAIN: Duration = Duration::from_secs(30);
/// How long whoever has connected may take to open its session.
pub const OPENING_MAX: Duration = Duration::from_secs(5);
/// How long it has for that at least, however many others connect: a round trip across the world.
pub const OPENING_MIN: Duration = Duration::from_millis(200);
/// How many peers over TCP may be opening their session; one more takes the place of the one that has been at it longest,
/// when that has had [`OPENING_MIN`].
pub const OPENING_PEERS_MAX: usize = 256;

/// Settings of a message server.
#[derive(Debug, Clone)]
pub struct ServeConfig {
    /// Where it listens, over both transports; all ports 0 become one and the same port.
    pub addresses: Vec<ListenAddress>,
    /// Which addresses may talk to it.
    pub access: AccessSources,
    /// The list of keys, if there is one. It is read again when asked.
    pub keys: Option<PathBuf>,
    /// Whether sessions without a key are served: texts, files and rooms, for everyone who can connect, unsealed.
    pub plain: bool,
    /// Where files land; without it none are taken.
    pub inbox: Option<InboxConfig>,
    /// How commands are run.
    pub exec: ExecConfig,
    /// How many sessions there may be at once.
    pub sessions_max: usize,
    /// How long a server that was told to stop waits for what is in hand.
    pub drain: Duration,
    /// How much it tells.
    pub detail: Detail,
}

/// Where files land, and how many.
#[derive(Debug, Clone)]
pub struct InboxConfig {
    /// The directory; made if it is not there.
    pub directory: PathBuf,
    /// The largest file taken.
    pub file_bytes_max: u64,
    /// The most that is taken in all.
    pub inbox_bytes_max: u64,
}

impl InboxConfig {
    /// An inbox of the usual size.
    pub fn new(directory: PathBuf) -> Self {
        Self { directory, file_bytes_max: inbox::FILE_BYTES_MAX, inbox_bytes_max: inbox::INBOX_BYTES_MAX }
    }
}
