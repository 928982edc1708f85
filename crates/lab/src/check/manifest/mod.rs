//! What a check has to be told of a program: how it is started, and what the practical leaves free.
//!
//! A *manifest* is a TOML file (`socklab.toml`), and all of it is optional: the practical's own scripts need none. It comes in
//! two parts. The student's stands beside the program; the teacher's, a file of its own, wins wherever both speak, and only it
//! can make a check easier. What was written is a [`Part`]; [`combine()`] makes of both what is meant, a [`Manifest`].
//!
//! Nothing here opens a file: [`read()`] takes a text.

mod combine;
mod discover;
pub(crate) mod file;
mod framing;
mod init;
pub(crate) mod keys;
mod part;
mod protocol;
pub(crate) mod read;
mod status;

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use serde::{Deserialize, Serialize};

pub use self::combine::{Combined, Notice, combine};
pub use self::discover::{
    CANDIDATES_MAX, LITERAL_BYTES_MAX, SourceLanguage, addresses, command_candidates, literals,
    stop_candidates,
};
pub use self::framing::{FIXED_BYTES_MAX, Framing};
pub use self::init::init;
pub use self::part::{GradePart, Part, ProtocolPart, SidePart};
pub use self::protocol::{Encoding, First, Protocol};
pub use self::read::{ManifestError, Problem, read};
pub use self::status::{StatusError, StatusFormat};

use super::points::Points;
use crate::exercise::Exercise;

/// The file beside a program.
pub const FILE_NAME: &str = "socklab.toml";

/// How long a manifest may be.
pub const FILE_BYTES_MAX: usize = 65_536;

/// How many words a command line has.
pub const WORDS_MAX: usize = 64;

/// How many entries a list or a table of a manifest has.
pub const ENTRIES_MAX: usize = 64;

/// By how much a teacher can multiply every time limit.
pub const TIMEOUT_SCALE_MAX: u64 = 20;

/// By how much a student can.
pub const STUDENT_TIMEOUT_SCALE_MAX: u64 = 3;

/// How long a program may be left alone before it counts as ready.
pub const READY_DELAY_MAX: Duration = Duration::from_secs(10);

/// The most that a hint gives away: the probable cause, with a snippet.
pub const HINT_LEVEL_MAX: u8 = 3;

/// The port of the practical.
pub const PORT: u16 = 3500;

/// What a check was told, with what holds where nothing was said.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// Which exercise the program is for, if that was said.
    pub exercise: Option<Exercise>,
    /// By how much every time limit is multiplied.
    pub timeout_scale: f64,
    /// What makes the program, as words; run once, before all trials.
    pub build: Option<Vec<String>>,
    /// The server, if the student wrote it and said how it is started.
    pub server: Side,
    /// The client, likewise.
    pub client: Side,
    /// What the practical leaves free.
    pub protocol: Protocol,
    /// What counts, and how much.
    pub grade: Grade,
}

/// A program of an exercise: its server or its client.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Side {
    /// Its command line, with [placeholders](PLACEHOLDERS); `None` if it was not said.
    pub run: Option<Vec<String>>,
    /// Where the server listens and the client connects to.
    pub host: IpAddr,
    /// The port there.
    pub port: u16,
    /// When it can be talked to.
    pub ready: Ready,
    /// Exercise 1.5.2: the addresses that it serves; empty if they are to be found.
    pub allowed: Vec<IpAddr>,
    /// Exercise 2.5.4: the file that it writes; `None` if it is to be found by what is in it.
    pub output: Option<String>,
    /// Exercise 2.5.4: where it tells the text.
    pub text_in: TextIn,
    /// Whether it serves one client and ends, so that each scenario needs a fresh one.
    pub one_shot: bool,
    /// What it reads from; `None` if it was not said: [`Stdin::usual`].
    pub stdin: Option<Stdin>,
    /// Files that it finds in its directory, by their names: contents, with placeholders.
    pub files: BTreeMap<String, String>,
}

/// What a command line and the contents of files can name, between braces.
pub const PLACEHOLDERS: [&str; 6] = ["host", "port", "text", "image", "message", "workdir"];

/// When a server can be talked to.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ready {
    /// When the kernel has its socket.
    #[default]
    Kernel,
    /// When what it writes matches this expression.
    Stdout(String),
    /// After a time.
    Delay(Duration),
}

/// Where a program tells the text that it received.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TextIn {
    /// On standard output.
    #[default]
    Stdout,
    /// In this file.
    File(String),
}

/// What a program reads from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stdin {
    /// `/dev/null`.
    Null,
    /// A pipe whose other end is closed at once.
    Empty,
    /// Somebody who types, as in exercise 1.5.4.
    Keyboard,
}

impl Stdin {
    /// What programs of an exercise read from unless somebody says otherwise.
    pub fn usual(exercise: Exercise) -> Self {
        match exercise {
            Exercise::Chat => Self::Keyboard,
            _ => Self::Null,
        }
    }
}

/// What counts, and how much.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Grade {
    /// Whether what makes a program robust decides, too.
    pub strict: bool,
    /// The most that hints may give away.
    pub hint_level_max: u8,
    /// The worth of requirements, by [patterns](super::pattern::matches) of `1.5.2/near-miss`.
    pub points: BTreeMap<String, Points>,
    /// Patterns of requirements that students do not see before the date that the course has set.
    pub hide: Vec<String>,
}

impl Default for Manifest {
    fn default() -> Self {
        combine(None, None).manifest
    }
}

impl Default for Side {
    fn default() -> Self {
        Self {
            run: None,
            host: IpAddr::V4(Ipv4Addr::LOCALHOST),
            port: PORT,
            ready: Ready::Kernel,
            allowed: Vec::new(),
            output: None,
            text_in: TextIn::Stdout,
            one_shot: false,
            stdin: None,
            files: BTreeMap::new(),
        }
    }
}

impl Default for Grade {
    fn default() -> Self {
        Self { strict: false, hint_level_max: HINT_LEVEL_MAX, points: BTreeMap::new(), hide: Vec::new() }
    }
}
