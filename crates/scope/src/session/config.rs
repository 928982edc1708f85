//! What is to be watched, and how.

use std::ffi::OsString;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::settings::Setting;
use crate::model::Pid;
use crate::source::calls::GuestConfig;

/// The largest packet of a private network unless another size is asked for: Ethernet's, so that a long message becomes the
/// segments that it becomes outside. The loopback's own is 65,536.
pub const MTU_BYTES: u32 = 1500;
/// How many bytes of a packet are kept unless more are asked for.
pub const SNAP_BYTES: u32 = 2048;
/// How long after one look at queues and counters the next one is due unless more time is given.
pub const LOOK_EVERY: Duration = Duration::from_millis(10);
/// How many bytes of a call's data are kept unless more are asked for.
pub const STRINGS_BYTES: u32 = 256;

/// What is to be watched, and how.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each one is a choice that is independent of the others")]
pub struct Config {
    /// The programs to start, at most [`PROGRAMS_MAX`](super::PROGRAMS_MAX).
    pub programs: Vec<ProgramConfig>,
    /// Running processes to attach to.
    pub attach: Vec<Pid>,
    /// Where the programs run.
    pub network: Network,
    /// In what a private network differs from one that Linux has just made; at most [`SETTINGS_MAX`](super::SETTINGS_MAX).
    pub settings: Vec<Setting>,
    /// How many bytes of a packet are kept; 0 is all.
    pub snap_bytes: u32,
    /// How many bytes of a call's data are kept.
    pub strings_bytes: u32,
    /// Whether the lines of Python programs are told.
    pub lines: bool,
    /// Whether `io_uring_setup(2)` fails for the programs, so that they use calls that can be seen.
    pub refuse_io_uring: bool,
    /// Whether the tracer and the programs share one processor.
    pub one_cpu: bool,
    /// How long after one look at the kernel's queues and counters the next one is due.
    pub look_every: Duration,
    /// Whether programs that listen go on when all others have ended.
    pub keep_servers: bool,
    /// Whether what the programs write to standard output goes to standard error, because standard output has the recording.
    pub output_to_error: bool,
    /// The terminal that the programs have as standard streams, if these are not those of this process.
    pub terminal: Option<Arc<OwnedFd>>,
}

/// A program to start.
#[derive(Debug, Clone)]
pub struct ProgramConfig {
    /// Its name in the recording; no two have the same one.
    pub name: String,
    /// The command and its arguments; not empty.
    pub command: Vec<OsString>,
    /// When it starts.
    pub when: When,
    /// What it gets, if nobody trusts it; else what this process has.
    pub guest: Option<GuestConfig>,
}

/// When a program starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// At once.
    AtOnce,
    /// When the one before it listens, or has ended.
    Listening,
    /// When the one before it has ended.
    Ended,
    /// So long after the beginning.
    After(Duration),
    /// Each time that [`Session::launch`](super::Session::launch) asks for it, as long as the recording goes on: then it is over
    /// only when somebody ends it.
    Asked,
}

/// Where the programs run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Network {
    /// In a network of their own, with nothing but a loopback, if this machine allows that.
    Private {
        /// The largest packet.
        mtu_bytes: u32,
    },
    /// In that of this machine.
    Host,
    /// In the private one of the recording that this process makes.
    Of(Pid),
}
