//! Experiments: what they ask, what happens in them, and what they answer with the evidence of this run.

mod answer;
mod event;
mod live;
mod prose;
mod tell;

pub(crate) use self::answer::because;
pub(crate) use self::answer::{Outcome, table};
pub(crate) use self::live::Live;
pub(crate) use self::prose::in_words;
pub(crate) use self::tell::{cause, flag, list, plain, question, show};

#[cfg(test)]
pub(crate) use self::event::{Choice, Event};
