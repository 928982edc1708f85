//! Which part of a work that several machines share is done here, for the verbs that can be shared.

use std::env;

use lab::grade::{Shard, ShardError, shard_of_environment};

use crate::exit::Exit;
use crate::failure::Failure;
use crate::words::Words;

/// Finds out which part is to be done: what was typed, else what the environment says (Kubernetes, Slurm), else all.
///
/// # Errors
///
/// A failure of usage: an environment that says half of it, or something impossible.
pub(super) fn chosen(typed: Option<Shard>, words: &Words) -> Result<Shard, Failure> {
    if let Some(shard) = typed {
        return Ok(shard);
    }
    let found = shard_of_environment(|name| env::var(name).ok());
    found.map(|shard| shard.unwrap_or(Shard::WHOLE)).map_err(|error| {
        let message = match error {
            ShardError::NotOne(text) => words.usage_wrong_value(text, "--shard", words.value_shard()),
            ShardError::NoCount { index_variable, count_variable } => {
                words.grade_shard_unknown(index_variable, count_variable)
            }
            ShardError::Variable { variable, value } => words.grade_shard_variable(variable, value),
        };
        Failure::new(Exit::Usage, message).hint(words.hint_grade_shard())
    })
}
