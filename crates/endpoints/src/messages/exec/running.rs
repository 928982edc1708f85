//! A command that runs: what it writes, and how it ends.

use std::io;
use std::os::fd::OwnedFd;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use kernel::{pipe, stream};
use thiserror::Error;
use tokio::io::{AsyncRead, ReadBuf};
use tokio::net::UnixStream;
use tokio::net::unix::pipe::{Receiver, Sender};
use wire::message::{Ended, How, Why};
use wire::wait_status::{End, WaitStatus};

use super::report::{self, Cause, Report};

/// What came next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// So many bytes of the buffer came from its standard output.
    Stdout(usize),
    /// So many bytes of the buffer came from its standard error.
    Stderr(usize),
    /// It has ended, and everything that it wrote has been told. The counts are of the bytes that were passed on.
    Ended(Ended),
}

/// Why it is not known how a command ended.
#[derive(Debug, Error)]
pub enum Lost {
    /// The supervisor is gone: somebody killed it.
    #[error("the supervisor of the command is gone")]
    Gone,
    /// The supervisor said something else than was due.
    #[error("the supervisor of the command said something else")]
    Unknown,
    /// So many processes of the command cannot be ended; they wait for a device, as a disk that does not answer.
    #[error("{0} processes of the command cannot be ended")]
    Stuck(u32),
    /// The kernel refused to tell what it wrote.
    #[error("read: {0}")]
    Read(#[source] io::Error),
}

/// The socket to a supervisor.
#[derive(Debug)]
pub(super) struct Control {
    stream: UnixStream,
    /// The report that is being read, and how much of it is there.
    message: [u8; report::BYTES],
    filled: usize,
}

impl Control {
    pub(super) fn new(stream: UnixStream) -> Self {
        Self { stream, message: [0; report::BYTES], filled: 0 }
    }

    /// Waits for the next report.
    pub(super) async fn report(&mut self) -> Result<Report, Lost> {
        std::future::poll_fn(|context| self.poll_report(context)).await
    }

    fn poll_report(&mut self, context: &mut Context<'_>) -> Poll<Result<Report, Lost>> {
        while self.filled < self.message.len() {
            let mut buffer = ReadBuf::new(&mut self.message[self.filled..]);
            let read = ready!(Pin::new(&mut self.stream).poll_read(context, &mut buffer));
            let taken = buffer.filled().len();
            // ECONNRESET: it went without reading everything.
            if read.is_err() || taken == 0 {
                return Poll::Ready(Err(Lost::Gone));
            }
            self.filled += taken;
        }
        self.filled = 0;
        Poll::Ready(Report::decode(self.message).ok_or(Lost::Unknown))
    }

    /// Orders the end; what the supervisor still has to say comes.
    fn order_the_end(&self) {
        // ENOTCONN: the supervisor is gone, as the next report will say.
        let _ = stream::shut_write(&self.stream);
    }
}

/// A command that was started. To drop it ends the command with all its processes.
#[derive(Debug)]
pub struct Running {
    id: u32,
    control: Control,
    input: Option<Sender>,
    outputs: [Output; 2],
    /// How many bytes it may still write.
    left_bytes: u64,
    /// Whether it has written more than it may.
    is_over: bool,
    /// Why its end was ordered, if it was.
    ordered: Option<Why>,
    /// How it ended. Output may still be in the pipes.
    ended: Option<(Cause, WaitStatus)>,
    /// Which of the outputs is looked at first: the one that was not the last.
    turn: usize,
}

/// One of the two outputs.
#[derive(Debug)]
struct Output {
    /// None when the command has closed it.
    pipe: Option<Receiver>,
    /// How many bytes were passed on.
    passed_bytes: u64,
}

impl Output {
    fn new(pipe: OwnedFd) -> io::Result<Self> {
        Ok(Self { pipe: Some(Receiver::from_owned_fd(pipe)?), passed_bytes: 0 })
    }

    /// Takes bytes when there are any; 0 when nobody can write any more.
    fn poll_take(&mut self, context: &mut Context<'_>, buffer: &mut [u8]) -> Poll<Result<usize, Lost>> {
        let Some(pipe) = &mut self.pipe else { return Poll::Pending };
        let mut buffer = ReadBuf::new(buffer);
        ready!(Pin::new(pipe).poll_read(context, &mut buffer)).map_err(Lost::Read)?;
        Poll::Ready(Ok(buffer.filled().len()))
    }

    /// Takes bytes of a command that has ended, which are all in the pipe. What the runtime knows of it does not count: it may not
    /// yet have heard of the last ones.
    fn take_rest(&mut self, buffer: &mut [u8]) -> Poll<Result<usize, Lost>> {
        if self.waiting_bytes() == 0 {
            return Poll::Pending;
        }
        let taken = self.pipe.as_ref().map_or(Ok(0), |pipe| pipe::read(pipe, buffer));
        Poll::Ready(taken.map_err(Lost::Read))
    }

    /// How many bytes are in the pipe.
    fn waiting_bytes(&self) -> u64 {
        self.pipe.as_ref().map_or(0, |pipe| pipe::waiting_bytes(pipe).unwrap_or(0))
    }
}

impl Running {
    pub(super) fn new(
        id: u32,
        control: Control,
        input: OwnedFd,
        [output, error]: [OwnedFd; 2],
        left_bytes: u64,
    ) -> io::Result<Self> {
        Ok(Self {
            id,
            control,
            input: Some(Sender::from_owned_fd(input)?),
            outputs: [Output::new(output)?, Output::new(error)?],
            left_bytes,
            is_over: false,
            ordered: None,
            ended: None,
            turn: 0,
        })
    }

    /// The process id of the command.
    pub fn id(&self) -> u32 {
        self.id
    }

    /// Takes the writing end of its standard input; to drop that is the end of it. `EPIPE` on writing says that the command
    /// has closed its side or ended.
    pub fn take_input(&mut self) -> Option<Sender> {
        self.input.take()
    }

    /// Ends the command with all its processes. [`Running::next`] goes on to tell what it wrote and how it ended. Only the first
    /// reason counts.
    pub fn end(&mut self, why: Why) {
        if self.ordered.is_none() {
            self.ordered = Some(why);
            self.control.order_the_end();
        }
    }

    /// Waits for more output, up to the size of the buffer, or for the end. With an empty buffer it waits for the end alone,
    /// which is not told as long as there is output.
    ///
    /// The future may be dropped at any time; nothing is lost with it. The time limit holds also when nobody waits.
    ///
    /// # Errors
    /// See [`Lost`]; the command is to be given up then.
    pub async fn next(&mut self, buffer: &mut [u8]) -> Result<Progress, Lost> {
        std::future::poll_fn(|context| self.poll_next(context, buffer)).await
    }

    fn poll_next(&mut self, context: &mut Context<'_>, buffer: &mut [u8]) -> Poll<Result<Progress, Lost>> {
        if self.ended.is_none()
            && let Poll::Ready(report) = self.control.poll_report(context)
        {
            self.ended = Some(ended(report?)?);
        }
        for index in [self.turn, 1 - self.turn] {
            if let Poll::Ready(taken) = self.poll_output(index, context, buffer) {
                let taken = taken?;
                self.turn = 1 - index;
                let progress = if index == 0 { Progress::Stdout(taken) } else { Progress::Stderr(taken) };
                return Poll::Ready(Ok(progress));
            }
        }
        match self.ended {
            Some((cause, wait))
                if self.is_over || self.outputs.iter().all(|output| output.waiting_bytes() == 0) =>
            {
                Poll::Ready(self.told(cause, wait).map(Progress::Ended).ok_or(Lost::Unknown))
            }
            _ => Poll::Pending,
        }
    }

    /// Takes output that may be passed on. The byte after the last that may be is taken, too, and ends the command.
    fn poll_output(
        &mut self,
        index: usize,
        context: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<Result<usize, Lost>> {
        if self.is_over {
            return Poll::Pending;
        }
        let is_full = self.left_bytes == 0;
        let room = buffer.len().min(usize::try_from(self.left_bytes).unwrap_or(usize::MAX));
        let beyond = &mut [0];
        let buffer = if is_full { &mut beyond[..] } else { &mut buffer[..room] };
        if buffer.is_empty() {
            return Poll::Pending;
        }
        let output = &mut self.outputs[index];
        let taken = match self.ended {
            None => ready!(output.poll_take(context, buffer))?,
            Some(_) => ready!(output.take_rest(buffer))?,
        };
        if taken == 0 {
            output.pipe = None;
            return Poll::Pending;
        }
        if is_full {
            self.stop_for_output();
            return Poll::Pending;
        }
        output.passed_bytes += taken as u64;
        self.left_bytes -= taken as u64;
        Poll::Ready(Ok(taken))
    }

    /// Ends a command that writes too much. Its outputs stay open and are not read: were they closed, it would end by `SIGPIPE`
    /// or in its own way, if that came before the end that is ordered here.
    fn stop_for_output(&mut self) {
        self.is_over = true;
        self.end(Why::OutputLimit);
    }

    /// How the command ended, or `None` when the wait status is that of no end.
    fn told(&self, cause: Cause, wait: WaitStatus) -> Option<Ended> {
        let (how, core) = match wait.end() {
            End::Exited(status) => (How::Exited(status.into()), false),
            End::Signalled { signal, core } => (How::Signal(signal.0), core),
            End::Other => return None,
        };
        let why = match cause {
            _ if self.is_over => Why::OutputLimit,
            Cause::Itself => Why::Itself,
            Cause::TimeLimit => Why::TimeLimit,
            // A supervisor that cannot go on ends its command without being asked.
            Cause::Asked => self.ordered.unwrap_or(Why::Stopping),
        };
        let [out, err] = [0, 1].map(|index: usize| self.outputs[index].passed_bytes);
        Some(Ended { how, core, why, wait: wait.0, out, err })
    }
}

/// Reads the last report.
fn ended(report: Report) -> Result<(Cause, WaitStatus), Lost> {
    match report {
        Report::Ended(cause, status) => Ok((cause, WaitStatus(status))),
        Report::Stuck(processes) => Err(Lost::Stuck(processes)),
        Report::Started(_) | Report::NotStarted(_) | Report::Unprepared(..) => Err(Lost::Unknown),
    }
}
