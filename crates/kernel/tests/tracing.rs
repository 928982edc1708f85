//! Programs under a tracer: prepared, attached to, stopped at their calls.
#![expect(clippy::unwrap_used, reason = "a test says what it expects by unwrapping, in its helpers too")]

use std::ffi::CString;
use std::io::{Read, Write};
use std::os::fd::{AsFd, AsRawFd};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use kernel::launch::{Go, Manner, prepare};
use kernel::memory;
use kernel::poll::{self, Interest};
use kernel::process::Image;
use kernel::ptrace::{self, CallInfo, How, Options, Stop, Waited};
use kernel::seccomp::Filter;
use rustix::pipe::PipeFlags;
use rustix::process::{Pid, PidfdFlags, pidfd_open};

const TRACED: Options = Options { filtered: true, end_with_tracer: true };
/// Long enough for whatever must happen, on any machine.
const PATIENCE: Duration = Duration::from_secs(60);
const ARCH: u32 = if cfg!(target_arch = "x86_64") { 0xC000_003E } else { 0xC000_00B7 };

#[test]
fn a_program_stops_at_the_calls_of_its_filter_and_its_memory_can_be_read() {
    let (id, go) =
        attached(&["/bin/sh", "-c", "exit 3"], &Filter::trace(ARCH, &[number(libc::SYS_execve)], &[]));

    go.go().unwrap();

    assert_eq!(ptrace::wait_any(true).unwrap(), Waited::Stopped(id, Stop::Filtered));
    let CallInfo::Entry { audit_arch, number, values } = ptrace::call_info(id).unwrap() else { panic!() };
    let mut path = [0; 8];
    assert_eq!(memory::read(id, values[0], &mut path).unwrap(), 8);
    assert_eq!((audit_arch, number, &path), (ARCH, libc::SYS_execve.cast_unsigned(), b"/bin/sh\0"));
    ptrace::resume(id, How::UntilCall, 0).unwrap();
    assert_eq!(ptrace::wait_any(true).unwrap(), Waited::Stopped(id, Stop::Executed(id)));
    ptrace::resume(id, How::UntilCall, 0).unwrap();
    assert_eq!(ptrace::wait_any(true).unwrap(), Waited::Stopped(id, Stop::Call));
    assert_eq!(ptrace::call_info(id).unwrap(), CallInfo::Exit { result: 0 });
    ptrace::resume(id, How::Run, 0).unwrap();
    assert_eq!(run_on(id), (vec![], 3 << 8));
}

#[test]
fn a_refused_call_gets_its_error_and_no_stop() {
    let refused = [(number(libc::SYS_kill), 38)];
    let script = ["/bin/sh", "-c", "kill -0 $$ 2>/dev/null"];
    let (id, go) = attached(&script, &Filter::trace(ARCH, &[], &refused));

    go.go().unwrap();

    let (stops, status) = run_on(id);
    assert_eq!(stops.iter().filter(|stop| **stop == Stop::Filtered).count(), 0);
    assert_eq!(libc::WEXITSTATUS(status), 1);
}

#[test]
fn a_program_that_nobody_starts_ends() {
    let (id, go) = attached(&["/bin/true"], &Filter::trace(ARCH, &[], &[]));

    drop(go);

    assert_eq!(run_on(id), (vec![], libc::ECANCELED << 8));
}

#[test]
fn a_program_that_waits_holds_nothing_open_that_it_will_not_have() {
    let (read, write) = rustix::pipe::pipe_with(PipeFlags::CLOEXEC).unwrap();
    let (kept, _inherited) = rustix::pipe::pipe().unwrap();
    let (id, go) = attached(&["/bin/true"], &Filter::trace(ARCH, &[], &[]));

    drop(write);

    let ended = poll::wait(read.as_fd(), Interest::READ, Some(Instant::now() + PATIENCE)).unwrap();
    assert!(ended.any(), "the end that it copied keeps the pipe open");
    let own = format!("/proc/self/fd/{}", kept.as_raw_fd());
    let its = own.replace("self", &id.to_string());
    assert_eq!(std::fs::read_link(its).unwrap(), std::fs::read_link(own).unwrap());
    drop(go);
    assert_eq!(run_on(id), (vec![], libc::ECANCELED << 8));
}

#[test]
fn a_program_that_cannot_be_executed_says_why_by_its_exit_code() {
    let (id, go) = attached(&["/nonexistent"], &Filter::trace(ARCH, &[], &[]));

    go.go().unwrap();

    assert_eq!(run_on(id), (vec![], libc::ENOENT << 8));
}

#[test]
fn what_a_program_makes_is_traced_as_well() {
    let (id, go) = attached(&["/bin/sh", "-c", "(exit 1); exit 2"], &Filter::trace(ARCH, &[], &[]));

    go.go().unwrap();

    let (mut ended, mut forked) = (Vec::new(), Vec::new());
    loop {
        match ptrace::wait_any(true).unwrap() {
            Waited::Stopped(tid, stop) => {
                if let Stop::Forked(child) = stop {
                    forked.push(child);
                }
                ptrace::resume(tid, How::Run, signal(stop)).unwrap();
            }
            Waited::Ended(tid, status) => ended.push((tid, libc::WEXITSTATUS(status.cast_signed()))),
            Waited::NoChild => break,
            Waited::Running => panic!("it was to wait"),
        }
    }
    assert_eq!(ended, [(forked[0], 1), (id, 2)]);
}

#[test]
fn a_stopped_program_stays_stopped_until_it_is_continued() {
    let script = ["/bin/sh", "-c", "kill -STOP $$; exit 4"];
    let (id, go) = attached(&script, &Filter::trace(ARCH, &[], &[]));

    go.go().unwrap();

    assert_eq!(ptrace::wait_any(true).unwrap(), Waited::Stopped(id, Stop::Executed(id)));
    ptrace::resume(id, How::Run, 0).unwrap();
    assert_eq!(ptrace::wait_any(true).unwrap(), Waited::Stopped(id, Stop::Signal(libc::SIGSTOP)));
    ptrace::resume(id, How::Run, libc::SIGSTOP).unwrap();
    assert_eq!(ptrace::wait_any(true).unwrap(), Waited::Stopped(id, Stop::Group(libc::SIGSTOP)));
    ptrace::resume(id, How::Listen, 0).unwrap();
    assert!(Command::new("kill").args(["-CONT", &id.to_string()]).status().unwrap().success());
    assert_eq!(run_on(id), (vec![Stop::Own, Stop::Signal(libc::SIGCONT)], 4 << 8));
}

#[test]
fn a_program_that_is_killed_stops_while_it_has_its_descriptors() {
    let (id, go) = attached(&["/bin/sh", "-c", "kill -KILL $$"], &Filter::trace(ARCH, &[], &[]));

    go.go().unwrap();

    assert_eq!(ptrace::wait_any(true).unwrap(), Waited::Stopped(id, Stop::Executed(id)));
    ptrace::resume(id, How::Run, 0).unwrap();
    assert_eq!(ptrace::wait_any(true).unwrap(), Waited::Stopped(id, Stop::Exiting));
    assert!(std::fs::read_link(format!("/proc/{id}/fd/0")).is_ok());
    ptrace::resume(id, How::Run, 0).unwrap();
    assert_eq!(ptrace::wait_any(true).unwrap(), Waited::Ended(id, libc::SIGKILL.cast_unsigned()));
}

#[test]
fn a_program_ends_with_its_tracer() {
    let handle = thread::spawn(|| {
        let (id, go) = attached(&["/bin/sh", "-c", "kill -STOP $$"], &Filter::trace(ARCH, &[], &[]));
        go.go().unwrap();
        assert_eq!(ptrace::wait_any(true).unwrap(), Waited::Stopped(id, Stop::Executed(id)));
        pidfd_open(Pid::from_raw(id.cast_signed()).unwrap(), PidfdFlags::empty()).unwrap()
    });

    let handle = handle.join().unwrap();

    assert!(poll::wait(handle.as_fd(), Interest::READ, None).unwrap().read);
}

#[test]
fn a_running_program_is_attached_to_and_let_go() {
    let mut child = Command::new("/bin/cat").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let id = child.id();
    // What it writes tells that it is through with execve(2), which would be seen otherwise.
    child.stdin.as_mut().unwrap().write_all(b"a").unwrap();
    child.stdout.as_mut().unwrap().read_exact(&mut [0]).unwrap();

    ptrace::seize(id, Options { filtered: false, end_with_tracer: false }).unwrap();
    let again = thread::spawn(move || ptrace::seize(id, TRACED)).join().unwrap();
    ptrace::interrupt(id).unwrap();
    assert_eq!(ptrace::wait_any(true).unwrap(), Waited::Stopped(id, Stop::Own));
    ptrace::detach(id, 0).unwrap();

    assert_eq!(again.unwrap_err().raw_os_error(), Some(libc::EPERM));
    drop(child.stdin.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

/// Prepares a program and attaches to it.
fn attached(command: &[&str], filter: &Filter) -> (u32, Go) {
    let strings: Vec<_> = command.iter().map(|part| CString::new(*part).unwrap()).collect();
    let path = CString::new("PATH=/usr/bin:/bin").unwrap();
    let image = Image::new(vec![strings[0].clone()], strings, vec![path]);
    let prepared = prepare(&image, filter, Manner::default()).unwrap();
    ptrace::seize(prepared.id(), TRACED).unwrap();
    (prepared.id(), prepared.into_go())
}

/// Lets it run to its end; returns the stops but for that of its own `execve(2)` and the last one, and its wait status.
fn run_on(id: u32) -> (Vec<Stop>, i32) {
    let mut stops = Vec::new();
    loop {
        match ptrace::wait_any(true).unwrap() {
            Waited::Stopped(tid, stop) => {
                if stop != Stop::Executed(id) {
                    stops.push(stop);
                }
                ptrace::resume(tid, How::Run, signal(stop)).unwrap();
            }
            Waited::Ended(tid, status) if tid == id => {
                assert_eq!(stops.pop(), Some(Stop::Exiting));
                return (stops, status.cast_signed());
            }
            _ => {}
        }
    }
}

fn signal(stop: Stop) -> i32 {
    if let Stop::Signal(signal) = stop { signal } else { 0 }
}

fn number(call: libc::c_long) -> u16 {
    u16::try_from(call).unwrap()
}
