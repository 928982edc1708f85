//! A manifest as it is written, before anything in it was found right.

use std::collections::BTreeMap;

use serde::Deserialize;

/// The file. That no key is unknown was seen to before.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct File {
    pub(super) schema: Option<i64>,
    pub(super) exercise: Option<String>,
    pub(super) timeout_scale: Option<f64>,
    pub(super) build: Option<Vec<String>>,
    pub(super) server: SideFile,
    pub(super) client: SideFile,
    pub(super) protocol: ProtocolFile,
    pub(super) grade: GradeFile,
}

/// A server or a client.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct SideFile {
    pub(super) run: Option<Vec<String>>,
    pub(super) host: Option<String>,
    pub(super) port: Option<i64>,
    pub(super) ready: Option<ReadyFile>,
    pub(super) allowed: Option<Vec<String>>,
    pub(super) output: Option<String>,
    pub(super) text_in: Option<String>,
    pub(super) one_shot: Option<bool>,
    pub(super) stdin: Option<String>,
    pub(super) files: Option<BTreeMap<String, String>>,
}

/// When it is ready.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ReadyFile {
    pub(super) kernel: Option<bool>,
    pub(super) stdout: Option<String>,
    pub(super) delay: Option<f64>,
}

/// Its messages.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ProtocolFile {
    pub(super) encoding: Option<String>,
    pub(super) shutdown: Option<String>,
    pub(super) shutdown_hex: Option<String>,
    pub(super) shutdown_reply: Option<String>,
    pub(super) shutdown_reply_hex: Option<String>,
    pub(super) command: Option<String>,
    pub(super) status: Option<String>,
    pub(super) framing: Option<FramingFile>,
    pub(super) message: Option<String>,
    pub(super) message_hex: Option<String>,
    pub(super) first: Option<String>,
}

/// A framing by its name, or by what delimits.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum FramingFile {
    Name(String),
    Delimiter(DelimiterFile),
}

/// What delimits.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct DelimiterFile {
    pub(super) delimiter: Option<String>,
    pub(super) delimiter_hex: Option<String>,
}

/// What counts.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct GradeFile {
    pub(super) strict: Option<bool>,
    pub(super) max_hint: Option<i64>,
    pub(super) points: Option<BTreeMap<String, f64>>,
    pub(super) hide: Option<Vec<String>>,
}
