//! `EXEC`: a command, its input and its output, each as far as the other side has room for it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use tokio::io::AsyncWriteExt;
use tokio::net::unix::pipe::Sender;
use tokio::sync::{Notify, Semaphore, watch};
use wire::errno::EIO;
use wire::frame::Kind;
use wire::message::{
    CREDIT_BYTES, Ended as CommandEnded, ExecRequest, How, Message, ResultCode, ResultFrame, Why,
};

use super::event::Event;
use super::session::Client;
use super::stream::{Ended, Input, Open, refuse};
use crate::messages::exec::{Denied, Invocation, Limits, Progress, Running, StartError, allowed};
use crate::messages::frames::{BrokenSession, SessionOver};
use crate::messages::lock::lock;

/// How much output goes into a message.
const CHUNK_BYTES: usize = 32 << 10;

/// How much of a command is told.
const COMMAND_SHOWN_BYTES_MAX: usize = 4_096;

/// Starts a command, if the key may run it and the request has not come before.
pub(super) async fn open(
    client: &Arc<Client>,
    ended: Ended,
    request: &ExecRequest<'_>,
) -> Result<Option<Open>, BrokenSession> {
    let stream = ended.stream;
    let Some(key) = &client.key else {
        return refuse(client, stream, Kind::Exec, ResultCode::Denied).await;
    };
    let arguments: Vec<_> = request.arguments.iter().collect();
    let invocation = match allowed(&key.commands, &arguments, request.flags.is_shell()) {
        Ok(invocation) => invocation,
        Err(Denied::Malformed) => return refuse(client, stream, Kind::Exec, ResultCode::Malformed).await,
        Err(Denied::Command | Denied::Shell) => {
            return refuse(client, stream, Kind::Exec, ResultCode::Command).await;
        }
    };
    if client.shared.is_repeated(client.owner(), request.request) {
        return refuse(client, stream, Kind::Exec, ResultCode::Repeated).await;
    }
    let limits = client.shared.executor.limits();
    let limits = limits.lowered(request.time_limit_ms, request.output_limit_bytes);
    let (orders, ordered) = watch::channel(None);
    let flow = Arc::new(Flow::default());
    let command = Command {
        client: Arc::clone(client),
        ended,
        words: shown(&arguments),
        shell: request.flags.is_shell(),
        flow: Arc::clone(&flow),
        ordered,
    };
    let in_hand = client.shared.take_in_hand();
    tokio::spawn(async move {
        let _in_hand = in_hand;
        command.run(&invocation, limits).await;
    });
    Ok(Some(Open::Command(Handle { flow, orders })))
}

/// The arguments as they are told: the first ones, up to so many bytes.
fn shown(arguments: &[&[u8]]) -> Vec<String> {
    let mut room = COMMAND_SHOWN_BYTES_MAX;
    let mut words = Vec::new();
    for argument in arguments {
        let kept = &argument[..argument.len().min(room)];
        room -= kept.len();
        words.push(String::from_utf8_lossy(kept).into_owned());
        if kept.len() < argument.len() {
            break;
        }
    }
    words
}

/// What a session has of a command.
#[derive(Debug)]
pub(super) struct Handle {
    flow: Arc<Flow>,
    orders: watch::Sender<Option<Order>>,
}

/// Why a command shall end before its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    Cancel,
    Stop,
    Malformed,
}

impl Handle {
    /// Takes what the client sends. More than it may send ends the command.
    pub(super) fn take(&mut self, input: Input) -> bool {
        let order = match input {
            Input::Data(bytes) if self.flow.take_input(&bytes) => return true,
            Input::Credit(bytes) if self.flow.give_credit(bytes) => return true,
            Input::End(_) => {
                self.flow.end_input();
                return true;
            }
            Input::Cancel => Order::Cancel,
            Input::Stop => Order::Stop,
            _ => Order::Malformed,
        };
        self.orders.send_if_modified(|now| {
            let is_first = now.is_none();
            *now = now.or(Some(order));
            is_first
        })
    }
}

/// What is on its way between a client and its command; each direction has [`CREDIT_BYTES`].
#[derive(Debug)]
struct Flow {
    input: Mutex<Waiting>,
    /// Raised when `input` changes.
    has_input: Notify,
    /// How many bytes of output may be sent.
    credit: Semaphore,
    /// How many bytes of output have been sent and not been credited again.
    owed_bytes: Mutex<u32>,
}

/// Input that the command has not taken.
#[derive(Debug, Default)]
struct Waiting {
    bytes: VecDeque<u8>,
    /// How many bytes have come that the client has not been credited again.
    taken_bytes: usize,
    has_ended: bool,
}

impl Default for Flow {
    fn default() -> Self {
        Self {
            input: Mutex::default(),
            has_input: Notify::new(),
            credit: Semaphore::new(CREDIT_BYTES as usize),
            owed_bytes: Mutex::new(0),
        }
    }
}

impl Flow {
    /// Takes input; `false` if it is more than the client may have on its way, or after its end.
    fn take_input(&self, bytes: &[u8]) -> bool {
        let mut input = lock(&self.input);
        input.taken_bytes += bytes.len();
        if input.has_ended || input.taken_bytes > CREDIT_BYTES as usize {
            return false;
        }
        input.bytes.extend(bytes);
        self.has_input.notify_one();
        true
    }

    fn end_input(&self) {
        lock(&self.input).has_ended = true;
        self.has_input.notify_one();
    }

    /// Lets more output be sent; `false` if that is more than was ever sent.
    fn give_credit(&self, bytes: u32) -> bool {
        let mut owed = lock(&self.owed_bytes);
        let Some(left) = owed.checked_sub(bytes) else { return false };
        *owed = left;
        self.credit.add_permits(bytes as usize);
        true
    }

    /// Notes that so many bytes of output are sent. There was credit for them.
    fn spend(&self, bytes: usize) {
        let spent = self.credit.forget_permits(bytes);
        debug_assert_eq!(spent, bytes);
        *lock(&self.owed_bytes) += u32::try_from(bytes).unwrap_or(u32::MAX);
    }

    /// Waits for input, and takes up to so many bytes of it; none at its end.
    async fn input(&self, bytes_max: usize) -> Vec<u8> {
        loop {
            {
                let mut input = lock(&self.input);
                let count = input.bytes.len().min(bytes_max);
                if count > 0 || input.has_ended {
                    return input.bytes.drain(..count).collect();
                }
            }
            self.has_input.notified().await;
        }
    }

    /// Notes that the client is credited so many bytes of input again.
    fn credited(&self, bytes: usize) {
        lock(&self.input).taken_bytes -= bytes;
    }
}

/// A command on its way.
struct Command {
    client: Arc<Client>,
    ended: Ended,
    words: Vec<String>,
    shell: bool,
    flow: Arc<Flow>,
    ordered: watch::Receiver<Option<Order>>,
}

/// How the stream of a command ends.
enum Outcome {
    Ended(CommandEnded),
    /// Nothing was started.
    Refused(ResultCode),
    Malformed,
    Failed(i32),
}

/// What is to be said of a command that could not be started.
fn not_started(error: &StartError) -> Outcome {
    match error {
        StartError::NotStarted(errno) => Outcome::Ended(CommandEnded {
            how: How::NotStarted(errno.0.unsigned_abs()),
            core: false,
            why: Why::Itself,
            wait: 0,
            out: 0,
            err: 0,
        }),
        StartError::Busy => Outcome::Refused(ResultCode::Busy),
        StartError::TooLong => Outcome::Refused(ResultCode::Malformed),
        StartError::System { errno, .. } => Outcome::Failed(errno.0),
        StartError::Lost(_) => Outcome::Failed(EIO),
    }
}

impl Command {
    async fn run(mut self, invocation: &Invocation, limits: Limits) {
        let stream = self.ended.stream;
        let outcome = match self.client.shared.executor.start(invocation, limits).await {
            Ok(running) => self.watch(running).await,
            Err(error) => Ok(not_started(&error)),
        };
        let Ok(outcome) = outcome else { return };
        let result = match outcome {
            Outcome::Ended(ended) => {
                self.tell_ended(&ended);
                ResultFrame::done_command(&ended)
            }
            Outcome::Refused(code) => {
                self.client.tell_denied(Kind::Exec, code);
                ResultFrame::of(code)
            }
            Outcome::Malformed => ResultFrame::of(ResultCode::Malformed),
            Outcome::Failed(errno) => ResultFrame::failed(errno.unsigned_abs()),
        };
        // The command has ended, whether the client hears it or not.
        let _ = self.client.end(stream, result).await;
    }

    /// Passes on what goes in and out, until the command has ended. When the session is over, the command is ended.
    async fn watch(&mut self, mut running: Running) -> Result<Outcome, SessionOver> {
        self.tell_started(running.id());
        self.client.outbox.send(self.ended.stream, &Message::Started { pid: running.id() }).await?;
        let feeding = running.take_input().map(|input| tokio::spawn(self.feed(input)));
        let outcome = self.pass_output(&mut running).await;
        if let Some(feeding) = feeding {
            feeding.abort();
        }
        outcome
    }

    async fn pass_output(&mut self, running: &mut Running) -> Result<Outcome, SessionOver> {
        let mut buffer = vec![0; CHUNK_BYTES];
        let mut order = None;
        loop {
            // What comes after an order is read, so that the command can end, and nobody wants it.
            let credit = if order.is_some() { CHUNK_BYTES } else { self.flow.credit.available_permits() };
            let wanted = credit.min(CHUNK_BYTES);
            let flow = Arc::clone(&self.flow);
            let progress = tokio::select! {
                progress = running.next(&mut buffer[..wanted]) => progress,
                _ = flow.credit.acquire(), if wanted == 0 => continue,
                changed = self.ordered.changed(), if order.is_none() => {
                    // A session that is over gives no orders any more.
                    changed.map_err(|_| SessionOver)?;
                    order = *self.ordered.borrow_and_update();
                    running.end(if order == Some(Order::Stop) { Why::Stopping } else { Why::Cancelled });
                    continue;
                }
            };
            let message = match progress {
                Ok(Progress::Ended(_)) if order == Some(Order::Malformed) => return Ok(Outcome::Malformed),
                Ok(Progress::Ended(ended)) => return Ok(Outcome::Ended(ended)),
                Ok(Progress::Stdout(_) | Progress::Stderr(_)) if order.is_some() => continue,
                Ok(Progress::Stdout(count)) => Message::Stdout(&buffer[..count]),
                Ok(Progress::Stderr(count)) => Message::Stderr(&buffer[..count]),
                Err(_) => return Ok(Outcome::Failed(EIO)),
            };
            if let Message::Stdout(bytes) | Message::Stderr(bytes) = &message {
                self.flow.spend(bytes.len());
            }
            self.client.outbox.send(self.ended.stream, &message).await?;
        }
    }

    /// Gives the command its input, and the client room for more.
    fn feed(&self, mut to: Sender) -> impl Future<Output = ()> + use<> {
        let (client, flow, stream) = (Arc::clone(&self.client), Arc::clone(&self.flow), self.ended.stream);
        async move {
            let mut takes_input = true;
            loop {
                let bytes = flow.input(CHUNK_BYTES).await;
                if bytes.is_empty() {
                    return;
                }
                // A command may close its input and go on; what is sent then has to go somewhere.
                takes_input = takes_input && to.write_all(&bytes).await.is_ok();
                flow.credited(bytes.len());
                let credit = Message::Credit(u32::try_from(bytes.len()).unwrap_or(u32::MAX));
                if client.outbox.send(stream, &credit).await.is_err() {
                    return;
                }
            }
        }
    }

    fn tell_started(&self, pid: u32) {
        let shared = &self.client.shared;
        shared.counters.commands.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let (who, command) = (self.client.who.clone(), self.words.clone());
        shared.tell(Event::ExecStarted { who, command, shell: self.shell, pid });
    }

    fn tell_ended(&self, ended: &CommandEnded) {
        let (who, command) = (self.client.who.clone(), self.words.clone());
        self.client.shared.tell(Event::ExecEnded { who, command, ended: *ended });
    }
}
