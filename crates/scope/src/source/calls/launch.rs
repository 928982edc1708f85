//! Programs begin: prepared before anything runs, so that what is wrong with one of them is known before.

use std::env;
use std::ffi::{CString, OsStr, OsString};
use std::fs;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use kernel::affinity;
use kernel::launch::{self, Go, Manner, Prepared};
use kernel::process::{Handle, Image};
use kernel::ptrace::{self, Options};
use kernel::seccomp::Filter;
use kernel::signals;
use kernel::step::StepError;
use wire::names::{Machine, Syscall};

use super::processes::{Process, Status, Thread};
use super::tracer::Tracer;
use super::{CallsError, Config, GuestConfig, Start, When};
use crate::model::{Pid, ProcessChange, Tid};

/// `ENOENT`, `EACCES`, `ENOSYS` and `ECANCELED`.
const NOT_FOUND: i32 = 2;
const NOT_ALLOWED: i32 = 13;
const NOT_THERE: u16 = 38;
const CANCELLED: i32 = 125;

/// What all programs that are started here have in common.
#[derive(Debug)]
pub(super) struct Manners {
    filter: Filter,
    output_to_error: bool,
    terminal: Option<Arc<OwnedFd>>,
}

impl Tracer {
    /// Makes a process for each program, which waits, and attaches to it.
    pub(super) fn prepare(&mut self, config: &Config) -> Result<(), CallsError> {
        if let Some(cpu) = config.cpu {
            affinity::pin(cpu).map_err(|cause| CallsError::Pin { cpu, cause })?;
        }
        signals::omit_stops_of_children();
        // What is wrong with one of them is known before anything runs.
        config.programs.iter().enumerate().try_for_each(|program| image(program).map(drop))?;
        for (program, start) in config.programs.iter().enumerate() {
            let go = if start.when == When::Asked {
                self.asked.insert(program, start.clone());
                None
            } else {
                Some(self.prepare_one(program, start)?.1)
            };
            self.gos.push(go);
        }
        if config.takes_orders() {
            self.hang_bell()?;
        }
        Ok(())
    }

    fn prepare_guest(
        &self,
        program: usize,
        guest: &GuestConfig,
        (image, filter): (&Image, &Filter),
    ) -> Result<Prepared, StepError> {
        let confinement = Arc::new(guest.raise()?);
        self.shared.confined(program, Arc::clone(&confinement));
        guest.prepare(image, filter, &confinement)
    }

    /// Makes a process for a program, which waits, and attaches to it.
    pub(super) fn prepare_one(&mut self, program: usize, start: &Start) -> Result<(Pid, Go), CallsError> {
        let image = image((program, start))?;
        let manner = Manner {
            keep_privileges: self.keeps_privileges,
            output_to_error: self.manners.output_to_error,
            terminal: self.manners.terminal.as_ref().map(|terminal| terminal.as_fd()),
        };
        let failed = |cause| CallsError::Prepare { file: shown(start), cause };
        let filter = &self.manners.filter;
        let prepared = match &start.guest {
            None => launch::prepare(&image, filter, manner).map_err(failed)?,
            Some(guest) => self
                .prepare_guest(program, guest, (&image, filter))
                .map_err(|cause| CallsError::Confine { file: shown(start), cause })?,
        };
        let pid = Pid(prepared.id());
        self.shared.started_program(Handle::open(pid.0).map_err(failed)?);
        ptrace::seize(pid.0, Options { filtered: true, end_with_tracer: true })
            .map_err(|cause| CallsError::Attach { pid, cause })?;
        self.shared.started(pid);
        let has_hook = start.environment.iter().any(|(name, _)| name == "PYTHONPATH");
        self.takes(pid, Process { has_hook, ..Process::new(program, true) });
        Ok((pid, prepared.into_go()))
    }

    /// Makes the process whose end wakes the tracer.
    pub(super) fn hang_bell(&mut self) -> Result<(), CallsError> {
        let image = Image::new(Vec::new(), Vec::new(), Vec::new());
        let nothing = Filter::trace(self.machine.audit_arch(), &[], &[]);
        let bell = launch::prepare(&image, &nothing, Manner::default()).map_err(CallsError::Thread)?;
        self.bell = Some(Pid(bell.id()));
        self.shared.hang(bell.into_go());
        Ok(())
    }
    fn takes(&mut self, pid: Pid, process: Process) {
        let programs = self.roots.len().max(process.program + 1);
        self.roots.resize(programs, Pid(0));
        self.roots[process.program] = pid;
        self.traced.processes.insert(pid, process);
        self.traced.threads.insert(Tid(pid.0), Thread::new(pid));
    }

    /// Attaches to the threads of the processes that run already, and hangs the bell by which they are released.
    pub(super) fn attach(&mut self, config: &Config) -> Result<(), CallsError> {
        for (index, pid) in config.attach.iter().enumerate() {
            let program = config.programs.len() + index;
            self.attach_to(*pid, program)?;
        }
        if config.attach.is_empty() || self.bell.is_some() { Ok(()) } else { self.hang_bell() }
    }

    fn attach_to(&mut self, pid: Pid, program: usize) -> Result<(), CallsError> {
        let options = Options { filtered: false, end_with_tracer: false };
        ptrace::seize(pid.0, options).map_err(|cause| attach_error(pid, cause))?;
        self.takes(pid, Process::new(program, false));
        // What the threads that are traced make is traced, too: when nobody new is found, there is nobody else.
        while let found = self.others(pid)
            && !found.is_empty()
        {
            for tid in found {
                // One that has ended meanwhile is not missed; one that has been attached to by its maker will tell.
                let _ = ptrace::seize(tid.0, options);
                self.traced.threads.insert(tid, Thread::new(pid));
            }
        }
        for tid in self.traced.threads_of(pid) {
            // To tell of calls, it has to be stopped and resumed once. One that has ended will tell that.
            let _ = ptrace::interrupt(tid.0);
        }
        self.ended.processes += 1;
        self.tell_process(self.now(), pid, ProcessChange::Started { program });
        self.tell_image(pid, self.now());
        Ok(())
    }

    /// The threads of a process that are not known.
    fn others(&self, pid: Pid) -> Vec<Tid> {
        let Ok(threads) = fs::read_dir(format!("/proc/{pid}/task")) else { return Vec::new() };
        let numbers = threads.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
        numbers.map(Tid).filter(|tid| !self.traced.threads.contains_key(tid)).collect()
    }

    /// Starts the programs that wait for nobody.
    pub(super) fn begin_programs(&mut self) -> Result<(), CallsError> {
        for (program, when) in self.starts.begin() {
            match (when, self.gos.get_mut(program).and_then(Option::take)) {
                (When::After(limit), Some(go)) => self.go_after(limit, go)?,
                (_, Some(go)) => start(go),
                (_, None) => {}
            }
        }
        Ok(())
    }

    fn go_after(&mut self, limit: Duration, go: Go) -> Result<(), CallsError> {
        let (timer, is_over) = mpsc::channel();
        self.timers.push(timer);
        let wait = move || {
            if is_over.recv_timeout(limit) == Err(RecvTimeoutError::Timeout) {
                start(go);
            }
        };
        thread::Builder::new().name("start".to_owned()).spawn(wait).map_err(CallsError::Thread)?;
        Ok(())
    }

    /// Starts a program that has waited for another one.
    pub(super) fn go(&mut self, program: usize) {
        if let Some(go) = self.gos.get_mut(program).and_then(Option::take) {
            start(go);
        }
    }

    /// The end of a process: if it was the first one of a program, others may have waited for that.
    pub(super) fn program_ended(&mut self, pid: Pid, was_running: bool, wait_status: u32) {
        let Some(program) = self.roots.iter().position(|root| *root == pid) else { return };
        self.roots[program] = Pid(0);
        match exit_code(wait_status) {
            Some(CANCELLED) if !was_running => {}
            Some(errno) if !was_running => {
                self.shared.orders.is_not_executed(pid, errno);
                self.ended.not_executed.push((program, errno));
            }
            _ => self.ended.wait_statuses[program] = Some(wait_status),
        }
        for next in self.starts.ended(program) {
            self.go(next);
        }
        let waits = |process: &Process| !process.is_running && self.starts.waits(process.program);
        if self.traced.processes.values().all(waits) {
            for program in self.starts.give_up() {
                self.gos[program] = None;
            }
        }
    }
}

impl Manners {
    /// Takes what all programs of a recording have in common.
    pub(super) fn of(config: &Config, machine: Machine) -> Self {
        let (refused, traced): (Vec<_>, Vec<_>) = Syscall::all(machine)
            .partition(|(call, _)| config.refuse_io_uring && call.name() == "io_uring_setup");
        let traced: Vec<_> = traced.into_iter().map(|(_, number)| number).collect();
        let refused: Vec<_> = refused.into_iter().map(|(_, number)| (number, NOT_THERE)).collect();
        Self {
            filter: Filter::trace(machine.audit_arch(), &traced, &refused),
            output_to_error: config.output_to_error,
            terminal: config.terminal.clone(),
        }
    }
}

/// It fails for a program that was killed while it waited, which is told when that is seen.
fn start(go: Go) {
    let _ = go.go();
}

/// The exit code in a wait status (`wait(2)`); `None` if a signal ended the process.
fn exit_code(wait_status: u32) -> Option<i32> {
    ExitStatus::from_raw(wait_status.cast_signed()).code()
}

fn attach_error(pid: Pid, cause: io::Error) -> CallsError {
    match Status::of(Tid(pid.0)).and_then(|status| status.number("TracerPid:")) {
        Some(tracer) if tracer != 0 => CallsError::Traced { pid, tracer: Pid(tracer) },
        _ => CallsError::Attach { pid, cause },
    }
}

/// What execve(2) is to be given for a program.
fn image((program, start): (usize, &Start)) -> Result<Image, CallsError> {
    let name = start.command.first().ok_or(CallsError::Command { program })?;
    let inherited = match &start.guest {
        None => env::vars_os().collect(),
        Some(guest) => guest.environment.clone(),
    };
    let environment = environment(inherited, &start.environment);
    let path = environment.iter().find(|(name, _)| name == "PATH").map(|(_, value)| value.as_os_str());
    let candidates = candidates(name, path);
    check(&candidates, start.guest.as_ref())
        .map_err(|cause| CallsError::Execute { file: shown(start), cause })?;
    let c_string =
        |text: OsString| CString::new(text.into_vec()).map_err(|_| CallsError::Command { program });
    let of_variable = |(name, value): (OsString, OsString)| {
        let mut text = name;
        text.push("=");
        text.push(value);
        c_string(text)
    };
    Ok(Image::new(
        candidates.into_iter().map(|path| c_string(path.into_os_string())).collect::<Result<_, _>>()?,
        start.command.iter().cloned().map(c_string).collect::<Result<_, _>>()?,
        environment.into_iter().map(of_variable).collect::<Result<_, _>>()?,
    ))
}

type Variables = Vec<(OsString, OsString)>;

/// An environment, with what is added to it.
fn environment(inherited: Variables, added: &[(OsString, OsString)]) -> Variables {
    let is_added = |name: &OsString| added.iter().any(|(added, _)| added == name);
    let mut environment: Vec<_> = inherited.into_iter().filter(|(name, _)| !is_added(name)).collect();
    environment.extend(added.iter().cloned());
    environment
}

/// Where `execvp(3)` would look when there is no `PATH`.
const DEFAULT_PATH: &str = "/bin:/usr/bin";

/// The files that a command's name may mean, in the order in which they are tried.
fn candidates(name: &OsStr, path: Option<&OsStr>) -> Vec<PathBuf> {
    if name.as_bytes().contains(&b'/') {
        return vec![PathBuf::from(name)];
    }
    let path = path.unwrap_or(OsStr::new(DEFAULT_PATH));
    env::split_paths(path).map(|directory| directory.join(name)).collect()
}

/// Looks whether one of the files can be executed, as far as its mode says; for a guest, of the files that it finds.
fn check(candidates: &[PathBuf], guest: Option<&GuestConfig>) -> io::Result<()> {
    let mut told = io::Error::from_raw_os_error(NOT_FOUND);
    let walls = guest.map(GuestConfig::confine);
    let found = candidates.iter().filter_map(|candidate| match &walls {
        None => Some(candidate.clone()),
        Some(walls) => walls.outside(candidate),
    });
    for candidate in found {
        match is_executable(&candidate) {
            Ok(true) => return Ok(()),
            Ok(false) => told = io::Error::from_raw_os_error(NOT_ALLOWED),
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => told = error,
            Err(_) => {}
        }
    }
    Err(told)
}

const EXECUTABLE: u32 = 0o111;

fn is_executable(path: &Path) -> io::Result<bool> {
    let metadata = fs::metadata(path)?;
    Ok(metadata.is_file() && metadata.permissions().mode() & EXECUTABLE != 0)
}

fn shown(start: &Start) -> String {
    start.command.first().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_looked_for_in_the_path_and_a_path_is_not() {
        let path = Some(OsStr::new("/a:/b"));

        assert_eq!(candidates(OsStr::new("x"), path), [Path::new("/a/x"), Path::new("/b/x")]);
        assert_eq!(candidates(OsStr::new("./x"), path), [Path::new("./x")]);
        assert_eq!(candidates(OsStr::new("x"), None), [Path::new("/bin/x"), Path::new("/usr/bin/x")]);
    }

    #[test]
    fn what_is_added_takes_the_place_of_what_is_there() {
        let added = [("PATH".into(), "/nowhere".into())];

        let environment = environment(env::vars_os().collect(), &added);

        assert_eq!(environment.iter().filter(|(name, _)| name == "PATH").count(), 1);
        assert_eq!(environment.last(), Some(&added[0]));
    }

    #[test]
    fn the_reason_why_nothing_can_be_executed_is_told() {
        let kind = |candidates: &[&str]| {
            let candidates: Vec<_> = candidates.iter().map(PathBuf::from).collect();
            check(&candidates, None).unwrap_err().raw_os_error()
        };

        assert_eq!(kind(&["/nonexistent"]), Some(NOT_FOUND));
        assert_eq!(kind(&["/nonexistent", "/etc/passwd"]), Some(NOT_ALLOWED));
        assert_eq!(kind(&["/bin"]), Some(NOT_ALLOWED));
    }
}
