//! In what a private network differs from one that Linux has just made: settings of its kernel, and addresses.

use std::fmt;
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::net::IpAddr;
use std::path::PathBuf;

use kernel::{namespace, process};
use serde::{Deserialize, Serialize};

/// How many settings a private network can have.
pub const SETTINGS_MAX: usize = 64;

/// What is said of a setting for which there is no private network, or no room (`EPERM`).
const NOT_PERMITTED: i32 = 1;
/// What is said of a name that no setting can have (`EINVAL`).
const INVALID: i32 = 22;

/// Something in which a private network differs from a new one.
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
    /// Programs that are started there may write whole packets (`CAP_NET_RAW` of `capabilities(7)`), in this network and no other.
    RawSockets,
}

/// The capability that [`Setting::RawSockets`] is.
const RAW_SOCKETS: &str = "CAP_NET_RAW";

/// A setting that the kernel refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Which one.
    pub setting: Setting,
    /// What the kernel said (`errno(3)`): `ENOENT` for a name that it does not have, `EINVAL` for a value that it does not take, `EPERM`
    /// where there is no private network.
    pub errno: i32,
}

/// The name of the sysctl or of the capability, or the address.
impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sysctl { name, .. } => f.write_str(name),
            Self::Address(address) => address.fmt(f),
            Self::RawSockets => f.write_str(RAW_SOCKETS),
        }
    }
}

/// Makes the network that the calling thread is in what was asked for; returns what the kernel refused.
///
/// For a private network: another one would change for everybody in it.
pub fn apply(settings: &[Setting]) -> Vec<Refused> {
    let is_set = |(number, setting): (usize, &Setting)| match setting {
        _ if number >= SETTINGS_MAX => Err(NOT_PERMITTED),
        Setting::Sysctl { name, value } => set(name, value),
        Setting::Address(address) => {
            namespace::add_loopback_address(*address, number + 1).map_err(|error| error.errno)
        }
        Setting::RawSockets => {
            process::keep_raw_sockets().map_err(|error| error.raw_os_error().unwrap_or(NOT_PERMITTED))
        }
    };
    let tried = settings.iter().enumerate().map(|(number, it)| (it, is_set((number, it))));
    tried.filter_map(|(setting, set)| Some(refused(setting, set.err()?))).collect()
}

/// Says that none of these can be had, since the network is not a private one.
pub(super) fn refuse(settings: &[Setting]) -> Vec<Refused> {
    settings.iter().map(|setting| refused(setting, NOT_PERMITTED)).collect()
}

fn refused(setting: &Setting, errno: i32) -> Refused {
    Refused { setting: setting.clone(), errno }
}

fn set(name: &str, value: &str) -> Result<(), i32> {
    let errno = |error: io::Error| error.raw_os_error().unwrap_or(INVALID);
    let mut file = OpenOptions::new().write(true).open(path(name).ok_or(INVALID)?).map_err(errno)?;
    file.write_all(value.as_bytes()).map_err(errno)
}

/// The file of a setting of the network. A dot between its parts is a slash there, and no part leads anywhere else.
fn path(name: &str) -> Option<PathBuf> {
    let is_part = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
    };
    let has_prefix = name.starts_with("net.");
    (has_prefix && name.split('.').all(is_part))
        .then(|| PathBuf::from("/proc/sys").join(name.replace('.', "/")))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn the_name_of_a_setting_of_the_network_is_its_file() {
        let file = path("net.ipv4.tcp_wmem").unwrap();

        assert_eq!(file, Path::new("/proc/sys/net/ipv4/tcp_wmem"));
        for name in ["kernel.pid_max", "net", "net.", "net..x", "net.ipv4/../../kernel", "net./etc"] {
            assert_eq!(path(name), None, "{name}");
        }
    }

    #[test]
    fn without_a_private_network_every_setting_is_refused() {
        let all = [
            Setting::Address("10.0.0.1".parse().unwrap()),
            Setting::Sysctl { name: "net.x".to_owned(), value: String::new() },
        ];

        let told = refuse(&all);

        let told: Vec<_> = told.iter().map(|it| (it.setting.to_string(), it.errno)).collect();
        assert_eq!(told, [("10.0.0.1".to_owned(), 1), ("net.x".to_owned(), 1)]);
    }
}
