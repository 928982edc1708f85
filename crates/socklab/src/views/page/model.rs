//! What the page is told: everything that it draws, in words of the reader's language.
//!
//! The script of the page decides nothing about a recording: which rows there are, in which lane, from where to where an
//! arrow goes and what the details say is all here. Names are short where there may be a hundred thousand of them.

use scope::findings::Severity;
use scope::model::Bytes;
use serde::Serialize;

/// The block of data in the page.
#[derive(Debug, Serialize)]
pub(super) struct Page {
    /// Texts of the page itself, by name.
    pub(super) words: Vec<(&'static str, String)>,
    /// What was run, as a heading.
    pub(super) title: String,
    /// When it began, in milliseconds of the time of day.
    pub(super) began_unix_ms: u64,
    /// How it was run: name and value.
    pub(super) facts: Vec<(String, String)>,
    /// The lanes, from left to right.
    pub(super) lanes: Vec<Lane>,
    /// The sockets that events name by their place here.
    pub(super) sockets: Vec<String>,
    /// The names of details, which events name by their place here.
    pub(super) labels: Vec<String>,
    /// What happened.
    pub(super) events: Vec<Event>,
    /// The rows from top to bottom: 2n is where event n begins, 2n + 1 where it ends, and -1 - n is gap n.
    pub(super) rows: Vec<i64>,
    /// What is said of each stretch of time in which nothing happens.
    pub(super) gaps: Vec<String>,
    /// What was found.
    pub(super) findings: Vec<Found>,
}

/// A lane of the diagram.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Lane {
    /// What stands above it.
    pub(super) name: String,
    /// What stands below that: the number of the process and its command.
    pub(super) about: String,
    /// Whether it is that of the network, not of a process.
    #[serde(skip_serializing_if = "is_false")]
    pub(super) wire: bool,
}

/// Something that happened.
#[derive(Debug, Default, Serialize)]
pub(super) struct Event {
    /// The number of its observation.
    pub(super) id: u64,
    /// When it began, in nanoseconds since the beginning.
    #[serde(rename = "t")]
    pub(super) time_ns: u64,
    /// What it is.
    #[serde(rename = "k")]
    pub(super) kind: Kind,
    /// Where it stands, or an arrow begins.
    #[serde(rename = "l")]
    pub(super) lane: usize,
    /// The text of its row.
    #[serde(rename = "s")]
    pub(super) text: String,
    /// What stands behind the text, less loud: the line of the source.
    #[serde(rename = "p", skip_serializing_if = "String::is_empty")]
    pub(super) place: String,
    /// What is the matter with it.
    #[serde(rename = "m", skip_serializing_if = "Mark::is_none")]
    pub(super) mark: Mark,
    /// When it ended, if that stands in a row of its own or an arrow leads there.
    #[serde(rename = "u", skip_serializing_if = "Option::is_none")]
    pub(super) until_ns: Option<u64>,
    /// The text of the row where it ends.
    #[serde(rename = "r", skip_serializing_if = "String::is_empty")]
    pub(super) end_text: String,
    /// Where the arrow of a packet leads.
    #[serde(rename = "a", skip_serializing_if = "Option::is_none")]
    pub(super) arrow_to: Option<usize>,
    /// The sockets that it is about.
    #[serde(rename = "o", skip_serializing_if = "Vec::is_empty")]
    pub(super) sockets: Vec<usize>,
    /// Whether it is left out unless everything is asked for.
    #[serde(rename = "q", skip_serializing_if = "is_false")]
    pub(super) quiet: bool,
    /// How well its time is known; nothing if it is exact.
    #[serde(rename = "c", skip_serializing_if = "String::is_empty")]
    pub(super) certainty: String,
    /// Everything that is known of it, a line for each: its name as the place in [`Page::labels`], a blank, and the value.
    /// One text, because a browser reads that much faster than lists, and few of them are ever looked at.
    #[serde(rename = "d", skip_serializing_if = "String::is_empty")]
    pub(super) details: String,
    /// Its bytes.
    #[serde(rename = "b", skip_serializing_if = "Vec::is_empty")]
    pub(super) dumps: Vec<Dump>,
}

/// Bytes that are shown in hexadecimal.
#[derive(Debug, Serialize)]
pub(super) struct Dump {
    /// The first of them.
    #[serde(rename = "h")]
    pub(super) bytes: Bytes,
    /// What is said above them, with how many there are in all.
    #[serde(rename = "s")]
    pub(super) text: String,
    /// From which on they are the program's, not headers.
    #[serde(rename = "p", skip_serializing_if = "Option::is_none")]
    pub(super) payload_from: Option<usize>,
}

/// What an event is; filters go by it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kind {
    #[default]
    Call,
    Packet,
    Socket,
    Counter,
    Kernel,
    Process,
    Note,
}

/// What is the matter with an event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Mark {
    #[default]
    None,
    /// A call that failed.
    Failed,
    /// A call that had not returned when the recording ended.
    Pending,
    /// A packet that was not seen to arrive.
    Lost,
    /// A packet that was sent before.
    Again,
    /// A packet that breaks a connection off, or tells of an error.
    Refusal,
}

impl Mark {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks by reference")]
    fn is_none(&self) -> bool {
        *self == Self::None
    }
}

/// A finding.
#[derive(Debug, Serialize)]
pub(super) struct Found {
    /// How much it matters.
    pub(super) severity: Severity,
    /// The same as a word.
    pub(super) weight: String,
    /// What happened.
    pub(super) title: String,
    /// Why.
    pub(super) why: String,
    /// What to do.
    pub(super) todo: String,
    /// The event that decides, to which whoever looks at the finding is led first.
    pub(super) goal: Option<usize>,
    /// What proves it.
    pub(super) evidence: Vec<Evidence>,
}

/// An event that proves a finding.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Evidence {
    /// Its place in [`Page::events`]; none if it is not on this page.
    #[serde(rename = "e")]
    pub(super) event: Option<usize>,
    /// What happened, in short.
    #[serde(rename = "s")]
    pub(super) text: String,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks by reference")]
fn is_false(flag: &bool) -> bool {
    !flag
}
