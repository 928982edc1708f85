//! Which walls this machine allows, tried in a process of its own.

use std::io;

use super::init::{fork_with, reap};
use super::{Config, Confinement, Isolation};
use crate::namespace::{self, UserMap};
use crate::step::{ANSWER_BYTES, Step, StepError, at, check, decode, encode};

/// Tells which walls a guest would have whose starter enters a private network first ([`namespace::enter_private`]), without entering
/// one: for those who want to say so before anything begins. For a process that has a single thread.
///
/// # Errors
/// As [`Confinement::raise`]; [`Step::Fork`] if no process could be made, or it said nothing.
pub fn probe(map: UserMap, config: &Config) -> Result<Isolation, StepError> {
    let nothing = |errno| StepError { step: Step::Fork, errno };
    let (read, write) = io::pipe().map_err(|error| nothing(error.raw_os_error().unwrap_or_default()))?;
    let child = check(Step::Fork, fork_with(libc::SIGCHLD))?;
    if child == 0 {
        let tried = match namespace::enter_private(map) {
            Ok(()) => Confinement::raise(config).map(|walls| walls.isolation()),
            Err(error) => Ok(Isolation::None(error)),
        };
        let written = rustix::io::write(&write, &encode_found(tried));
        // SAFETY: it ends this process without running anything of its parent's.
        unsafe { libc::_exit(i32::from(written.is_err())) }
    }
    drop(write);
    let mut found = [0; FOUND_BYTES];
    let length = rustix::io::retry_on_intr(|| rustix::io::read(&read, &mut found));
    reap(child.unsigned_abs());
    match at(Step::Fork, length)? {
        FOUND_BYTES => decode_found(found),
        // Something killed it.
        _ => Err(nothing(libc::ECHILD)),
    }
}

/// The kind of the answer, and the step that was refused.
const FOUND_BYTES: usize = 1 + ANSWER_BYTES;
const FULL: u8 = 0;
const NO_MOUNTS: u8 = 1;
const NONE: u8 = 2;
const FAILED: u8 = 3;

fn encode_found(found: Result<Isolation, StepError>) -> [u8; FOUND_BYTES] {
    let (kind, refused) = match found {
        Ok(Isolation::Full) => (FULL, Ok(())),
        Ok(Isolation::NoMounts(error)) => (NO_MOUNTS, Err(error)),
        Ok(Isolation::None(error)) => (NONE, Err(error)),
        Err(error) => (FAILED, Err(error)),
    };
    let mut bytes = [kind; FOUND_BYTES];
    bytes[1..].copy_from_slice(&encode(refused));
    bytes
}

fn decode_found([kind, refused @ ..]: [u8; FOUND_BYTES]) -> Result<Isolation, StepError> {
    match (kind, decode(refused)) {
        (NO_MOUNTS, Err(error)) => Ok(Isolation::NoMounts(error)),
        (NONE, Err(error)) => Ok(Isolation::None(error)),
        (_, Err(error)) => Err(error),
        (_, Ok(())) => Ok(Isolation::Full),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_found_comes_back() {
        let error = StepError { step: Step::Proc, errno: libc::EPERM };
        for found in
            [Ok(Isolation::Full), Ok(Isolation::NoMounts(error)), Ok(Isolation::None(error)), Err(error)]
        {
            assert_eq!(decode_found(encode_found(found)), found);
        }
    }
}
