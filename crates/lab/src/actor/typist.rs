//! Somebody who types at a program.

use std::io::{self, Write};
use std::process::{Child, Command, Stdio};

/// This program's own file, whatever happened to its name since.
const OWN_FILE: &str = "/proc/self/exe";

/// A program of ours that was started, and whoever types at it. Dropping it ends the program.
#[derive(Debug)]
pub(super) struct Typist {
    program: Child,
}

impl Typist {
    /// Starts the program.
    ///
    /// # Errors
    ///
    /// It could not be started.
    pub(super) fn start(arguments: &[String]) -> io::Result<Self> {
        let own_file = std::env::current_exe().unwrap_or_else(|_| OWN_FILE.into());
        let program = Command::new(own_file).args(arguments).stdin(Stdio::piped()).spawn()?;
        Ok(Self { program })
    }

    /// Types something, which the program may read at once.
    ///
    /// # Errors
    ///
    /// `EPIPE`: the program reads no more.
    pub(super) fn types(&mut self, text: &str) -> io::Result<()> {
        let input = self.program.stdin.as_mut().ok_or(io::ErrorKind::BrokenPipe)?;
        input.write_all(text.as_bytes())
    }

    /// Types nothing more, and waits until the program has ended.
    ///
    /// # Errors
    ///
    /// None in practice.
    pub(super) fn ends(mut self) -> io::Result<()> {
        drop(self.program.stdin.take());
        self.program.wait().map(drop)
    }
}

impl Drop for Typist {
    fn drop(&mut self) {
        // One that has ended cannot be killed, and is waited for in any case.
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}
