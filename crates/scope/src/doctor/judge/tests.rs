//! Machines that are not here.

use super::*;
use crate::doctor::surroundings::{Capabilities, Sysctls};

/// What container engines leave to root.
const OF_CONTAINER_ROOT: Capabilities = Capabilities(0xa804_25fb);
const ALL: Capabilities = Capabilities(u64::MAX >> 23);

#[test]
fn where_all_is_allowed_an_ordinary_user_has_level_a() {
    let diagnosis = judge(&user(), &probed());

    assert_eq!(diagnosis.level, Some(Level::A));
    assert!(!diagnosis.has_kernel_events);
    assert_eq!(not_fine(&diagnosis), [Condition::PacketsHere, Condition::KernelEvents, Condition::IoUring]);
    // Without a private network of its own it would be missed more.
    assert_eq!(state(&diagnosis, Condition::PacketsHere), State::Limited);
    assert_eq!(advice(&diagnosis, Condition::KernelEvents), [Advice::RunAsRoot]);
}

#[test]
fn root_has_level_a_and_what_the_kernel_tells() {
    let probed = Probed { packets: Ok(()), kernel_events: Ok(()), ..probed() };

    let diagnosis = judge(&root(), &probed);

    assert_eq!((diagnosis.level, diagnosis.has_kernel_events), (Some(Level::A), true));
    assert_eq!(not_fine(&diagnosis), [Condition::IoUring]);
}

#[test]
fn app_armor_is_known_by_its_setting_at_whatever_step_it_shows() {
    let here = Surroundings { sysctls: [(Sysctl::RestrictUserNamespaces, 1)].into(), ..user() };
    for (step, errno) in [
        (Step::Unshare, EPERM),
        (Step::SetGroups, EACCES),
        (Step::UidMap, EPERM),
        (Step::Up, EPERM),
        (Step::PacketSocket, EPERM),
    ] {
        let diagnosis = judge(&here, &without_network(step, errno));

        assert_eq!(diagnosis.level, Some(Level::C));
        let operation = step.operation().to_owned();
        assert_eq!(reason(&diagnosis, Condition::PrivateNetwork), Reason::AppArmor { operation, errno });
        let set = Advice::Set { sysctl: Sysctl::RestrictUserNamespaces, value: 0 };
        assert_eq!(
            advice(&diagnosis, Condition::PrivateNetwork),
            [Advice::LoadProfile, Advice::RunAsRoot, set]
        );
    }
    let allowed = Surroundings { sysctls: [(Sysctl::RestrictUserNamespaces, 0)].into(), ..user() };
    let (reason, _) = no_private_network(&allowed, StepError { step: Step::UidMap, errno: EPERM });
    assert_eq!(reason, refusal(Step::UidMap.operation(), EPERM));
}

#[test]
fn namespaces_that_are_turned_off_are_turned_on_by_the_setting_that_is_zero() {
    for (sysctl, errno, value) in [
        (Sysctl::MaxUserNamespaces, ENOSPC, NAMESPACES),
        (Sysctl::MaxNetworkNamespaces, ENOSPC, NAMESPACES),
        (Sysctl::UserNamespaces, EPERM, 1),
    ] {
        let here = Surroundings { sysctls: [(sysctl, 0)].into(), ..user() };

        let diagnosis = judge(&here, &without_network(Step::Unshare, errno));

        assert_eq!(reason(&diagnosis, Condition::PrivateNetwork), Reason::TurnedOff { sysctl });
        assert_eq!(
            advice(&diagnosis, Condition::PrivateNetwork),
            [Advice::RunAsRoot, Advice::Set { sysctl, value }]
        );
    }
}

#[test]
fn namespaces_may_be_used_up_where_they_are_allowed() {
    let here = Surroundings { sysctls: [(Sysctl::MaxUserNamespaces, 63_432)].into(), ..user() };

    let diagnosis = judge(&here, &without_network(Step::Unshare, ENOSPC));

    assert_eq!(reason(&diagnosis, Condition::PrivateNetwork), Reason::UsedUp);
}

#[test]
fn root_of_a_container_with_net_raw_has_level_b() {
    let here = Surroundings { capabilities: OF_CONTAINER_ROOT, ..container(root()) };
    let probed = Probed {
        packets: Ok(()),
        descriptors: Err(EPERM),
        kernel_events: Err(NoTracepoints::NoTracefs),
        ..without_network(Step::Unshare, EPERM)
    };

    let diagnosis = judge(&here, &probed);

    assert_eq!(diagnosis.level, Some(Level::B));
    let capabilities: &[_] = &[Capability::SysAdmin, Capability::NetAdmin];
    assert_eq!(
        advice(&diagnosis, Condition::PrivateNetwork),
        [Advice::AddCapabilities { capabilities }, Advice::Outside]
    );
    assert_eq!(state(&diagnosis, Condition::Descriptors), State::Limited);
    let of_descriptors = Reason::Container { operation: "pidfd_getfd".to_owned(), errno: EPERM };
    assert_eq!(reason(&diagnosis, Condition::Descriptors), of_descriptors);
    let capabilities: &[_] = &[Capability::SysPtrace];
    assert_eq!(advice(&diagnosis, Condition::Descriptors), [Advice::AddCapabilities { capabilities }]);
    assert_eq!(advice(&diagnosis, Condition::KernelEvents), [Advice::Outside]);
}

#[test]
fn an_ordinary_user_of_a_container_has_level_c() {
    let diagnosis = judge(&container(user()), &without_network(Step::Unshare, EPERM));

    assert_eq!(diagnosis.level, Some(Level::C));
    assert_eq!(advice(&diagnosis, Condition::PrivateNetwork), [Advice::WithoutFilter, Advice::Outside]);
    // What the container is given, only its root has.
    assert_eq!(advice(&diagnosis, Condition::PacketsHere), [Advice::RunAsRoot]);
    assert_eq!(state(&diagnosis, Condition::PacketsHere), State::Missing);
}

#[test]
fn a_refusal_that_is_not_known_is_told_as_it_was() {
    let diagnosis = judge(&user(), &without_network(Step::Unshare, EPERM));

    assert_eq!(reason(&diagnosis, Condition::PrivateNetwork), refusal("unshare", EPERM));
    assert_eq!(advice(&diagnosis, Condition::PrivateNetwork), [Advice::RunAsRoot]);
}

#[test]
fn yama_lets_programs_be_started_before_it_lets_them_be_attached_to() {
    let sysctl = Sysctl::PtraceScope;
    let here = |scope| Surroundings { sysctls: [(sysctl, scope)].into(), ..user() };

    assert_eq!(
        not_fine(&judge(&here(0), &probed())),
        [Condition::PacketsHere, Condition::KernelEvents, Condition::IoUring]
    );

    let one = judge(&here(1), &probed());
    assert_eq!(one.level, Some(Level::A));
    assert_eq!(reason(&one, Condition::RunningProcesses), Reason::Yama { scope: 1 });
    let set = Advice::Set { sysctl, value: 0 };
    assert_eq!(advice(&one, Condition::RunningProcesses), [Advice::StartInstead, Advice::RunAsRoot, set]);
}

#[test]
fn yama_may_keep_tracing_for_root_or_from_everybody() {
    let sysctl = Sysctl::PtraceScope;
    let probed = Probed {
        calls: Err(Untraced::Refused { operation: "ptrace", errno: EPERM }),
        descriptors: Err(EPERM),
        ..probed()
    };
    let here = |scope| Surroundings { sysctls: [(sysctl, scope)].into(), ..user() };

    let two = judge(&here(2), &probed);
    assert_eq!(two.level, None);
    for condition in [Condition::Calls, Condition::Descriptors, Condition::RunningProcesses] {
        assert_eq!(reason(&two, condition), Reason::Yama { scope: 2 });
        assert_eq!(advice(&two, condition), [Advice::RunAsRoot, Advice::Set { sysctl, value: 1 }]);
    }
    let three = judge(&here(3), &probed);
    assert_eq!(reason(&three, Condition::Calls), Reason::Yama { scope: 3 });
    assert_eq!(advice(&three, Condition::Calls), [Advice::SetAtStart { sysctl, value: 1 }]);
}

#[test]
fn root_attaches_to_whom_it_likes_unless_nobody_may() {
    let here = |scope| Surroundings { sysctls: [(Sysctl::PtraceScope, scope)].into(), ..root() };
    let state = |scope| state(&judge(&here(scope), &probed()), Condition::RunningProcesses);

    assert_eq!([0, 1, 2, 3].map(state), [State::Fine, State::Fine, State::Fine, State::Missing]);
}

#[test]
fn without_ptrace_nothing_is_recorded() {
    let probed = Probed { calls: Err(Untraced::Refused { operation: "ptrace", errno: EPERM }), ..probed() };

    let outside = judge(&user(), &probed);
    let inside = judge(&container(root()), &probed);

    assert_eq!((outside.level, inside.level), (None, None));
    assert_eq!(reason(&outside, Condition::Calls), refusal("ptrace", EPERM));
    let operation = "ptrace".to_owned();
    assert_eq!(reason(&inside, Condition::Calls), Reason::Container { operation, errno: EPERM });
    let capabilities: &[_] = &[Capability::SysPtrace];
    assert_eq!(advice(&inside, Condition::Calls), [Advice::AddCapabilities { capabilities }]);
}

#[test]
fn who_is_traced_cannot_trace() {
    let here = Surroundings { tracer: Some(7), ..user() };
    let probed = Probed { calls: Err(Untraced::Refused { operation: "ptrace", errno: EPERM }), ..probed() };

    let diagnosis = judge(&here, &probed);

    assert_eq!(reason(&diagnosis, Condition::Calls), Reason::Traced { tracer: 7 });
    assert_eq!(advice(&diagnosis, Condition::Calls), [Advice::EndTracer { tracer: 7 }]);
    // One that does not trace what is started here does no harm.
    assert_eq!(judge(&here, &self::probed()).level, Some(Level::A));
}

#[test]
fn a_machine_that_is_not_known_has_no_remedy() {
    let diagnosis = judge(&user(), &Probed { calls: Err(Untraced::Machine), ..probed() });

    assert_eq!(reason(&diagnosis, Condition::Calls), Reason::Machine);
    assert_eq!(advice(&diagnosis, Condition::Calls), []);
}

#[test]
fn each_way_to_have_no_lines_is_told_apart() {
    let told =
        |lines| reason(&judge(&user(), &Probed { lines: Err(lines), ..probed() }), Condition::PythonLines);

    assert_eq!(told(NoLines::NoPython), Reason::NoPython);
    let version = "3.7".to_owned();
    assert_eq!(told(NoLines::NotRun(Python(3, 7))), Reason::OldPython { version });
    assert_eq!(told(NoLines::NotRun(Python(3, 8))), Reason::NoHook);
    assert_eq!(told(NoLines::Silent), Reason::Silent);
    assert_eq!(told(NoLines::Hook(ENOSPC)), refusal("mkdir", ENOSPC));
}

#[test]
fn how_lines_are_known_is_told_and_nothing_is_missing() {
    let told = |from| {
        let lines = Ok(PythonLines { python: Python(3, 11), from });
        let diagnosis = judge(&user(), &Probed { lines, ..probed() });
        diagnosis.standing(Condition::PythonLines).map(|it| (it.state, it.reason.clone())).unwrap()
    };

    let version = || "3.11".to_owned();
    assert_eq!(told(None), (State::Fine, None));
    let by_stack = Reason::PythonStack { version: version() };
    assert_eq!(told(Some(LinesFrom::Stack)), (State::Fine, Some(by_stack)));
    let by_hook = Reason::PythonHook { version: version() };
    assert_eq!(told(Some(LinesFrom::Hook)), (State::Fine, Some(by_hook)));
}

#[test]
fn root_mounts_the_tracefs_that_is_not_there() {
    let probed = Probed { kernel_events: Err(NoTracepoints::NoTracefs), ..probed() };

    let of_root = judge(&root(), &probed);
    let of_user = judge(&user(), &probed);

    assert_eq!(advice(&of_root, Condition::KernelEvents), [Advice::MountTracefs]);
    // Nobody else could use it.
    assert_eq!(advice(&of_user, Condition::KernelEvents), [Advice::RunAsRoot]);
}

#[test]
fn a_kernel_without_the_call_is_too_old() {
    let diagnosis = judge(&user(), &Probed { descriptors: Err(ENOSYS), ..probed() });

    let operation = "pidfd_getfd".to_owned();
    assert_eq!(reason(&diagnosis, Condition::Descriptors), Reason::OldKernel { operation });
}

#[test]
fn io_uring_is_told_of_where_programs_may_use_it() {
    let told = |here: &Surroundings, disabled| {
        let here = Surroundings { sysctls: disabled, ..here.clone() };
        judge(&here, &probed()).standing(Condition::IoUring).unwrap().reason.clone()
    };
    let set = |value| Sysctls::from([(Sysctl::IoUringDisabled, value)]);

    assert_eq!(told(&user(), Sysctls::default()), Some(Reason::Allowed));
    assert_eq!([0, 1, 2].map(|it| told(&user(), set(it))), [Some(Reason::Allowed), None, None]);
    assert_eq!(told(&root(), set(1)), Some(Reason::Allowed));
}

#[test]
fn what_a_sandbox_refuses_beside_limits_the_view() {
    let probed = Probed { socket_lists: Err(EACCES), counters: Err(EPERM), ..probed() };

    let diagnosis = judge(&container(user()), &probed);

    assert_eq!(diagnosis.level, Some(Level::A));
    for condition in [Condition::SocketLists, Condition::Counters] {
        assert_eq!(state(&diagnosis, condition), State::Limited);
        assert_eq!(advice(&diagnosis, condition), [Advice::Outside]);
    }
}

fn user() -> Surroundings {
    Surroundings { user: 1000, processors: 2, ..Surroundings::default() }
}

fn root() -> Surroundings {
    Surroundings { user: 0, capabilities: ALL, processors: 2, ..Surroundings::default() }
}

fn container(surroundings: Surroundings) -> Surroundings {
    Surroundings { is_container: true, ..surroundings }
}

/// What comes of an ordinary user's tries where all is allowed.
fn probed() -> Probed {
    Probed {
        private_network: Ok(()),
        packets: Err(StepError { step: Step::PacketSocket, errno: EPERM }),
        calls: Ok(()),
        descriptors: Ok(()),
        socket_lists: Ok(()),
        counters: Ok(()),
        kernel_events: Err(NoTracepoints::Refused { operation: "open".to_owned(), errno: EACCES }),
        lines: Ok(PythonLines { python: Python(3, 11), from: None }),
    }
}

fn without_network(step: Step, errno: i32) -> Probed {
    Probed { private_network: Err(StepError { step, errno }), ..probed() }
}

fn refusal(operation: &str, errno: i32) -> Reason {
    Reason::Refused { operation: operation.to_owned(), errno }
}

fn not_fine(diagnosis: &Diagnosis) -> Vec<Condition> {
    let standings = diagnosis.standings.iter().filter(|standing| standing.state != State::Fine);
    standings.map(|standing| standing.condition).collect()
}

fn state(diagnosis: &Diagnosis, condition: Condition) -> State {
    diagnosis.standing(condition).unwrap().state
}

fn reason(diagnosis: &Diagnosis, condition: Condition) -> Reason {
    diagnosis.standing(condition).unwrap().reason.clone().unwrap()
}

fn advice(diagnosis: &Diagnosis, condition: Condition) -> Vec<Advice> {
    diagnosis.standing(condition).unwrap().advice.clone()
}
