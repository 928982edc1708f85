//! The stage as the process sees it that started it.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdout, Command, Stdio};

use super::{MESSAGE_BYTES_MAX, Message, Order, StageError, VERB};

/// This program's own file, whatever happened to its name since.
const OWN_FILE: &str = "/proc/self/exe";

/// A stage that runs. Dropping it ends it, with all that it runs.
#[derive(Debug)]
pub struct Stage {
    child: Child,
    messages: BufReader<ChildStdout>,
    line: Vec<u8>,
    is_over: bool,
}

impl Stage {
    /// Starts a stage.
    ///
    /// # Errors
    ///
    /// [`StageError::System`]: the process cannot be made, or did not take its order.
    pub fn spawn(order: &Order) -> Result<Self, StageError> {
        let failed = |operation: &'static str| move |error: io::Error| StageError::system(operation, &error);
        let text =
            serde_json::to_vec(order).map_err(|error| StageError::Order { cause: error.to_string() })?;
        let mut child = Command::new(OWN_FILE)
            .arg(VERB)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(failed("fork"))?;
        let (input, output) = (child.stdin.take(), child.stdout.take());
        let (Some(mut input), Some(output)) = (input, output) else { return Err(StageError::Ended) };
        let stage = Self { child, messages: BufReader::new(output), line: Vec::new(), is_over: false };
        input.write_all(&text).map_err(failed("write"))?;
        Ok(stage)
    }

    /// Waits for the next message; `None` after the last one.
    ///
    /// # Errors
    ///
    /// [`StageError`]: what the stage said of itself, or that it ended without a word.
    pub fn hear(&mut self) -> Result<Option<Message>, StageError> {
        if self.is_over {
            return Ok(None);
        }
        self.line.clear();
        let taken = (&mut self.messages).take(MESSAGE_BYTES_MAX).read_until(b'\n', &mut self.line);
        taken.map_err(|error| StageError::system("read", &error))?;
        if self.line.is_empty() {
            return Err(StageError::Ended);
        }
        if self.line.last() != Some(&b'\n') {
            let cause = if self.line.len() as u64 == MESSAGE_BYTES_MAX { "too long" } else { "cut" };
            return Err(StageError::Message { cause: cause.to_owned() });
        }
        let message = serde_json::from_slice(&self.line)
            .map_err(|error| StageError::Message { cause: error.to_string() })?;
        match message {
            Message::Failed(error) => Err(error),
            Message::Done => {
                self.is_over = true;
                Ok(None)
            }
            message => Ok(Some(message)),
        }
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        // One that has ended by itself cannot be killed; it is waited for in any case.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
