//! What follows from the surroundings and from what was tried.

use kernel::step::{Step, StepError};
use wire::errno::{EACCES, ENOSPC, ENOSYS, EPERM};

use super::diagnosis::{Advice, Condition, Diagnosis, Reason, Standing, State};
use super::probes::{NoLines, NoTracepoints, Probed, Python, PythonLines, Untraced};
use super::surroundings::{Capability, Surroundings, Sysctl};
use crate::model::{Level, LinesFrom};

/// How many namespaces to allow where none are: more than anybody here needs.
const NAMESPACES: i64 = 15_000;

/// The first Python that tells its lines.
const PYTHON_MIN: Python = Python(3, 8);

/// Why something is not as it could be, and what to do about it.
type Cause = (Reason, Vec<Advice>);

/// Says how each condition stands, what level a recording reaches, and what to do.
pub fn judge(surroundings: &Surroundings, probed: &Probed) -> Diagnosis {
    let has_private = probed.private_network.is_ok();
    let calls = probed.calls.as_ref().err().map(|error| no_calls(surroundings, error));
    let private = probed.private_network.err().map(|error| no_private_network(surroundings, error));
    let packets = probed.packets.err().map(|error| no_packets(surroundings, error));
    let packets_state = if has_private { State::Limited } else { State::Missing };
    let level = match (&calls, &private, &packets) {
        (Some(_), ..) => None,
        (None, None, _) => Some(Level::A),
        (None, _, None) => Some(Level::B),
        _ => Some(Level::C),
    };
    let running = calls.clone().or_else(|| no_attaching(surroundings));
    let descriptors = probed.descriptors.err().map(|errno| no_descriptors(surroundings, errno));
    let lists = probed.socket_lists.err().map(|errno| refused(surroundings, "sock_diag", errno));
    let counters = probed.counters.err().map(|errno| refused(surroundings, "open /proc/net/netstat", errno));
    let events = probed.kernel_events.as_ref().err().map(|error| no_kernel_events(surroundings, error));
    let standings = vec![
        standing(Condition::Calls, State::Missing, calls),
        standing(Condition::PrivateNetwork, State::Missing, private),
        standing(Condition::PacketsHere, packets_state, packets),
        standing(Condition::Descriptors, State::Limited, descriptors),
        standing(Condition::SocketLists, State::Limited, lists),
        standing(Condition::Counters, State::Limited, counters),
        python_lines(&probed.lines),
        standing(Condition::RunningProcesses, State::Missing, running),
        standing(Condition::KernelEvents, State::Missing, events),
        io_uring(surroundings),
    ];
    Diagnosis { standings, level, has_kernel_events: probed.kernel_events.is_ok() }
}

/// How a condition stands that is fine, or in this state if there is a cause.
fn standing(condition: Condition, state: State, cause: Option<Cause>) -> Standing {
    match cause {
        None => Standing { condition, state: State::Fine, reason: None, advice: Vec::new() },
        Some((reason, advice)) => Standing { condition, state, reason: Some(reason), advice },
    }
}

fn no_calls(here: &Surroundings, error: &Untraced) -> Cause {
    match (error, here.tracer) {
        (Untraced::Machine, _) => (Reason::Machine, Vec::new()),
        (_, Some(tracer)) => (Reason::Traced { tracer }, vec![Advice::EndTracer { tracer }]),
        (Untraced::Silent, _) => (Reason::Silent, Vec::new()),
        (Untraced::Refused { operation, errno }, None) => match (*errno, scope(here)) {
            (EPERM, scope @ 2..) => yama(here, scope, 1),
            (errno @ (EPERM | EACCES), _) if here.is_container => {
                let reason = Reason::Container { operation: (*operation).to_owned(), errno };
                (reason, vec![Advice::AddCapabilities { capabilities: &[Capability::SysPtrace] }])
            }
            (errno, _) => refused(here, operation, errno),
        },
    }
}

/// The value of [`Sysctl::PtraceScope`], which is 0 where there is no Yama.
fn scope(here: &Surroundings) -> i64 {
    here.sysctls.value(Sysctl::PtraceScope).unwrap_or_default()
}

fn yama(here: &Surroundings, scope: i64, wanted: i64) -> Cause {
    let sysctl = Sysctl::PtraceScope;
    let advice = match scope {
        // Nothing but a start of the machine lowers it again, and not even root is an exception.
        3.. => vec![Advice::SetAtStart { sysctl, value: wanted }],
        _ if here.is_root() => vec![Advice::Set { sysctl, value: wanted }],
        _ => vec![Advice::RunAsRoot, Advice::Set { sysctl, value: wanted }],
    };
    (Reason::Yama { scope }, advice)
}

fn no_attaching(here: &Surroundings) -> Option<Cause> {
    let may_trace_all = here.capabilities.has(Capability::SysPtrace);
    match scope(here) {
        ..=0 => None,
        1 | 2 if may_trace_all => None,
        scope => {
            let (reason, mut advice) = yama(here, scope, 0);
            advice.insert(0, Advice::StartInstead);
            Some((reason, advice))
        }
    }
}

/// Why there is no private network, by the step that failed, and what to do.
pub fn no_private_network(here: &Surroundings, StepError { step, errno }: StepError) -> Cause {
    let is_forbidden = matches!(errno, EPERM | EACCES);
    let operation = || step.operation().to_owned();
    let is_zero = |sysctl| here.sysctls.value(sysctl) == Some(0);
    let off = |sysctl, value| (Reason::TurnedOff { sysctl }, vec![Advice::Set { sysctl, value }]);
    if step == Step::Unshare && errno == ENOSPC {
        let limits = [Sysctl::MaxUserNamespaces, Sysctl::MaxNetworkNamespaces];
        return match limits.into_iter().find(|sysctl| is_zero(*sysctl)) {
            Some(sysctl) => with_root(here, off(sysctl, NAMESPACES)),
            None => (Reason::UsedUp, Vec::new()),
        };
    }
    if is_forbidden && !here.is_root() {
        if step == Step::Unshare && is_zero(Sysctl::UserNamespaces) {
            return with_root(here, off(Sysctl::UserNamespaces, 1));
        }
        // The restriction lets the namespace be made and takes the privileges in it away: it shows at any step.
        let sysctl = Sysctl::RestrictUserNamespaces;
        if here.sysctls.value(sysctl).is_some_and(|value| value > 0) {
            let advice = vec![Advice::LoadProfile, Advice::RunAsRoot, Advice::Set { sysctl, value: 0 }];
            return (Reason::AppArmor { operation: operation(), errno }, advice);
        }
    }
    if is_forbidden && here.is_container {
        // Root of a container has namespaces by its privileges, which the filter asks for, too; others by those that the filter
        // keeps from everybody.
        let capabilities: &[_] = &[Capability::SysAdmin, Capability::NetAdmin];
        let advice =
            if here.is_root() { Advice::AddCapabilities { capabilities } } else { Advice::WithoutFilter };
        return (Reason::Container { operation: operation(), errno }, vec![advice, Advice::Outside]);
    }
    with_root(here, refused(here, step.operation(), errno))
}

/// Adds that root may do it, for who is not.
fn with_root(here: &Surroundings, (reason, mut advice): Cause) -> Cause {
    if !here.is_root() && !here.is_container && !advice.contains(&Advice::RunAsRoot) {
        advice.insert(0, Advice::RunAsRoot);
    }
    (reason, advice)
}

/// Why the packets of this network cannot be seen, by the step that failed, and what to do.
pub fn no_packets(here: &Surroundings, StepError { step, errno }: StepError) -> Cause {
    let capability = Capability::NetRaw;
    if !matches!(errno, EPERM | EACCES) || here.capabilities.has(capability) && !here.is_container {
        return refused(here, step.operation(), errno);
    }
    let advice = if here.is_root() {
        Advice::AddCapabilities { capabilities: &[Capability::NetRaw] }
    } else {
        Advice::RunAsRoot
    };
    (Reason::Unprivileged { capability }, vec![advice])
}

fn no_descriptors(here: &Surroundings, errno: i32) -> Cause {
    let operation = "pidfd_getfd";
    match (errno, scope(here)) {
        (ENOSYS, _) => (Reason::OldKernel { operation: operation.to_owned() }, vec![Advice::NewerKernel]),
        (EPERM, scope @ 2..) => yama(here, scope, 1),
        (EPERM, _) if here.is_container => {
            let reason = Reason::Container { operation: operation.to_owned(), errno };
            (reason, vec![Advice::AddCapabilities { capabilities: &[Capability::SysPtrace] }])
        }
        _ => refused(here, operation, errno),
    }
}

fn python_lines(lines: &Result<PythonLines, NoLines>) -> Standing {
    let condition = Condition::PythonLines;
    match lines {
        Ok(lines) => {
            let version = version(lines.python);
            let cause = lines.from.map(|from| match from {
                LinesFrom::Stack => (Reason::PythonStack { version }, Vec::new()),
                LinesFrom::Hook => (Reason::PythonHook { version }, Vec::new()),
            });
            standing(condition, State::Fine, cause)
        }
        Err(error) => standing(condition, State::Missing, Some(no_lines(error))),
    }
}

fn no_lines(error: &NoLines) -> Cause {
    let install = vec![Advice::InstallPython];
    match error {
        NoLines::NoPython => (Reason::NoPython, install),
        NoLines::NotRun(python) if *python < PYTHON_MIN => {
            (Reason::OldPython { version: version(*python) }, install)
        }
        NoLines::NotRun(_) => (Reason::NoHook, Vec::new()),
        NoLines::Silent => (Reason::Silent, install),
        NoLines::Hook(errno) => {
            let reason = Reason::Refused { operation: "mkdir".to_owned(), errno: *errno };
            (reason, Vec::new())
        }
    }
}

fn version(Python(major, minor): Python) -> String {
    format!("{major}.{minor}")
}

fn no_kernel_events(here: &Surroundings, error: &NoTracepoints) -> Cause {
    match error {
        _ if !here.is_root() => (Reason::NotRoot, vec![Advice::RunAsRoot]),
        NoTracepoints::NoTracefs => {
            let may_mount = here.capabilities.has(Capability::SysAdmin);
            let advice = if may_mount { Advice::MountTracefs } else { Advice::Outside };
            (Reason::NoTracefs, vec![advice])
        }
        NoTracepoints::Refused { operation, errno } => refused(here, operation, *errno),
    }
}

fn io_uring(here: &Surroundings) -> Standing {
    let disabled = here.sysctls.value(Sysctl::IoUringDisabled).unwrap_or_default();
    let is_forbidden = disabled >= 2 || disabled == 1 && !here.is_root();
    // The recording says when a program does use it.
    let cause = (!is_forbidden).then(|| (Reason::Allowed, vec![Advice::RefuseIoUring]));
    standing(Condition::IoUring, State::Limited, cause)
}

/// Something that the kernel refuses for no reason that is known here.
fn refused(here: &Surroundings, operation: &str, errno: i32) -> Cause {
    let operation = operation.to_owned();
    match errno {
        EPERM | EACCES if here.is_container => {
            (Reason::Container { operation, errno }, vec![Advice::Outside])
        }
        _ => (Reason::Refused { operation, errno }, Vec::new()),
    }
}

#[cfg(test)]
mod tests;
