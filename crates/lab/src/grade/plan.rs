//! Which submissions are graded here, when several machines share a class.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// How many parts a class is cut into.
pub const SHARDS_MAX: u32 = 10_000;

/// A part of a class: every `count`-th submission, from the one with this number, in the order of their names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Shard {
    /// Which part, from 0.
    pub index: u32,
    /// How many there are.
    pub count: u32,
}

/// Why there is no part.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ShardError {
    /// Not `I/N` with I from 1 to N, and N at most [`SHARDS_MAX`].
    #[error("not a part: {0}")]
    NotOne(String),
    /// The environment says which part it is, but not of how many.
    #[error("{index_variable} is set, and nothing says of how many parts")]
    NoCount {
        /// The variable that says which part.
        index_variable: &'static str,
        /// The variable that has to say how many.
        count_variable: &'static str,
    },
    /// A variable of the environment that says something impossible.
    #[error("{variable}={value}")]
    Variable {
        /// Which one.
        variable: &'static str,
        /// What it says.
        value: String,
    },
}

/// The number of a pod of an indexed Job, from 0.
const KUBERNETES_INDEX: &str = "JOB_COMPLETION_INDEX";
/// Kubernetes does not tell a pod how many there are; our manifest does.
const SHARDS: &str = "SOCKLAB_SHARDS";
/// The number of a task of an array, and which numbers there are.
const SLURM_INDEX: &str = "SLURM_ARRAY_TASK_ID";
const SLURM_COUNT: &str = "SLURM_ARRAY_TASK_COUNT";
const SLURM_MIN: &str = "SLURM_ARRAY_TASK_MIN";
const SLURM_STEP: &str = "SLURM_ARRAY_TASK_STEP";

impl Shard {
    /// All of it.
    pub const WHOLE: Self = Self { index: 0, count: 1 };

    /// Says whether it has the submission with this number, from 0, in the order of the names.
    pub fn has(self, rank: usize) -> bool {
        let (index, count) = (self.index as usize, self.count.max(1) as usize);
        rank % count == index
    }

    fn new(index: u32, count: u32) -> Option<Self> {
        (count <= SHARDS_MAX && index < count).then_some(Self { index, count })
    }
}

impl FromStr for Shard {
    type Err = ShardError;

    /// Reads `I/N`, I from 1.
    fn from_str(text: &str) -> Result<Self, ShardError> {
        let parse = || {
            let (number, count) = text.split_once('/')?;
            let index = number.parse::<u32>().ok()?.checked_sub(1)?;
            Self::new(index, count.parse().ok()?)
        };
        parse().ok_or_else(|| ShardError::NotOne(text.to_owned()))
    }
}

/// Finds out from the environment which part is this machine's: of an indexed Job of Kubernetes, or an array of Slurm; `None` if it is
/// neither. `variable` returns the value of a variable.
///
/// # Errors
///
/// [`ShardError`]: to take all of it would be to grade it as often as there are machines.
pub fn shard_of_environment(variable: impl Fn(&str) -> Option<String>) -> Result<Option<Shard>, ShardError> {
    if variable(KUBERNETES_INDEX).is_some() {
        let index = number(&variable, KUBERNETES_INDEX)?;
        return part(&variable, (KUBERNETES_INDEX, index), SHARDS).map(Some);
    }
    if variable(SLURM_INDEX).is_none() {
        return Ok(None);
    }
    let id = number(&variable, SLURM_INDEX)?;
    let or = |name, usual| if variable(name).is_some() { number(&variable, name) } else { Ok(usual) };
    let (min, step) = (or(SLURM_MIN, 0)?, or(SLURM_STEP, 1)?);
    let wrong = || ShardError::Variable { variable: SLURM_INDEX, value: id.to_string() };
    let offset = id.checked_sub(min).ok_or_else(wrong)?;
    // An array of chosen numbers (1,5,7) has no step that leads to all of them.
    let index = (step > 0 && offset.is_multiple_of(step)).then(|| offset / step).ok_or_else(wrong)?;
    part(&variable, (SLURM_INDEX, index), SLURM_COUNT).map(Some)
}

fn part(
    variable: &impl Fn(&str) -> Option<String>,
    (index_variable, index): (&'static str, u32),
    count_variable: &'static str,
) -> Result<Shard, ShardError> {
    if variable(count_variable).is_none() {
        return Err(ShardError::NoCount { index_variable, count_variable });
    }
    let count = number(variable, count_variable)?;
    Shard::new(index, count)
        .ok_or_else(|| ShardError::Variable { variable: count_variable, value: count.to_string() })
}

fn number(variable: &impl Fn(&str) -> Option<String>, name: &'static str) -> Result<u32, ShardError> {
    let value = variable(name).unwrap_or_default();
    value.parse().map_err(|_| ShardError::Variable { variable: name, value })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_part_is_written_from_one() {
        assert_eq!("1/8".parse(), Ok(Shard { index: 0, count: 8 }));
        assert_eq!("8/8".parse(), Ok(Shard { index: 7, count: 8 }));
        assert_eq!("10000/10000".parse(), Ok(Shard { index: 9_999, count: SHARDS_MAX }));
        for text in ["0/8", "9/8", "1/10001", "1", "/", "a/b", "-1/2", "1/0"] {
            assert!(text.parse::<Shard>().is_err(), "{text}");
        }
    }

    #[test]
    fn kubernetes_and_slurm_are_asked() {
        for (variables, shard) in [
            (&[][..], None),
            (&[(KUBERNETES_INDEX, "0"), (SHARDS, "3")], Some(Shard { index: 0, count: 3 })),
            (&[(SLURM_INDEX, "0"), (SLURM_COUNT, "4")], Some(Shard { index: 0, count: 4 })),
            (&[(SLURM_INDEX, "4"), (SLURM_COUNT, "4"), (SLURM_MIN, "1")], Some(Shard { index: 3, count: 4 })),
            (
                &[(SLURM_INDEX, "5"), (SLURM_COUNT, "4"), (SLURM_MIN, "1"), (SLURM_STEP, "2")],
                Some(Shard { index: 2, count: 4 }),
            ),
        ] {
            assert_eq!(shard_of(variables), Ok(shard), "{variables:?}");
        }
    }

    #[test]
    fn an_environment_that_says_half_of_it_is_refused() {
        for variables in [
            &[(KUBERNETES_INDEX, "0")][..],
            &[(KUBERNETES_INDEX, "3"), (SHARDS, "3")],
            &[(KUBERNETES_INDEX, "x"), (SHARDS, "3")],
            &[(SLURM_INDEX, "7"), (SLURM_COUNT, "3"), (SLURM_MIN, "1")],
            &[(SLURM_INDEX, "2"), (SLURM_COUNT, "3"), (SLURM_MIN, "1"), (SLURM_STEP, "2")],
            &[(SLURM_INDEX, "0"), (SLURM_COUNT, "3"), (SLURM_MIN, "1")],
        ] {
            assert!(shard_of(variables).is_err(), "{variables:?}");
        }
    }

    proptest! {
        #[test]
        fn every_submission_is_in_one_part(count in 1..=64_u32, rank in 0..10_000_usize) {
            let having = (0..count).filter(|index| Shard { index: *index, count }.has(rank)).count();
            prop_assert_eq!(having, 1);
        }
    }

    fn shard_of(variables: &[(&str, &str)]) -> Result<Option<Shard>, ShardError> {
        shard_of_environment(|name| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        })
    }
}
