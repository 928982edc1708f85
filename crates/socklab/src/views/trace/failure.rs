//! What keeps a recording from beginning, and what keeps it from seeing more.

use std::io;

use kernel::step::StepError;
use scope::doctor::{Surroundings, no_private_network};
use scope::model::Pid;
use scope::session::{Limits, SessionError};
use scope::source::calls::CallsError;
use scope::source::packets::PacketsError;

use crate::errno;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::views::doctor;
use crate::words::Words;

/// The sysctl that says who may trace whom (`ptrace(2)`).
const YAMA: &str = "kernel.yama.ptrace_scope";

/// Says why nothing was recorded.
pub(crate) fn failure(error: &SessionError, words: &Words) -> Failure {
    match error {
        SessionError::Join { pid, cause } => {
            step(*cause, &format!("(pid {pid})"), words).hint(words.hint_trace_join())
        }
        SessionError::Calls(error) => of_calls(error, words),
    }
}

/// Says what cannot be seen, and what to do about it: a line each.
pub(crate) fn limits(limits: &Limits, words: &Words) -> Vec<String> {
    let here = Surroundings::read();
    let private = limits.private.map(|error| {
        let (_, advice) = no_private_network(&here, error);
        let hints = advice.into_iter().map(|it| doctor::what_to_do(it, words));
        (words.trace_no_private_network(cause(error, words)), hints.collect())
    });
    let packets = limits.packets.as_ref().map(|error| {
        let why = match error {
            PacketsError::Refused(error) => cause(*error, words),
            PacketsError::Thread(error) => errno::explain(words, error),
        };
        (words.trace_no_packets(why), vec![words.hint_trace_packets()])
    });
    let said = private.into_iter().chain(packets);
    let lines = |(what, hints): (String, Vec<String>)| {
        [what].into_iter().chain(hints.into_iter().map(|hint| words.hint(hint)))
    };
    said.flat_map(lines).collect()
}

/// Says that nobody records whose network could be joined.
pub(crate) fn nothing_to_join(words: &Words) -> Failure {
    Failure::new(Exit::Usage, words.trace_nothing_to_join()).hint(words.hint_trace_join())
}

/// Says that it is not clear whose network is meant.
pub(crate) fn several_to_join(running: &[Pid], words: &Words) -> Failure {
    let pids = running.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    Failure::new(Exit::Usage, words.trace_several_to_join(pids)).hint(words.hint_trace_join_one())
}

/// Says that those who record cannot be looked for.
pub(crate) fn no_rendezvous(error: &io::Error, words: &Words) -> Failure {
    Failure::system(words, Exit::Usage, "open", "XDG_RUNTIME_DIR", error).hint(words.hint_trace_join_one())
}

fn of_calls(error: &CallsError, words: &Words) -> Failure {
    let system =
        |operation, object: &str, error| Failure::system(words, Exit::Usage, operation, object, error);
    match error {
        CallsError::Execute { file, cause } => system("execve", file, cause).hint(words.hint_trace_execute()),
        CallsError::Prepare { file, cause } => system("fork", file, cause),
        CallsError::Confine { file, cause } => system(cause.step.operation(), file, &cause.to_io()),
        CallsError::Attach { pid, cause } => {
            system("ptrace", &format!("(pid {pid})"), cause).hint(words.hint_trace_attach(YAMA))
        }
        CallsError::Traced { pid, tracer } => {
            Failure::new(Exit::Usage, words.trace_already_traced(pid, tracer))
                .hint(words.hint_trace_one_tracer())
        }
        CallsError::Pin { cpu, cause } => {
            system("sched_setaffinity", &format!("(CPU {cpu})"), cause).hint(words.hint_trace_cpus())
        }
        CallsError::Thread(cause) => system("clone", "", cause),
        CallsError::Machine => Failure::new(Exit::Usage, words.trace_unknown_machine()),
        // The command line was checked for these.
        CallsError::TooMany
        | CallsError::Condition { .. }
        | CallsError::Command { .. }
        | CallsError::Over { .. } => Failure::internal(words, error),
    }
}

fn step(error: StepError, object: &str, words: &Words) -> Failure {
    Failure::system(words, Exit::Usage, error.step.operation(), object, &error.to_io())
}

fn cause(error: StepError, words: &Words) -> String {
    words.trace_step(error.step.operation(), errno::explain(words, &error.to_io()))
}
