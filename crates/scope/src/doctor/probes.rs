//! What comes of really trying each thing that a recording needs.

use std::ffi::OsString;
use std::io;
use std::process::{Command, Stdio};

use kernel::clock;
use kernel::namespace::{self, UserMap};
use kernel::packet::Ring;
use kernel::process::Handle;
use kernel::step::StepError;

use super::surroundings::can_keep_privileges;
use crate::model::{LinesFrom, Observation, Process, ProcessChange, What};
use crate::session::MTU_BYTES;
use crate::sockets::{self, Filter, State as SocketState};
use crate::source::calls::{self, CallsError, Config, Ended, Start, When};
use crate::source::counters::Counters;
use crate::source::lines::Hook;
use crate::source::packets;
use crate::source::sink;
use crate::source::state::Eye;
use crate::source::tracepoints::{self, TracepointsError};

/// What came of each try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probed {
    /// Making a private network, and seeing its packets.
    pub private_network: Result<(), StepError>,
    /// Seeing the packets of this network.
    pub packets: Result<(), StepError>,
    /// Tracing a program.
    pub calls: Result<(), Untraced>,
    /// Copying a descriptor of a program that was started here: the error number if it failed.
    pub descriptors: Result<(), i32>,
    /// Listing sockets: the error number if it failed; `EIO` of an answer that is none.
    pub socket_lists: Result<(), i32>,
    /// Reading counters: the error number if it failed.
    pub counters: Result<(), i32>,
    /// Listening to tracepoints.
    pub kernel_events: Result<(), NoTracepoints>,
    /// Having Python run the hook.
    pub lines: Result<PythonLines, NoLines>,
}

/// Why no program could be traced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Untraced {
    /// The numbers of system calls are not known for this kind of machine.
    Machine,
    /// A call failed.
    Refused {
        /// Which one.
        operation: &'static str,
        /// How.
        errno: i32,
    },
    /// The program did not end as it does.
    Silent,
}

/// Why there are no tracepoints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoTracepoints {
    /// Tracefs is not mounted.
    NoTracefs,
    /// A call failed.
    Refused {
        /// Which one.
        operation: String,
        /// How.
        errno: i32,
    },
}

/// A version of Python: `(3, 11)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Python(pub u32, pub u32);

/// How the lines of Python programs are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PythonLines {
    /// Of which version.
    pub python: Python,
    /// How; none if that Python could not be traced.
    pub from: Option<LinesFrom>,
}

/// Why the lines of Python programs are not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoLines {
    /// There is no `python3`.
    NoPython,
    /// The hook could not be written: the error number.
    Hook(i32),
    /// It could not be started, or did not say what it was asked.
    Silent,
    /// It did not run the hook.
    NotRun(Python),
}

/// Tries everything, as a recording would do it.
///
/// Where a private network can be had, this process enters it, as that of a recording does: what is tried then is tried there. It
/// must have one thread only; with more, everything is tried outside, which for who is not root may come out differently (the module
/// Yama asks for privileges that everybody has in a user namespace of their own). What was entered is not left again.
pub fn probe() -> Probed {
    let packets = Ring::open(packets::Config::default()).map(drop);
    let private_network = namespace::probe(UserMap::usual(), MTU_BYTES);
    if private_network.is_ok() {
        // With several threads it fails and changes nothing.
        let _ = namespace::enter_private(UserMap::usual()).and_then(|()| namespace::loopback_up(MTU_BYTES));
    }
    Probed {
        private_network,
        packets,
        calls: trace(),
        descriptors: copy_descriptor().map_err(|error| number(&error)),
        socket_lists: list_sockets(),
        counters: Counters::read(false).map(drop).map_err(|error| number(&error)),
        kernel_events: listen(),
        lines: run_python(),
    }
}

/// Traces a program that does nothing, to its end.
fn trace() -> Result<(), Untraced> {
    let (ended, told) = traced(&["true"], Vec::new()).map_err(|error| untraced(&error))?;
    match ended.not_executed.first() {
        Some((_, errno)) => Err(Untraced::Refused { operation: "seccomp", errno: *errno }),
        None if !told.is_empty() && ended.wait_statuses == [Some(0)] => Ok(()),
        None => Err(Untraced::Silent),
    }
}

/// Traces a program to its end, and returns what was told of it.
fn traced(
    command: &[&str],
    environment: Vec<(OsString, OsString)>,
) -> Result<(Ended, Vec<Observation>), CallsError> {
    let (sink, mut reader) = sink::sink(clock::monotonic_ns());
    let command = command.iter().map(OsString::from).collect();
    let config = Config {
        programs: vec![Start { command, environment, when: When::AtOnce, guest: None }],
        attach: Vec::new(),
        strings_bytes: 0,
        refuse_io_uring: false,
        keep_privileges: can_keep_privileges(),
        cpu: None,
        output_to_error: false,
        terminal: None,
    };
    let ended = calls::start(config, sink.clone(), Eye::new(sink))?.join();
    Ok((ended, reader.take()))
}

fn untraced(error: &CallsError) -> Untraced {
    let (operation, cause) = match error {
        CallsError::Machine => return Untraced::Machine,
        CallsError::TooMany
        | CallsError::Condition { .. }
        | CallsError::Command { .. }
        | CallsError::Over { .. } => {
            return Untraced::Silent;
        }
        CallsError::Traced { .. } => {
            return Untraced::Refused { operation: "ptrace", errno: wire::errno::EPERM };
        }
        CallsError::Confine { cause, .. } => {
            return Untraced::Refused { operation: cause.step.operation(), errno: cause.errno };
        }
        CallsError::Execute { cause, .. } => ("execve", cause),
        CallsError::Prepare { cause, .. } => ("fork", cause),
        CallsError::Attach { cause, .. } => ("ptrace", cause),
        CallsError::Pin { cause, .. } => ("sched_setaffinity", cause),
        CallsError::Thread(cause) => ("clone", cause),
    };
    Untraced::Refused { operation, errno: number(cause) }
}

/// Copies a descriptor of a program that was started here.
fn copy_descriptor() -> io::Result<()> {
    // It reads until its input ends, and so is there for as long as it is needed.
    let mut child = Command::new("cat").stdin(Stdio::piped()).stdout(Stdio::null()).spawn()?;
    let copied =
        Handle::open(child.id()).and_then(|child| kernel::descriptor::copy_from(&child, 0)).map(drop);
    drop(child.stdin.take());
    child.wait()?;
    copied
}

fn list_sockets() -> Result<(), i32> {
    let listening = Filter { states: SocketState::LISTENING.into(), ..Filter::default() };
    let listed = sockets::dump::entries(&listening.requests());
    listed.map(drop).map_err(|error| error.errno().unwrap_or(wire::errno::EIO))
}

fn listen() -> Result<(), NoTracepoints> {
    let (sink, _reader) = sink::sink(clock::monotonic_ns());
    let known = Eye::new(sink.clone()).known();
    match tracepoints::start(known, sink) {
        Ok(tracepoints) => {
            tracepoints.stop();
            Ok(())
        }
        Err(TracepointsError::NoTracefs) => Err(NoTracepoints::NoTracefs),
        Err(
            TracepointsError::Refused { operation, cause } | TracepointsError::Failed { operation, cause },
        ) => Err(NoTracepoints::Refused { operation, errno: number(&cause) }),
    }
}

/// What Python is asked: its version, and whether it has loaded the hook's module.
const QUESTION: &str = "import sys; print(*sys.version_info[:2], int('_socklab_lines' in sys.modules))";

/// A Python that does nothing, and of whose surroundings nothing is heard.
const PYTHON: [&str; 3] = ["sh", "-c", "exec python3 -c pass </dev/null >/dev/null 2>&1"];

fn run_python() -> Result<PythonLines, NoLines> {
    let hook = Hook::write().map_err(|error| NoLines::Hook(number(&error)))?;
    let (name, value) = hook.environment(std::env::var_os("PYTHONPATH").as_deref());
    let answer = Command::new("python3")
        .args(["-c", QUESTION])
        .env(&name, &value)
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output();
    let python = match answer {
        Ok(answer) => read_answer(&String::from_utf8_lossy(&answer.stdout))?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(NoLines::NoPython),
        Err(_) => return Err(NoLines::Silent),
    };
    // Without a tracer it has told its lines; whether it has to shows only where one reads.
    let told = traced(&PYTHON, vec![(name, value)]).map(|(_, told)| told).unwrap_or_default();
    Ok(PythonLines { python, from: told.iter().rev().find_map(lines_from) })
}

fn lines_from(told: &Observation) -> Option<LinesFrom> {
    match told.what {
        What::Process(Process { change: ProcessChange::Lines { from }, .. }) => Some(from),
        _ => None,
    }
}

fn read_answer(answer: &str) -> Result<Python, NoLines> {
    let numbers: Result<Vec<u32>, _> = answer.split_whitespace().map(str::parse).collect();
    match numbers.as_deref() {
        Ok(&[major, minor, 1]) => Ok(Python(major, minor)),
        Ok(&[major, minor, 0]) => Err(NoLines::NotRun(Python(major, minor))),
        _ => Err(NoLines::Silent),
    }
}

/// The error number; `EIO` for an error that comes from no system call.
fn number(error: &io::Error) -> i32 {
    error.raw_os_error().unwrap_or(wire::errno::EIO)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn python_answers_with_its_version_and_whether_it_has_the_hook() {
        assert_eq!(read_answer("3 11 1\n"), Ok(Python(3, 11)));
        assert_eq!(read_answer("3 7 0\n"), Err(NoLines::NotRun(Python(3, 7))));
        assert_eq!(read_answer(""), Err(NoLines::Silent));
        assert_eq!(read_answer("pyenv: python3: command not found\n"), Err(NoLines::Silent));
    }
}
