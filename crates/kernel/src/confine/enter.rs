//! How a process becomes a guest's: what it joins and gives up before it executes the program.

use std::ffi::CString;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::fs::Mode;
use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};

use super::init::Namespaces;
use super::landlock::{self, Rule};
use super::limits::Limits;
use super::user::{Change, give_up_capabilities, set_traceable};
use crate::namespace::write;
use crate::process::close_all_at_exec;
use crate::signals;
use crate::step::{Step, StepError, at};

/// What a guest's process does before it is one, made before there is one.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) change: Change,
    pub(super) limits: Limits,
    pub(super) directory: CString,
    pub(super) rules: Vec<Rule>,
    pub(super) landlock: usize,
}

impl Entry {
    /// Makes this process the guest's. Runs between `fork(2)` and `execve(2)`: it makes system calls only. Descriptors above the
    /// standard ones are closed at the `execve(2)`.
    pub(super) fn enter(
        &self,
        namespaces: Option<&Namespaces>,
        network: Option<BorrowedFd<'_>>,
        streams: &[OwnedFd; 3],
    ) -> Result<(), StepError> {
        signals::default_all();
        first_to_go();
        at(Step::Streams, signals::unblock_all())?;
        at(Step::OwnSession, rustix::process::setsid())?;
        if let Some(network) = network {
            join(network, Some(LinkNameSpaceType::Network), Step::JoinNetwork)?;
        }
        self.change.leave_groups()?;
        if let Some(namespaces) = namespaces {
            for namespace in &namespaces.others {
                join(namespace.as_fd(), None, Step::JoinNamespaces)?;
            }
            // Last, since in it there is no power over the others.
            join(namespaces.user.as_fd(), Some(LinkNameSpaceType::User), Step::JoinUser)?;
        }
        self.change.become_it()?;
        rustix::process::umask(Mode::WGRP | Mode::WOTH);
        at(Step::WorkingDirectory, rustix::process::chdir(self.directory.as_c_str()))?;
        let [input, output, error] = streams;
        at(Step::Streams, rustix::stdio::dup2_stdin(input))?;
        at(Step::Streams, rustix::stdio::dup2_stdout(output))?;
        at(Step::Streams, rustix::stdio::dup2_stderr(error))?;
        at(Step::Streams, close_all_at_exec())?;
        self.limits.set()?;
        give_up_capabilities()?;
        // The tracer has to look at it, and has no power over whoever made this memory if that was another user.
        set_traceable(true)?;
        landlock::restrict(&self.rules, self.landlock)
    }
}

/// When a machine has no memory left, the guest goes first, and nobody else (`oom_score_adj`, `proc_pid_oom_score_adj(5)`).
///
/// A process of an ordinary user that cannot be looked at may not say so of itself; the other limits hold.
fn first_to_go() {
    let _ = write(Step::ResourceLimit, "/proc/self/oom_score_adj", b"1000");
}

/// Joins a namespace; with `None`, of whatever kind it is.
fn join(namespace: BorrowedFd<'_>, kind: Option<LinkNameSpaceType>, step: Step) -> Result<(), StepError> {
    at(step, move_into_link_name_space(namespace, kind))
}

/// Sets in which namespace of processes the children of this process are.
pub(super) fn make_children_in(namespace: &OwnedFd) -> Result<(), StepError> {
    join(namespace.as_fd(), Some(LinkNameSpaceType::ProcessID), Step::JoinNamespaces)
}
