//! What to do, with the command that does it.

use scope::doctor::{Advice, Capability};

use crate::words::Words;

/// Where the profile of `AppArmor` goes.
const PROFILE: &str = "/etc/apparmor.d/socklab";
/// Where settings are read when the machine starts, behind those that it came with.
const SETTINGS: &str = "/etc/sysctl.d/99-socklab.conf";

/// Says what to do.
pub(crate) fn say(advice: Advice, words: &Words) -> String {
    match advice {
        Advice::RunAsRoot => words.doctor_do_root("sudo socklab trace …"),
        Advice::Set { sysctl, value } => words.doctor_do_set(format_args!("sudo sysctl {sysctl}={value}")),
        Advice::SetAtStart { sysctl, value } => {
            words.doctor_do_set_at_start(format_args!("echo {sysctl}={value} | sudo tee {SETTINGS}"))
        }
        Advice::LoadProfile => words.doctor_do_profile(format_args!(
            "socklab doctor --apparmor-profile | sudo tee {PROFILE} && sudo apparmor_parser -r {PROFILE}"
        )),
        Advice::AddCapabilities { capabilities } => {
            words.doctor_do_capabilities(format_args!("docker run {} …", added(capabilities)))
        }
        Advice::WithoutFilter => {
            words.doctor_do_without_filter("docker run --security-opt seccomp=unconfined …")
        }
        Advice::Outside => words.doctor_do_outside(),
        Advice::EndTracer { tracer } => words.doctor_do_end_tracer(tracer),
        Advice::StartInstead => words.doctor_do_start("socklab trace -- …"),
        Advice::MountTracefs => words.doctor_do_mount("sudo mount -t tracefs tracefs /sys/kernel/tracing"),
        Advice::InstallPython => words.doctor_do_python("sudo apt install python3"),
        Advice::NewerKernel => words.doctor_do_kernel(),
        Advice::RefuseIoUring => words.doctor_do_no_io_uring("socklab trace --no-io-uring …"),
    }
}

fn added(capabilities: &[Capability]) -> String {
    let flags: Vec<_> = capabilities.iter().map(|it| format!("--cap-add {}", it.name())).collect();
    flags.join(" ")
}
