//! Why a condition is not fine.

use scope::doctor::Reason;

use crate::errno;
use crate::words::Words;

/// Says why.
pub(super) fn say(reason: &Reason, words: &Words) -> String {
    let failed = |operation: &str, errno: i32| {
        let name = wire::errno::name(errno).map_or_else(|| words.errno_unknown(errno), str::to_owned);
        words.trace_step(operation, name)
    };
    match reason {
        Reason::Traced { tracer } => words.doctor_traced(tracer),
        Reason::Yama { scope: ..=1 } => words.doctor_yama_started(),
        Reason::Yama { scope: 2 } => words.doctor_yama_root(),
        Reason::Yama { scope: 3.. } => words.doctor_yama_nobody(),
        Reason::AppArmor { operation, errno } => words.doctor_apparmor(failed(operation, *errno)),
        Reason::TurnedOff { sysctl } => words.doctor_turned_off(sysctl),
        Reason::UsedUp => words.doctor_used_up(),
        Reason::Container { operation, errno } => words.doctor_container(failed(operation, *errno)),
        Reason::Unprivileged { capability } => words.doctor_unprivileged(capability.name()),
        Reason::NotRoot => words.doctor_not_root(),
        Reason::NoTracefs => words.doctor_no_tracefs(),
        Reason::NoPython => words.doctor_no_python(),
        Reason::OldPython { version } => words.doctor_old_python(version),
        Reason::NoHook => words.doctor_no_hook(),
        Reason::PythonStack { version } => words.doctor_python_stack(version),
        Reason::PythonHook { version } => words.doctor_python_hook(version),
        Reason::OldKernel { operation } => words.doctor_old_kernel(operation),
        Reason::Machine => words.trace_unknown_machine(),
        Reason::Allowed => words.doctor_io_uring_allowed(),
        Reason::Silent => words.doctor_silent(),
        Reason::Refused { operation, errno } => {
            words.trace_step(operation, errno::explain_number(words, *errno))
        }
    }
}
