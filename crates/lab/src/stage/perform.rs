//! The stage as it sees itself.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, OwnedFd};

use kernel::{file, process, signals, streams};

use super::{MESSAGE_BYTES_MAX, Message, ORDER_BYTES_MAX, Order, StageError};
use crate::check::trial;
use crate::experiments;

/// Does what standard input orders, and tells standard output about it.
///
/// For a process that has a single thread and was started for this: it changes its namespaces and its standard streams.
///
/// # Errors
///
/// Only what keeps it from telling: there is no standard output, or nobody reads it.
pub fn perform() -> io::Result<()> {
    streams::end_with_parent()?;
    if process::own_id() != 1 && streams::parent_id().is_none_or(|parent| parent == 1) {
        // Whoever started it ended before the line above.
        return Ok(());
    }
    signals::default_all();
    let order = order();
    let (read, write) = streams::pipe()?;
    let nothing = file::open(std::path::Path::new("/dev/null"))?;
    let former = streams::replace(nothing, write)?;
    let mut stage = Teller { messages: File::from(former), written: read };
    let done = order.and_then(|order| match order {
        Order::Scene(plan) => experiments::perform(&plan, &mut stage),
        Order::Trial(plan) => trial::perform(*plan, &mut stage),
    });
    stage.tell(&match done {
        Ok(()) => Message::Done,
        Err(error) => Message::Failed(error),
    })
}

/// Reads the order from standard input.
fn order() -> Result<Order, StageError> {
    let unreadable = |cause: String| StageError::Order { cause };
    let mut text = Vec::new();
    let read = io::stdin().lock().take(ORDER_BYTES_MAX + 1).read_to_end(&mut text);
    read.map_err(|error| unreadable(error.to_string()))?;
    if text.len() as u64 > ORDER_BYTES_MAX {
        return Err(unreadable("too long".to_owned()));
    }
    serde_json::from_slice(&text).map_err(|error| unreadable(error.to_string()))
}

/// Tells what happens on a stage, and has the end of the pipe that programs write to.
#[derive(Debug)]
pub(crate) struct Teller {
    messages: File,
    written: OwnedFd,
}

impl Teller {
    /// Tells something. What is too long to be told is left out.
    pub(crate) fn tell(&mut self, message: &Message) -> io::Result<()> {
        let mut line = serde_json::to_vec(message)?;
        line.push(b'\n');
        if line.len() as u64 >= MESSAGE_BYTES_MAX {
            return Ok(());
        }
        self.messages.write_all(&line)
    }

    /// What programs write, to be read without waiting.
    pub(crate) fn written(&self) -> impl AsFd + '_ {
        &self.written
    }
}
