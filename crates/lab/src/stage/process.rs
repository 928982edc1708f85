//! The stage as the process sees it that started it.

use std::env;
use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use kernel::poll::{self, Interest};

use crate::Scratch;

use super::{MESSAGE_BYTES_MAX, Message, Order, StageError, VERB};

/// This program's own file, whatever happened to its name since.
const OWN_FILE: &str = "/proc/self/exe";

/// Where a process has its temporary files (`environ(7)`).
const TEMPORARY: &str = "TMPDIR";

/// How often it is looked whether a stage that says nothing is still to be heard.
pub(crate) const TICK: Duration = Duration::from_millis(50);

/// How much is read at once.
const PIECE_BYTES: usize = 64 * 1024;

/// A stage that runs. Dropping it ends it, with all that it runs.
#[derive(Debug)]
pub struct Stage {
    child: Child,
    output: ChildStdout,
    /// What was read and not yet taken, at most a message and a piece.
    read: Vec<u8>,
    /// Its own temporary files, gone with it: one that is killed removes nothing.
    #[cfg_attr(not(test), expect(dead_code, reason = "it is held, and asked for in tests only"))]
    scratch: Scratch,
    is_over: bool,
}

impl Stage {
    /// Starts a stage.
    ///
    /// # Errors
    ///
    /// [`StageError::System`]: the process cannot be made.
    pub fn spawn(order: &Order) -> Result<Self, StageError> {
        let order =
            serde_json::to_vec(order).map_err(|error| StageError::Order { cause: error.to_string() })?;
        let mut command = Command::new(OWN_FILE);
        Self::of(command.arg(VERB), order)
    }

    fn of(command: &mut Command, order: Vec<u8>) -> Result<Self, StageError> {
        let failed = |operation: &'static str| move |error: io::Error| StageError::system(operation, &error);
        let scratch = Scratch::new(&env::temp_dir()).map_err(failed("mkdir"))?;
        command.env(TEMPORARY, scratch.path());
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().map_err(failed("fork"))?;
        let (input, output) = (child.stdin.take(), child.stdout.take());
        let (Some(mut input), Some(output)) = (input, output) else { return Err(StageError::Ended) };
        let stage = Self { child, output, read: Vec::new(), scratch, is_over: false };
        // By somebody else, since a stage that hangs does not take an order that a pipe has no room for. That it was not taken
        // shows in what the stage says.
        let give = move || drop(input.write_all(&order));
        thread::Builder::new().name("order".to_owned()).spawn(give).map_err(failed("clone"))?;
        Ok(stage)
    }

    /// Waits for the next message; `None` after the last one.
    ///
    /// # Errors
    ///
    /// [`StageError`]: what the stage said of itself, or that it ended without a word.
    pub fn hear(&mut self) -> Result<Option<Message>, StageError> {
        self.hear_while(&mut || true)
    }

    /// As [`hear`](Self::hear), for as long as it is to go on: that is asked again and again, however much or little the stage says.
    ///
    /// # Errors
    ///
    /// Those, and [`StageError::Late`].
    pub fn hear_while(&mut self, goes_on: &mut dyn FnMut() -> bool) -> Result<Option<Message>, StageError> {
        if self.is_over {
            return Ok(None);
        }
        loop {
            if !goes_on() {
                return Err(StageError::Late);
            }
            if let Some(line) = self.line()? {
                return self.message(&line);
            }
            let has_ended = self.child.try_wait().is_ok_and(|status| status.is_some());
            let wait = if has_ended { Duration::ZERO } else { TICK };
            let ready = poll::wait(self.output.as_fd(), Interest::READ, Some(Instant::now() + wait));
            if ready.map_err(|error| StageError::system("poll", &error))?.any() {
                self.read_more()?;
            } else if has_ended {
                // A process that it left behind may keep the pipe open.
                return Err(StageError::Ended);
            }
        }
    }

    /// The number of its process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// The next line of those that were read.
    fn line(&mut self) -> Result<Option<Vec<u8>>, StageError> {
        if let Some(end) = self.read.iter().position(|byte| *byte == b'\n') {
            return Ok(Some(self.read.drain(..=end).collect()));
        }
        if self.read.len() as u64 >= MESSAGE_BYTES_MAX {
            return Err(StageError::Message { cause: "too long".to_owned() });
        }
        Ok(None)
    }

    fn read_more(&mut self) -> Result<(), StageError> {
        let mut piece = vec![0; PIECE_BYTES];
        let bytes = self.output.read(&mut piece).map_err(|error| StageError::system("read", &error))?;
        if bytes == 0 {
            let cut = || StageError::Message { cause: "cut".to_owned() };
            return Err(if self.read.is_empty() { StageError::Ended } else { cut() });
        }
        self.read.extend_from_slice(&piece[..bytes]);
        Ok(())
    }

    fn message(&mut self, line: &[u8]) -> Result<Option<Message>, StageError> {
        let message =
            serde_json::from_slice(line).map_err(|error| StageError::Message { cause: error.to_string() })?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_is_heard_to_the_last_message() {
        let mut stage = shell(r#"read order; printf '{"settled":5}\n"done"\n'; sleep 100"#);

        assert!(matches!(stage.hear(), Ok(Some(Message::Settled(_)))));
        assert_eq!((stage.hear(), stage.hear()), (Ok(None), Ok(None)));
    }

    #[test]
    fn one_that_ends_is_not_waited_for_even_if_it_leaves_somebody_behind() {
        for script in ["exit 0", "kill -9 $$", "exec 3>&1; sleep 2 3>&3 & exit 0"] {
            assert_eq!(shell(script).hear(), Err(StageError::Ended), "{script}");
        }
        assert_eq!(shell("printf '{'").hear(), Err(StageError::Message { cause: "cut".to_owned() }));
    }

    #[test]
    fn one_that_hangs_or_never_stops_talking_is_heard_as_long_as_somebody_wants() {
        let forever = r#"while :; do printf '{"settled":5}\n'; done"#;
        for script in ["sleep 100", "printf x; sleep 100", "kill -STOP $$", forever] {
            let mut stage = shell(script);
            let mut left = 10;
            let mut goes_on = || {
                left -= 1;
                left > 0
            };
            let heard = loop {
                match stage.hear_while(&mut goes_on) {
                    Ok(Some(_)) => {}
                    other => break other,
                }
            };
            assert_eq!(heard, Err(StageError::Late), "{script}");
        }
    }

    #[test]
    fn a_message_without_an_end_is_bounded() {
        let heard = shell("exec tr '\\0' x < /dev/zero").hear();

        assert_eq!(heard, Err(StageError::Message { cause: "too long".to_owned() }));
    }

    #[test]
    fn an_order_that_nobody_takes_is_not_waited_for() {
        let stage = Stage::of(Command::new("sh").args(["-c", "sleep 100"]), vec![b' '; 4 << 20]);

        assert_eq!(stage.unwrap().hear_while(&mut || false), Err(StageError::Late));
    }

    #[test]
    fn what_a_stage_leaves_among_its_temporary_files_is_gone_with_it() {
        let mut stage = shell(r#"echo x > "$TMPDIR/left"; kill -9 $$"#);
        let scratch = stage.scratch.path().to_owned();

        assert_eq!(stage.hear(), Err(StageError::Ended));
        assert!(scratch.join("left").exists());
        drop(stage);

        assert!(!scratch.exists());
    }

    fn shell(script: &str) -> Stage {
        Stage::of(Command::new("sh").args(["-c", script]), b"\n".to_vec()).unwrap()
    }
}
