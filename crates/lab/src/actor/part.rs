//! A script, with the pipes by which actors of a scene wait for each other.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, PipeReader, PipeWriter};
use std::os::fd::{AsRawFd, OwnedFd};

use kernel::blocking::inheritable_copy;
use serde::{Deserialize, Serialize};

use super::script::{Mark, Script, Step};

/// How many waits for marks a scene may have: an actor that awaits a mark is one.
pub const WAITS_MAX: usize = 64;

/// The lowest number that a descriptor of ours has in an actor, so that its first socket is 3, as in any program.
pub(crate) const DESCRIPTORS_FROM: i32 = 100;

/// What one actor is given.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// What it does.
    pub script: Script,
    /// The descriptors that it writes to when it makes a mark.
    pub makes: BTreeMap<Mark, Vec<i32>>,
    /// The descriptor that it reads from when it awaits one.
    pub awaits: BTreeMap<Mark, i32>,
}

/// The ends of pipes that the actors of a scene inherit; they are needed until all have started.
#[derive(Debug, Default)]
pub(crate) struct Pipes {
    ends: Vec<OwnedFd>,
}

impl Pipes {
    /// Makes the parts of a scene: one for each script.
    ///
    /// # Errors
    ///
    /// `EMFILE`, and `E2BIG` for more waits than [`WAITS_MAX`].
    pub(crate) fn parts(scripts: &[&Script]) -> io::Result<(Vec<Part>, Self)> {
        let mut pipes = Self::default();
        let new = |script: &&Script| Part { script: (*script).clone(), ..Part::default() };
        let mut parts: Vec<_> = scripts.iter().map(new).collect();
        let makers: Vec<_> = scripts.iter().map(|script| made(script)).collect();
        for reader in 0..scripts.len() {
            for mark in awaited(scripts[reader]) {
                if pipes.ends.len() / 2 >= WAITS_MAX {
                    return Err(io::ErrorKind::ArgumentListTooLong.into());
                }
                let (read, write) = pipes.make()?;
                parts[reader].awaits.insert(mark.clone(), read);
                for (part, _) in parts.iter_mut().zip(&makers).filter(|(_, made)| made.contains(&mark)) {
                    part.makes.entry(mark.clone()).or_default().push(write);
                }
            }
        }
        Ok((parts, pipes))
    }

    fn make(&mut self) -> io::Result<(i32, i32)> {
        let (read, write): (PipeReader, PipeWriter) = io::pipe()?;
        let ends = [inheritable_copy(read, DESCRIPTORS_FROM)?, inheritable_copy(write, DESCRIPTORS_FROM)?];
        let numbers = (ends[0].as_raw_fd(), ends[1].as_raw_fd());
        self.ends.extend(ends);
        Ok(numbers)
    }
}

fn made(script: &Script) -> BTreeSet<Mark> {
    let mark = |step: &Step| match step {
        Step::Mark { mark } => Some(mark.clone()),
        _ => None,
    };
    script.all().into_iter().filter_map(mark).collect()
}

fn awaited(script: &Script) -> BTreeSet<Mark> {
    let mark = |step: &Step| match step {
        Step::Await { mark } => Some(mark.clone()),
        _ => None,
    };
    script.all().into_iter().filter_map(mark).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_actor_that_awaits_a_mark_has_a_pipe_of_its_own() {
        let mark = || Step::Mark { mark: "ready".to_owned() };
        let wait = || Step::Repeat { times: 2, steps: vec![Step::Await { mark: "ready".to_owned() }] };
        let (maker, one, other) = (Script::from([mark()]), Script::from([wait()]), Script::from([wait()]));

        let (parts, pipes) = Pipes::parts(&[&maker, &one, &other]).unwrap();

        assert_eq!(pipes.ends.len(), 4);
        assert_eq!(parts[0].makes["ready"].len(), 2);
        assert_ne!(parts[1].awaits["ready"], parts[2].awaits["ready"]);
        assert!(pipes.ends.iter().all(|end| end.as_raw_fd() >= DESCRIPTORS_FROM));
    }
}
