//! A recording as lines of text, as it happens or read again.
//!
//! Each line has a time, the process that it is about and what happened. A call that a program stands still in is one line if
//! nothing else happens meanwhile, else one where it begins and one where it returns: what let it return stands above that.

mod call;
mod data;
mod events;
mod failure;
mod findings;
mod header;
mod lanes;
mod lines;
mod open;
mod other;
mod packet;
mod socket;
mod span;
mod summary;
#[cfg(test)]
mod tests;
mod text;

pub(super) use self::call::{Moment, Shown};
pub(crate) use self::events::Events;
pub(crate) use self::failure::{failure, limits, no_rendezvous, nothing_to_join, several_to_join};
pub(super) use self::findings::{folded, of as sign};
pub(in crate::views) use self::lines::Row;
pub(crate) use self::lines::{Lines, Style};
pub(super) use self::other::{ended, lines_from};
pub(super) use self::span::{moment, span};
pub(super) use self::text::{ALARM, NAME, PLAIN, QUIET, Text, WAIT};
