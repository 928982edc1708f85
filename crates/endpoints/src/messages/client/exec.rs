//! Running a command on the server: its output as it comes, its input as it goes, and how it ended.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use thiserror::Error;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::{Semaphore, mpsc};
use wire::frame::StreamId;
use wire::message::{
    ArgumentError, ArgumentList, CREDIT_BYTES, Ended, ExecFlags, ExecRequest, Message, RequestId, ResultCode,
};

use super::session::{Reply, Session, Stream, StreamResult};
use crate::messages::frames::{BrokenSession, Outbox};

/// How much of standard input goes into a message.
const CHUNK_BYTES: usize = 32 << 10;

/// A command to run there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// Its name and its arguments; with `shell`, one line.
    pub arguments: Vec<Vec<u8>>,
    /// Whether it is a line for `/bin/sh -c`.
    pub shell: bool,
    /// How long it may run; the server's own limit if none is given.
    pub time_limit: Option<Duration>,
    /// How much it may write; the server's own limit if none is given.
    pub output_limit_bytes: Option<u64>,
}

/// What a command reads and writes.
#[derive(Debug)]
pub struct Streams<I, O, E> {
    /// Its standard input.
    pub input: I,
    /// Where its standard output goes.
    pub output: O,
    /// Where its standard error goes.
    pub error: E,
}

/// Why it is not known how the command ended.
#[derive(Debug, Error)]
pub enum ExecError {
    /// The command cannot be put into a message.
    #[error(transparent)]
    Arguments(#[from] ArgumentError),
    /// The session is over. The server has ended the command.
    #[error(transparent)]
    Broken(#[from] Arc<BrokenSession>),
    /// The server did not run it.
    #[error("the server answered: {}", .0.code)]
    Refused(StreamResult),
    /// What it wrote cannot be written here.
    #[error("write: {0}")]
    Output(io::Error),
    /// No randomness for the request's number.
    #[error("getrandom: {0}")]
    Random(io::Error),
}

/// Runs a command there, and returns how it ended.
///
/// # Errors
/// [`ExecError`].
pub async fn exec<I, O, E>(
    session: &Session,
    command: &Command,
    streams: Streams<I, O, E>,
) -> Result<Ended, ExecError>
where
    I: AsyncRead + Unpin + Send + 'static,
    O: AsyncWrite + Unpin,
    E: AsyncWrite + Unpin,
{
    let Streams { input, mut output, mut error } = streams;
    let mut stream = request(session, command).await?;
    let credit = Arc::new(Semaphore::new(CREDIT_BYTES as usize));
    let (failed, mut has_failed) = mpsc::channel(1);
    let feeding = tokio::spawn(feed(input, stream.outbox.clone(), stream.id, Arc::clone(&credit), failed));
    let result = loop {
        let reply = tokio::select! {
            reply = stream.reply() => reply?,
            Some(()) = has_failed.recv() => {
                stream.send(&Message::Cancel).await?;
                continue;
            }
        };
        match reply {
            Reply::Stdout(bytes) => {
                write(&mut output, &bytes).await?;
                give_back(&stream, bytes.len()).await?;
            }
            Reply::Stderr(bytes) => {
                write(&mut error, &bytes).await?;
                give_back(&stream, bytes.len()).await?;
            }
            Reply::Credit(bytes) => credit.add_permits((bytes as usize).min(CREDIT_BYTES as usize)),
            Reply::Result(result) => break result,
            _ => {}
        }
    };
    feeding.abort();
    ended(result)
}

/// Asks for the command.
async fn request(session: &Session, command: &Command) -> Result<Stream, ExecError> {
    let arguments = ArgumentList::new(command.arguments.iter().map(Vec::as_slice))?;
    let mut request = RequestId([0; 16]);
    kernel::random::fill(&mut request.0).map_err(ExecError::Random)?;
    let millis = |limit: Duration| u64::try_from(limit.as_millis()).unwrap_or(u64::MAX).max(1);
    let request = ExecRequest {
        request,
        time_limit_ms: command.time_limit.map_or(0, millis),
        output_limit_bytes: command.output_limit_bytes.unwrap_or(0),
        flags: if command.shell { ExecFlags::SHELL } else { ExecFlags::default() },
        arguments: arguments.as_arguments(),
    };
    Ok(session.stream(&Message::Exec(request)).await?)
}

/// How the command ended, if the result says so.
fn ended(result: StreamResult) -> Result<Ended, ExecError> {
    match (result.code, result.ended()) {
        (ResultCode::Done, Ok(ended)) => Ok(ended),
        _ => Err(ExecError::Refused(result)),
    }
}

async fn write<W: AsyncWrite + Unpin>(to: &mut W, bytes: &[u8]) -> Result<(), ExecError> {
    to.write_all(bytes).await.map_err(ExecError::Output)?;
    to.flush().await.map_err(ExecError::Output)
}

/// Lets the server send as many bytes more.
async fn give_back(stream: &Stream, bytes: usize) -> Result<(), Arc<BrokenSession>> {
    match u32::try_from(bytes) {
        Ok(0) | Err(_) => Ok(()),
        Ok(bytes) => stream.send(&Message::Credit(bytes)).await,
    }
}

/// Sends standard input, as far as the server has room for it, and its end. `failed` hears that it could not be read: the command
/// must not take that for the end.
async fn feed<I: AsyncRead + Unpin>(
    mut input: I,
    outbox: Outbox,
    stream: StreamId,
    credit: Arc<Semaphore>,
    failed: mpsc::Sender<()>,
) {
    let mut buffer = vec![0; CHUNK_BYTES];
    loop {
        let Ok(count) = input.read(&mut buffer).await else {
            let _ = failed.send(()).await;
            return;
        };
        let mut rest = &buffer[..count];
        if rest.is_empty() {
            // If the session is over, whoever waits for the result learns of it.
            let _ = outbox.send(stream, &Message::End(None)).await;
            return;
        }
        while !rest.is_empty() {
            let Ok(permit) = credit.acquire().await else { return };
            permit.forget();
            // One byte has been waited for; the others are taken as far as they are there.
            let more = credit.available_permits().min(rest.len() - 1);
            let more = credit.forget_permits(more);
            let (now, later) = rest.split_at(1 + more);
            if outbox.send(stream, &Message::Data(now)).await.is_err() {
                return;
            }
            rest = later;
        }
    }
}
