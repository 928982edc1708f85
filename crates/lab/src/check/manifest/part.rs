//! What was written in a manifest, read and found right, but with nothing added.

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::{Encoding, First, Framing, Ready, StatusFormat, Stdin, TextIn};
use crate::check::points::Points;
use crate::exercise::Exercise;

/// One manifest, the student's or the teacher's. What it does not say is `None`.
#[derive(Clone, Debug, Default, PartialEq)]
#[expect(missing_docs, reason = "the fields are those of `Manifest`")]
pub struct Part {
    pub exercise: Option<Exercise>,
    pub timeout_scale: Option<f64>,
    pub build: Option<Vec<String>>,
    pub server: SidePart,
    pub client: SidePart,
    pub protocol: ProtocolPart,
    pub grade: GradePart,
}

/// What was said of a server or a client.
#[derive(Clone, Debug, Default, PartialEq)]
#[expect(missing_docs, reason = "the fields are those of `Side`")]
pub struct SidePart {
    pub run: Option<Vec<String>>,
    pub host: Option<IpAddr>,
    pub port: Option<u16>,
    pub ready: Option<Ready>,
    pub allowed: Option<Vec<IpAddr>>,
    pub output: Option<String>,
    pub text_in: Option<TextIn>,
    pub one_shot: Option<bool>,
    pub stdin: Option<Stdin>,
    pub files: Option<BTreeMap<String, String>>,
}

/// What was said of a protocol.
#[derive(Clone, Debug, Default, PartialEq)]
#[expect(missing_docs, reason = "the fields are those of `Protocol`")]
pub struct ProtocolPart {
    pub encoding: Option<Encoding>,
    pub shutdown: Option<Vec<u8>>,
    pub shutdown_reply: Option<Vec<u8>>,
    pub command: Option<String>,
    pub status: Option<StatusFormat>,
    pub framing: Option<Framing>,
    pub message: Option<Vec<u8>>,
    pub first: Option<First>,
}

/// What was said of what counts.
#[derive(Clone, Debug, Default, PartialEq)]
#[expect(missing_docs, reason = "the fields are those of `Grade`")]
pub struct GradePart {
    pub strict: Option<bool>,
    pub hint_level_max: Option<u8>,
    pub points: Option<BTreeMap<String, Points>>,
    pub hide: Option<Vec<String>>,
}
