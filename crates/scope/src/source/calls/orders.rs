//! What other threads want of the tracer, which alone may do it.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::CallsError;
use super::tracer::Tracer;
use crate::model::{Pid, Time};

/// How many programs that could not be executed are remembered.
pub(super) const NOT_EXECUTED_MAX: usize = 64;

/// What waits for the tracer, and what it has to tell.
#[derive(Debug, Default)]
pub(super) struct Orders {
    waiting: Mutex<Waiting>,
    not_executed: Mutex<BTreeMap<Pid, i32>>,
}

/// What waits for the tracer.
#[derive(Debug, Default)]
struct Waiting {
    launches: Vec<Launch>,
    /// No program can be asked for any more.
    is_released: bool,
}

/// What is another thing than it was to be with a program that is asked for; `None` is as it was.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// Its command, as in [`Start::command`](super::Start::command).
    pub command: Option<Vec<OsString>>,
    /// The directory of a guest, as in [`GuestConfig::directory`](super::GuestConfig::directory).
    pub directory: Option<PathBuf>,
}

/// A program is to be started.
#[derive(Debug)]
struct Launch {
    program: usize,
    /// Where, if that is not where it was to be.
    network: Option<Arc<OwnedFd>>,
    change: Change,
    answer: Sender<Result<Pid, CallsError>>,
}

impl Orders {
    /// Asks for a program, wakes the tracer by `ring`, and waits for its answer.
    pub(super) fn launch(
        &self,
        program: usize,
        network: Option<Arc<OwnedFd>>,
        change: Change,
        ring: impl FnOnce(),
    ) -> Result<Pid, CallsError> {
        let (answer, is_launched): (_, Receiver<_>) = mpsc::channel();
        {
            let mut waiting = lock(&self.waiting);
            if waiting.is_released {
                return Err(CallsError::Over { program });
            }
            waiting.launches.push(Launch { program, network, change, answer });
        }
        ring();
        is_launched.recv().unwrap_or(Err(CallsError::Over { program }))
    }

    /// No program can be asked for from now on; whoever waits for an answer gets none.
    pub(super) fn release(&self) {
        let mut waiting = lock(&self.waiting);
        waiting.is_released = true;
        waiting.launches.clear();
    }

    fn take(&self) -> Vec<Launch> {
        std::mem::take(&mut lock(&self.waiting).launches)
    }

    pub(super) fn not_executed(&self, pid: Pid) -> Option<i32> {
        lock(&self.not_executed).get(&pid).copied()
    }

    pub(super) fn is_not_executed(&self, pid: Pid, errno: i32) {
        let mut not_executed = lock(&self.not_executed);
        if not_executed.len() < NOT_EXECUTED_MAX {
            not_executed.insert(pid, errno);
        }
    }
}

impl Tracer {
    /// Somebody wants something.
    pub(super) fn rung(&mut self, now: Time) {
        self.bell = None;
        if lock(&self.shared.orders.waiting).is_released {
            return self.release(now);
        }
        // Whoever comes from now on rings again.
        let hung = self.hang_bell();
        for launch in self.shared.orders.take() {
            let launched = match &hung {
                Ok(()) => self.launch(launch.program, launch.network, launch.change),
                Err(_) => Err(CallsError::Over { program: launch.program }),
            };
            // Who has asked waits for it.
            let _ = launch.answer.send(launched);
        }
    }

    fn launch(
        &mut self,
        program: usize,
        network: Option<Arc<OwnedFd>>,
        change: Change,
    ) -> Result<Pid, CallsError> {
        let mut start = self.asked.get(&program).cloned().ok_or(CallsError::Command { program })?;
        if let (Some(guest), Some(network)) = (&mut start.guest, network) {
            guest.network = Some(network);
        }
        if let (Some(guest), Some(directory)) = (&mut start.guest, change.directory) {
            guest.directory = directory;
        }
        if let Some(command) = change.command {
            start.command = command;
        }
        let (pid, go) = self.prepare_one(program, &start)?;
        go.go().map_err(|cause| CallsError::Attach { pid, cause })?;
        Ok(pid)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
