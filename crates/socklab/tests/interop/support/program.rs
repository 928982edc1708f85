//! A program that runs beside a test, and ends with it.

use std::fmt;
use std::io::{PipeWriter, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread;
use std::time::Instant;

use kernel::poll::{self, Interest};
use rustix::process::{
    Pid, PidfdFlags, Signal, WaitOptions, kill_process, kill_process_group, pidfd_open,
    test_kill_process_group, waitpid,
};

use super::PATIENCE;

/// How much of an output a failure shows.
const SHOWN_BYTES_MAX: usize = 4000;

/// A program while it runs. When this is dropped, the program and what it started are killed.
pub(crate) struct Program {
    name: String,
    child: Child,
    pub(crate) stdin: Option<ChildStdin>,
    pub(crate) stdout: Output,
    pub(crate) stderr: Output,
}

/// What a program left behind.
pub(crate) struct Finished {
    pub(crate) status: ExitStatus,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: String,
}

impl Program {
    /// Starts a program with nothing on its standard input.
    pub(crate) fn start(command: &mut Command) -> Self {
        Self::spawn(command.stdin(Stdio::null()))
    }

    /// Starts a program whose standard input is open until [`Program::stdin`] is dropped.
    pub(crate) fn start_with_open_input(command: &mut Command) -> Self {
        Self::spawn(command.stdin(Stdio::piped()))
    }

    /// Starts a program that reads these bytes and then the end of its standard input.
    pub(crate) fn start_with_input(command: &mut Command, input: &[u8]) -> Self {
        let mut program = Self::start_with_open_input(command);
        let (mut stdin, input) = (program.stdin.take().unwrap(), input.to_vec());
        // A program that ends before it has read everything is seen by how it ends.
        thread::spawn(move || drop(stdin.write_all(&input)));
        program
    }

    /// Starts a program whose standard output is its own standard input: what a peer sends is what it is sent.
    pub(crate) fn start_as_mirror(command: &mut Command) -> Self {
        let (reader, writer) = std::io::pipe().unwrap();
        Self::spawn(command.stdin(reader).stdout(writer))
    }

    /// Starts a program whose standard output and standard error are one pipe; what it writes is its `stdout` here.
    pub(crate) fn start_with_one_pipe(command: &mut Command) -> Self {
        let (reader, writer) = std::io::pipe().unwrap();
        command.stdin(Stdio::null()).stdout(writer.try_clone().unwrap()).stderr(writer);
        let mut program = Self::spawn(command);
        program.stdout = Output::read_from(Some(reader));
        program
    }

    /// Starts a program whose standard output somebody else reads.
    pub(crate) fn start_writing_to(command: &mut Command, stdout: PipeWriter) -> Self {
        Self::spawn(command.stdin(Stdio::null()).stdout(stdout))
    }

    fn spawn(command: &mut Command) -> Self {
        let name = format!("{command:?}");
        // A group of its own: what it starts ends with it, and signals to its group reach nobody else.
        command.process_group(0);
        let mut child = command.spawn().unwrap_or_else(|error| panic!("{name}: {error}"));
        // The command may have ends of pipes, which must be closed here for a reader to see the end.
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        Self {
            stdin: child.stdin.take(),
            stdout: Output::read_from(child.stdout.take()),
            stderr: Output::read_from(child.stderr.take()),
            child,
            name,
        }
    }

    pub(crate) fn pid(&self) -> Pid {
        Pid::from_child(&self.child)
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(self.pid(), signal).unwrap();
    }

    /// Stops the program where it is, and waits until it stands.
    pub(crate) fn freeze(&self) {
        self.signal(Signal::STOP);
        let (_, status) = waitpid(Some(self.pid()), WaitOptions::UNTRACED).unwrap().unwrap();
        assert!(status.stopped(), "{}: {status:?}", self.name);
    }

    /// Lets a program go on that was stopped.
    pub(crate) fn thaw(&self) {
        self.signal(Signal::CONT);
    }

    /// Waits until the program ends by itself.
    pub(crate) fn finish(mut self) -> Finished {
        drop(self.stdin.take());
        let pidfd = pidfd_open(self.pid(), PidfdFlags::empty()).unwrap();
        let ended = poll::wait(pidfd.as_fd(), Interest::READ, Some(Instant::now() + PATIENCE)).unwrap();
        assert!(ended.any(), "it does not end: {self:?}");
        let status = self.child.wait().unwrap();
        Finished { status, stdout: self.stdout.to_end(), stderr: text(&self.stderr.to_end()) }
    }

    /// Whether a process is left of the program's group.
    pub(crate) fn group_lives(group: Pid) -> bool {
        test_kill_process_group(group).is_ok()
    }
}

impl Finished {
    pub(crate) fn code(&self) -> Option<i32> {
        self.status.code()
    }

    /// The signal that ended the program, as its parent sees it (`WIFSIGNALED`).
    pub(crate) fn signal(&self) -> Option<i32> {
        self.status.signal()
    }

    pub(crate) fn stdout_text(&self) -> String {
        text(&self.stdout)
    }

    /// Fails unless the program ended with 0.
    pub(crate) fn succeeded(self) -> Self {
        assert_eq!(self.code(), Some(0), "{self:?}");
        self
    }
}

impl fmt::Debug for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let written = |output: &Output| shown(&output.captured().bytes);
        write!(f, "{}\n{}\n{}", self.name, written(&self.stdout), written(&self.stderr))
    }
}

impl fmt::Debug for Finished {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n{}\n{}", self.status, shown(&self.stdout), shown(self.stderr.as_bytes()))
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // The program may have ended, and with it its group.
        let _ = kill_process_group(self.pid(), Signal::KILL);
        let _ = self.child.wait();
    }
}

/// What a program writes, as far as it has.
#[derive(Clone)]
pub(crate) struct Output(Arc<(Mutex<Captured>, Condvar)>);

#[derive(Default)]
struct Captured {
    bytes: Vec<u8>,
    ended: bool,
}

impl Output {
    fn read_from(source: Option<impl Read + Send + 'static>) -> Self {
        let output = Self(Arc::default());
        let writer = output.clone();
        thread::spawn(move || {
            let mut source = source;
            let mut piece = vec![0; 1 << 16];
            while let Some(taken @ 1..) = source.as_mut().and_then(|source| source.read(&mut piece).ok()) {
                writer.captured().bytes.extend_from_slice(&piece[..taken]);
                writer.0.1.notify_all();
            }
            writer.captured().ended = true;
            writer.0.1.notify_all();
        });
        output
    }

    /// Waits until what is written has what is looked for.
    pub(crate) fn wait_for<T>(&self, what: &str, look: impl Fn(&[u8]) -> Option<T>) -> T {
        let deadline = Instant::now() + PATIENCE;
        let mut captured = self.captured();
        loop {
            if let Some(seen) = look(&captured.bytes) {
                return seen;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(!captured.ended && !left.is_zero(), "no {what} in: {}", shown(&captured.bytes));
            captured = self.0.1.wait_timeout(captured, left).unwrap().0;
        }
    }

    /// Looks at what has been written so far.
    pub(crate) fn look<T>(&self, look: impl FnOnce(&[u8]) -> T) -> T {
        look(&self.captured().bytes)
    }

    /// Waits for a complete line that contains this, and returns it.
    pub(crate) fn wait_for_line(&self, part: &str) -> String {
        self.wait_for(part, |bytes| complete_lines(bytes).find(|line| line.contains(part)).map(str::to_owned))
    }

    /// Waits for so many bytes, and returns all there are.
    pub(crate) fn wait_for_bytes(&self, count: usize) -> Vec<u8> {
        self.wait_for("reply", |bytes| (bytes.len() >= count).then(|| bytes.to_vec()))
    }

    fn to_end(&self) -> Vec<u8> {
        let mut captured = self.captured();
        while !captured.ended {
            captured = self.0.1.wait(captured).unwrap();
        }
        std::mem::take(&mut captured.bytes)
    }

    fn captured(&self) -> MutexGuard<'_, Captured> {
        self.0.0.lock().unwrap()
    }
}

/// The lines that have come to their end.
pub(crate) fn complete_lines(bytes: &[u8]) -> impl Iterator<Item = &str> {
    let end = bytes.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
    std::str::from_utf8(&bytes[..end]).unwrap_or_default().lines()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// What a failure shows of an output: its end, in one piece that a terminal can bear.
fn shown(bytes: &[u8]) -> String {
    bytes[bytes.len().saturating_sub(SHOWN_BYTES_MAX)..].escape_ascii().to_string().replace("\\n", "\n")
}
