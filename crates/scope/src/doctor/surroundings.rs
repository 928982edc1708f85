//! Facts about this process and this machine that decide what can be seen.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::Path;

use serde::{Serialize, Serializer};

/// Files that container engines put into what they run.
const MARKS_OF_CONTAINERS: [&str; 2] = ["/.dockerenv", "/run/.containerenv"];

/// What the paths of control groups of containers have in them (`cgroups(7)`).
const CGROUPS_OF_CONTAINERS: [&str; 5] = ["docker", "containerd", "kubepods", "libpod", "lxc"];

/// What decides beside what was tried.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Surroundings {
    /// The release of the kernel, as `uname -r` shows it.
    pub kernel: String,
    /// The effective user.
    pub user: u32,
    /// What that user may do beyond its own (`capabilities(7)`); in a user namespace, only there.
    pub capabilities: Capabilities,
    /// Whether this is a container, as far as its files tell.
    pub is_container: bool,
    /// How many processors this process may use.
    pub processors: usize,
    /// Who traces this process.
    pub tracer: Option<u32>,
    /// The settings of the kernel that it has.
    pub sysctls: Sysctls,
}

/// A setting of the kernel (`sysctl(8)`) that decides what can be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sysctl {
    /// Whether `AppArmor` takes the privileges of a new user namespace away, where no profile grants them (Ubuntu from 23.10 on).
    RestrictUserNamespaces,
    /// How many user namespaces a user may have; 0 is none.
    MaxUserNamespaces,
    /// How many network namespaces a user may have; 0 is none.
    MaxNetworkNamespaces,
    /// Whether others than root may make user namespaces (Debian's kernels).
    UserNamespaces,
    /// Whom a process may trace, by the module Yama: 0 all of its user's, 1 what it has started, 2 root only, 3 nobody.
    PtraceScope,
    /// Who may use `perf_event_open(2)`.
    PerfParanoid,
    /// Whether `io_uring(7)` is forbidden: 0 is not, 1 to ordinary users, 2 to all.
    IoUringDisabled,
}

impl Sysctl {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::RestrictUserNamespaces,
        Self::MaxUserNamespaces,
        Self::MaxNetworkNamespaces,
        Self::UserNamespaces,
        Self::PtraceScope,
        Self::PerfParanoid,
        Self::IoUringDisabled,
    ];

    /// Its name, as `sysctl(8)` takes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::RestrictUserNamespaces => "kernel.apparmor_restrict_unprivileged_userns",
            Self::MaxUserNamespaces => "user.max_user_namespaces",
            Self::MaxNetworkNamespaces => "user.max_net_namespaces",
            Self::UserNamespaces => "kernel.unprivileged_userns_clone",
            Self::PtraceScope => "kernel.yama.ptrace_scope",
            Self::PerfParanoid => "kernel.perf_event_paranoid",
            Self::IoUringDisabled => "kernel.io_uring_disabled",
        }
    }
}

impl fmt::Display for Sysctl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Serialize for Sysctl {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// The values of the settings; a kernel has not all of them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(transparent)]
pub struct Sysctls(BTreeMap<Sysctl, i64>);

impl Sysctls {
    /// Returns the value of a setting; `None` if this kernel does not have it.
    pub fn value(&self, sysctl: Sysctl) -> Option<i64> {
        self.0.get(&sysctl).copied()
    }

    fn read(root: &Path) -> Self {
        let value = |sysctl: &Sysctl| {
            let text = fs::read_to_string(root.join(sysctl.name().replace('.', "/"))).ok()?;
            Some((*sysctl, text.trim().parse().ok()?))
        };
        Self(Sysctl::ALL.iter().filter_map(value).collect())
    }
}

impl<const N: usize> From<[(Sysctl, i64); N]> for Sysctls {
    fn from(values: [(Sysctl, i64); N]) -> Self {
        Self(values.into())
    }
}

/// A privilege that matters here (`capabilities(7)`); its value is its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Capability {
    /// To configure a network: bring the loopback of a private one up.
    #[serde(rename = "NET_ADMIN")]
    NetAdmin = 12,
    /// To see packets.
    #[serde(rename = "NET_RAW")]
    NetRaw = 13,
    /// To trace what others have started.
    #[serde(rename = "SYS_PTRACE")]
    SysPtrace = 19,
    /// To make namespaces without one for users.
    #[serde(rename = "SYS_ADMIN")]
    SysAdmin = 21,
}

impl Capability {
    /// Its name without `CAP_`, as container engines take it.
    pub fn name(self) -> &'static str {
        match self {
            Self::NetAdmin => "NET_ADMIN",
            Self::NetRaw => "NET_RAW",
            Self::SysPtrace => "SYS_PTRACE",
            Self::SysAdmin => "SYS_ADMIN",
        }
    }
}

/// A set of privileges: a bit each, as `CapEff` of `/proc/PID/status` has them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Capabilities(pub u64);

impl Capabilities {
    /// Those that the calling thread has.
    pub fn own() -> Self {
        Self(capabilities(&text("/proc/thread-self/status")))
    }

    /// Whether this one is among them.
    pub fn has(self, capability: Capability) -> bool {
        self.0 >> (capability as u32) & 1 == 1
    }
}

/// Whether the programs of a recording can keep the privileges that this user has: without giving them up, only this capability
/// allows to filter calls (`seccomp(2)`). Root of a container has mostly not got it.
pub fn can_keep_privileges() -> bool {
    kernel::process::effective_user() == 0 && Capabilities::own().has(Capability::SysAdmin)
}

impl Serialize for Capabilities {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{:016x}", self.0))
    }
}

impl Surroundings {
    /// Reads them. What cannot be read is taken as if it were not there.
    pub fn read() -> Self {
        let status = text("/proc/thread-self/status");
        Self {
            kernel: text("/proc/sys/kernel/osrelease").trim_end().to_owned(),
            user: kernel::process::effective_user(),
            capabilities: Capabilities(capabilities(&status)),
            is_container: is_container(),
            processors: kernel::affinity::allowed().map_or(1, |all| all.len()),
            tracer: field(&status, "TracerPid:").and_then(|pid| pid.parse().ok()).filter(|pid| *pid != 0),
            sysctls: Sysctls::read(Path::new("/proc/sys")),
        }
    }

    /// Whether this user is root: of the machine, of a container or of a user namespace.
    pub fn is_root(&self) -> bool {
        self.user == 0
    }
}

fn text(path: &str) -> String {
    fs::read_to_string(path).unwrap_or_default()
}

fn capabilities(status: &str) -> u64 {
    field(status, "CapEff:").and_then(|bits| u64::from_str_radix(bits, 16).ok()).unwrap_or_default()
}

/// The value of a field of `/proc/PID/status`.
fn field<'s>(status: &'s str, name: &str) -> Option<&'s str> {
    status.lines().find_map(|line| line.strip_prefix(name)).map(str::trim)
}

fn is_container() -> bool {
    MARKS_OF_CONTAINERS.iter().any(|mark| Path::new(mark).exists())
        || has_container(&text("/proc/self/cgroup"))
        || text("/proc/1/environ").split('\0').any(|variable| variable.starts_with("container="))
}

fn has_container(cgroup: &str) -> bool {
    let parts = cgroup.split(['/', '-', ':', '_', '.', '\n']);
    parts.into_iter().any(|part| CGROUPS_OF_CONTAINERS.contains(&part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_that_a_kernel_does_not_have_are_left_out() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join("kernel/yama")).unwrap();
        fs::write(root.path().join("kernel/yama/ptrace_scope"), "1\n").unwrap();
        fs::write(root.path().join("kernel/perf_event_paranoid"), "-1\n").unwrap();

        let sysctls = Sysctls::read(root.path());

        assert_eq!(sysctls, Sysctls::from([(Sysctl::PtraceScope, 1), (Sysctl::PerfParanoid, -1)]));
        assert_eq!(sysctls.value(Sysctl::UserNamespaces), None);
    }

    #[test]
    fn a_capability_is_a_bit_of_its_number() {
        // What container engines leave to root.
        let usual = Capabilities(capabilities("Name:\tsh\nCapEff:\t00000000a80425fb\nCapBnd:\t0\n"));

        assert!(usual.has(Capability::NetRaw));
        assert!(!usual.has(Capability::NetAdmin));
        assert!(!usual.has(Capability::SysPtrace));
        assert!(!usual.has(Capability::SysAdmin));
        assert_eq!(capabilities("Name:\tsh\n"), 0);
    }

    #[test]
    fn a_container_is_known_by_its_control_group() {
        assert!(has_container("0::/system.slice/docker-2f1c.scope\n"));
        assert!(has_container("12:pids:/docker/2f1c\n"));
        assert!(has_container("0::/kubepods.slice/a\n"));
        assert!(!has_container("0::/user.slice/user-1000.slice/session-1.scope\n"));
        assert!(!has_container("0::/system.slice/docker0-setup.service\n"));
    }

    #[test]
    fn this_process_has_surroundings() {
        let surroundings = Surroundings::read();

        assert!(!surroundings.kernel.is_empty());
        assert!(surroundings.processors > 0);
        assert_eq!(surroundings.user, kernel::process::effective_user());
    }
}
