//! `socklab echo`: the servers of the practical, over UDP, TCP or both.

use std::time::Duration;

use clap::ValueEnum;
use endpoints::echo::config::WORKERS_MAX;
use endpoints::echo::{Control, EchoConfig, EchoServer, Spin, Steer};
use endpoints::events::{Detail, events};
use endpoints::shaping::{Pause, Pauses};
use endpoints::transport::Transport as Spoken;
use kernel::limits;

use super::access::Access;
use super::listen::Listen;
use super::transport::Transport;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::signals::{self, Request};
use crate::terminal;
use crate::value;
use crate::views::echo::EchoView;
use crate::views::start;

/// How many connections can be asked for; what the file descriptors allow is usually less.
const CONNECTIONS_MAX: u32 = 1_000_000;
/// The longest accept queue that can be asked for; the kernel makes it no longer than `net.core.somaxconn`.
const BACKLOG_MAX: u32 = 65_535;

/// How many files a server has open besides its connections: sockets, epoll instances, standard streams, and a reserve.
const FILES_BESIDE_CONNECTIONS: u64 = 64;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    pub(crate) transport: Option<Transport>,
    #[command(flatten)]
    pub(crate) listen: Listen,
    #[command(flatten)]
    pub(crate) access: Access,
    #[arg(long, value_parser = value::whole(1, CONNECTIONS_MAX))]
    pub(crate) max_conns: Option<u32>,
    #[arg(long, value_parser = value::time)]
    pub(crate) idle_timeout: Option<Duration>,
    #[arg(long, value_parser = value::whole(0, BACKLOG_MAX))]
    pub(crate) backlog: Option<u32>,
    #[arg(long, value_parser = value::datagram_size)]
    pub(crate) buffer: Option<usize>,
    #[arg(long, value_parser = value::size)]
    pub(crate) recv_size: Option<usize>,
    #[arg(long, value_parser = value::size)]
    pub(crate) send_size: Option<usize>,
    #[arg(long, value_parser = value::size)]
    pub(crate) sndbuf: Option<usize>,
    #[arg(long, value_parser = value::size)]
    pub(crate) rcvbuf: Option<usize>,
    #[arg(long, value_parser = value::answering_pause)]
    pub(crate) pause: Vec<Pause>,
    #[arg(long)]
    pub(crate) as_taught: bool,
    #[arg(long, value_parser = value::whole(1, WORKERS_MAX as u32))]
    pub(crate) workers: Option<u32>,
    #[arg(long, value_enum)]
    pub(crate) steer: Option<Adaptive>,
    #[arg(long, value_enum)]
    pub(crate) spin: Option<Adaptive>,
    #[arg(long)]
    pub(crate) stats: bool,
}

/// Whether the server does what may pay or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Adaptive {
    // If it pays here.
    Auto,
    // Whether it pays or not.
    On,
    // Never.
    Off,
}

impl From<Adaptive> for Steer {
    fn from(adaptive: Adaptive) -> Self {
        match adaptive {
            Adaptive::Auto => Self::Auto,
            Adaptive::On => Self::On,
            Adaptive::Off => Self::Off,
        }
    }
}

impl From<Adaptive> for Spin {
    fn from(adaptive: Adaptive) -> Self {
        match adaptive {
            Adaptive::Auto => Self::Auto,
            Adaptive::On => Self::On,
            Adaptive::Off => Self::Off,
        }
    }
}

/// Serves until a signal says to stop.
///
/// # Errors
///
/// A failure of usage: an address that cannot be had, a rule file that cannot be read.
pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, Failure> {
    let words = &context.words;
    let config = args.config(context)?;
    raise_open_files(&config, context);
    let (sink, reader) = events(config.detail);
    let view = EchoView::new(context, config.transports.len() > 1);
    let server = EchoServer::bind(config, sink).map_err(|error| start::failure(&error, words))?;
    let running = server.start().map_err(|error| start::failure(&error, words))?;
    let control = running.control();
    let signals = signals::listen(&[Request::Stop, Request::Reload, Request::Report], {
        let control = control.clone();
        move |request| obey(&control, request)
    })
    .map_err(|error| Failure::system(words, Exit::Usage, "sigaction", "SIGINT", &error))?;

    let told = view.tell_all(&reader);
    // When nobody reads the events any more there is no use in going on.
    drop(reader);
    control.stop();
    running.wait().map_err(|error| start::failure(&error, words))?;
    told?;
    signals.finish();
    Ok(Exit::Done)
}

/// Makes room for as many connections as the machine grants, and says so when that is not enough.
fn raise_open_files(config: &EchoConfig, context: &Context) {
    // What cannot be raised stays as it is; if it does not suffice, the server tells when it comes to that.
    let limit = limits::raise_open_files().unwrap_or_else(|_| limits::open_files()).soft;
    let wanted = config.connections_max.map_or(0, |max| max as u64 + FILES_BESIDE_CONNECTIONS);
    if wanted > limit && !context.quiet {
        let words = &context.words;
        terminal::tell(&words.echo_too_few_files(limit, wanted));
        terminal::tell(&words.hint(words.hint_open_files(limit)));
    }
}

fn obey(control: &Control, request: Request) {
    match request {
        Request::Stop => control.stop(),
        Request::Reload => control.reload_access(),
        Request::Report => control.report(),
    }
}

impl Args {
    /// Decides what was left open.
    fn config(&self, context: &Context) -> Result<EchoConfig, Failure> {
        let transports = match self.transport {
            None => vec![Spoken::Udp, Spoken::Tcp],
            Some(Transport::Udp) => vec![Spoken::Udp],
            Some(Transport::Tcp) => vec![Spoken::Tcp],
        };
        let shaped = self.recv_size.or(self.send_size).or(self.sndbuf).or(self.rcvbuf).is_some();
        let detail = match (context.quiet, context.verbose || shaped) {
            (true, _) => Detail::Quiet,
            (false, false) => Detail::Peers,
            (false, true) => Detail::Calls,
        };
        Ok(EchoConfig {
            transports,
            addresses: self.listen.addresses(&context.words)?,
            access: self.access.sources(),
            connections_max: self.max_conns.map(|max| max as usize),
            idle_timeout: self.idle_timeout,
            backlog: self.backlog,
            buffer_bytes: self.buffer,
            recv_bytes: self.recv_size,
            send_bytes: self.send_size,
            sndbuf_bytes: self.sndbuf,
            rcvbuf_bytes: self.rcvbuf,
            pauses: Pauses::new(self.pause.clone()),
            as_taught: self.as_taught,
            workers: self.workers.map(|workers| workers as usize),
            steer: self.steer.map(Into::into).unwrap_or_default(),
            spin: self.spin.map(Into::into).unwrap_or_default(),
            tells_engine: self.stats,
            detail,
        })
    }
}
