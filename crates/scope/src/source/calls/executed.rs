//! A process runs another program (`execve(2)`).

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::processes::Thread;
use super::tracer::Tracer;
use crate::decode::Interests;
use crate::model::{ARGUMENTS_BYTES_MAX, Fd, Note, Pid, ProcessChange, Tid, Time};

impl Tracer {
    /// The thread that has executed it was known by `former`, and is the only one that is left.
    pub(super) fn executed(&mut self, tid: Tid, former: Tid, now: Time) {
        let pid = Pid(tid.0);
        for other in self.traced.threads_of(pid) {
            self.cut_off(other, now);
            // The others end, and tell it; the one whose number the executing thread has taken does not.
            if other == tid || other == former {
                self.traced.threads.remove(&other);
            }
        }
        self.traced.threads.insert(tid, Thread::new(pid));
        if former != tid {
            self.lines.ended(former);
        }
        self.eye.executed(pid);
        self.forget_closed(pid);
        self.memories.forget(pid);
        self.lines.executed(pid);
        let Some(process) = self.traced.processes.get_mut(&pid) else { return };
        process.interests = Interests::default();
        process.noted.lines = None;
        let program = process.program;
        let is_first = !std::mem::replace(&mut process.is_running, true);
        let has_hook = process.has_hook;
        let gains_nothing = process.is_filtered && !self.keeps_privileges;
        if is_first {
            self.ended.processes += 1;
            self.tell_process(now, pid, ProcessChange::Started { program });
        }
        let (file, arguments) = self.tell_image(pid, now);
        if has_hook && ignores_environment(&file, &arguments) {
            self.tell_note(now, Note::NoLines { pid });
        }
        if gains_nothing && is_privileged(pid) {
            self.tell_note(now, Note::NoPrivilege { pid, file });
        }
    }

    /// Descriptors may have been closed by it (`FD_CLOEXEC`).
    fn forget_closed(&mut self, pid: Pid) {
        let Some(process) = self.traced.processes.get_mut(&pid) else { return };
        for fd in process.descriptors.sockets_in([0, u32::MAX]) {
            if !is_open(pid, fd) {
                process.descriptors.forget(fd);
                self.eye.closed(pid, fd);
            }
        }
        process.descriptors.forget_others();
    }

    /// Tells what a process runs; returns the file and the arguments.
    pub(super) fn tell_image(&self, pid: Pid, now: Time) -> (String, Vec<String>) {
        let file = fs::read_link(format!("/proc/{pid}/exe"));
        let file = file.map(|path| path.to_string_lossy().into_owned()).unwrap_or_default();
        let arguments = arguments(pid);
        let told = ProcessChange::Executed { file: file.clone(), arguments: arguments.clone() };
        self.tell_process(now, pid, told);
        (file, arguments)
    }
}

fn is_open(pid: Pid, fd: Fd) -> bool {
    fs::read_link(format!("/proc/{pid}/fd/{fd}")).is_ok()
}

/// The command line (`proc_pid_cmdline(5)`), cut to [`ARGUMENTS_BYTES_MAX`].
fn arguments(pid: Pid) -> Vec<String> {
    let mut bytes = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    bytes.truncate(ARGUMENTS_BYTES_MAX);
    let bytes = bytes.strip_suffix(b"\0").unwrap_or(&bytes);
    if bytes.is_empty() {
        return Vec::new();
    }
    bytes.split(|byte| *byte == 0).map(|argument| String::from_utf8_lossy(argument).into_owned()).collect()
}

/// The set-user-ID bit; the set-group-ID bit together with that of the group, without which it means something else.
const SET_USER: u32 = 0o4000;
const SET_GROUP: u32 = 0o2010;

/// Whether the file of a process would give it another user's rights.
fn is_privileged(pid: Pid) -> bool {
    let Ok(metadata) = fs::metadata(format!("/proc/{pid}/exe")) else { return false };
    let mode = metadata.permissions().mode();
    mode & SET_USER != 0 || mode & SET_GROUP == SET_GROUP
}

/// Whether it is a Python that is told to ignore its environment (`-E`, `-I`) or `sitecustomize` (`-S`), and so the hook.
fn ignores_environment(file: &str, arguments: &[String]) -> bool {
    let is_python =
        Path::new(file).file_name().is_some_and(|name| name.to_string_lossy().starts_with("python"));
    let options = arguments.iter().skip(1).take_while(|argument| argument.starts_with('-'));
    // What follows -c and -m is no option.
    let options = options.map(|option| option.split(['c', 'm']).next().unwrap_or_default());
    is_python
        && options.into_iter().any(|option| !option.starts_with("--") && option.contains(['E', 'I', 'S']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_python_that_ignores_its_environment_has_no_lines() {
        let ignores = |file: &str, line: &str| {
            ignores_environment(file, &line.split(' ').map(str::to_owned).collect::<Vec<_>>())
        };

        assert!(ignores("/usr/bin/python3.11", "python3 -I client.py"));
        assert!(ignores("/usr/bin/python3.11", "python3 -u -sS client.py"));
        assert!(!ignores("/usr/bin/python3.11", "python3 client.py -I"));
        assert!(!ignores("/usr/bin/python3.11", "python3 -cIMPORT"));
        assert!(!ignores("/usr/bin/perl", "perl -I lib x.pl"));
    }
}
