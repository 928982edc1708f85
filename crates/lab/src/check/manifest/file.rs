//! A manifest as it is written, before anything in it was found right.

use std::collections::BTreeMap;

use serde::Deserialize;

/// The file. That no key is unknown was seen to before.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct File {
    pub(crate) schema: Option<i64>,
    pub(crate) exercise: Option<String>,
    pub(crate) timeout_scale: Option<f64>,
    pub(crate) build: Option<Vec<String>>,
    pub(crate) server: SideFile,
    pub(crate) client: SideFile,
    pub(crate) protocol: ProtocolFile,
    pub(crate) grade: GradeFile,
}

/// A server or a client.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct SideFile {
    pub(crate) run: Option<Vec<String>>,
    pub(crate) host: Option<String>,
    pub(crate) port: Option<i64>,
    pub(crate) ready: Option<ReadyFile>,
    pub(crate) allowed: Option<Vec<String>>,
    pub(crate) output: Option<String>,
    pub(crate) text_in: Option<String>,
    pub(crate) one_shot: Option<bool>,
    pub(crate) stdin: Option<String>,
    pub(crate) files: Option<BTreeMap<String, String>>,
}

/// When it is ready.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ReadyFile {
    pub(crate) kernel: Option<bool>,
    pub(crate) stdout: Option<String>,
    pub(crate) delay: Option<f64>,
}

/// Its messages.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ProtocolFile {
    pub(crate) encoding: Option<String>,
    pub(crate) shutdown: Option<String>,
    pub(crate) shutdown_hex: Option<String>,
    pub(crate) shutdown_reply: Option<String>,
    pub(crate) shutdown_reply_hex: Option<String>,
    pub(crate) command: Option<String>,
    pub(crate) status: Option<String>,
    pub(crate) framing: Option<FramingFile>,
    pub(crate) message: Option<String>,
    pub(crate) message_hex: Option<String>,
    pub(crate) first: Option<String>,
}

/// A framing by its name, or by what delimits.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum FramingFile {
    Name(String),
    Delimiter(DelimiterFile),
}

/// What delimits.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct DelimiterFile {
    pub(crate) delimiter: Option<String>,
    pub(crate) delimiter_hex: Option<String>,
}

/// What counts.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct GradeFile {
    pub(crate) strict: Option<bool>,
    pub(crate) max_hint: Option<i64>,
    pub(crate) points: Option<BTreeMap<String, f64>>,
    pub(crate) hide: Option<Vec<String>>,
}
