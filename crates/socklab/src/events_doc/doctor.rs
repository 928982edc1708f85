//! The events of `socklab doctor`.

use scope::doctor::{
    Advice, Capabilities, Capability, Condition, Diagnosis, Reason, Standing, State, Surroundings, Sysctl,
};
use scope::model::Level;
use wire::errno::{EACCES, EPERM};

use super::T;
use crate::json;
use crate::views::doctor::event;

pub(super) fn events() -> Vec<String> {
    let surroundings = Surroundings {
        kernel: "6.1.0".to_owned(),
        user: 1000,
        capabilities: Capabilities(1 << 13),
        is_container: false,
        processors: 2,
        tracer: None,
        sysctls: [(Sysctl::RestrictUserNamespaces, 1), (Sysctl::PtraceScope, 1)].into(),
    };
    let diagnosis = Diagnosis { standings: standings(), level: Some(Level::B), has_kernel_events: false };
    let nothing = Diagnosis { standings: Vec::new(), level: None, has_kernel_events: false };
    let traced = Surroundings { tracer: Some(4242), ..surroundings.clone() };
    let told = [event::events(&surroundings, &diagnosis), event::events(&traced, &nothing)];
    told.iter().flatten().map(|event| json::line(T, event)).collect()
}

fn standings() -> Vec<Standing> {
    let standing = |(condition, state, reason, advice)| Standing { condition, state, reason, advice };
    let fine = (Condition::Counters, State::Fine, None, Vec::new());
    [vec![fine], of_the_level(), of_the_rest()].concat().into_iter().map(standing).collect()
}

type Parts = (Condition, State, Option<Reason>, Vec<Advice>);

fn missing(condition: Condition, reason: Reason, advice: &[Advice]) -> Parts {
    (condition, State::Missing, Some(reason), advice.to_vec())
}

fn limited(condition: Condition, reason: Reason, advice: &[Advice]) -> Parts {
    (condition, State::Limited, Some(reason), advice.to_vec())
}

fn of_the_level() -> Vec<Parts> {
    use Advice::{
        AddCapabilities, EndTracer, LoadProfile, Outside, RunAsRoot, Set, SetAtStart, WithoutFilter,
    };
    use Condition::{Calls, PacketsHere, PrivateNetwork};

    let sysctl = Sysctl::PtraceScope;
    let limit = Sysctl::MaxUserNamespaces;
    let restrict = Set { sysctl: Sysctl::RestrictUserNamespaces, value: 0 };
    let app_armor = Reason::AppArmor { operation: "write /proc/self/uid_map".to_owned(), errno: EACCES };
    let container = Reason::Container { operation: "unshare".to_owned(), errno: EPERM };
    let net_raw = Reason::Unprivileged { capability: Capability::NetRaw };
    let added = AddCapabilities { capabilities: &[Capability::SysAdmin, Capability::NetAdmin] };
    let off = Reason::TurnedOff { sysctl: limit };
    vec![
        missing(Calls, Reason::Traced { tracer: 4242 }, &[EndTracer { tracer: 4242 }]),
        missing(Calls, Reason::Yama { scope: 3 }, &[SetAtStart { sysctl, value: 1 }]),
        missing(Calls, Reason::Machine, &[]),
        missing(PrivateNetwork, app_armor, &[LoadProfile, RunAsRoot, restrict]),
        missing(PrivateNetwork, off, &[RunAsRoot, Set { sysctl: limit, value: 15_000 }]),
        missing(PrivateNetwork, Reason::UsedUp, &[]),
        missing(PrivateNetwork, container.clone(), &[added, Outside]),
        missing(PrivateNetwork, container, &[WithoutFilter, Outside]),
        limited(PacketsHere, net_raw, &[RunAsRoot]),
    ]
}

fn of_the_rest() -> Vec<Parts> {
    use Advice::{InstallPython, MountTracefs, NewerKernel, RefuseIoUring, RunAsRoot, Set, StartInstead};
    use Condition::{Descriptors, IoUring, KernelEvents, PythonLines, RunningProcesses, SocketLists};

    let old_kernel = Reason::OldKernel { operation: "pidfd_getfd".to_owned() };
    let refused = Reason::Refused { operation: "sock_diag".to_owned(), errno: EPERM };
    let old_python = Reason::OldPython { version: "3.7".to_owned() };
    let scope = Set { sysctl: Sysctl::PtraceScope, value: 0 };
    vec![
        limited(Descriptors, old_kernel, &[NewerKernel]),
        limited(SocketLists, refused, &[]),
        (PythonLines, State::Fine, Some(Reason::PythonStack { version: "3.11".to_owned() }), Vec::new()),
        (PythonLines, State::Fine, Some(Reason::PythonHook { version: "3.10".to_owned() }), Vec::new()),
        missing(PythonLines, Reason::NoPython, &[InstallPython]),
        missing(PythonLines, old_python, &[InstallPython]),
        missing(PythonLines, Reason::NoHook, &[]),
        missing(PythonLines, Reason::Silent, &[InstallPython]),
        missing(RunningProcesses, Reason::Yama { scope: 1 }, &[StartInstead, RunAsRoot, scope]),
        missing(KernelEvents, Reason::NotRoot, &[RunAsRoot]),
        missing(KernelEvents, Reason::NoTracefs, &[MountTracefs]),
        limited(IoUring, Reason::Allowed, &[RefuseIoUring]),
    ]
}
