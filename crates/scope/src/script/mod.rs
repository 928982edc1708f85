//! A timeline as plain text, for reading and for tests: calls and packets in one list, as in `packetdrill`'s scripts.
//!
//! A line says who, when and what; `docs/script.md` has the grammar. What [`write()`] wrote, [`read()`] reads, and [`compare()`] tells
//! whether a timeline happened as a script says.

mod call;
mod compare;
mod event;
mod lexer;
mod lines;
mod packet;
mod read;

use std::collections::BTreeSet;
use std::time::Duration;

pub use self::compare::{Difference, compare};
pub use self::read::{Problem, ScriptError, read};

use crate::timeline::Timeline;

/// The longest script that is read, in bytes.
pub const SCRIPT_BYTES_MAX: usize = 16 * 1024 * 1024;

/// The longest line that is read, in bytes.
pub const LINE_BYTES_MAX: usize = 65_536;

/// How many bytes of a call's or a packet's data are written.
pub const DATA_BYTES_MAX: usize = 32;

/// How many descriptors or messages of one call are written.
pub const LIST_MAX: usize = 16;

/// How much a time may differ, unless a script says otherwise.
pub const TOLERANCE: Duration = Duration::from_millis(50);

/// What of a timeline is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// The kinds of lines.
    pub show: BTreeSet<Part>,
    /// How much a time may differ when a timeline is compared.
    pub tolerance: Duration,
}

/// A kind of lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// Calls of the programs' own sockets, and sleeps.
    Calls,
    /// Calls of others' affair: looking names up, and the language's own.
    Hidden,
    /// Packets.
    Packets,
    /// States of sockets.
    Sockets,
    /// Counters.
    Counters,
    /// Processes that start, fork and end.
    Processes,
    /// What tracepoints tell.
    Tracepoints,
    /// What limits the recording.
    Notes,
}

impl Part {
    const ALL: [(Self, &'static str); 8] = [
        (Self::Calls, "calls"),
        (Self::Hidden, "hidden"),
        (Self::Packets, "packets"),
        (Self::Sockets, "sockets"),
        (Self::Counters, "counters"),
        (Self::Processes, "processes"),
        (Self::Tracepoints, "tracepoints"),
        (Self::Notes, "notes"),
    ];

    /// Its name in a script.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|row| row.0 == self).map_or("", |row| row.1)
    }

    fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|row| row.1 == name).map(|row| row.0)
    }
}

impl Default for Options {
    /// Calls and packets, with [`TOLERANCE`].
    fn default() -> Self {
        Self { show: BTreeSet::from([Part::Calls, Part::Packets]), tolerance: TOLERANCE }
    }
}

/// A script that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Script {
    /// What a timeline is compared by.
    pub options: Options,
    lines: Vec<Line>,
}

/// A line of a script.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Line {
    /// Which one of the text, from 1.
    number: usize,
    text: String,
    when: When,
    /// The column of the time, from 1.
    when_column: usize,
    /// Who, then what.
    tokens: Vec<lexer::Token>,
}

/// When something begins and ends, in nanoseconds since the beginning of the line before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum When {
    /// At any time.
    Any,
    /// At this time.
    At { began: u64, until: Until },
}

/// When something ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Until {
    /// At once.
    Once,
    /// At this time.
    At(u64),
    /// Not within the recording.
    Never,
}

/// Writes a timeline as a script.
pub fn write(timeline: &Timeline, options: &Options) -> String {
    let mut head = Vec::new();
    if options.show != Options::default().show {
        let names: Vec<_> = options.show.iter().map(|part| part.name()).collect();
        head.push(format!("{}{}", read::SHOW, names.join(",")));
    }
    if options.tolerance != TOLERANCE {
        let tolerance = u64::try_from(options.tolerance.as_nanos()).unwrap_or(u64::MAX);
        head.push(format!("{}{}", read::TOLERANCE, lines::seconds(tolerance)));
    }
    let head: String = head.into_iter().map(|line| line + "\n").collect();
    head + &lines::write(timeline, options)
}
