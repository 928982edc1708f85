//! What is run: programs in a network of their own.

use std::net::IpAddr;
use std::time::Duration;

pub use scope::session::When;
use serde::{Deserialize, Serialize};

use crate::actor::Script;

/// Programs in a network of their own, of which a recording is made.
#[derive(Clone, Debug, PartialEq)]
pub struct Scene {
    /// Its name in the texts of the experiment.
    pub id: &'static str,
    /// Who takes part, in the order of their start; at most [`PROGRAMS_MAX`](scope::session::PROGRAMS_MAX).
    pub programs: Vec<Cast>,
    /// In what the network differs from one that Linux has just made.
    pub settings: Vec<Setting>,
    /// After how long the programs are told to end, should they not have ended.
    pub limit: Duration,
}

/// A program of a scene.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cast {
    /// Its name in the recording: `server`. No two of a scene have the same one.
    pub name: String,
    /// What it does.
    pub act: Act,
    /// When it starts.
    pub when: When,
}

/// What a program of a scene does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// The calls of a script, and no others.
    Actor(Script),
    /// Our own binary with these arguments: `echo --as-taught`.
    Socklab(Vec<String>),
}

/// Something in which a private network differs from one that Linux has just made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Setting {
    /// A setting of its kernel (`sysctl(8)`).
    Sysctl {
        /// Its name, which begins with `net.`.
        name: String,
        /// What it is set to.
        value: String,
    },
    /// An address of its loopback beside those of 127.0.0.0/8 and `::1`, which it has anyway.
    Address(IpAddr),
    /// The largest packet of its loopback, in bytes.
    Mtu(u32),
    /// Its programs have a directory for themselves, and work in it.
    Directory,
    /// Its programs may write whole packets (`CAP_NET_RAW` of `capabilities(7)`, in this network only). If that cannot be had, it is
    /// told as refused by the name of the capability.
    RawSockets,
}

impl Cast {
    /// A program that makes the calls of a script.
    pub fn actor(name: &str, when: When, script: Script) -> Self {
        Self { name: name.to_owned(), act: Act::Actor(script), when }
    }

    /// Our own binary with these arguments.
    pub fn socklab<const N: usize>(name: &str, when: When, arguments: [&str; N]) -> Self {
        Self { name: name.to_owned(), act: Act::Socklab(arguments.map(str::to_owned).to_vec()), when }
    }
}

impl Setting {
    /// What a session takes; the size of a packet is its network's own, and a directory is no matter of the network.
    pub(super) fn of_session(&self) -> Option<scope::session::Setting> {
        match self {
            Self::Sysctl { name, value } => {
                Some(scope::session::Setting::Sysctl { name: name.clone(), value: value.clone() })
            }
            Self::Address(address) => Some(scope::session::Setting::Address(*address)),
            Self::RawSockets => Some(scope::session::Setting::RawSockets),
            Self::Mtu(_) | Self::Directory => None,
        }
    }
}
