//! What is told of each condition, as values.

use serde::{Serialize, Serializer};

use super::surroundings::{Capability, Sysctl};
use crate::model::Level;

/// Something that a recording needs, or that makes it show more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// To see the calls of a program that is started (`ptrace(2)`, `seccomp(2)`). Without it there is no recording.
    Calls,
    /// To make a network in which nobody is but the programs (`user_namespaces(7)`, `network_namespaces(7)`), and to see its packets.
    PrivateNetwork,
    /// To see the packets of the network that this process is in (`packet(7)`).
    PacketsHere,
    /// To look at the sockets of a program by its own descriptors (`pidfd_getfd(2)`).
    Descriptors,
    /// To ask the kernel for sockets that no program has yet, or any more (`sock_diag(7)`).
    SocketLists,
    /// To read what the network counts (`/proc/net/netstat`).
    Counters,
    /// To know the lines of Python programs.
    PythonLines,
    /// To watch processes that run already.
    RunningProcesses,
    /// To be told by the kernel itself what it drops and why (tracepoints).
    KernelEvents,
    /// That programs make calls, and do not leave them to `io_uring(7)`.
    IoUring,
}

/// How a condition stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// All of it is there.
    Fine,
    /// A recording loses a little without it.
    Limited,
    /// It is not there.
    Missing,
}

/// Why a condition is not fine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum Reason {
    /// Something else traces this process and what it starts, and a process has one tracer.
    Traced {
        /// The tracer.
        tracer: u32,
    },
    /// The module Yama forbids it ([`Sysctl::PtraceScope`]).
    Yama {
        /// The value of the setting.
        scope: i64,
    },
    /// `AppArmor` takes the privileges of a new user namespace away; seen when they are used.
    #[serde(rename = "apparmor")]
    AppArmor {
        /// What failed.
        operation: String,
        /// How.
        #[serde(serialize_with = "by_name")]
        errno: i32,
    },
    /// A setting of the kernel turns it off.
    TurnedOff {
        /// Which one.
        sysctl: Sysctl,
    },
    /// As many namespaces are in use as there may be, here or in an outer user namespace.
    UsedUp,
    /// The filter of a container, or the privileges that it has not.
    Container {
        /// What failed.
        operation: String,
        /// How.
        #[serde(serialize_with = "by_name")]
        errno: i32,
    },
    /// A privilege is lacking.
    Unprivileged {
        /// Which one.
        capability: Capability,
    },
    /// It takes root.
    NotRoot,
    /// Tracefs is not mounted, or not for this container.
    NoTracefs,
    /// There is no `python3` in `PATH`.
    NoPython,
    /// Its version is too old.
    OldPython {
        /// Which one.
        version: String,
    },
    /// Python did not run the hook.
    NoHook,
    /// Nothing is wrong: lines are read from the stack of this Python, and cost it nothing.
    PythonStack {
        /// Its version.
        version: String,
    },
    /// Nothing is wrong, but this Python tells its lines by the hook, which makes it slower.
    PythonHook {
        /// Its version.
        version: String,
    },
    /// The kernel is too old for a call.
    OldKernel {
        /// Which call.
        operation: String,
    },
    /// The numbers of the system calls of this kind of machine are not known.
    Machine,
    /// Programs may use `io_uring(7)`.
    Allowed,
    /// It was tried, and told nothing.
    Silent,
    /// The kernel refused, for a reason that is not known.
    Refused {
        /// What failed.
        operation: String,
        /// How.
        #[serde(serialize_with = "by_name")]
        errno: i32,
    },
}

/// What to do about it. Of several for one condition, any is enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Advice {
    /// Run socklab as root.
    RunAsRoot,
    /// Give a setting another value.
    Set {
        /// Which one.
        sysctl: Sysctl,
        /// The value.
        value: i64,
    },
    /// Give a setting another value where it is read at the start of the machine, since it cannot be changed any more.
    SetAtStart {
        /// Which one.
        sysctl: Sysctl,
        /// The value.
        value: i64,
    },
    /// Load the profile by which `AppArmor` lets this program make user namespaces.
    LoadProfile,
    /// Start the container with these privileges.
    AddCapabilities {
        /// Which ones.
        capabilities: &'static [Capability],
    },
    /// Start the container without its filter of system calls.
    WithoutFilter,
    /// Run it outside the container or sandbox.
    Outside,
    /// End the other tracer.
    EndTracer {
        /// Its number.
        tracer: u32,
    },
    /// Start the program by `socklab trace`, instead of attaching to it.
    StartInstead,
    /// Mount tracefs.
    MountTracefs,
    /// Install Python.
    InstallPython,
    /// Take a newer kernel.
    NewerKernel,
    /// Tell programs that there is no `io_uring(7)`.
    RefuseIoUring,
}

/// How one condition stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Standing {
    /// Which one.
    pub condition: Condition,
    /// How it stands.
    pub state: State,
    /// Why it is not fine, or what is to be known although it is.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// What would make it better, the best first.
    pub advice: Vec<Advice>,
}

/// What can be seen, and what would let more be seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnosis {
    /// Each condition, in the order of [`Condition`].
    pub standings: Vec<Standing>,
    /// The level that a recording reaches; `None` if nothing can be recorded at all.
    pub level: Option<Level>,
    /// Whether a recording has what only root is told.
    pub has_kernel_events: bool,
}

impl Diagnosis {
    /// Returns how this condition stands.
    pub fn standing(&self, condition: Condition) -> Option<&Standing> {
        self.standings.iter().find(|standing| standing.condition == condition)
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes every field so")]
fn by_name<S: Serializer>(errno: &i32, serializer: S) -> Result<S::Ok, S::Error> {
    match wire::errno::name(*errno) {
        Some(name) => serializer.serialize_str(name),
        None => serializer.collect_str(&format_args!("errno {errno}")),
    }
}
